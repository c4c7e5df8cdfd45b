// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"net"
	"sync"
	"sync/atomic"

	"example.com/streamsock/internal/sys"
)

// A transfer is one call that receives or sends. It is pooled together with the
// functions that it passes to [syscall.RawConn], because a closure for each
// call would be an allocation.
type transfer struct {
	recv, send func(fd uintptr) bool // bound method values receive and transmit

	// The fields that every call needs come first, in few cache lines.
	bufs    [][]byte // the rest of the caller's slices
	off     int      // number of bytes of the first slice that are done
	one     [1][]byte
	flags   int
	n       int64 // bytes received or sent
	err     error
	all     bool // continue until the buffers are full
	urgent  bool // one contains the last byte, to be sent as the urgent byte
	eof     bool
	again   bool // it would have to wait
	none    bool // there is no urgent byte
	several bool // vec, list or write were used
	least   int  // of PeekFull: the number of bytes that must be available

	memory *sys.UrgentMemory // of the connection, for OOB

	rechecked bool // by rechecks while it waits
	seen      uint32
	waits     atomic.Uint32        // number of waits
	waitsFor  atomic.Pointer[conn] // the connection on which it may be blocked
	repeated  atomic.Bool          // by rechecks, unconditionally
	listed    atomic.Bool          // listed in rechecks

	limit rolling

	recvOnce, sendOnce func(fd uintptr)

	own   [1]byte // a buffer
	vec   sys.Vec
	list  [][]byte    // the buffers without the urgent byte, or the buffers of one write
	write net.Buffers // the part of list that package net has not written yet
}

var transfers = sync.Pool{New: func() any {
	t := new(transfer)
	t.recv = func(fd uintptr) bool {
		done := t.limit.over(t.receive(fd), t.n)
		if !done && t.rechecked {
			t.wait()
		}
		return done
	}
	t.send = func(fd uintptr) bool { return t.limit.yields() || t.limit.over(t.transmit(fd), t.n) }
	t.recvOnce = func(fd uintptr) { t.receive(fd) }
	t.sendOnce = func(fd uintptr) { t.transmit(fd) }
	return t
}}

// single returns a transfer with one buffer.
func single(p []byte) *transfer {
	t := transfers.Get().(*transfer)
	t.single(p)
	return t
}

func (t *transfer) single(p []byte) {
	t.one[0] = p
	t.bufs = t.one[:]
}

// vectored returns a transfer with several buffers.
func vectored(bufs [][]byte) *transfer {
	t := transfers.Get().(*transfer)
	t.bufs = bufs
	return t
}

// release drops references to caller data.
func (t *transfer) release() {
	if t.several {
		t.vec.Clear()
		clear(t.list)
		t.write, t.several = nil, false
	}
	t.limit.reset()
	t.one[0], t.bufs, t.off, t.flags, t.n, t.err = nil, nil, 0, 0, 0, nil
	t.least, t.memory = 0, nil
	t.all, t.urgent, t.eof, t.again, t.none, t.rechecked = false, false, false, false, false, false
	transfers.Put(t)
}

// empty reports whether there are no bytes to receive or send.
func (t *transfer) empty() bool {
	for _, b := range t.bufs {
		if len(b) > 0 {
			return false
		}
	}
	return true
}

// fits reports whether the number of bytes fits an int, which it need not if
// several buffers share memory.
func (t *transfer) fits() bool {
	total := 0
	for _, b := range t.bufs {
		if total += len(b); total < 0 {
			return false
		}
	}
	return true
}

// callName returns the name of the system call for errors: that of package net
// for one buffer without flags.
func (t *transfer) callName(single, several string) string {
	if t.flags == 0 && !t.several {
		return single
	}
	return several
}

// advance counts n bytes as done.
func (t *transfer) advance(n int) {
	t.n += int64(n)
	for len(t.bufs) > 0 && n >= len(t.bufs[0])-t.off {
		n -= len(t.bufs[0]) - t.off
		t.bufs, t.off = t.bufs[1:], 0
	}
	t.off += n
}

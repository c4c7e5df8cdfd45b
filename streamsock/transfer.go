// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
)

// ErrWouldBlock is the error of a call that may not wait and would have to.
var ErrWouldBlock = errors.New("operation would block")

// A transfer is one call that receives or sends. The functions that it hands
// to [syscall.RawConn] are made once and its memory is used again, because a
// closure for each call would be an allocation.
type transfer struct {
	recv, send func(fd uintptr) bool // the methods below
	sendPart   func(fd uintptr) bool // send, which takes no for an answer
	recvOnce   func(fd uintptr)
	sendOnce   func(fd uintptr)

	bufs  [][]byte // what is left of the caller's slices
	off   int      // of the first, this much is done
	one   [1][]byte
	own   [1]byte // a buffer
	vec   sys.Vec
	flags int

	all    bool     // go on until the buffers are full
	urgent bool     // one has the last byte, to be sent as the urgent one
	list   [][]byte // the buffers without it, or those of one write

	write net.Buffers // what package net has still to write of list

	n     int64 // bytes received or sent
	eof   bool
	again bool // it would have to wait
	none  bool // there is no urgent byte
	err   error
}

var transfers = sync.Pool{New: func() any {
	t := new(transfer)
	t.recv = t.receive
	t.send = t.transmit
	t.sendPart = func(fd uintptr) bool { t.transmit(fd); return true }
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

// release forgets what is the caller's.
func (t *transfer) release() {
	t.vec.Clear()
	clear(t.list)
	t.one[0], t.bufs, t.write, t.off, t.flags = nil, nil, nil, 0, 0
	t.all, t.urgent, t.n, t.eof, t.again, t.none, t.err = false, false, 0, false, false, false, nil
	transfers.Put(t)
}

// empty reports whether there is nothing to fill or to send.
func (t *transfer) empty() bool {
	for _, b := range t.bufs {
		if len(b) > 0 {
			return false
		}
	}
	return true
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

// receive receives and reports whether that is it; if not, it has to be
// called again once there is something to read. The state is asked for anew
// each time: package net's poller forgets what it knew of it.
func (t *transfer) receive(fd uintptr) (done bool) {
	t.again = false
	if t.flags&sys.MsgOOB != 0 && sys.LacksUrgent(fd) {
		t.err = errNotUrgent
		return true
	}
	for !t.empty() {
		if t.n > 0 && atMark(fd) {
			return true // as one system call would: the next may pass the mark
		}
		size := t.vec.Load(t.bufs, t.off)
		n, err := sys.Recvmsg(fd, &t.vec, t.flags)
		switch {
		case sys.IsInterrupted(err):
			continue
		case sys.IsAgain(err):
			t.again = true
			return t.n > 0 && !t.all
		case err != nil:
			t.none = sys.IsInvalid(err)
			t.err = os.NewSyscallError("recvmsg", err)
			return true
		case n == 0:
			t.eof = true
			return true
		}
		t.advance(n)
		if t.flags&(sys.MsgPeek|sys.MsgOOB) != 0 || n < size && !t.all {
			return true
		}
	}
	return true
}

// atMark reports whether the next byte to read is the one at the urgent mark.
func atMark(fd uintptr) bool {
	marked, err := sys.AtMark(fd)
	return err == nil && marked
}

// transmit sends and reports whether that is it; if not, it has to be called
// again once there is room.
func (t *transfer) transmit(fd uintptr) (done bool) {
	if t.urgent && sys.LacksUrgent(fd) {
		t.err = errNotUrgent
		return true
	}
	if !t.transmitBufs(fd) {
		return false
	}
	if t.urgent && t.err == nil {
		t.urgent = false
		t.bufs, t.off = t.one[:], 0
		t.flags = t.flags&^sys.MsgMore | sys.MsgOOB
		return t.transmitBufs(fd)
	}
	return true
}

func (t *transfer) transmitBufs(fd uintptr) (done bool) {
	for !t.empty() {
		t.vec.Load(t.bufs, t.off)
		n, err := sys.Sendmsg(fd, &t.vec, t.flags)
		switch {
		case sys.IsInterrupted(err):
			continue
		case sys.IsAgain(err):
			t.again = true
			return false
		case err != nil:
			t.err = os.NewSyscallError("sendmsg", err)
			return true
		}
		t.again = false
		t.advance(n)
	}
	return true
}

// markLast sets the last byte apart, which is to be urgent. The system would
// take the last that it has room for instead.
func (t *transfer) markLast() {
	i := len(t.bufs) - 1
	for len(t.bufs[i]) == 0 {
		i--
	}
	end := len(t.bufs[i]) - 1
	last := t.bufs[i][end:]
	t.list = append(append(t.list[:0], t.bufs[:i]...), t.bufs[i][:end])
	t.bufs, t.one[0], t.urgent = t.list, last, true
	t.flags = t.flags&^sys.MsgOOB | sys.MsgMore
}

// receiveBy runs the transfer on c and releases it.
func (c *Conn) receiveBy(t *transfer, f Flags) (int64, error) {
	defer t.release()
	return c.receive(t, f)
}

func (c *Conn) receive(t *transfer, f Flags) (int64, error) {
	var err error
	if t.flags, err = f.system(false); err != nil {
		return 0, c.opError("read", err)
	}
	if t.empty() {
		return 0, nil
	}
	if !sys.HasMsg && f == 0 {
		return c.readFirst(t.bufs)
	}
	rc, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	t.all = f&WaitAll != 0 && f&(Peek|OOB) == 0
	if f&(DontWait|OOB) != 0 {
		err = rc.Control(t.recvOnce)
	} else {
		err = c.awaitReceive(rc, t)
	}
	switch {
	case err != nil: // the deadline, or closed
		return t.n, c.opError("read", err)
	case t.err != nil:
		return t.n, c.opError("read", t.err)
	case t.eof && (t.n == 0 || t.all):
		return t.n, io.EOF
	case t.again && (t.n == 0 || t.all):
		return t.n, ErrWouldBlock
	}
	return t.n, nil
}

// sendBy runs the transfer on c and releases it.
func (c *Conn) sendBy(t *transfer, f Flags) (int64, error) {
	defer t.release()
	return c.send(t, f)
}

func (c *Conn) send(t *transfer, f Flags) (int64, error) {
	var err error
	if t.flags, err = f.system(true); err != nil {
		return 0, c.opError("write", err)
	}
	if t.empty() {
		return 0, nil
	}
	if !sys.CanAwaitWrite && f == 0 {
		return c.writeBuffers(t)
	}
	rc, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	if f&OOB != 0 {
		t.markLast()
	}
	if f&DontWait != 0 {
		err = rc.Control(t.sendOnce)
	} else {
		err = c.awaitSend(rc, t)
	}
	switch {
	case err != nil: // the deadline, or closed
		return t.n, c.opError("write", err)
	case t.err != nil:
		return t.n, c.opError("write", t.err)
	case t.again:
		return t.n, ErrWouldBlock
	}
	return t.n, nil
}

// readFirst reads into the first buffer, where the system has no call for
// several: a read may always return less than all.
func (c *Conn) readFirst(bufs [][]byte) (int64, error) {
	i := slices.IndexFunc(bufs, func(b []byte) bool { return len(b) > 0 })
	n, err := c.Read(bufs[i])
	return int64(n), err
}

// awaitReceive receives, and waits until there is something. Where RawConn.Write
// cannot wait, which is Windows, RawConn.Read takes no notice of a deadline that
// is over, and does not say that its wait was a system call.
func (c *Conn) awaitReceive(rc syscall.RawConn, t *transfer) error {
	if sys.CanAwaitWrite {
		return rc.Read(t.recv)
	}
	if err := c.overdue(&c.read); err != nil {
		return err
	}
	err := rc.Read(t.recv)
	if raw, ok := err.(*net.OpError); ok && !raw.Timeout() && !errors.Is(raw.Err, net.ErrClosed) {
		raw.Err = os.NewSyscallError("wsarecv", raw.Err)
	}
	return err
}

// awaitSend sends, and waits until there is room. Where RawConn.Write cannot
// wait it does so itself, between the parts: to wait in RawConn.Write would hold
// up Close.
func (c *Conn) awaitSend(rc syscall.RawConn, t *transfer) error {
	if sys.CanAwaitWrite {
		return rc.Write(t.send)
	}
	for {
		if err := c.overdue(&c.write); err != nil {
			return err
		}
		if err := rc.Write(t.sendPart); err != nil || t.err != nil || !t.again {
			return err
		}
		got, err := c.await(context.Background(), sys.Writable)
		if err != nil {
			return err
		}
		if got&(sys.Writable|sys.Broken) == 0 {
			time.Sleep(time.Millisecond) // WSAPoll tells a peer's FIN unasked, at once each time
		}
	}
}

// overdue returns the error of a deadline of c that is over.
func (c *Conn) overdue(d *deadline) error {
	d.mu.Lock()
	at := d.at
	d.mu.Unlock()
	if at.IsZero() || at.After(time.Now()) {
		return nil
	}
	return c.closedOr(os.ErrDeadlineExceeded)
}

// writeBuffers writes by package net, which does it with one system call, where
// [syscall.RawConn] cannot wait for room. What are more slices than the system
// takes at once it joins, so that no other's Write comes in between.
func (c *Conn) writeBuffers(t *transfer) (int64, error) {
	t.list = t.list[:0]
	for _, b := range t.bufs {
		if len(b) > 0 {
			t.list = append(t.list, b)
		}
	}
	if len(t.list) > sys.MaxVec {
		rest := t.list[sys.MaxVec-1:]
		joined := bytes.Join(rest, nil)
		clear(rest)
		t.list = append(t.list[:sys.MaxVec-1], joined)
	}
	t.write = t.list
	n, err := t.write.WriteTo(c.TCPConn)
	if err != nil {
		return n, c.opError("write", err)
	}
	return n, nil
}

// opError makes of err the error that package net would return. What a
// [syscall.RawConn] answers is a *net.OpError with an Op of its own.
func (c *Conn) opError(op string, err error) *net.OpError {
	e := neterr.Wrap(op, c, err)
	if raw, ok := err.(*net.OpError); ok {
		e.Net = raw.Net
	}
	return e
}

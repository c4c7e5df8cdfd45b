// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package sys

import (
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Poller waits for any number of descriptors.
type Poller = kqueuePoller

// NewPoller returns a Poller without descriptors.
func NewPoller() (*Poller, error) { return newKqueuePoller(bsdKernel{}, &bsdKind) }

// A bsdKernel is the kernel of this system.
type bsdKernel struct{}

func (bsdKernel) newWaker() (pollWaker, error)                { return newWaker() }
func (bsdKernel) poll(fds []pollFD, timeout int) (int, error) { return poll(fds, timeout) }
func (bsdKernel) isConnected(fd uintptr) bool                 { return IsConnected(fd) }
func (bsdKernel) queued(fd uintptr) (int, error)              { return Queued(fd) }

// peerState uses the state of the connection, the first byte of TCP_INFO. A
// socket that is not a TCP socket has none.
func (bsdKernel) peerState(fd uintptr) peerState {
	info := tcpInfos.Get().(*[512]byte) // more than any system has
	defer tcpInfos.Put(info)
	if n, err := TCPInfo(fd, info[:]); err != nil || n == 0 {
		return peerUnknown
	}
	return bsdPeerState(info[0])
}

var tcpInfos = sync.Pool{New: func() any { return new([512]byte) }}

func (bsdKernel) peekUrgent(fd uintptr) (byte, error) {
	var b [1]byte
	_, _, err := unix.Recvfrom(int(fd), b[:], unix.MSG_OOB|unix.MSG_PEEK)
	return b[0], err
}

func (bsdKernel) isInline(fd uintptr) bool {
	n, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_OOBINLINE)
	return err == nil && n != 0
}

func (bsdKernel) atMark(fd uintptr) bool {
	marked, err := AtMark(fd)
	return err == nil && marked
}

func (bsdKernel) kqueue(events int) (kqueue, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, err := unix.Kqueue()
	if err != nil {
		return nil, err
	}
	unix.CloseOnExec(fd)
	return &bsdQueue{fd, kevents(maxFilters), kevents(events)}, nil
}

// A bsdQueue is a kqueue(2), with memory for what the kernel reads and writes.
type bsdQueue struct {
	fd              int
	changes, events []unix.Kevent_t
}

func (q *bsdQueue) close() { _ = unix.Close(q.fd) }

func (q *bsdQueue) kevent(changes, events []kevent, block bool) (int, error) {
	var timeout *unix.Timespec // nil waits
	if !block {
		timeout = new(unix.Timespec)
	}
	for i, e := range changes {
		k := &q.changes[i]
		unix.SetKevent(k, int(e.Ident), int(e.Filter), int(e.Flags))
		k.Fflags = e.Fflags
		setInt(&k.Data, e.Data)
		*udata(k) = e.Udata
	}
	n, err := unix.Kevent(q.fd, q.changes[:len(changes)], q.events[:len(events)], timeout)
	if err != nil {
		return 0, err
	}
	for i := range events[:n] {
		k := &q.events[i]
		events[i] = kevent{uintptr(k.Ident), int32(k.Filter), uint32(k.Flags), k.Fflags, int64(k.Data), *udata(k)}
	}
	return n, nil
}

// kevents returns memory for n structures that the garbage collector does not
// scan, because the field that is a pointer in x/sys contains numbers.
func kevents(n int) []unix.Kevent_t {
	const size = unsafe.Sizeof(unix.Kevent_t{})
	words := make([]uint64, (uintptr(n)*size+7)/8)
	return unsafe.Slice((*unix.Kevent_t)(unsafe.Pointer(unsafe.SliceData(words))), n)
}

// udata returns the field that the kernel returns with an event.
func udata(k *unix.Kevent_t) *uintptr { return (*uintptr)(unsafe.Pointer(&k.Udata)) }

// setInt sets an integer, whose type differs between systems in x/sys.
func setInt[T ~int32 | ~int64](p *T, n int64) { *p = T(n) }

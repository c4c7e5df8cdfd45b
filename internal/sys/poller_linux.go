// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !streamsock_poll

package sys

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A Poller waits for any number of descriptors at once. It is an epoll set,
// for which the runtime's own poller waits as for any other file: no thread
// does.
type Poller struct {
	file *os.File
	fd   int
	raw  syscall.RawConn
	wait func(fd uintptr) bool // the method below
	look func(fd uintptr)
	list [MaxReady]unix.EpollEvent
	n    int
	err  error
}

// NewPoller returns a Poller without descriptors.
func NewPoller() (*Poller, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	// Or package os would take it for a file that cannot be waited for.
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, os.NewSyscallError("fcntl", err)
	}
	p := &Poller{file: os.NewFile(uintptr(fd), "epoll"), fd: fd}
	p.wait = p.tryWait
	p.look = func(fd uintptr) { p.tryWait(fd) }
	if p.raw, err = p.file.SyscallConn(); err == nil {
		err = p.file.SetReadDeadline(time.Time{}) // can it be waited for?
	}
	if err != nil {
		p.file.Close()
		return nil, err
	}
	return p, nil
}

// Set has Wait tell the events of a descriptor, with the id: once, or whenever
// they hold. What Set said of the descriptor before no longer counts.
func (p *Poller) Set(fd uintptr, id uint64, want Events, once bool) error {
	e := unix.EpollEvent{Events: uint32(toPoll(want)), Fd: int32(id), Pad: int32(id >> 32)}
	if once {
		e.Events |= unix.EPOLLONESHOT
	}
	err := unix.EpollCtl(p.fd, unix.EPOLL_CTL_ADD, int(fd), &e)
	if err == unix.EEXIST {
		err = unix.EpollCtl(p.fd, unix.EPOLL_CTL_MOD, int(fd), &e)
	}
	return os.NewSyscallError("epoll_ctl", err)
}

// Remove has Wait tell no more of a descriptor.
func (p *Poller) Remove(fd uintptr) {
	_ = unix.EpollCtl(p.fd, unix.EPOLL_CTL_DEL, int(fd), nil) // it may have gone by itself
}

// Wait waits for a descriptor to be ready, or for Wake, or if block is false
// for nothing. It returns how many of ready it has filled. After Close it
// answers an error. Only one goroutine at a time may call it.
func (p *Poller) Wait(ready []Ready, block bool) (int, error) {
	p.n, p.err = 0, nil
	var err error
	if block {
		err = p.raw.Read(p.wait)
	} else {
		err = p.raw.Control(p.look)
	}
	switch {
	case err != nil && !os.IsTimeout(err):
		return 0, err
	case err != nil:
		return 0, p.file.SetReadDeadline(time.Time{})
	case p.err != nil:
		return 0, os.NewSyscallError("epoll_wait", p.err)
	}
	n := min(p.n, len(ready))
	for i, e := range p.list[:n] {
		ready[i] = Ready{uint64(uint32(e.Fd)) | uint64(uint32(e.Pad))<<32, fromPoll(pollWord(e.Events))}
	}
	return n, nil
}

func (p *Poller) tryWait(fd uintptr) (done bool) {
	for {
		p.n, p.err = unix.EpollWait(int(fd), p.list[:], 0)
		if p.err != unix.EINTR {
			return p.n != 0 // or -1
		}
	}
}

// Wake has Wait return, now or when it is called next.
func (p *Poller) Wake() { _ = p.file.SetReadDeadline(time.Unix(1, 0)) }

// Close ends Wait and frees the Poller's own descriptor.
func (p *Poller) Close() error { return p.file.Close() }

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !streamsock_poll && !streamsock_kqueue

package sys

import (
	"errors"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Poller waits for any number of descriptors. It is an epoll set, for which
// the runtime's own poller waits as for any other file, without a thread.
type Poller struct {
	file *os.File
	fd   int
	raw  syscall.RawConn
	wait func(fd uintptr) bool // bound method value
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
	// Otherwise package os would treat it as a file that cannot be polled.
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, os.NewSyscallError("fcntl", err)
	}
	p := &Poller{file: os.NewFile(uintptr(fd), "epoll"), fd: fd}
	p.wait = p.tryWait
	p.look = func(fd uintptr) { p.tryWait(fd) }
	if p.raw, err = p.file.SyscallConn(); err == nil {
		err = p.file.SetReadDeadline(time.Time{}) // check whether it can be polled
	}
	if err != nil {
		p.file.Close()
		return nil, err
	}
	return p, nil
}

// Set makes Wait report the events of a descriptor once, with the id, replacing
// an earlier Set of the descriptor.
//
// An entry belongs to the open socket and not to the number. If the descriptor
// was closed and the socket has another one, the entry stays in the epoll set
// and cannot be removed. It is harmless, because it is reported only once.
//
// For a file that cannot be polled, the error is [errors.ErrUnsupported].
func (p *Poller) Set(fd uintptr, id uint64, want Events) error {
	e := unix.EpollEvent{Events: uint32(pollWords.of(want)) | unix.EPOLLONESHOT, Fd: int32(id), Pad: int32(id >> 32)}
	err := p.control(unix.EPOLL_CTL_MOD, fd, &e)
	if err == unix.ENOENT {
		err = p.control(unix.EPOLL_CTL_ADD, fd, &e)
	}
	if err == unix.EPERM && isFile(fd) {
		return errors.ErrUnsupported
	}
	return os.NewSyscallError("epoll_ctl", err)
}

// isFile reports whether the descriptor is that of a regular file or a folder.
func isFile(fd uintptr) bool {
	var stat unix.Stat_t
	if err := unix.Fstat(int(fd), &stat); err != nil {
		return false
	}
	kind := stat.Mode & unix.S_IFMT
	return kind == unix.S_IFREG || kind == unix.S_IFDIR
}

// Remove makes Wait no longer report a descriptor, which must be open.
func (p *Poller) Remove(fd uintptr, id uint64) { _ = p.control(unix.EPOLL_CTL_DEL, fd, nil) }

// control is epoll_ctl(2). It does not block for long, so the scheduler is not
// notified.
func (p *Poller) control(op int, fd uintptr, e *unix.EpollEvent) error {
	_, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_CTL, uintptr(p.fd), uintptr(op), fd, uintptr(unsafe.Pointer(e)), 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// Wait waits for a descriptor to be ready, or for Wake. If block is false, it
// does not wait. It returns the number of elements of ready that it has filled.
// After Close it returns an error. Only one goroutine at a time may call it.
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
		ready[i] = Ready{uint64(uint32(e.Fd)) | uint64(uint32(e.Pad))<<32, pollWords.events(pollWord(e.Events))}
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

// Wake makes Wait return, now or when it is called next.
func (p *Poller) Wake() { _ = p.file.SetReadDeadline(time.Unix(1, 0)) }

// Close unblocks Wait and frees the Poller's own descriptor.
func (p *Poller) Close() error { return p.file.Close() }

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix && (!linux || streamsock_poll || streamsock_kqueue)

package sys

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

func poll(fds []pollFD, timeout int) (int, error) { return unix.Poll(fds, timeout) }

// A waker ends a call of poll, with a pipe.
type waker struct{ r, w int }

func newWaker() (*waker, error) {
	var p [2]int
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := unix.Pipe(p[:]); err != nil {
		return nil, os.NewSyscallError("pipe", err)
	}
	w := &waker{p[0], p[1]}
	for _, fd := range p {
		unix.CloseOnExec(fd)
		if err := unix.SetNonblock(fd, true); err != nil {
			w.close()
			return nil, os.NewSyscallError("fcntl", err)
		}
	}
	return w, nil
}

func (w *waker) fd() uintptr { return uintptr(w.r) }

func (w *waker) wake() { unix.Write(w.w, []byte{0}) } // a full pipe has the same effect

func (w *waker) drain() {
	var b [64]byte
	for {
		if n, err := unix.Read(w.r, b[:]); n <= 0 && err != unix.EINTR {
			return
		}
	}
}

func (w *waker) close() {
	unix.Close(w.r)
	unix.Close(w.w)
}

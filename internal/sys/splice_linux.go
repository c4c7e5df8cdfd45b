// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// minPipe is the least that is worth a pipe.
const minPipe = 32 << 10

// NewPipe returns the two ends of a pipe for Splice. It has the default size of
// 64 KiB. The pipes of an ordinary user share 64 MiB, and those beyond are of 8
// KiB: these are an error.
func NewPipe() (r, w int, err error) {
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		return 0, 0, err
	}
	if size, err := unix.FcntlInt(uintptr(p[0]), unix.F_GETPIPE_SZ, 0); err == nil && size < minPipe {
		ClosePipe(p[0], p[1])
		return 0, 0, unix.ENOMEM
	}
	return p[0], p[1], nil
}

// GrowPipe enlarges the pipe to 1 MiB, if the system allows it, which saves
// calls.
func GrowPipe(r int) { _, _ = unix.FcntlInt(uintptr(r), unix.F_SETPIPE_SZ, 1<<20) }

// ClosePipe closes the two ends.
func ClosePipe(r, w int) {
	unix.Close(r)
	unix.Close(w)
}

// Splice moves at most n bytes from one descriptor to another, one of which is
// an end of a pipe. It does not block.
func Splice(from, to uintptr, n int) (int, error) {
	moved, err := unix.Splice(int(from), nil, int(to), nil, n, unix.SPLICE_F_NONBLOCK)
	return int(moved), err
}

// WasReset reports whether a Splice to a TCP connection failed with err because the
// connection was reset, when the call before it moved bytes. If a connection is
// reset during a call that has moved some, the call returns their number, the
// kernel discards the error, and the next call fails with EPIPE.
func WasReset(fd uintptr, err error) bool {
	if err != unix.EPIPE {
		return false
	}
	state, err := tcpState(fd)
	return err == nil && state == tcpClose
}

// ReadPipe reads from the end of a pipe.
func ReadPipe(r int, b []byte) (int, error) { return unix.Read(r, b) }

// CannotSplice reports whether err means that Splice does not work with one of
// the descriptors: nothing has been moved then.
func CannotSplice(err error) bool { return err == syscall.EINVAL }

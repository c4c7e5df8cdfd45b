// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// PipeSize is how much a pipe of NewPipe holds, if the system allows it.
const PipeSize = 1 << 20

// NewPipe returns the two ends of a pipe for Splice.
func NewPipe() (r, w int, err error) {
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		return 0, 0, err
	}
	// A smaller pipe only takes more calls.
	_, _ = unix.FcntlInt(uintptr(p[0]), unix.F_SETPIPE_SZ, PipeSize)
	return p[0], p[1], nil
}

// ClosePipe closes the two ends.
func ClosePipe(r, w int) {
	unix.Close(r)
	unix.Close(w)
}

// Splice moves at most n bytes from one descriptor to another, one of which is
// an end of a pipe. It does not wait for a pipe or socket.
func Splice(from, to uintptr, n int) (int, error) {
	moved, err := unix.Splice(int(from), nil, int(to), nil, n, unix.SPLICE_F_NONBLOCK)
	return int(moved), err
}

// ReadPipe reads from the end of a pipe.
func ReadPipe(r int, b []byte) (int, error) { return unix.Read(r, b) }

// CannotSplice reports whether err says that Splice does not work with one of
// the descriptors: nothing has been moved then.
func CannotSplice(err error) bool { return err == syscall.EINVAL }

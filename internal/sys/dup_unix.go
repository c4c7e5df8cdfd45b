// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package sys

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Dup returns a close-on-exec duplicate of the descriptor.
func Dup(fd uintptr) (uintptr, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	n, err := unix.Dup(int(fd))
	if err != nil {
		return 0, os.NewSyscallError("dup", err)
	}
	unix.CloseOnExec(n)
	return uintptr(n), nil
}

// DupTo closes to, a socket, and makes it a duplicate of the socket fd,
// close-on-exec and non-blocking.
func DupTo(fd, to uintptr) error {
	if err := dupTo(int(fd), int(to)); err != nil {
		return os.NewSyscallError("dup", err)
	}
	return os.NewSyscallError("setnonblock", unix.SetNonblock(int(to), true))
}

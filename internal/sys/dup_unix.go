// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build aix || darwin || dragonfly || freebsd || linux || netbsd || openbsd || solaris

package sys

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Dup returns another descriptor for the same socket, which is closed on exec.
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

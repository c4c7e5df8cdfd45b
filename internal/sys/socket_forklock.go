// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build aix || darwin || solaris

package sys

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// These functions do not use SOCK_NONBLOCK, SOCK_CLOEXEC and dup3(2), which not
// all of these systems have.

func socket(family int) (int, error) {
	syscall.ForkLock.RLock()
	fd, err := unix.Socket(family, unix.SOCK_STREAM, unix.IPPROTO_TCP)
	if err == nil {
		unix.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return -1, err
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// dupTo makes to a duplicate of fd.
func dupTo(fd, to int) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := unix.Dup2(fd, to); err != nil {
		return err
	}
	unix.CloseOnExec(to)
	return nil
}

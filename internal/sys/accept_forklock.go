// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix && !linux && !freebsd

package sys

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// Accept accepts a connection, without blocking.
func Accept(fd uintptr) (uintptr, error) {
	syscall.ForkLock.RLock() // accept(2) does not block
	n, _, err := unix.Accept(int(fd))
	if err == nil {
		unix.CloseOnExec(n)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return 0, err
	}
	if err := unix.SetNonblock(n, true); err != nil {
		unix.Close(n)
		return 0, err
	}
	return uintptr(n), nil
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux || freebsd

package sys

import "golang.org/x/sys/unix"

// Accept accepts a connection, without blocking.
func Accept(fd uintptr) (uintptr, error) {
	n, _, err := unix.Accept4(int(fd), unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
	return uintptr(n), err
}

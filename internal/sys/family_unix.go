// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix && !linux

package sys

import "golang.org/x/sys/unix"

// familyOf returns the family of the socket, which is never either: these
// kernels reject options of level IPPROTO_IP on every IPv6 socket, whatever its
// address.
func familyOf(fd uintptr) family {
	sa, err := unix.Getsockname(int(fd))
	if err != nil {
		return ipv4
	}
	if _, ok := sa.(*unix.SockaddrInet6); ok {
		return ipv6
	}
	return ipv4
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build aix || darwin || dragonfly || freebsd || netbsd || openbsd || solaris

package sys

import "golang.org/x/sys/unix"

// isIPv6 reports whether options of level IPPROTO_IPV6 govern the socket.
// These kernels refuse those of IPPROTO_IP on every socket of the IPv6
// family, even if its address is an IPv4 one in IPv6 clothes.
func isIPv6(fd uintptr) bool {
	sa, err := unix.Getsockname(int(fd))
	if err != nil {
		return false
	}
	_, ok := sa.(*unix.SockaddrInet6)
	return ok
}

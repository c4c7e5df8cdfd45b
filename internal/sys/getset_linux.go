// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// getsockopt and setsockopt never wait, so they do without the scheduler's
// hand-off that unix.Syscall6 pays for. On 386 and s390x these system calls
// exist since Linux 4.3; x/sys takes the older socketcall there.

func getsockopt(fd uintptr, level, number int, b []byte) (int, error) {
	n := uint32(len(b))
	_, _, e := unix.RawSyscall6(unix.SYS_GETSOCKOPT, fd, uintptr(level), uintptr(number),
		uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(unsafe.Pointer(&n)), 0)
	if e != 0 {
		return 0, e
	}
	return min(int(n), len(b)), nil
}

func setsockopt(fd uintptr, level, number int, b []byte) error {
	_, _, e := unix.RawSyscall6(unix.SYS_SETSOCKOPT, fd, uintptr(level), uintptr(number),
		uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), 0)
	if e != 0 {
		return e
	}
	return nil
}

// isIPv6 reports whether options of level IPPROTO_IPV6 govern the socket: it
// is of that family and its address is not an IPv4 one in IPv6 clothes.
func isIPv6(fd uintptr) bool {
	var sa unix.RawSockaddrInet6
	n := uint32(unsafe.Sizeof(sa))
	_, _, e := unix.RawSyscall(unix.SYS_GETSOCKNAME, fd, uintptr(unsafe.Pointer(&sa)), uintptr(unsafe.Pointer(&n)))
	return e == 0 && sa.Family == unix.AF_INET6 && !mapped(sa.Addr)
}

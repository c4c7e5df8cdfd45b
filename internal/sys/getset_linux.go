// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// InheritsKeepAlive reports whether a connection inherits the keep-alive times
// of its listener.
const InheritsKeepAlive = true

// getsockopt and setsockopt never block, so the scheduler is not notified as by
// unix.Syscall6. On 386 and s390x these system calls exist since Linux 4.3;
// x/sys uses the older socketcall there.

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

// familyOf returns the family of the socket, by its own address: the packets of
// an IPv6 socket whose address is an IPv4 one in IPv6 form are IPv4.
func familyOf(fd uintptr) family {
	if sa := sockname(fd); sa.Family == unix.AF_INET6 {
		return familyOf6(sa.Addr)
	}
	return ipv4
}

// sockname returns the local address of the socket, or the zero address. Unless
// it is an IPv6 address, only its family is meaningful.
func sockname(fd uintptr) (sa unix.RawSockaddrInet6) {
	n := uint32(unsafe.Sizeof(sa))
	unix.RawSyscall(unix.SYS_GETSOCKNAME, fd, uintptr(unsafe.Pointer(&sa)), uintptr(unsafe.Pointer(&n)))
	return sa
}

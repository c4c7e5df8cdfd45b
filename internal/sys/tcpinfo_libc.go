// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build darwin || openbsd

package sys

import (
	"syscall"
	"unsafe"
)

// libcGetsockopt calls getsockopt of the C library, which must make the system
// call on these systems, for bytes of any length: x/sys supports only a few
// types. Like calls in x/sys, it uses a jump in assembly and syscall.syscall6,
// which package syscall has promised to keep for that purpose.
func libcGetsockopt(fd uintptr, level, number int, b []byte) (int, error) {
	n := uint32(len(b))
	_, _, e := syscall_syscall6(libc_getsockopt_trampoline_addr, fd, uintptr(level), uintptr(number),
		uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(unsafe.Pointer(&n)), 0)
	if e != 0 {
		return 0, e
	}
	return min(int(n), len(b)), nil
}

//go:linkname syscall_syscall6 syscall.syscall6
func syscall_syscall6(fn, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno)

var libc_getsockopt_trampoline_addr uintptr // in tcpinfo_libc.s

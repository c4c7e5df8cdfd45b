// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build aix || darwin || openbsd || solaris

package sys

import (
	"encoding/binary"
	"errors"
	"unsafe"

	"golang.org/x/sys/unix"
)

// On these systems the C library must make the system call, and x/sys offers no
// getsockopt for plain bytes, only for certain types. getsockopt uses the type
// of the requested size. The length that the system returns is lost, and values
// longer than the largest type cannot be read.

func getsockopt(fd uintptr, level, number int, b []byte) (int, error) {
	s := int(fd)
	switch n := len(b); {
	case n == 4:
		v, err := unix.GetsockoptInet4Addr(s, level, number)
		return copy(b, v[:]), err
	case n == 8:
		v, err := unix.GetsockoptUint64(s, level, number)
		binary.NativeEndian.PutUint64(b, v)
		return n, err
	case n <= int(unsafe.Sizeof(unix.ICMPv6Filter{})):
		v, err := unix.GetsockoptICMPv6Filter(s, level, number)
		if err != nil {
			return 0, err
		}
		return copy(b, unsafe.Slice((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v))), nil
	}
	return 0, errors.ErrUnsupported
}

func setsockopt(fd uintptr, level, number int, b []byte) error {
	if len(b) == 4 {
		return unix.SetsockoptInet4Addr(int(fd), level, number, [4]byte(b))
	}
	return unix.SetsockoptString(int(fd), level, number, string(b))
}

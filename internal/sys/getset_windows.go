// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

func getsockopt(fd uintptr, level, number int, b []byte) (int, error) {
	n := int32(len(b))
	err := windows.Getsockopt(windows.Handle(fd), int32(level), int32(number), unsafe.SliceData(b), &n)
	if err != nil {
		return 0, err
	}
	return min(int(n), len(b)), nil
}

func setsockopt(fd uintptr, level, number int, b []byte) error {
	return windows.Setsockopt(windows.Handle(fd), int32(level), int32(number), unsafe.SliceData(b), int32(len(b)))
}

const so_PROTOCOL_INFOW = 0x2005 // winsock2.h

// familyOf returns the family of the socket, by its own address: the packets of
// an IPv6 socket whose address is an IPv4 one in IPv6 form are IPv4. It asks for
// the protocol first because an unbound socket has no name here.
func familyOf(fd uintptr) family {
	info, err := protocolInfo(fd)
	if err != nil || info.AddressFamily != windows.AF_INET6 {
		return ipv4
	}
	sa, err := windows.Getsockname(windows.Handle(fd))
	if err != nil {
		return either
	}
	if sa6, ok := sa.(*windows.SockaddrInet6); ok {
		return familyOf6(sa6.Addr)
	}
	return ipv4
}

// protocolInfo returns the family and the protocol of the socket.
func protocolInfo(fd uintptr) (info windows.WSAProtocolInfo, err error) {
	n := int32(unsafe.Sizeof(info))
	err = windows.Getsockopt(windows.Handle(fd), windows.SOL_SOCKET, so_PROTOCOL_INFOW, (*byte)(unsafe.Pointer(&info)), &n)
	return info, err
}

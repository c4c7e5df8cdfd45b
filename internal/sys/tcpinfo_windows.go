// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// TCPInfoSystem is the system whose structure TCPInfo reads, and TCPInfoCall is
// the system call that reads it.
const (
	TCPInfoSystem = "windows"
	TCPInfoCall   = "wsaioctl"
)

const (
	sio_TCP_INFO = 0xd8000027 // mstcpip.h: _WSAIORW(IOC_VENDOR, 39)

	// tcpInfoNewest is the newest version of the structure: TCP_INFO_v0 came
	// with Windows 10 1703, v1 with 1809, v2 with 2004.
	tcpInfoNewest = 2
)

// TCPInfo reads the newest version of TCP_INFO that the system has into b and
// returns its length.
func TCPInfo(fd uintptr, b []byte) (n int, err error) {
	for version := tcpInfoNewest; version >= 0; version-- {
		if n, err = tcpInfo(fd, uint32(version), b); err == nil {
			return n, nil
		}
	}
	return 0, err
}

func tcpInfo(fd uintptr, version uint32, b []byte) (int, error) {
	var n uint32
	err := windows.WSAIoctl(windows.Handle(fd), sio_TCP_INFO, (*byte)(unsafe.Pointer(&version)), 4,
		unsafe.SliceData(b), uint32(len(b)), &n, nil, 0)
	if err != nil {
		return 0, err
	}
	return min(int(n), len(b)), nil
}

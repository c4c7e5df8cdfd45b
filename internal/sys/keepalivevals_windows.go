// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"math"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// SetKeepAliveVals sets the equivalents of TCP_KEEPIDLE and TCP_KEEPINTVL on
// Windows before 10 1709, which lacks these options. It uses the ioctl
// SIO_KEEPALIVE_VALS of mstcpip.h, in milliseconds. It sets both, cannot read
// them, and turns SO_KEEPALIVE on, which is then restored.
func SetKeepAliveVals(fd uintptr, idle, interval time.Duration) error {
	if max(idle, interval).Milliseconds() > math.MaxUint32 {
		return windows.WSAEINVAL
	}
	var on [4]byte
	if _, err := getsockopt(fd, windows.SOL_SOCKET, windows.SO_KEEPALIVE, on[:]); err != nil {
		return err
	}
	vals := windows.TCPKeepalive{OnOff: 1, Time: uint32(idle.Milliseconds()), Interval: uint32(interval.Milliseconds())}
	var n uint32
	err := windows.WSAIoctl(windows.Handle(fd), windows.SIO_KEEPALIVE_VALS,
		(*byte)(unsafe.Pointer(&vals)), uint32(unsafe.Sizeof(vals)), nil, 0, &n, nil, 0)
	if err != nil {
		return err
	}
	return setsockopt(fd, windows.SOL_SOCKET, windows.SO_KEEPALIVE, on[:])
}

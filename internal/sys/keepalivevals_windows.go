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

// SetKeepAliveVals sets TCP_KEEPIDLE and TCP_KEEPINTVL where the system lacks
// them, which Windows did before 10 1709. It is the ioctl SIO_KEEPALIVE_VALS of
// mstcpip.h, in milliseconds. That takes both at once, tells neither, and turns
// SO_KEEPALIVE on, which is then put back.
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

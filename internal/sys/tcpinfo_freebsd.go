// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import "golang.org/x/sys/unix"

// TCPInfoSystem is the system whose structure TCPInfo reads, and TCPInfoCall is
// the system call that reads it.
const (
	TCPInfoSystem = "freebsd"
	TCPInfoCall   = "getsockopt"
)

// TCPInfo reads struct tcp_info into b and returns the length reported by the
// kernel, which determines the available members.
func TCPInfo(fd uintptr, b []byte) (int, error) {
	return getsockopt(fd, unix.IPPROTO_TCP, unix.TCP_INFO, b)
}

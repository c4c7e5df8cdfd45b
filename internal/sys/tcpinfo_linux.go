// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import "golang.org/x/sys/unix"

// TCPInfoSystem says which system's structure TCPInfo reads, and TCPInfoCall
// the system call that reads it.
const (
	TCPInfoSystem = "linux"
	TCPInfoCall   = "getsockopt"
)

// TCPInfo reads struct tcp_info into b and returns the length that the kernel
// gave, which tells what this kernel knows.
func TCPInfo(fd uintptr, b []byte) (int, error) {
	return getsockopt(fd, unix.IPPROTO_TCP, unix.TCP_INFO, b)
}

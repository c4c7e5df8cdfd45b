// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !(darwin || freebsd || linux || netbsd || openbsd || windows)

package sys

import "errors"

// TCPInfoSystem is the system whose structure TCPInfo reads, or empty.
// TCPInfoCall is the system call that would read it.
const (
	TCPInfoSystem = ""
	TCPInfoCall   = "getsockopt"
)

// TCPInfo is for other systems.
func TCPInfo(fd uintptr, b []byte) (int, error) { return 0, errors.ErrUnsupported }

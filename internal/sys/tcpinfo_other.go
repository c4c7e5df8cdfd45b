// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !(darwin || freebsd || linux || netbsd || openbsd || windows)

package sys

import "errors"

// TCPInfoSystem says which system's structure TCPInfo reads: none here.
// TCPInfoCall is the system call that would read it.
const (
	TCPInfoSystem = ""
	TCPInfoCall   = "getsockopt"
)

// TCPInfo reads what the system knows of a connection: nothing here.
func TCPInfo(fd uintptr, b []byte) (int, error) { return 0, errors.ErrUnsupported }

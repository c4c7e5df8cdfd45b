// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"syscall"
)

// winsock maps errors of Unix to those of Windows. After a reset the error
// depends on which call notices it first.
var winsock = map[error][]syscall.Errno{
	syscall.EADDRINUSE:   {10048},
	syscall.ECONNREFUSED: {10061},
	syscall.ECONNRESET:   {10054, 10053},
	syscall.ENOTCONN:     {10057},
	syscall.ENOTSOCK:     {10038},
	syscall.EPIPE:        {10058, 10054, 10053},
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package sys

import "golang.org/x/sys/unix"

// IsConnected reports whether the socket has a peer; it is false after a
// reset.
func IsConnected(fd uintptr) bool {
	_, err := unix.Getpeername(int(fd))
	return err == nil
}

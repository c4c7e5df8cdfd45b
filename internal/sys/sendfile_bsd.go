// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build (darwin && !ios) || dragonfly || freebsd

package sys

import "syscall"

// Sendfile sends at most n bytes of a file, starting at offset, and returns the
// number of bytes sent; 0 without an error means the end of the file. It does
// not block.
//
// If the system has sent some bytes and no more, because of an error or a full
// send buffer, the next call returns the reason.
func Sendfile(socket, file uintptr, offset int64, n int) (int, error) {
	sent, err := syscall.Sendfile(int(socket), int(file), &offset, n)
	if sent > 0 {
		return sent, nil
	}
	return 0, err
}

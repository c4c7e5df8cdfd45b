// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import "syscall"

// Sendfile sends at most n bytes of a file, starting at offset, and returns the
// number of bytes sent; 0 without an error means the end of the file. It does
// not block.
//
// The function of package syscall informs the race detector that package net's
// Read happens after it. That of golang.org/x/sys does not.
func Sendfile(socket, file uintptr, offset int64, n int) (int, error) {
	sent, err := syscall.Sendfile(int(socket), int(file), &offset, n)
	return max(sent, 0), err
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import "syscall"

// Sendfile sends at most n bytes of a file, starting at offset, and returns the
// number of bytes sent; 0 without an error means the end of the file. It does
// not block.
//
// As in package internal/poll, the offset shows the number of bytes sent,
// whatever the system call returns. At the end of the file that may be EINVAL;
// see CannotSendfile.
func Sendfile(socket, file uintptr, offset int64, n int) (int, error) {
	end := offset
	_, err := syscall.Sendfile(int(socket), int(file), &end, n)
	if end > offset {
		return int(end - offset), nil
	}
	return 0, err
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

// maxBytes is what one system call moves at the most, as in package
// internal/poll.
const maxBytes = 1 << 30

// load makes the list of what one system call takes of bufs, of whose first
// the bytes before off are done: at most most slices, none of them empty, and
// at most maxBytes in all, which it returns. The list takes the place of old,
// of which nothing stays behind to keep a slice from being collected.
func load[T any](old []T, bufs [][]byte, off, most int, element func([]byte) T) (list []T, total int) {
	clear(old)
	list = old[:0]
	for _, b := range bufs {
		b, off = b[off:], 0
		if len(b) == 0 {
			continue
		}
		b = b[:min(len(b), maxBytes-total)]
		list = append(list, element(b))
		total += len(b)
		if len(list) == most || total == maxBytes {
			break
		}
	}
	return list, total
}

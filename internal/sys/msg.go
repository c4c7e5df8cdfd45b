// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

// maxBytes is the maximum number of bytes of one system call, as in package
// internal/poll.
const maxBytes = 1 << 30

// load returns the slices of bufs for one system call, starting at byte off of
// the first: at most most slices, none of them empty, and at most maxBytes in
// total, and that total. The list replaces old, whose other elements are
// cleared so that they can be collected.
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

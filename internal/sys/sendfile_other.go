// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !((darwin && !ios) || dragonfly || freebsd || linux || solaris)

package sys

import "errors"

// HasSendfile reports whether Sendfile is implemented.
const HasSendfile = false

// Sendfile sends at most n bytes of a file, from an offset on.
func Sendfile(socket, file uintptr, offset int64, n int) (int, error) {
	return 0, errors.ErrUnsupported
}

// CannotSendfile reports whether err means that Sendfile does not work.
func CannotSendfile(err error) bool { return true }

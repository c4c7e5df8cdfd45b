// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build (darwin && !ios) || dragonfly || freebsd || linux || solaris

package sys

import (
	"errors"
	"syscall"
)

// HasSendfile reports whether Sendfile is implemented. Like package net, it
// excludes ios.
const HasSendfile = true

// CannotSendfile reports whether err means that Sendfile does not support the
// file or the offset, and nothing has been sent. Reading the file may work.
func CannotSendfile(err error) bool {
	return err == syscall.EINVAL || err == syscall.EOVERFLOW || errors.Is(err, errors.ErrUnsupported)
}

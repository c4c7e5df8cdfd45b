// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"errors"
	"syscall"
)

// ignoreSIGPIPE does nothing: Windows has no such signal.
func ignoreSIGPIPE() {}

const errorNoData = syscall.Errno(232) // ERROR_NO_DATA

// isBrokenPipe reports whether err is that of a write to a pipe without a
// reader.
func isBrokenPipe(err error) bool {
	return errors.Is(err, syscall.ERROR_BROKEN_PIPE) || errors.Is(err, errorNoData)
}

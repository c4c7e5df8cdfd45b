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

const (
	errorNoData     = syscall.Errno(232)   // ERROR_NO_DATA
	wsaeNetUnreach  = syscall.Errno(10051) // WSAENETUNREACH
	wsaeConnRefused = syscall.Errno(10061) // WSAECONNREFUSED
	wsaeHostUnreach = syscall.Errno(10065) // WSAEHOSTUNREACH
)

// isBrokenPipe reports whether err is that of a write to a pipe that nobody reads.
func isBrokenPipe(err error) bool {
	return errors.Is(err, syscall.ERROR_BROKEN_PIPE) || errors.Is(err, errorNoData)
}

// isRefused reports whether err is that of a port on which nobody listens.
func isRefused(err error) bool { return errors.Is(err, wsaeConnRefused) }

// isUnreachable reports whether err is that of a host or network to which there is
// no way.
func isUnreachable(err error) bool {
	return errors.Is(err, wsaeHostUnreach) || errors.Is(err, wsaeNetUnreach)
}

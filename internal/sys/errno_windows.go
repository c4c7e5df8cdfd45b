// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"errors"
	"syscall"

	"golang.org/x/sys/windows"
)

// IsUnsupported reports whether err is how the system says that it lacks an
// option, beyond what [syscall.Errno.Is] knows.
func IsUnsupported(err error) bool {
	return errors.Is(err, windows.WSAENOPROTOOPT) || errors.Is(err, windows.WSAEOPNOTSUPP)
}

// IsAgain reports whether err says that a call would have to wait.
func IsAgain(err error) bool { return err == windows.WSAEWOULDBLOCK || err == syscall.EAGAIN }

// IsInterrupted reports whether err says that a signal came and the call is to
// be made again.
func IsInterrupted(err error) bool { return false }

// IsAborted reports whether err says that a connection was reset before it was
// accepted.
func IsAborted(err error) bool { return err == windows.WSAECONNABORTED || err == windows.WSAECONNRESET }

// IsInvalid reports whether err says that a call makes no sense now.
func IsInvalid(err error) bool { return err == windows.WSAEINVAL }

// IsNotConnected reports whether err says that there is no connection, or none
// any more.
func IsNotConnected(err error) bool { return errors.Is(err, windows.WSAENOTCONN) }

// IsBrokenPipe reports whether err says that nothing can be written to a connection.
// Windows has no such error.
func IsBrokenPipe(err error) bool { return false }

// IsExhausted reports whether err says that the process or the system has no
// descriptor or memory left.
func IsExhausted(err error) bool {
	return errors.Is(err, windows.WSAEMFILE) || errors.Is(err, windows.WSAENOBUFS) || errors.Is(err, windows.ERROR_NOT_ENOUGH_MEMORY)
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"errors"
	"slices"
	"syscall"

	"golang.org/x/sys/windows"
)

// IsUnsupported reports whether err is returned by the system for an option
// that it lacks, beyond what [syscall.Errno.Is] knows.
func IsUnsupported(err error) bool {
	return errors.Is(err, windows.WSAENOPROTOOPT) || errors.Is(err, windows.WSAEOPNOTSUPP)
}

// IsAgain reports whether err means that a call would block.
func IsAgain(err error) bool { return err == windows.WSAEWOULDBLOCK || err == syscall.EAGAIN }

// IsInterrupted reports whether err means that a signal interrupted the call,
// which must be repeated.
func IsInterrupted(err error) bool { return false }

// IsAborted reports whether err means that a connection was reset before it was
// accepted.
func IsAborted(err error) bool { return err == windows.WSAECONNABORTED || err == windows.WSAECONNRESET }

// IsInvalid reports whether err means that a call is not valid in this state.
func IsInvalid(err error) bool { return err == windows.WSAEINVAL }

// IsNotConnected reports whether err means that there is no connection, or no
// longer.
func IsNotConnected(err error) bool { return isAny(err, windows.WSAENOTCONN, syscall.ENOTCONN) }

// IsReset reports whether err means that a connection was reset.
// WSAECONNABORTED reports the same after some data was lost here.
func IsReset(err error) bool {
	return isAny(err, windows.WSAECONNRESET, windows.WSAECONNABORTED, windows.ERROR_NETNAME_DELETED, windows.ERROR_CONNECTION_ABORTED, syscall.ECONNRESET)
}

// IsRefused reports whether err means that no process listens on an address.
func IsRefused(err error) bool {
	return isAny(err, windows.WSAECONNREFUSED, windows.ERROR_CONNECTION_REFUSED, syscall.ECONNREFUSED)
}

// IsUnreachable reports whether err means that there is no route to a host or
// network.
func IsUnreachable(err error) bool {
	return isAny(err, windows.WSAEHOSTUNREACH, windows.WSAENETUNREACH, windows.ERROR_HOST_UNREACHABLE, windows.ERROR_NETWORK_UNREACHABLE,
		syscall.EHOSTUNREACH, syscall.ENETUNREACH)
}

// IsBrokenPipe reports whether err means that the connection is closed for
// writing.
func IsBrokenPipe(err error) bool { return isAny(err, windows.WSAESHUTDOWN, syscall.EPIPE) }

// IsTimedOut reports whether err means that the peer has not responded for too
// long. WSAENETRESET is returned if keep-alive probes have failed.
func IsTimedOut(err error) bool {
	return isAny(err, windows.WSAETIMEDOUT, windows.WSAENETRESET, windows.ERROR_SEM_TIMEOUT, syscall.ETIMEDOUT)
}

// IsAddrInUse reports whether err means that an address is in use.
func IsAddrInUse(err error) bool { return isAny(err, windows.WSAEADDRINUSE, syscall.EADDRINUSE) }

// isAny reports whether err is one of the errors. Those of package syscall that are
// named as on Unix are not returned by Windows, but by other software.
func isAny(err error, errnos ...syscall.Errno) bool {
	return slices.ContainsFunc(errnos, func(e syscall.Errno) bool { return errors.Is(err, e) })
}

// IsExhausted reports whether err means that the process or the system has run
// out of descriptors or memory.
func IsExhausted(err error) bool {
	return isAny(err, windows.WSAEMFILE, windows.WSAENOBUFS, windows.ERROR_NOT_ENOUGH_MEMORY, windows.ERROR_NO_SYSTEM_RESOURCES)
}

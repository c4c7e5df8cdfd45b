// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import "example.com/streamsock/internal/sys"

// IsReset reports whether err means that the connection was reset: the peer has
// aborted it, or has closed it before reading all data. It matches
// [syscall.ECONNRESET] and, on Windows, WSAECONNRESET and WSAECONNABORTED,
// which is returned for a reset that was noticed while sending data.
//
// IsReset, [IsRefused], [IsUnreachable], [IsBrokenPipe], [IsNotConnected],
// [IsTimedOut] and [IsAddrInUse] accept an error of any package, and examine
// the errors that it wraps, as [errors.Is] does. They are for code that also
// runs on Windows, where an error of a socket never matches an error of package
// syscall such as [syscall.ECONNRESET]. On Plan 9, whose errors have no
// numbers, they return false.
func IsReset(err error) bool { return sys.IsReset(err) }

// IsRefused reports whether err means that the peer has refused the connection,
// usually because no process listens on the address. It matches
// [syscall.ECONNREFUSED] and, on Windows, WSAECONNREFUSED.
func IsRefused(err error) bool { return sys.IsRefused(err) }

// IsUnreachable reports whether err means that there is no route to the peer's
// host or network. It matches [syscall.EHOSTUNREACH] and [syscall.ENETUNREACH]
// and, on Windows, WSAEHOSTUNREACH and WSAENETUNREACH.
func IsUnreachable(err error) bool { return sys.IsUnreachable(err) }

// IsBrokenPipe reports whether err means that the connection can no longer be
// written to, because this side has shut down the writing direction or, on
// Unix, because an earlier call has already reported that the connection was
// reset. It matches [syscall.EPIPE] and, on Windows, WSAESHUTDOWN.
func IsBrokenPipe(err error) bool { return sys.IsBrokenPipe(err) }

// IsNotConnected reports whether err means that the socket is not, or is no
// longer, connected. It matches [syscall.ENOTCONN] and, on Windows,
// WSAENOTCONN.
func IsNotConnected(err error) bool { return sys.IsNotConnected(err) }

// IsTimedOut reports whether err means that the kernel has given up the
// connection because the peer did not respond: to the attempt to connect, to
// data within [sockopt.UserTimeout], or to keep-alive probes. It matches
// [syscall.ETIMEDOUT] and, on Windows, WSAETIMEDOUT and WSAENETRESET. It does
// not match an exceeded deadline, [os.ErrDeadlineExceeded].
func IsTimedOut(err error) bool { return sys.IsTimedOut(err) }

// IsAddrInUse reports whether err means that a socket cannot be bound to an
// address because another socket uses it. It matches [syscall.EADDRINUSE] and,
// on Windows, WSAEADDRINUSE.
func IsAddrInUse(err error) bool { return sys.IsAddrInUse(err) }

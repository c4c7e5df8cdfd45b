// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import "example.com/streamsock/internal/sys"

// IsReset reports whether err says that the connection was reset: the peer has
// aborted it, or has closed it before it read everything. It matches
// [syscall.ECONNRESET] and, on Windows, WSAECONNRESET and WSAECONNABORTED, which
// reports a reset that was noticed while data was being sent.
//
// IsReset and the functions below accept an error of any package and look through what
// it wraps, as [errors.Is] does. They are for code that also runs on Windows, where an
// error of a socket never matches an error of package syscall such as
// [syscall.ECONNRESET]. On Plan 9, whose errors have no numbers, they return false.
func IsReset(err error) bool { return sys.IsReset(err) }

// IsRefused reports whether err says that the peer has refused the connection, mostly
// because nothing listens at the address. It matches [syscall.ECONNREFUSED] and, on
// Windows, WSAECONNREFUSED.
func IsRefused(err error) bool { return sys.IsRefused(err) }

// IsUnreachable reports whether err says that there is no way to the peer's host or
// network. It matches [syscall.EHOSTUNREACH] and [syscall.ENETUNREACH] and, on Windows,
// WSAEHOSTUNREACH and WSAENETUNREACH.
func IsUnreachable(err error) bool { return sys.IsUnreachable(err) }

// IsBrokenPipe reports whether err says that nothing can be written any more, because
// this side has closed its direction of the connection or, on Unix, because an earlier
// call has reported that the connection was reset. It matches [syscall.EPIPE] and, on
// Windows, WSAESHUTDOWN.
func IsBrokenPipe(err error) bool { return sys.IsBrokenPipe(err) }

// IsNotConnected reports whether err says that the socket has no connection, or none
// any more. It matches [syscall.ENOTCONN] and, on Windows, WSAENOTCONN.
func IsNotConnected(err error) bool { return sys.IsNotConnected(err) }

// IsTimedOut reports whether err says that the kernel has given the connection up,
// because the peer did not answer for too long: when connecting, after
// [sockopt.UserTimeout], or when keep-alive probes were not answered. It matches
// [syscall.ETIMEDOUT] and, on Windows, WSAETIMEDOUT and WSAENETRESET. An exceeded
// deadline is another error, [os.ErrDeadlineExceeded].
func IsTimedOut(err error) bool { return sys.IsTimedOut(err) }

// IsAddrInUse reports whether err says that a socket cannot have an address because
// another socket has it. It matches [syscall.EADDRINUSE] and, on Windows,
// WSAEADDRINUSE.
func IsAddrInUse(err error) bool { return sys.IsAddrInUse(err) }

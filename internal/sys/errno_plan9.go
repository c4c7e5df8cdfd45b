// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

// IsUnsupported reports whether err is how the system says that it lacks an
// option. Plan 9 has no socket options, and so no such error.
func IsUnsupported(err error) bool { return false }

// IsAgain reports whether err says that a call would have to wait.
func IsAgain(err error) bool { return false }

// IsInterrupted reports whether err says that a signal came and the call is to
// be made again.
func IsInterrupted(err error) bool { return false }

// IsAborted reports whether err says that a connection was reset before it was
// accepted.
func IsAborted(err error) bool { return false }

// IsInvalid reports whether err says that a call makes no sense now.
func IsInvalid(err error) bool { return false }

// IsNotConnected reports whether err says that there is no connection, or none
// any more. Plan 9 has no such error.
func IsNotConnected(err error) bool { return false }

// IsReset reports whether err says that a connection was reset. This and the next five
// have no numbers on Plan 9.
func IsReset(err error) bool { return false }

// IsRefused reports whether err says that nobody listens at an address.
func IsRefused(err error) bool { return false }

// IsUnreachable reports whether err says that there is no way to a host or network.
func IsUnreachable(err error) bool { return false }

// IsBrokenPipe reports whether err says that the connection is closed for writing.
func IsBrokenPipe(err error) bool { return false }

// IsTimedOut reports whether err says that the peer has not answered for too long.
func IsTimedOut(err error) bool { return false }

// IsAddrInUse reports whether err says that an address is in use.
func IsAddrInUse(err error) bool { return false }

// IsExhausted reports whether err says that the process or the system has no
// descriptor or memory left. Plan 9 has no number for it.
func IsExhausted(err error) bool { return false }

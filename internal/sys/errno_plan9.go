// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

// IsUnsupported reports whether err is returned by the system for an option
// that it lacks. Plan 9 has no socket options, and so no such error.
func IsUnsupported(err error) bool { return false }

// IsAgain reports whether err means that a call would block.
func IsAgain(err error) bool { return false }

// IsInterrupted reports whether err means that a signal interrupted the call,
// which must be repeated.
func IsInterrupted(err error) bool { return false }

// IsAborted reports whether err means that a connection was reset before it was
// accepted.
func IsAborted(err error) bool { return false }

// IsInvalid reports whether err means that a call is not valid in this state.
func IsInvalid(err error) bool { return false }

// IsNotConnected reports whether err means that there is no connection, or no
// longer. Plan 9 has no such error.
func IsNotConnected(err error) bool { return false }

// IsReset reports whether err means that a connection was reset. This and the
// next five have no numbers on Plan 9.
func IsReset(err error) bool { return false }

// IsRefused reports whether err means that no process listens on an address.
func IsRefused(err error) bool { return false }

// IsUnreachable reports whether err means that there is no route to a host or
// network.
func IsUnreachable(err error) bool { return false }

// IsBrokenPipe reports whether err means that the connection is closed for
// writing.
func IsBrokenPipe(err error) bool { return false }

// IsTimedOut reports whether err means that the peer has not responded for too
// long.
func IsTimedOut(err error) bool { return false }

// IsAddrInUse reports whether err means that an address is in use.
func IsAddrInUse(err error) bool { return false }

// IsExhausted reports whether err means that the process or the system has run
// out of descriptors or memory. Plan 9 has no number for it.
func IsExhausted(err error) bool { return false }

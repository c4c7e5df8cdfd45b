// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !windows && !plan9

package sys

import (
	"errors"
	"syscall"
)

// IsUnsupported reports whether err is returned by a kernel for an option that
// it lacks, beyond what [syscall.Errno.Is] knows.
func IsUnsupported(err error) bool { return errors.Is(err, syscall.ENOPROTOOPT) }

// IsAgain reports whether err means that a call would block.
func IsAgain(err error) bool { return err == syscall.EAGAIN }

// IsInterrupted reports whether err means that a signal interrupted the call,
// which must be repeated.
func IsInterrupted(err error) bool { return err == syscall.EINTR }

// IsAborted reports whether err means that a connection was reset before it was
// accepted.
func IsAborted(err error) bool { return err == syscall.ECONNABORTED }

// IsInvalid reports whether err means that a call is not valid in this state.
func IsInvalid(err error) bool { return err == syscall.EINVAL }

// IsNotConnected reports whether err means that there is no connection, or no
// longer.
func IsNotConnected(err error) bool { return errors.Is(err, syscall.ENOTCONN) }

// IsReset reports whether err means that a connection was reset.
func IsReset(err error) bool { return errors.Is(err, syscall.ECONNRESET) }

// IsRefused reports whether err means that no process listens on an address.
func IsRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// IsUnreachable reports whether err means that there is no route to a host or
// network.
func IsUnreachable(err error) bool {
	return errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETUNREACH)
}

// IsBrokenPipe reports whether err means that the connection is closed for
// writing.
func IsBrokenPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }

// IsTimedOut reports whether err means that the peer has not responded for too
// long.
func IsTimedOut(err error) bool { return errors.Is(err, syscall.ETIMEDOUT) }

// IsAddrInUse reports whether err means that an address is in use.
func IsAddrInUse(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }

// IsExhausted reports whether err means that the process or the system has run
// out of descriptors or memory.
func IsExhausted(err error) bool {
	for _, e := range [...]syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ENOSPC} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !windows && !plan9

package sys

import (
	"errors"
	"syscall"
)

// IsUnsupported reports whether err is how a kernel says that it lacks an
// option, beyond what [syscall.Errno.Is] knows.
func IsUnsupported(err error) bool { return errors.Is(err, syscall.ENOPROTOOPT) }

// IsAgain reports whether err says that a call would have to wait.
func IsAgain(err error) bool { return err == syscall.EAGAIN }

// IsInterrupted reports whether err says that a signal came and the call is to
// be made again.
func IsInterrupted(err error) bool { return err == syscall.EINTR }

// IsAborted reports whether err says that a connection was reset before it was
// accepted.
func IsAborted(err error) bool { return err == syscall.ECONNABORTED }

// IsInvalid reports whether err says that a call makes no sense now.
func IsInvalid(err error) bool { return err == syscall.EINVAL }

// IsNotConnected reports whether err says that there is no connection, or none
// any more.
func IsNotConnected(err error) bool { return errors.Is(err, syscall.ENOTCONN) }

// IsReset reports whether err says that a connection was reset.
func IsReset(err error) bool { return errors.Is(err, syscall.ECONNRESET) }

// IsRefused reports whether err says that nobody listens at an address.
func IsRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// IsUnreachable reports whether err says that there is no way to a host or network.
func IsUnreachable(err error) bool {
	return errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETUNREACH)
}

// IsBrokenPipe reports whether err says that the connection is closed for writing.
func IsBrokenPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }

// IsTimedOut reports whether err says that the peer has not answered for too long.
func IsTimedOut(err error) bool { return errors.Is(err, syscall.ETIMEDOUT) }

// IsAddrInUse reports whether err says that an address is in use.
func IsAddrInUse(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }

// IsExhausted reports whether err says that the process or the system has no
// descriptor or memory left.
func IsExhausted(err error) bool {
	for _, e := range [...]syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ENOSPC} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

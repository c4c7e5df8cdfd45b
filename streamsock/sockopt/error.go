// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
)

// An Error says which option could not be read or set, and why.
//
// errors.Is(err, [errors.ErrUnsupported]) holds if the system has no such
// option, be it that this package knows (Err is then errors.ErrUnsupported) or
// that the kernel says so (ENOPROTOOPT, EOPNOTSUPP, ENOSYS and what Windows
// calls them). errors.Is(err, [os.ErrInvalid]) holds if the value was refused
// before the system was asked. Otherwise Err is an *[os.SyscallError], or what
// the connection said, such as [net.ErrClosed].
type Error struct {
	Op     string // "get" or "set"
	Option string // name in this package, such as "UserTimeout"
	Sys    string // C name on this system and for this socket, such as "IPV6_TCLASS"; empty if there is none
	Err    error  // what is wrong
}

// Error returns the names of the option and what is wrong.
func (e *Error) Error() string {
	if e.Sys == "" || e.Sys == e.Option {
		return e.Option + ": " + e.Err.Error()
	}
	return e.Option + " (" + e.Sys + "): " + e.Err.Error()
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// Is makes ENOPROTOOPT count as [errors.ErrUnsupported], which
// [syscall.Errno.Is] does not.
func (e *Error) Is(target error) bool {
	return target == errors.ErrUnsupported && sys.IsUnsupported(e.Err)
}

var (
	errShort        = errors.New("the system's answer has an unexpected length")
	errNumber       = fmt.Errorf("the option's level, number or size does not fit an int of C: %w", os.ErrInvalid)
	errNoDescriptor = errors.New("the connection has no descriptor") // of a foreign RawConn
)

// opError wraps err with the addresses of c, if it has any, as the methods of
// package net do.
func opError(op string, c syscall.Conn, err error) error {
	if e, ok := err.(*Error); ok {
		e.Err = neterr.Bare(e.Err) // of [syscall.RawConn.Control]
	}
	if e := neterr.Wrap(op, c, err); e.Net != "" {
		return e
	}
	return err
}

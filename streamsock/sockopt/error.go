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

// An Error is returned if an option could not be read or set.
//
// It wraps [errors.ErrUnsupported] if the option is not supported, either
// because this package does not define it for the operating system or because
// the kernel returns ENOPROTOOPT, EOPNOTSUPP, ENOSYS or their Windows
// equivalents. It wraps [os.ErrInvalid] if the value was rejected without
// setting the option. Otherwise Err is an *[os.SyscallError], or an error of
// the connection such as [net.ErrClosed].
type Error struct {
	Op     string // "get" or "set"
	Option string // name in this package, such as "UserTimeout"
	Sys    string // C name on this system and for this socket, such as "IPV6_TCLASS"; empty if there is none
	Err    error  // the cause
}

// Error returns the names of the option and the cause.
func (e *Error) Error() string {
	if e.Sys == "" || e.Sys == e.Option {
		return e.Option + ": " + e.Err.Error()
	}
	return e.Option + " (" + e.Sys + "): " + e.Err.Error()
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// Is makes ENOPROTOOPT match [errors.ErrUnsupported], which [syscall.Errno.Is]
// does not.
func (e *Error) Is(target error) bool {
	return target == errors.ErrUnsupported && sys.IsUnsupported(e.Err)
}

var (
	errShort        = errors.New("sockopt: unexpected option length")
	errNumber       = fmt.Errorf("sockopt: level, number or size of the option overflows a C int: %w", os.ErrInvalid)
	errNoDescriptor = errors.New("sockopt: connection without a descriptor") // of a foreign RawConn
)

// opError returns err as an error of package net with the addresses of c, if c
// has any.
func opError(op string, c syscall.Conn, err error) error {
	if e, ok := err.(*Error); ok {
		e.Err = neterr.Bare(e.Err) // of [syscall.RawConn.Control]
	}
	if e := neterr.Wrap(op, c, err); e.Net != "" {
		return e
	}
	return err
}

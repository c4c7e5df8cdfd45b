// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package neterr creates errors in the form of package net.
package neterr

import (
	"errors"
	"net"
	"os"
)

// Wrap returns err as the error of an operation on c, with the addresses of c
// if it is a [net.Conn] or a [net.Listener]. An error of a [syscall.RawConn] is
// already a *net.OpError with its own Op and addresses; only the error inside
// is used.
func Wrap(op string, c any, err error) *net.OpError {
	e := &net.OpError{Op: op, Err: Bare(err)}
	switch c := c.(type) {
	case net.Conn:
		e.Source, e.Addr = c.LocalAddr(), c.RemoteAddr()
	case net.Listener:
		e.Addr = c.Addr()
	}
	switch {
	case e.Source != nil:
		e.Net = e.Source.Network()
	case e.Addr != nil:
		e.Net = e.Addr.Network()
	}
	return e
}

// Bare returns err without the *net.OpError of a [syscall.RawConn] or of
// package net, so that it can be wrapped in another one.
func Bare(err error) error {
	if e, ok := err.(*net.OpError); ok {
		return e.Err
	}
	return err
}

// Syscall names the system call that returned err. [errors.ErrUnsupported] and
// [os.ErrInvalid] are returned as they are: the call was not made.
func Syscall(call string, err error) error {
	if err == errors.ErrUnsupported || err == os.ErrInvalid {
		return err
	}
	return os.NewSyscallError(call, err)
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package neterr makes errors of the form that package net's have.
package neterr

import "net"

// Wrap makes of err the error of an operation on c, with the addresses of c if
// it is a [net.Conn] or a [net.Listener]. What a [syscall.RawConn] answers is
// a *net.OpError already, with an Op and addresses of its own, and is taken
// apart.
func Wrap(op string, c any, err error) *net.OpError {
	if raw, ok := err.(*net.OpError); ok {
		err = raw.Err
	}
	e := &net.OpError{Op: op, Err: err}
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

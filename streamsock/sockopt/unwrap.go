// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"errors"
	"fmt"
	"net"
	"reflect"
	"syscall"
)

// Unwrap returns the socket under c: c itself if it has a SyscallConn method,
// or else the first such connection that is found by following NetConn
// methods, as *[crypto/tls.Conn] and many other connections on top of TCP
// have one.
//
// The result is for options and for questions about the socket. Never move
// bytes through it: those of the layers above would be mixed up.
//
// If there is no socket, Unwrap returns an error wrapping [errors.ErrUnsupported],
// which says what was found instead and which methods it lacks.
func Unwrap(c net.Conn) (syscall.Conn, error) {
	const deep = 100 // no stack of layers is; a ring of them would be
	top := c
	for range deep {
		if isNil(c) {
			break
		}
		if sc, ok := c.(syscall.Conn); ok {
			return sc, nil
		}
		layer, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		c = layer.NetConn()
	}
	what := fmt.Sprintf("a %T", top)
	if c != nil && reflect.TypeOf(c) != reflect.TypeOf(top) {
		what += fmt.Sprintf(", only a %T", c)
	}
	if !isNil(c) {
		what += ", which has neither a SyscallConn nor a NetConn method"
	}
	return nil, fmt.Errorf("sockopt: no socket under %s: %w", what, errors.ErrUnsupported)
}

// isNil reports whether c is nil or holds a nil pointer.
func isNil(c net.Conn) bool {
	v := reflect.ValueOf(c)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}

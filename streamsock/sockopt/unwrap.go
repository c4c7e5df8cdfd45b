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

// Unwrap returns the socket underneath c. If c has a SyscallConn method, it is
// c itself. Otherwise it is the first such connection found by following
// NetConn methods, which *[crypto/tls.Conn] and many other connections on top
// of TCP have.
//
// Use the result for socket options and statistics only. Note that reading from
// it or writing to it directly would corrupt the data of the layers above.
//
// If there is no socket, Unwrap returns an error wrapping
// [errors.ErrUnsupported], which names the types found and the methods that
// they lack.
func Unwrap(c net.Conn) (syscall.Conn, error) {
	const deep = 100 // more layers than in practice, to detect a cycle
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

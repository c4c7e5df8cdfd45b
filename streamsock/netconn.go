// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"errors"
	"fmt"
	"net"
	"syscall"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock/sockopt"
)

// A conn has what [Conn] and [UnixConn] have in common. As in package net, its
// methods are promoted to both.
type conn struct {
	pollable
	net    netConn  // nil for a zero Conn
	remote net.Addr // the peer's address, if package net does not know it
}

// A netConn is a *net.TCPConn or a *net.UnixConn.
type netConn interface {
	net.Conn
	syscall.Conn
	CloseRead() error
	CloseWrite() error
}

var (
	_ netConn = (*conn)(nil)
	_ netConn = (*net.UnixConn)(nil)
)

// init makes c a connection on top of nc.
func (c *conn) init(nc netConn) error {
	raw, err := nc.SyscallConn()
	if err != nil {
		return fmt.Errorf("streamsock: cannot wrap a zero %T: %w", nc, errors.ErrUnsupported)
	}
	if sys.NeedsPrepare {
		if err := control(raw, sys.Prepare); err != nil {
			return err
		}
	}
	c.net = nc
	c.pollable.init(raw, nc)
	return nil
}

// SyscallConn returns the raw connection. It is nil for the conn of a zero
// TimeoutConn.
func (c *conn) SyscallConn() (syscall.RawConn, error) {
	if c == nil {
		return nil, syscall.EINVAL
	}
	return c.pollable.SyscallConn()
}

// LocalAddr returns the local network address.
func (c *conn) LocalAddr() net.Addr {
	if c.net == nil {
		return nil
	}
	return c.net.LocalAddr()
}

// RemoteAddr returns the remote network address. Unlike the method of package
// net, it also returns the address of a connection made by a [Socket] with
// [sockopt.FastOpenConnect].
func (c *conn) RemoteAddr() net.Addr {
	if c.remote != nil || c.net == nil {
		return c.remote
	}
	return c.net.RemoteAddr()
}

// ReadBuffer returns the size in bytes of the kernel's receive buffer, as set
// by SetReadBuffer. On Linux the kernel doubles the requested size and reports
// the doubled value. See [sockopt.ReadBuffer].
func (c *conn) ReadBuffer() (bytes int, err error) { return sockopt.ReadBuffer.Get(c) }

// WriteBuffer returns the size in bytes of the kernel's send buffer, as set by
// SetWriteBuffer. On Linux the kernel doubles the requested size and reports
// the doubled value. See [sockopt.WriteBuffer].
func (c *conn) WriteBuffer() (bytes int, err error) { return sockopt.WriteBuffer.Get(c) }

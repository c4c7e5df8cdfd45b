// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"example.com/streamsock/streamsock/sockopt"
	"example.com/streamsock/streamsock/tcpinfo"
)

// A Conn is a TCP connection. It embeds a *[net.TCPConn] and adds the rest of
// the socket API.
//
// Multiple goroutines may invoke methods on a Conn simultaneously. The zero
// Conn is not usable; use [Dial], a [Dialer], a [Listener], [Wrap] or
// [FileConn] to obtain one.
type Conn struct {
	*net.TCPConn
	conn
}

var (
	_ net.Conn      = (*Conn)(nil)
	_ syscall.Conn  = (*Conn)(nil)
	_ io.ReaderFrom = (*Conn)(nil)
	_ io.WriterTo   = (*Conn)(nil)
)

// Wrap returns a Conn for c, which must be a *[net.TCPConn]. If c is a *Conn,
// Wrap returns it unchanged. The result and c refer to the same connection:
// either may be used, and closing either closes both. Wrap sets no options.
//
// Call Wrap only once for a TCPConn, because two Conns do not share their
// deadlines: if a context or timeout ends an operation of one, a blocked
// operation of the other can fail with [os.ErrDeadlineExceeded].
//
// For any other type, Wrap returns an error wrapping [errors.ErrUnsupported].
// In particular it does not unwrap a *tls.Conn, because reading and writing the
// connection underneath would corrupt the TLS session. To set socket options on
// such a connection, use [sockopt.Unwrap].
func Wrap(c net.Conn) (*Conn, error) {
	switch c := c.(type) {
	case *Conn:
		if c != nil && c.raw.RawConn != nil {
			return c, nil
		}
	case *net.TCPConn:
		if c != nil {
			w, err := wrap(c)
			if err == nil {
				w.read.unknown.Store(true)
				w.write.unknown.Store(true)
			}
			return w, err
		}
	case nil:
	default:
		return nil, fmt.Errorf("streamsock: cannot wrap a %T, only a *net.TCPConn; for socket options use sockopt.Unwrap: %w",
			c, errors.ErrUnsupported)
	}
	return nil, fmt.Errorf("streamsock: cannot wrap a nil or zero %T: %w", c, errors.ErrUnsupported)
}

func wrap(c *net.TCPConn) (*Conn, error) {
	w := &Conn{TCPConn: c}
	if err := w.init(c); err != nil {
		return nil, err
	}
	return w, nil
}

// NetConn returns the *[net.TCPConn] that c embeds. Like
// [crypto/tls.Conn.NetConn], it lets other packages find the TCP connection
// underneath a type that they do not know.
func (c *Conn) NetConn() net.Conn { return c.TCPConn }

// SyscallConn returns the raw connection of [net.TCPConn.SyscallConn]. All
// calls return the same value. It has only the methods of [syscall.RawConn],
// because package os would use its other methods for a copy of its own; see
// [CopyN].
func (c *Conn) SyscallConn() (syscall.RawConn, error) {
	if c == nil {
		return nil, syscall.EINVAL
	}
	return c.conn.SyscallConn()
}

// ReadFrom copies from r to c until r returns [io.EOF] or an error. [io.Copy]
// calls it.
//
// On Linux, it copies inside the kernel by splice(2) if r is a *Conn, a
// *UnixConn, a *net.TCPConn, a stream *net.UnixConn, or an [io.LimitedReader]
// of one of these, and by sendfile(2) if r is an *os.File. On other systems it
// copies like [net.TCPConn.ReadFrom].
//
// Copying continues past an urgent byte: all other bytes are delivered in
// order. The splice of package net stops at an urgent byte, and reports success
// when the peer closes.
func (c *Conn) ReadFrom(r io.Reader) (n int64, err error) { return c.conn.ReadFrom(r) }

// WriteTo copies from c to w until the end of the stream or an error. [io.Copy]
// calls it.
//
// On Linux, it copies inside the kernel by splice(2) if w is a *Conn, a
// *UnixConn, a *net.TCPConn, a stream *net.UnixConn or an *os.File. Copying
// continues past urgent bytes, as for [Conn.ReadFrom].
func (c *Conn) WriteTo(w io.Writer) (n int64, err error) { return c.conn.WriteTo(w) }

// CloseRead shuts down the reading side of the connection, like
// [net.TCPConn.CloseRead]. It may be called again; see [Conn.Shutdown].
func (c *Conn) CloseRead() error { return c.conn.CloseRead() }

// CloseWrite shuts down the writing side of the connection, like
// [net.TCPConn.CloseWrite]. It may be called again; see [Conn.Shutdown].
func (c *Conn) CloseWrite() error { return c.conn.CloseWrite() }

// Linger returns the value set by [net.TCPConn.SetLinger], in seconds. It is -1
// if Close returns immediately and the kernel sends the remaining data in the
// background, and 0 if Close discards that data and resets the connection.
//
// [sockopt.Linger] has the same value as a [time.Duration].
func (c *Conn) Linger() (sec int, err error) {
	l, err := sockopt.Linger.Get(c)
	if err != nil {
		return 0, err
	}
	if !l.On {
		return -1, nil
	}
	return int(l.Timeout / time.Second), nil
}

// NoDelay reports whether small segments are sent without delay, as set by
// [net.TCPConn.SetNoDelay]. See [sockopt.NoDelay].
func (c *Conn) NoDelay() (bool, error) { return sockopt.NoDelay.Get(c) }

// OOBInline reports whether urgent bytes are received inline, as part of the
// stream. See [sockopt.OOBInline].
func (c *Conn) OOBInline() (bool, error) { return sockopt.OOBInline.Get(c) }

// SetOOBInline sets whether urgent bytes are received inline, as part of the
// stream. See [sockopt.OOBInline].
func (c *Conn) SetOOBInline(on bool) error { return sockopt.OOBInline.Set(c, on) }

// KeepAlive reports whether keep-alive probes are sent, as set by
// [net.TCPConn.SetKeepAlive]. See [sockopt.KeepAlive].
func (c *Conn) KeepAlive() (bool, error) { return sockopt.KeepAlive.Get(c) }

// KeepAliveConfig returns the configuration set by
// [net.TCPConn.SetKeepAliveConfig]. A field that the system does not report is
// -1, which SetKeepAliveConfig takes to mean that the value is left unchanged.
// On OpenBSD these are Idle, Interval and Count.
//
// Versions of Windows before Windows 10 version 1709 do not report them either.
// There, SetKeepAliveConfig sets Idle and Interval together, by the ioctl
// SIO_KEEPALIVE_VALS. It returns an error for an Interval without Idle, and for
// a Count other than -1.
//
// The fields are [sockopt.KeepAlive], [sockopt.KeepAliveIdle],
// [sockopt.KeepAliveInterval] and [sockopt.KeepAliveCount].
func (c *Conn) KeepAliveConfig() (net.KeepAliveConfig, error) {
	var k net.KeepAliveConfig
	var err error
	if k.Enable, err = sockopt.KeepAlive.Get(c); err != nil {
		return net.KeepAliveConfig{}, err
	}
	if k.Idle, err = orUnknown(sockopt.KeepAliveIdle, c); err != nil {
		return net.KeepAliveConfig{}, err
	}
	if k.Interval, err = orUnknown(sockopt.KeepAliveInterval, c); err != nil {
		return net.KeepAliveConfig{}, err
	}
	if k.Count, err = orUnknown(sockopt.KeepAliveCount, c); err != nil {
		return net.KeepAliveConfig{}, err
	}
	return k, nil
}

// orUnknown returns the value of an option, or -1 if the system lacks it.
func orUnknown[T int | time.Duration](o sockopt.Option[T], c *Conn) (T, error) {
	v, err := o.Get(c)
	if errors.Is(err, errors.ErrUnsupported) {
		return -1, nil
	}
	return v, err
}

// Info returns the kernel's statistics for the connection: its state,
// round-trip time, windows, rates, and the number of bytes and segments sent
// and received. It does not block. See [tcpinfo.Get] for the errors. To avoid
// the allocation, call [tcpinfo.Info.Update] with c.
func (c *Conn) Info() (*tcpinfo.Info, error) { return tcpinfo.Get(c) }

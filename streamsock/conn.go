// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock/sockopt"
)

// A Conn is a TCP connection. It is what package net calls a [net.TCPConn],
// which it embeds, with the rest of the socket interface added.
//
// Any number of goroutines may call its methods at once. A Conn comes from
// [Dial], a [Dialer], a [Listener] or [Wrap]; the zero Conn is of no use.
type Conn struct {
	*net.TCPConn

	raw    syscall.RawConn // a rawConn, made once
	remote net.Addr        // the peer's address, if package net does not know it

	read, write deadline
	sets        membership
}

// A rawConn is the raw connection of a TCPConn without the other methods that
// it has. By these, [os.File.ReadFrom] would find the way to a splice loop of
// its own, which loses data behind a peer's urgent byte.
type rawConn struct{ syscall.RawConn }

var (
	_ net.Conn     = (*Conn)(nil)
	_ syscall.Conn = (*Conn)(nil)
)

// Wrap makes a Conn of a connection that is there already: a *[net.TCPConn].
// A *Conn is returned as it is. The connection underneath is the same one;
// either may be used, and closing either closes both. Nothing is set on it.
//
// Anything else is refused, with an error that says what it is and for which
// errors.Is(err, [errors.ErrUnsupported]) holds: to pass by a *tls.Conn or
// another connection on top of TCP would mix its bytes with ours. To get at
// the socket options under such a connection, use [sockopt.Unwrap].
func Wrap(c net.Conn) (*Conn, error) {
	switch c := c.(type) {
	case *Conn:
		if c != nil && c.raw != nil {
			return c, nil
		}
	case *net.TCPConn:
		if c != nil {
			return wrap(c)
		}
	case nil:
	default:
		return nil, fmt.Errorf("streamsock: cannot wrap a %T, only a *net.TCPConn; for socket options use sockopt.Unwrap: %w",
			c, errors.ErrUnsupported)
	}
	return nil, fmt.Errorf("streamsock: cannot wrap a nil or zero %T: %w", c, errors.ErrUnsupported)
}

func wrap(c *net.TCPConn) (*Conn, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("streamsock: cannot wrap a zero %T: %w", c, errors.ErrUnsupported)
	}
	if err := prepare(raw); err != nil {
		return nil, err
	}
	return &Conn{
		TCPConn: c,
		raw:     rawConn{raw},
		read:    deadline{set: c.SetReadDeadline},
		write:   deadline{set: c.SetWriteDeadline},
	}, nil
}

// prepare makes the socket fit for the calls of this package.
func prepare(raw syscall.RawConn) error {
	var err error
	if e := raw.Control(func(fd uintptr) { err = sys.Prepare(fd) }); e != nil {
		return e
	}
	return err
}

// NetConn returns the *[net.TCPConn] that c embeds. Together with
// [crypto/tls.Conn.NetConn] it lets other packages find the TCP connection
// under layers that they do not know.
func (c *Conn) NetConn() net.Conn { return c.TCPConn }

// RemoteAddr is [net.TCPConn.RemoteAddr], which is also known here if a [Socket]
// has made the connection with [sockopt.FastOpenConnect].
func (c *Conn) RemoteAddr() net.Addr {
	if c.remote != nil {
		return c.remote
	}
	return c.TCPConn.RemoteAddr()
}

// SyscallConn returns the raw connection of [net.TCPConn.SyscallConn], always
// the same. It has the methods of [syscall.RawConn] and no others, by which
// package os would copy in its own way, see [CopyN].
func (c *Conn) SyscallConn() (syscall.RawConn, error) {
	if c == nil || c.raw == nil {
		return nil, syscall.EINVAL
	}
	return c.raw, nil
}

// Linger returns how long Close waits, in seconds: the mirror of
// [net.TCPConn.SetLinger]. It is -1 if Close does not wait and the system
// goes on sending, and 0 if Close resets the connection.
//
// [sockopt.Linger] is the same as a duration.
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

// NoDelay reports whether small segments are sent at once: the mirror of
// [net.TCPConn.SetNoDelay]. It is [sockopt.NoDelay].
func (c *Conn) NoDelay() (bool, error) { return sockopt.NoDelay.Get(c) }

// OOBInline reports whether the peer's urgent byte comes among the other
// data. It is [sockopt.OOBInline].
func (c *Conn) OOBInline() (bool, error) { return sockopt.OOBInline.Get(c) }

// SetOOBInline says whether the peer's urgent byte is to come among the
// other data. It is [sockopt.OOBInline].
func (c *Conn) SetOOBInline(on bool) error { return sockopt.OOBInline.Set(c, on) }

// ReadBuffer returns the size of the system's receive buffer: the mirror of
// [net.TCPConn.SetReadBuffer], as the system tells it. Linux tells twice what
// was set. It is [sockopt.ReadBuffer].
func (c *Conn) ReadBuffer() (bytes int, err error) { return sockopt.ReadBuffer.Get(c) }

// WriteBuffer returns the size of the system's send buffer: the mirror of
// [net.TCPConn.SetWriteBuffer], as the system tells it. Linux tells twice what
// was set. It is [sockopt.WriteBuffer].
func (c *Conn) WriteBuffer() (bytes int, err error) { return sockopt.WriteBuffer.Get(c) }

// KeepAlive reports whether an idle peer is probed: the mirror of
// [net.TCPConn.SetKeepAlive]. It is [sockopt.KeepAlive].
func (c *Conn) KeepAlive() (bool, error) { return sockopt.KeepAlive.Get(c) }

// KeepAliveConfig returns whether and when an idle peer is probed: the mirror
// of [net.TCPConn.SetKeepAliveConfig]. A field that the system cannot tell,
// such as the three times and counts of OpenBSD, is -1, which
// SetKeepAliveConfig takes for "leave it".
//
// Windows before 10 1709 has no options for the times either.
// SetKeepAliveConfig sets Idle and Interval there, both at once, by the ioctl
// SIO_KEEPALIVE_VALS; Interval without Idle, or a Count that is not -1, is an
// error.
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

// orUnknown gets an option, or -1 where the system lacks it.
func orUnknown[T int | time.Duration](o sockopt.Option[T], c *Conn) (T, error) {
	v, err := o.Get(c)
	if errors.Is(err, errors.ErrUnsupported) {
		return -1, nil
	}
	return v, err
}

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

// A Conn is a TCP connection. It is what package net calls a [net.TCPConn],
// which it embeds, with the rest of the socket interface added.
//
// Any number of goroutines may call its methods at once. A Conn comes from
// [Dial], a [Dialer], a [Listener] or [Wrap]; the zero Conn is of no use.
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

// Wrap makes a Conn of a connection that is there already: a *[net.TCPConn].
// A *Conn is returned as it is. The connection underneath is the same one;
// either may be used, and closing either closes both. Nothing is set on it. Wrap a
// TCPConn once: two Conns do not know each other's deadlines, and the end of a context
// or timeout of one can end what waits in the other with [os.ErrDeadlineExceeded].
//
// Anything else is refused, with an error that says what it is and for which
// errors.Is(err, [errors.ErrUnsupported]) holds: to pass by a *tls.Conn or
// another connection on top of TCP would mix its bytes with ours. To get at
// the socket options under such a connection, use [sockopt.Unwrap].
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

// NetConn returns the *[net.TCPConn] that c embeds. Together with
// [crypto/tls.Conn.NetConn] it lets other packages find the TCP connection
// under layers that they do not know.
func (c *Conn) NetConn() net.Conn { return c.TCPConn }

// SyscallConn returns the raw connection of [net.TCPConn.SyscallConn], always
// the same. It has the methods of [syscall.RawConn] and no others, by which
// package os would copy in its own way, see [CopyN].
func (c *Conn) SyscallConn() (syscall.RawConn, error) {
	if c == nil {
		return nil, syscall.EINVAL
	}
	return c.conn.SyscallConn()
}

// ReadFrom copies from r to c until the end of r. [io.Copy] calls it.
//
// On Linux it has the system move the bytes by splice(2) if r is a *Conn, a
// *UnixConn, or a *net.TCPConn or stream *net.UnixConn, or an
// [io.LimitedReader] of one of them, and by sendfile(2) if r is an *os.File;
// elsewhere it does what [net.TCPConn.ReadFrom] does.
//
// A peer's urgent byte does not end or stop the copy: every other byte
// arrives in its order. (Package net's own splice stops there, and then takes
// the end of the stream for its success.)
func (c *Conn) ReadFrom(r io.Reader) (n int64, err error) { return c.conn.ReadFrom(r) }

// WriteTo copies from c to w until the end of the stream. [io.Copy] calls it.
//
// On Linux it has the system move the bytes by splice(2) if w is a *Conn, a
// *UnixConn, a *net.TCPConn, a stream *net.UnixConn or an *os.File, past urgent
// bytes as [Conn.ReadFrom] does.
func (c *Conn) WriteTo(w io.Writer) (n int64, err error) { return c.conn.WriteTo(w) }

// CloseRead is [net.TCPConn.CloseRead], which may be repeated: see
// [Conn.Shutdown].
func (c *Conn) CloseRead() error { return c.conn.CloseRead() }

// CloseWrite is [net.TCPConn.CloseWrite], which may be repeated: see
// [Conn.Shutdown].
func (c *Conn) CloseWrite() error { return c.conn.CloseWrite() }

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

// Info asks the system what it knows of the connection: its state, round-trip
// time, windows, rates, and the bytes and segments it has moved. It does not
// wait. It is [tcpinfo.Get], which says what the errors are; a program that
// asks often can use [tcpinfo.Info.Update] on c, which allocates nothing.
func (c *Conn) Info() (*tcpinfo.Info, error) { return tcpinfo.Get(c) }

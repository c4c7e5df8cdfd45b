// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"example.com/streamsock/streamsock"
)

// A Conn is a connection with lines, replies and Telnet commands. The zero Conn
// is not usable; use [New].
//
// A Conn reads ahead into its own buffer. Do not read from the underlying
// connection, because data in the buffer would be missed. For the same reason a
// Conn has no SyscallConn method, which package os would use to read. To set
// socket options, use the connection returned by [Conn.Stream], or
// sockopt.Unwrap.
//
// One goroutine may read while others write. The methods honor the deadlines of
// the underlying connection and are unblocked by Close. A read that ends at a
// deadline loses nothing of a line or reply: the next call continues it.
type Conn struct {
	conn   net.Conn
	stream *streamsock.Conn // nil if conn has no socket of its own
	in     reader
}

var _ net.Conn = (*Conn)(nil)

// New returns a Conn for c. After that, nothing else may read from c.
//
// Urgent data requires a *[streamsock.Conn] or a *[net.TCPConn]. For any other
// c, such as a *[crypto/tls.Conn] after STARTTLS, [Conn.SetOOBInline],
// [Conn.AtMark], [Conn.SendSynch] and [Conn.ReadSynch] return an error wrapping
// [errors.ErrUnsupported].
func New(c net.Conn) *Conn {
	d := &Conn{conn: c, in: reader{src: noMarks{c}, lineLimit: DefaultLineLimit, replyLimit: DefaultReplyLimit}}
	stream, err := streamsock.Wrap(c)
	if err != nil {
		return d
	}
	d.conn, d.stream, d.in.src = stream, stream, stream
	// The caller may have set OOBInline before. If that is unknown, there is no
	// mark.
	inline, err := stream.OOBInline()
	d.in.marks = inline && err == nil
	return d
}

// noMarks is a source without urgent data.
type noMarks struct{ net.Conn }

func (noMarks) Peek([]byte) (int, error) { return 0, errNoSocket }
func (noMarks) AtMark() (bool, error)    { return false, errNoSocket }

// Stream returns the underlying connection, for its options and for methods
// that do not receive data, such as WaitUrgent, Wait and Check. It is nil if
// the argument of [New] was not a *[streamsock.Conn] or *[net.TCPConn].
func (c *Conn) Stream() *streamsock.Conn { return c.stream }

// NetConn returns the underlying connection, for sockopt.Unwrap.
func (c *Conn) NetConn() net.Conn { return c.conn }

// SendMessage sends a line: the message and its arguments, separated by spaces,
// and CR LF. An empty last argument is omitted, so that an optional one can be
// passed unchanged. The line is sent with one Write of the underlying
// connection.
//
// If the line contains CR or LF, SendMessage sends nothing and returns an error
// wrapping [os.ErrInvalid], to prevent command injection.
//
// The Telnet byte IAC, 255, is sent unchanged. It does not occur in UTF-8.
func (c *Conn) SendMessage(message string, args ...string) error {
	if n := len(args); n > 0 && args[n-1] == "" {
		args = args[:n-1]
	}
	if hasEnd(message) {
		return errEnd
	}
	line := lines.Get().(*[]byte)
	defer lines.Put(line)
	*line = append((*line)[:0], message...)
	for _, arg := range args {
		if hasEnd(arg) {
			return errEnd
		}
		*line = append(*line, ' ')
		*line = append(*line, arg...)
	}
	*line = append(*line, '\r', '\n')
	_, err := c.conn.Write(*line)
	return err
}

func hasEnd(s string) bool { return strings.ContainsAny(s, "\r\n") }

// lines contains buffers for messages to send.
var lines = sync.Pool{New: func() any { return new([]byte) }}

// Write writes p to the underlying connection, unchanged.
func (c *Conn) Write(p []byte) (n int, err error) { return c.conn.Write(p) }

// Close closes the underlying connection.
func (c *Conn) Close() error { return c.conn.Close() }

// CloseWrite shuts down the writing side of the connection, like
// [net.TCPConn.CloseWrite]. If the underlying connection has no such method,
// the error wraps [errors.ErrUnsupported].
func (c *Conn) CloseWrite() error {
	if w, ok := c.conn.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return fmt.Errorf("dialog: cannot CloseWrite a %T: %w", c.conn, errors.ErrUnsupported)
}

// LocalAddr returns the local network address of the underlying connection.
func (c *Conn) LocalAddr() net.Addr { return c.conn.LocalAddr() }

// RemoteAddr returns the remote network address of the underlying connection.
func (c *Conn) RemoteAddr() net.Addr { return c.conn.RemoteAddr() }

// SetDeadline sets the deadlines of the underlying connection.
func (c *Conn) SetDeadline(at time.Time) error { return c.conn.SetDeadline(at) }

// SetReadDeadline sets the read deadline of the underlying connection.
func (c *Conn) SetReadDeadline(at time.Time) error { return c.conn.SetReadDeadline(at) }

// SetWriteDeadline sets the write deadline of the underlying connection. Note
// that after a Write of a *[crypto/tls.Conn] has timed out, its TLS state is
// corrupt.
func (c *Conn) SetWriteDeadline(at time.Time) error { return c.conn.SetWriteDeadline(at) }

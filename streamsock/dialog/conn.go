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

// A Conn is a connection with lines, replies and Telnet commands.
//
// It reads ahead into a buffer of its own: whoever reads from the connection
// underneath misses what is in it. Therefore a Conn has no SyscallConn, by
// which package os would do so; options are set on what [Conn.Stream] returns,
// or by sockopt.Unwrap.
//
// One goroutine may read while others write. Deadlines and Close end its
// methods as they end those of the connection underneath, and a deadline loses
// nothing of a line or reply: the next call goes on with it.
//
// A Conn comes from [New]; the zero Conn is of no use.
type Conn struct {
	conn   net.Conn
	stream *streamsock.Conn // nil if conn has no socket of its own
	in     reader
}

var _ net.Conn = (*Conn)(nil)

// New returns a Conn for c. From then on, nothing else may read from c.
//
// Urgent data takes a *[streamsock.Conn] or a *[net.TCPConn]. On any other c, such as
// a *[crypto/tls.Conn] after STARTTLS, what is about it returns an error wrapping
// [errors.ErrUnsupported]: [Conn.SetOOBInline], [Conn.AtMark], [Conn.SendSynch] and
// [Conn.ReadSynch].
func New(c net.Conn) *Conn {
	d := &Conn{conn: c, in: reader{src: noMarks{c}, lineLimit: DefaultLineLimit, replyLimit: DefaultReplyLimit}}
	stream, err := streamsock.Wrap(c)
	if err != nil {
		return d
	}
	d.conn, d.stream, d.in.src = stream, stream, stream
	// Who asks has his reasons to have set it before. On a connection that
	// cannot tell, there is no mark.
	inline, err := stream.OOBInline()
	d.in.marks = inline && err == nil
	return d
}

// noMarks is a source without urgent data.
type noMarks struct{ net.Conn }

func (noMarks) Peek([]byte) (int, error) { return 0, errNoSocket }
func (noMarks) AtMark() (bool, error)    { return false, errNoSocket }

// Stream returns the connection underneath, for its options and for what waits
// and takes no byte, such as WaitUrgent, Wait and Check. It is nil if [New] was called
// with another type than *[streamsock.Conn] or *[net.TCPConn].
func (c *Conn) Stream() *streamsock.Conn { return c.stream }

// NetConn returns the connection underneath, for sockopt.Unwrap.
func (c *Conn) NetConn() net.Conn { return c.conn }

// SendMessage sends a line: the message and its arguments, with a space between
// each two, and CR LF. An empty argument is left out if it is the last, so that
// an optional one can be passed on as it is. It is one Write of the connection
// underneath.
//
// A CR or LF in the message would let whoever made it up send commands of his
// own. The error is then one for which errors.Is(err, [os.ErrInvalid]) holds,
// and nothing is sent.
//
// Telnet's byte IAC, 255, is sent as it is; UTF-8 does not have it.
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

// lines are the buffers of messages that are sent.
var lines = sync.Pool{New: func() any { return new([]byte) }}

// Write writes p to the connection underneath, as it is.
func (c *Conn) Write(p []byte) (n int, err error) { return c.conn.Write(p) }

// Close closes the connection underneath.
func (c *Conn) Close() error { return c.conn.Close() }

// CloseWrite ends our side of the stream, as [net.TCPConn.CloseWrite] does. If the
// connection underneath has no such method, the error wraps [errors.ErrUnsupported].
func (c *Conn) CloseWrite() error {
	if w, ok := c.conn.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return fmt.Errorf("dialog: CloseWrite of a %T: %w", c.conn, errors.ErrUnsupported)
}

// LocalAddr is that of the connection underneath.
func (c *Conn) LocalAddr() net.Addr { return c.conn.LocalAddr() }

// RemoteAddr is that of the connection underneath.
func (c *Conn) RemoteAddr() net.Addr { return c.conn.RemoteAddr() }

// SetDeadline is that of the connection underneath.
func (c *Conn) SetDeadline(at time.Time) error { return c.conn.SetDeadline(at) }

// SetReadDeadline is that of the connection underneath.
func (c *Conn) SetReadDeadline(at time.Time) error { return c.conn.SetReadDeadline(at) }

// SetWriteDeadline is that of the connection underneath. A *[crypto/tls.Conn] is
// broken after it has ended a write.
func (c *Conn) SetWriteDeadline(at time.Time) error { return c.conn.SetWriteDeadline(at) }

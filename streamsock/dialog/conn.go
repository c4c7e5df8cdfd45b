// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog

import (
	"fmt"
	"net"
	"os"
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
	stream *streamsock.Conn
	in     reader
}

var _ net.Conn = (*Conn)(nil)

// New returns a Conn for c. From then on, nothing else may read from c.
func New(c *streamsock.Conn) *Conn {
	d := &Conn{stream: c, in: reader{src: c, lineLimit: DefaultLineLimit, replyLimit: DefaultReplyLimit}}
	// Who asks has his reasons to have set it before. On a connection that
	// cannot tell, there is no mark.
	inline, err := c.OOBInline()
	d.in.marks = inline && err == nil
	return d
}

// Stream returns the connection underneath, for its options and for what waits
// and takes no byte, such as WaitUrgent, Wait and Check.
func (c *Conn) Stream() *streamsock.Conn { return c.stream }

// NetConn returns what [Conn.Stream] does, for sockopt.Unwrap.
func (c *Conn) NetConn() net.Conn { return c.stream }

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
	_, err := c.stream.Write(*line)
	return err
}

var errEnd = fmt.Errorf("CR or LF in a message: %w", os.ErrInvalid)

func hasEnd(s string) bool { return strings.ContainsAny(s, "\r\n") }

// lines are the buffers of messages that are sent.
var lines = sync.Pool{New: func() any { return new([]byte) }}

// Write is [net.TCPConn.Write]: p is sent as it is.
func (c *Conn) Write(p []byte) (n int, err error) { return c.stream.Write(p) }

// Close is [streamsock.Conn.Close].
func (c *Conn) Close() error { return c.stream.Close() }

// CloseWrite is [net.TCPConn.CloseWrite].
func (c *Conn) CloseWrite() error { return c.stream.CloseWrite() }

// LocalAddr is [net.TCPConn.LocalAddr].
func (c *Conn) LocalAddr() net.Addr { return c.stream.LocalAddr() }

// RemoteAddr is [net.TCPConn.RemoteAddr].
func (c *Conn) RemoteAddr() net.Addr { return c.stream.RemoteAddr() }

// SetDeadline is [streamsock.Conn.SetDeadline].
func (c *Conn) SetDeadline(at time.Time) error { return c.stream.SetDeadline(at) }

// SetReadDeadline is [streamsock.Conn.SetReadDeadline].
func (c *Conn) SetReadDeadline(at time.Time) error { return c.stream.SetReadDeadline(at) }

// SetWriteDeadline is [streamsock.Conn.SetWriteDeadline].
func (c *Conn) SetWriteDeadline(at time.Time) error { return c.stream.SetWriteDeadline(at) }

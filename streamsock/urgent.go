// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"errors"
	"io"
	"time"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock/sockopt"
)

// SendUrgent sends one byte as urgent data. It corresponds to send(2) with
// MSG_OOB.
//
// Like [net.TCPConn.Write], SendUrgent waits for another goroutine's Write and
// for room in the send buffer, honors the write deadline, and is unblocked by
// Close. The byte has been sent if and only if the error is nil.
//
// Unless the peer has enabled OOBInline, it keeps only the most recent urgent
// byte; see the package documentation. To send data followed by an urgent byte
// in one call, use [Conn.Sendmsg] with [OOB].
//
// On a multipath TCP connection, which would send the byte as ordinary data,
// the error wraps [errors.ErrUnsupported].
func (c *Conn) SendUrgent(b byte) error { return c.sendUrgent(b, 0) }

// sendUrgent is SendUrgent with the write timeout of a TimeoutConn.
func (c *conn) sendUrgent(b byte, timeout time.Duration) error {
	t := transfers.Get().(*transfer)
	t.own[0] = b
	t.single(t.own[:])
	t.limit = c.writeTimeout(timeout)
	_, err := c.sendBy(t, OOB)
	return err
}

// ReadUrgent receives the pending urgent byte. It corresponds to recv(2) with
// MSG_OOB. It never blocks, ignores the read deadline, and can be called while
// another goroutine is blocked in Read. The error is:
//
//   - [ErrNoUrgent] if no urgent byte is pending: none was sent, or it was
//     received, or it was lost because a Read has passed it. With OOBInline,
//     the error is always ErrNoUrgent, because Read returns the byte.
//   - [ErrWouldBlock] if the peer has announced the byte and it has not
//     arrived, because the data before it fills the receive buffer. This does
//     not happen on Windows.
//   - [io.EOF] if the peer has announced the byte and has closed the connection
//     without sending it.
//   - an error wrapping [errors.ErrUnsupported] on a multipath TCP connection
//     and on systems without urgent data.
//
// To receive the byte and leave it pending, use [Conn.Recv] with OOB|Peek.
func (c *Conn) ReadUrgent() (byte, error) {
	t := transfers.Get().(*transfer)
	defer t.release()
	t.single(t.own[:])
	_, err := c.receive(t, OOB)
	b := t.own[0]
	switch {
	case err == nil:
		return b, nil
	case t.err == nil || !t.none:
		return 0, err
	}
	if inline, err := sockopt.OOBInline.Get(c); inline && err == nil {
		return 0, errInline
	}
	return 0, ErrNoUrgent
}

// WaitUrgent waits until an urgent byte has arrived. Further calls return
// immediately until the byte is received, by [Conn.ReadUrgent] or, with
// OOBInline, by Read. Like [Conn.Wait], WaitUrgent also returns when ctx ends,
// honors the read deadline, and is unblocked by Close. It ignores ordinary data.
//
// An urgent byte before the end of the stream is reported. If there is none and
// the peer has closed, the error is [io.EOF]; on systems that do not report
// PeerClosed (see Wait), WaitUrgent stays blocked instead. If the connection
// has failed, the error wraps [ErrBroken].
//
// On Windows with OOBInline, the error wraps [errors.ErrUnsupported], because
// Windows does not report an inline urgent byte.
func (c *Conn) WaitUrgent(ctx context.Context) error {
	want := sys.Urgent
	if sys.CanSeeFIN {
		want |= sys.PeerClosed
	}
	got, err := c.await(ctx, want)
	switch {
	case err != nil:
		return c.opError("wait", err)
	case got&sys.Urgent != 0:
		return nil
	case got&sys.Broken != 0:
		return c.opError("wait", ErrBroken)
	}
	return io.EOF
}

// AtMark reports whether the next byte to read is at the out-of-band mark: all
// data that the peer sent before the urgent byte has been read, and the next
// byte is the one after the urgent byte or, with OOBInline, the urgent byte
// itself. Every Read returns at the mark, so no Read returns data from both
// sides of it. AtMark corresponds to sockatmark(3) and the ioctl SIOCATMARK.
//
// AtMark stays true until Read passes the mark, even if [Conn.ReadUrgent] has
// received the byte. On macOS it becomes false when ReadUrgent receives the
// byte.
//
// On Windows the error wraps [errors.ErrUnsupported], because Windows does not
// report the place of an urgent byte: its SIOCATMARK reports whether one is
// pending, wherever it is, and nothing with OOBInline. On a multipath TCP
// connection the error wraps [errors.ErrUnsupported] too.
func (c *Conn) AtMark() (bool, error) {
	n, err := c.getInt(askAtMark)
	return n != 0, err
}

func askAtMark(fd uintptr) (int, error) {
	marked, err := sys.AtMark(fd)
	switch {
	case err == errors.ErrUnsupported:
		return 0, errNoMark
	case marked:
		return 1, err
	}
	return 0, err
}

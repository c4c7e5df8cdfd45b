// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"errors"
	"io"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock/sockopt"
)

// SendUrgent sends one byte as urgent data: send(2) with MSG_OOB. As
// [net.TCPConn.Write], it waits until a Write of another goroutine is done and
// until there is room, obeys the write deadline and Close, and has sent the byte
// if and only if the error is nil.
//
// A peer that is not told otherwise keeps only the last urgent byte that was
// sent; see the package documentation. To send bytes and the urgent one behind
// them at once, use [Conn.Sendmsg] with [OOB].
//
// On a connection of multipath TCP, which would send it as ordinary data, the
// error is one for which errors.Is(err, [errors.ErrUnsupported]) holds.
func (c *Conn) SendUrgent(b byte) error {
	t := transfers.Get().(*transfer)
	defer t.release()
	t.own[0] = b
	t.single(t.own[:])
	_, err := c.send(t, OOB)
	return err
}

// ReadUrgent receives the pending urgent byte: recv(2) with MSG_OOB. It does
// not wait, takes no notice of the read deadline, and works while another
// goroutine waits in Read. The errors are:
//
//   - [ErrNoUrgent] if none is pending: none was sent, or it was received, or
//     lost by reading past it. With OOBInline on it is always this error, and
//     it says so: the byte is among those that Read returns.
//   - [ErrWouldBlock] if the peer has announced the byte but it is not here
//     yet, because the bytes in front of it fill the receive buffer. Windows
//     never announces it.
//   - [io.EOF] if the peer has announced it and closed without sending it.
//   - one for which errors.Is(err, [errors.ErrUnsupported]) holds, on a
//     connection of multipath TCP and on systems without urgent data.
//
// To look at the byte and leave it, use [Conn.Recv] with OOB|Peek.
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

// WaitUrgent waits until the peer's urgent byte is there. It then stays until
// [Conn.ReadUrgent] receives it or, with OOBInline, Read does; until then
// WaitUrgent returns at once. It waits as [Conn.Wait] does: with ctx, the read
// deadline and Close, and without a thread on Linux. Ordinary bytes do not end it.
//
// Windows reports no urgent byte that arrives inline: with OOBInline, the error there
// wraps [errors.ErrUnsupported].
//
// An urgent byte in front of the end of the stream is found. If there is none
// and the peer has closed, the error is [io.EOF]; if the connection broke, it is
// one for which errors.Is(err, [ErrBroken]) holds. Where the system does not
// tell that the peer has closed (see Wait), WaitUrgent goes on waiting.
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

// AtMark reports whether the reading position is at the urgent mark: all bytes
// that the peer sent in front of its urgent byte have been read, and the next
// byte that Read returns is the one behind it or, with OOBInline, the urgent
// byte itself. Every Read stops there once: no Read returns bytes from both
// sides of the mark. The answer stays true until Read goes on, even if
// [Conn.ReadUrgent] has received the byte; on macOS only until then. It is
// sockatmark(3), the ioctl SIOCATMARK.
//
// On Windows the error wraps [errors.ErrUnsupported], because Windows does not report
// the place of an urgent byte: its SIOCATMARK reports whether one is pending, wherever
// that is, and nothing with OOBInline. So does the error on a connection of multipath
// TCP.
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

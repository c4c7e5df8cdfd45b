// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"io"
	"os"
	"time"

	"example.com/streamsock/internal/sys"
)

// PeekFull is like [Conn.Peek] but waits until len(p) bytes are available, for
// example a header of known length. It leaves the data in the receive buffer,
// so that the next Read returns it again. PeekFull returns when ctx ends,
// honors the read deadline, and is unblocked by Close. It changes no deadline
// and no option. Even if the error is not nil, n is the number of bytes copied
// to p.
//
// As for [io.ReadFull], the error is nil if and only if n == len(p). It is
// [io.EOF] if the stream has ended without any data, and [io.ErrUnexpectedEOF]
// if it has ended after fewer than len(p) bytes. If no more data can arrive
// before a Read, because the receive buffer is full or the out-of-band mark is
// next, the error wraps [io.ErrShortBuffer].
//
// On systems other than Linux, and on Linux for a connection from [Wrap],
// PeekFull polls for more data every 10 milliseconds. On Linux it detects a
// full buffer within 200 milliseconds, but not on a Unix socket: there, only
// ctx and the deadline end the wait. On DragonFly, NetBSD, OpenBSD, Solaris and
// AIX, and on Windows as tested under wine, PeekFull does not detect the end of
// the stream after fewer than len(p) bytes.
func (c *conn) PeekFull(ctx context.Context, p []byte) (n int, err error) {
	if _, err := c.SyscallConn(); err != nil {
		return 0, err
	}
	if err := ctx.Err(); err != nil {
		return 0, c.opError("read", err)
	}
	if !sys.HasRecv || c.read.isUnknown() || len(p) == 0 {
		return c.pollFull(ctx, p)
	}
	t := single(p)
	t.least = len(p)
	t.limit = c.readTimeout(0)
	t.limit.ctx = ctx
	done, err := c.receiveBy(t, Peek)
	return int(done), err
}

// receiveFull implements receive for PeekFull.
func (t *transfer) receiveFull(fd uintptr) (done bool) {
	p := t.bufs[0]
	for ended := -1; ; {
		n, err := sys.Recv(fd, p, t.flags, !t.rechecked)
		switch {
		case sys.IsInterrupted(err):
			continue
		case sys.IsAgain(err):
			t.n, t.again = 0, true
			return false
		case err != nil:
			t.n, t.err = 0, os.NewSyscallError(t.callName("read", "recvmsg"), err)
			return true
		case n == 0:
			t.n, t.eof = 0, true
			return true
		}
		t.n = int64(n)
		if n == len(p) {
			return true
		}
		end := peekEnd(fd, n)
		switch {
		case end == nil:
			t.again = true
			return false
		case n == ended:
			t.err = end
			return true
		}
		ended = n // data may have arrived after the receive: check again
	}
}

// peekEnd returns an error if no more than n bytes can be peeked at, otherwise
// nil.
func peekEnd(fd uintptr, n int) error {
	full := sys.HoldsNoMore(fd, n) // before the check of the peer, because a FIN may count as a byte
	switch peer, err := sys.CheckPeer(fd); {
	case err != nil:
		return nil
	case peer == sys.HalfClosed || peer == sys.Ended:
		return io.ErrUnexpectedEOF
	case peer == sys.Lost:
		return ErrBroken
	case sys.IsReadShut(fd):
		return io.ErrUnexpectedEOF // a Read would return io.EOF after the n bytes
	case full:
		return errPeekShort
	}
	return nil
}

// pollFull implements PeekFull by polling.
func (c *conn) pollFull(ctx context.Context, p []byte) (n int, err error) {
	ended := -1
	for {
		if err = c.overdue(&c.read); err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return n, c.opError("read", err)
		}
		seen, err := c.Recv(p, Peek|DontWait)
		switch {
		case err == ErrWouldBlock:
			if err := c.awaitReadable(ctx, 0, true); err != nil {
				return 0, c.opError("read", err)
			}
			continue
		case err != nil:
			return n, err
		}
		if n = seen; n == len(p) {
			return n, nil
		}
		switch end := c.peekEnd(n); {
		case end == nil:
			ended = -1
		case n == ended:
			return n, end
		default: // data may have arrived after the receive
			ended = n
		}
		select {
		case <-time.After(maxBackoff):
		case <-ctx.Done():
		}
	}
}

// peekEnd returns an error if no more than n bytes can be peeked at, otherwise
// nil.
func (c *conn) peekEnd(n int) error {
	rc, err := c.SyscallConn()
	if err != nil {
		return nil
	}
	end := error(nil)
	_ = rc.Control(func(fd uintptr) { end = peekEnd(fd, n) })
	if end == nil && !sys.HasRecv {
		if size, err := c.ReadBuffer(); err == nil && n >= size {
			end = errPeekShort
		}
	}
	if end == nil || end == io.ErrUnexpectedEOF {
		return end
	}
	return c.opError("read", end)
}

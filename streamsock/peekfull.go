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

// PeekFull waits until it can fill p, and leaves the bytes where they are, for the next
// Read: it is [Conn.Peek] for a header of which the length is known. It ends with ctx, by
// the read deadline and by Close, and sets no deadline and no option. In every case n is
// how much of p is filled.
//
// As of [io.ReadFull], the error is nil if and only if p is full, [io.EOF] if the stream
// has ended without a byte, and [io.ErrUnexpectedEOF] if it has ended before p was full.
// If nothing more can arrive before something is read, because the receive buffer is full
// or the urgent mark is next, the error wraps [io.ErrShortBuffer].
//
// On systems other than Linux, and on Linux of a connection from [Wrap], PeekFull looks
// every 10 milliseconds whether more has arrived. A full buffer is noticed within 200
// milliseconds on Linux; on a Unix socket only ctx and the deadline end the wait then.
// Nor does anything else end it after the end of the stream, if less than len(p) bytes
// came, on dragonfly, netbsd, openbsd, solaris and aix, and on Windows as seen under wine.
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

// receiveFull is receive for PeekFull.
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
		ended = n // something may have arrived after the receive: look again
	}
}

// peekEnd returns why there will be no more than n bytes to peek at, or nil.
func peekEnd(fd uintptr, n int) error {
	full := sys.HoldsNoMore(fd, n) // before the peer is looked at: a FIN may count as a byte
	switch peer, err := sys.CheckPeer(fd); {
	case err != nil:
		return nil
	case peer == sys.HalfClosed || peer == sys.Ended:
		return io.ErrUnexpectedEOF
	case peer == sys.Lost:
		return ErrBroken
	case full:
		return errPeekShort
	}
	return nil
}

// pollFull is PeekFull that looks again and again.
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
		default: // something may have arrived after the receive
			ended = n
		}
		select {
		case <-time.After(maxBackoff):
		case <-ctx.Done():
		}
	}
}

// peekEnd returns why there will be no more than n bytes to peek at, or nil.
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

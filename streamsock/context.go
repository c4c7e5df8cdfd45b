// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"time"

	"example.com/streamsock/internal/sys"
)

// ReadContext is Read that also ends when ctx does, at once. The error is then
// one for which errors.Is(err, ctx.Err()) holds, and nothing has been read:
// what came at that moment is there for the next Read. It sets no deadline, and
// the one that is set counts as well. Only one that was set on the embedded TCPConn
// directly is removed when ctx ends, unless that was before [Wrap].
func (c *conn) ReadContext(ctx context.Context, p []byte) (n int, err error) {
	return c.recvContext(ctx, p, 0)
}

// PeekContext is [Conn.Peek] that also ends when ctx does; see
// [Conn.ReadContext].
func (c *conn) PeekContext(ctx context.Context, p []byte) (n int, err error) {
	return c.recvContext(ctx, p, Peek)
}

func (c *conn) recvContext(ctx context.Context, p []byte, f Flags) (n int, err error) {
	if _, err := c.SyscallConn(); err != nil {
		return 0, err
	}
	if err := ctx.Err(); err != nil {
		return 0, c.opError("read", err)
	}
	if c.read.isUnknown() && sys.HasMsg { // its end would remove that deadline
		return c.pollContext(ctx, p, f|DontWait)
	}
	t := single(p)
	t.limit = c.readTimeout(0)
	t.limit.ctx = ctx
	done, err := c.receiveBy(t, f)
	return int(done), err
}

// pollContext receives with DontWait until it has received something, and waits
// outside of package net's poller.
func (c *conn) pollContext(ctx context.Context, p []byte, f Flags) (n int, err error) {
	for futile := 0; ; futile++ {
		err := c.overdue(&c.read)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return 0, c.opError("read", err)
		}
		n, err := c.Recv(p, f)
		if err != ErrWouldBlock {
			return n, err
		}
		if err := c.awaitReadable(ctx, futile, true); err != nil {
			return 0, c.opError("read", err)
		}
	}
}

// awaitReadable waits until something can be read, or after so many attempts in
// vain until it is time for the next. The read deadline counts if heed is true.
func (c *conn) awaitReadable(ctx context.Context, futile int, heed bool) error {
	if pause := backoff(futile); pause > 0 {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil // the caller finds out
		}
	}
	_, err := c.awaitUntil(ctx, sys.Readable, time.Time{}, heed)
	return err
}

// WriteContext is Write that also ends when ctx does, at once. The error is then
// one for which errors.Is(err, ctx.Err()) holds, and n says how much had been
// written. The write deadline that is set counts as well, and is the same
// afterwards. Only one that was set before [Wrap], or on the embedded TCPConn
// directly, is removed when ctx ends.
//
// When ctx ends, another goroutine's Write of the embedded TCPConn, as that of
// [net.Buffers], and a ReadFrom of a file can end with [os.ErrDeadlineExceeded] too, or
// write in the middle of another Write; on systems other than Linux, so can a Write of
// the Conn that has written a part.
func (c *conn) WriteContext(ctx context.Context, p []byte) (n int, err error) {
	if _, err := c.SyscallConn(); err != nil {
		return 0, err
	}
	if err := ctx.Err(); err != nil {
		return 0, c.opError("write", err)
	}
	t := single(p)
	t.limit = c.writeTimeout(0)
	t.limit.ctx = ctx
	done, err := c.sendBy(t, 0)
	return int(done), err
}

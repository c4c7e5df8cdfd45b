// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"time"

	"example.com/streamsock/internal/sys"
)

// ReadContext is like Read but also returns when ctx ends. The error then wraps
// ctx.Err(), and no data has been read: data that arrives at that moment is
// returned by the next Read.
//
// ReadContext also honors the read deadline, and does not change it. However,
// if ctx ends, a deadline that was set directly on the embedded TCPConn or
// UnixConn after [Wrap] is removed.
func (c *conn) ReadContext(ctx context.Context, p []byte) (n int, err error) {
	return c.recvContext(ctx, p, 0)
}

// PeekContext is like [Conn.Peek] but also returns when ctx ends; see
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
	if c.read.isUnknown() && sys.HasMsg { // the end of ctx would remove that deadline
		return c.pollContext(ctx, p, f|DontWait)
	}
	t := single(p)
	t.limit = c.readTimeout(0)
	t.limit.ctx = ctx
	done, err := c.receiveBy(t, f)
	return int(done), err
}

// pollContext receives with DontWait until it has received data, and waits
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

// awaitReadable waits until data can be read or, after the given number of
// futile attempts, until the time for the next one. If heed is true, it honors
// the read deadline.
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

// WriteContext is like Write but also returns when ctx ends. The error then
// wraps ctx.Err(), and n is the number of bytes written. WriteContext also
// honors the write deadline, and does not change it. However, if ctx ends, a
// deadline that was set before [Wrap], or on the embedded TCPConn directly, is
// removed.
//
// When ctx ends, concurrent operations of other goroutines may be affected: a
// Write of the embedded TCPConn (for example by [net.Buffers]) or a ReadFrom of
// a file can fail with [os.ErrDeadlineExceeded], or its data can be sent in the
// middle of the data of another Write. On systems other than Linux, the same
// can happen to a Write of the Conn that has already written part of its data.
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

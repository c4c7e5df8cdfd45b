// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"os"
)

// ReadContext is Read that also ends when ctx does, at once. The error is then
// one for which errors.Is(err, ctx.Err()) holds, and nothing has been read:
// what came at that moment is there for the next Read. It sets no deadline, and
// the one that is set counts as well.
func (c *Conn) ReadContext(ctx context.Context, p []byte) (n int, err error) {
	return c.recvContext(ctx, p, DontWait)
}

// PeekContext is [Conn.Peek] that also ends when ctx does; see
// [Conn.ReadContext].
func (c *Conn) PeekContext(ctx context.Context, p []byte) (n int, err error) {
	return c.recvContext(ctx, p, DontWait|Peek)
}

func (c *Conn) recvContext(ctx context.Context, p []byte, f Flags) (n int, err error) {
	for {
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
		if _, err := c.Wait(ctx, Readable); err != nil {
			return 0, c.opError("read", err)
		}
	}
}

// WriteContext is Write that also ends when ctx does, at once. The error is then
// one for which errors.Is(err, ctx.Err()) holds, and n says how much had been
// written. The write deadline that is set counts as well, and is the same
// afterwards.
//
// While a WriteContext ends because of its context, another goroutine's Write
// can end with [os.ErrDeadlineExceeded].
func (c *Conn) WriteContext(ctx context.Context, p []byte) (n int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, c.opError("write", err)
	}
	cut := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		c.write.cut(1)
		close(cut)
	})
	n, err = c.Write(p)
	if !stop() {
		<-cut
		c.write.cut(-1)
		if os.IsTimeout(err) {
			err = c.opError("write", ctx.Err())
		}
	}
	return n, err
}

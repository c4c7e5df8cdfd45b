// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"
	"time"

	"example.com/streamsock/internal/sys"
)

// A rolling limits the time for which one operation blocks in one direction of
// a connection: by the timeout of a [TimeoutConn] and by a context. The timeout
// runs only while the operation blocks, and starts again whenever data has been
// transferred. The zero rolling has no limit.
type rolling struct {
	c       *conn
	d       *deadline // of c
	event   sys.Events
	timeout time.Duration
	ctx     context.Context // or nil
	removed uint64          // number of removed cuts when the operation began
	running bool
	outside bool // await waits, not package net's poller
	partial bool // it is d.partial
	yielded bool // to the partial operation
	expired bool // d has a cut for it; d.mu guards it

	// An operation without a timeout and a context needs none of these.
	stopCut func() bool // of context.AfterFunc
	moved   int64
	futile  int // number of waits since data was transferred
	end     time.Time
	look    time.Duration // the last time between two checks of an unknown deadline
}

// readTimeout returns the limit of an operation that reads from c.
func (c *conn) readTimeout(d time.Duration) rolling {
	return rolling{c: c, d: &c.read, event: sys.Readable, timeout: d}
}

// writeTimeout returns the limit of an operation that writes to c.
func (c *conn) writeTimeout(d time.Duration) rolling {
	return rolling{c: c, d: &c.write, event: sys.Writable, timeout: d}
}

// prepare sets the fields that an operation without a limit also needs, so that
// the limits of other operations do not end it.
func (r *rolling) prepare(c *conn, d *deadline, event sys.Events) {
	r.c, r.d, r.event = c, d, event
}

// reset sets r to the zero rolling.
func (r *rolling) reset() {
	if r.timeout > 0 || r.ctx != nil {
		*r = rolling{}
		return
	}
	r.c, r.d, r.event, r.timeout, r.removed, r.running, r.outside = nil, nil, 0, 0, 0, false, false
}

// over returns the result of a function of [syscall.RawConn] that has
// transferred the given number of bytes: true if the operation is done, or if
// await must wait instead of package net's poller.
func (r *rolling) over(done bool, moved int64) bool {
	if done {
		r.done()
		return true
	}
	if !r.block(moved) {
		return true
	}
	if moved > 0 && r.event == sys.Writable && r.d != nil && !r.partial {
		r.partial = true
		r.d.partial.Store(r)
	}
	return false
}

// yields reports whether the operation must not write yet, because another
// operation has written a part of its data and continues when the context that
// interrupted its wait has ended. After yielding, run waits for that operation.
func (r *rolling) yields() bool {
	if r.d != nil {
		first := r.d.partial.Load()
		r.yielded = first != nil && first != r
	}
	return r.yielded
}

// run calls f by Read or Write of rc until it is done, and waits while it would
// block. The function f must set again to report that it would block, and must
// call over.
func (r *rolling) run(rc syscall.RawConn, f func(fd uintptr) bool, again *bool) (err error) {
	if r.ctx != nil {
		r.heedContext()
	}
	if raw, ok := rc.(*rawConn); ok {
		rc = raw.RawConn // so that a blocked goroutine uses less of its stack
	}
	for {
		if r.d != nil {
			r.removed = r.d.removed.Load()
		}
		switch {
		case !sys.CanAwaitWrite:
			err = r.attemptWindows(rc, f)
		case r.event == sys.Writable:
			err = rc.Write(f)
		default:
			err = rc.Read(f)
		}
		switch {
		case err != nil:
		case r.yielded:
			if err = r.awaitWhole(); err == nil {
				continue
			}
		case *again:
			if err = r.await(); err == nil {
				continue
			}
		}
		if err == nil || !r.mayRetry(err) {
			break
		}
	}
	return r.finish(err)
}

// heedContext makes the context end the operation, also while it waits for
// another one.
func (r *rolling) heedContext() {
	d := r.d
	r.stopCut = context.AfterFunc(r.ctx, func() { d.cut(1) })
}

// finish ends the operation and undoes the effect of its context. If the
// operation failed with err because the context has ended, finish returns the
// error of the context.
func (r *rolling) finish(err error) error {
	r.done()
	if r.ctx == nil {
		return err
	}
	if !r.stopCut() {
		r.d.cut(-1) // even if cut(1) is still to be called
	}
	if ended := r.ctx.Err(); ended != nil && os.IsTimeout(err) {
		return ended
	}
	return err
}

// runNet calls f, which reads or writes by package net and returns the number
// of bytes transferred. If f has transferred none and another operation's
// timeout or context was the cause, runNet calls it again.
func (r *rolling) runNet(f func() (moved int64, err error)) error {
	if r.ctx != nil {
		r.heedContext()
	}
	if r.timeout > 0 {
		r.running, r.end = true, time.Now().Add(r.timeout)
		r.d.roll(r, r.end)
	}
	for {
		r.removed = r.d.removed.Load()
		moved, err := f()
		if err == nil || moved > 0 || !r.mayRetry(err) {
			return r.finish(err)
		}
	}
}

// attemptWindows calls f by Read or Write of rc on Windows, where RawConn.Write
// cannot wait, RawConn.Read ignores an exceeded deadline, and the error of its
// wait does not name a system call.
func (r *rolling) attemptWindows(rc syscall.RawConn, f func(fd uintptr) bool) error {
	if r.d != nil {
		if err := r.c.overdue(r.d); err != nil {
			return err
		}
	}
	if r.event == sys.Writable {
		return rc.Write(f)
	}
	err := rc.Read(f)
	if raw, ok := err.(*net.OpError); ok && !raw.Timeout() && !errors.Is(raw.Err, net.ErrClosed) {
		raw.Err = os.NewSyscallError("wsarecv", raw.Err)
	}
	return err
}

// awaitWhole waits until the operation that was yielded to has ended.
func (r *rolling) awaitWhole() error {
	r.yielded = false
	if r.ctx == nil {
		r.d.awaitWhole(nil)
		return nil
	}
	r.d.awaitWhole(r.ctx.Done())
	return r.ctx.Err()
}

// block begins to wait, after the given number of bytes has been transferred,
// and reports whether package net's poller waits.
//
// Package net's poller is faster than await, and blocks other operations in the
// direction, so that the data of a Write stays together. When the timeout
// expires, it overwrites a deadline that the user has set before Wrap. That is
// accepted for a Write; a Read waits outside instead.
func (r *rolling) block(moved int64) (inPoller bool) {
	canWait := r.event != sys.Writable || sys.CanAwaitWrite
	if r.timeout <= 0 && canWait {
		return true
	}
	if r.running && r.moved == moved {
		r.futile++
		return !r.outside // the timeout keeps running
	}
	if !r.running {
		r.outside = !canWait || r.event == sys.Readable && r.d.isUnknown()
	}
	r.running, r.moved, r.futile, r.look = true, moved, 0, 0
	if r.timeout > 0 {
		r.end = time.Now().Add(r.timeout)
		if !r.outside {
			r.d.roll(r, r.end)
		}
	}
	return !r.outside
}

// await waits outside of package net's poller. If package net may have an
// unknown deadline, await also returns after some time, so that the caller
// checks whether the deadline is exceeded or the TCPConn was closed.
func (r *rolling) await() error {
	end := r.end
	if r.d.isUnknown() {
		const least, most = 10 * time.Millisecond, time.Second
		r.look = max(least, min(2*r.look, most))
		if at := time.Now().Add(r.look); end.IsZero() || at.Before(end) {
			end = at
		}
	}
	ctx := r.ctx
	if ctx == nil {
		ctx = context.Background()
	}
	_, err := r.c.awaitUntil(ctx, r.event, end, true)
	if os.IsTimeout(err) && err != ctx.Err() && end != r.end {
		r.futile = -1
		return nil
	}
	if pause := backoff(r.futile); pause > 0 && err == nil {
		time.Sleep(pause)
	}
	return err
}

// mayRetry reports whether the operation failed with err because of another
// operation's timeout or context, which has ended now.
func (r *rolling) mayRetry(err error) bool {
	if !os.IsTimeout(err) || r.d == nil || r.isOver() {
		return false
	}
	var done <-chan struct{}
	if r.ctx != nil {
		done = r.ctx.Done()
	}
	rolls := r.running && !r.outside
	if rolls {
		r.d.rolled(r) // otherwise it would wait for its own cut
	}
	if !r.d.mayRetry(r.removed, done) || r.isOver() {
		return false
	}
	if rolls {
		r.d.roll(r, r.end)
	}
	return true
}

// isOver reports whether the timeout of the operation has expired, or its
// context has ended.
func (r *rolling) isOver() bool {
	if r.ctx != nil && r.ctx.Err() != nil {
		return true
	}
	return r.running && r.timeout > 0 && !time.Now().Before(r.end)
}

// done ends the operation. It does nothing if the operation has not waited.
func (r *rolling) done() {
	if r.running && !r.outside {
		r.d.rolled(r)
	}
	r.running = false
	if r.partial {
		r.partial = false
		r.d.whole()
	}
}

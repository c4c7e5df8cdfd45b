// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"errors"
	"io"
	"net"
	"time"

	"example.com/streamsock/internal/neterr"
)

// Limits for a relay of which a connection has failed: the total time, equal to
// nginx's lingering_time, and the time without data in either direction.
const (
	drainTime  = 30 * time.Second
	drainQuiet = 2 * time.Second
)

// drain waits after a connection has failed, until closing the other one
// destroys no data.
func (run *relayRun) drain() {
	const interval = 10 * time.Millisecond
	tick := time.NewTicker(interval)
	defer tick.Stop()
	quiet, moved := 0, int64(0)
	for range drainTime / interval {
		unacked := run.aToB.unacked() + run.bToA.unacked()
		now := run.aToB.discarded.Load() + run.bToA.discarded.Load() - unacked
		if quiet++; now != moved {
			quiet, moved = 0, now
		}
		switch {
		case unacked == 0 && (run.relayer.Reset || quiet > int(drainQuiet/interval)):
			return
		case !run.relayer.Reset && run.aToB.read.Load() && run.bToA.read.Load():
			return // the kernel sends the rest
		}
		<-tick.C
		if run.isOver() {
			return
		}
	}
}

// An idleness measures the time in which no bytes have been copied.
type idleness struct {
	moved int64         // the result of progress at the last check
	since time.Duration // when moved last changed, measured from the start of the relay
}

// lasts returns the time in which no bytes have been copied, given the total
// moved at the time now.
func (i *idleness) lasts(moved int64, now time.Duration) time.Duration {
	if moved != i.moved {
		*i = idleness{moved, now}
	}
	return now - i.since
}

// looks is the number of checks during an IdleTimeout.
const looks = 8

// watch ends the relay when no data was copied for the timeout.
func (run *relayRun) watch(timeout time.Duration) {
	if timeout <= 0 {
		return
	}
	tick := max(timeout/looks, time.Millisecond)
	run.mu.Lock()
	defer run.mu.Unlock()
	run.idleTimer = time.AfterFunc(tick, func() {
		if run.isIdle(timeout) {
			run.end(ErrIdle)
			return
		}
		run.mu.Lock()
		defer run.mu.Unlock()
		if !run.over {
			run.idleTimer.Reset(tick)
		}
	})
}

// isIdle reports whether no data was copied for the timeout.
func (run *relayRun) isIdle(timeout time.Duration) bool {
	moved := run.aToB.progress() + run.bToA.progress()
	run.mu.Lock()
	defer run.mu.Unlock()
	return run.idle.lasts(moved, time.Since(run.begun)) >= timeout
}

// progress returns a number that changes when bytes are copied and, while a write
// is blocked, when the receiver acknowledges bytes. The kernel unblocks a write
// only when a large part of the send buffer is free, which takes long if the
// receiver is slow.
func (d *relayDirection) progress() int64 {
	moved := d.dst.count.Load()
	if d.dst.waiting.Load() {
		moved -= d.unacked()
	}
	return moved
}

// stallLook is the time between two checks of the source of a direction that is
// blocked by its destination.
const stallLook = 250 * time.Millisecond

// lookAfter makes the relay check the source of a direction that is blocked, or
// may be. A read would notice that the source has failed or was closed, but no
// read is in progress.
func (run *relayRun) lookAfter() {
	if run.looking.Load() || run.looking.Swap(true) {
		return
	}
	run.mu.Lock()
	defer run.mu.Unlock()
	switch {
	case run.over:
	case run.stall == nil:
		run.stall = time.AfterFunc(stallLook, run.lookAtStalled)
	default:
		run.stall.Reset(stallLook)
	}
}

// lookAtStalled checks the sources of the blocked directions.
func (run *relayRun) lookAtStalled() {
	run.looking.Store(false) // a direction that blocks from now on requests another check
	for _, d := range []*relayDirection{&run.aToB, &run.bToA} {
		if d.dst.waiting.Load() && !run.isOver() {
			d.lookAtSource()
			run.lookAfter()
		}
	}
}

// lookAtSource records that the source has failed, or ends the relay if it was
// closed. A relay whose source has failed ends when no data received from it
// could be delivered for some time.
func (d *relayDirection) lookAtSource() {
	run := d.run
	l, err := CheckConn(d.src.Conn)
	if l == Closed && err == io.EOF && run.hasFailed(d.src) {
		err = ErrBroken // a write of the other direction has returned the cause
	}
	switch {
	case l != Closed || err == io.EOF:
	case errors.Is(err, net.ErrClosed):
		run.end(d.src.fault("read", net.ErrClosed))
	case run.notice(d, d.src.fault("write", neterr.Bare(err))): // received data can still be read
		run.end(nil)
	}
}

// hasFailed reports whether the error of the relay is one of the connection.
func (run *relayRun) hasFailed(s *relaySide) bool {
	run.mu.Lock()
	defer run.mu.Unlock()
	e, ok := run.err.(*RelayError)
	return ok && e.side == s
}

// notice records that the source of d has failed: the other direction can no
// longer deliver data to it. It reports whether d has not delivered data for
// some time either.
func (run *relayRun) notice(d *relayDirection, err error) (stuck bool) {
	moved, now := d.progress(), time.Since(run.begun)
	run.mu.Lock()
	first := run.noticed == nil
	if first {
		run.noticed = err
		run.delivered = idleness{moved, now}
	}
	stuck = run.delivered.lasts(moved, now) >= drainTime
	run.mu.Unlock()
	if first {
		run.fail(err, d.back)
	}
	return stuck
}

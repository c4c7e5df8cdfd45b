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

// How long a relay goes on after a connection has broken: nginx's lingering_time,
// and a time without a byte in either direction.
const (
	drainTime  = 30 * time.Second
	drainQuiet = 2 * time.Second
)

// drain waits after a connection has broken, until closing the other one destroys
// nothing.
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
			return // the system sends the rest
		}
		<-tick.C
		if run.isOver() {
			return
		}
	}
}

// An idleness is for how long no bytes have moved.
type idleness struct {
	moved int64         // the number of bytes when it was looked at last
	since time.Duration // it has not changed since, counted from the begin of the relay
}

// lasts returns for how long no bytes have moved, if it is moved of them now.
func (i *idleness) lasts(moved int64, now time.Duration) time.Duration {
	if moved != i.moved {
		*i = idleness{moved, now}
	}
	return now - i.since
}

// looks is how often a relay with an IdleTimeout is looked at in that time.
const looks = 8

// watch ends the relay when nothing was copied for the timeout.
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

// isIdle reports whether nothing was copied for the timeout.
func (run *relayRun) isIdle(timeout time.Duration) bool {
	run.mu.Lock()
	defer run.mu.Unlock()
	moved := run.aToB.dst.count.Load() + run.bToA.dst.count.Load()
	return run.idle.lasts(moved, time.Since(run.begun)) >= timeout
}

// stallLook is the time between two looks at the source of a direction that waits for
// its destination.
const stallLook = 250 * time.Millisecond

// lookAfter has the relay look after the source of a direction that waits, or may: a
// read would notice that the source has broken or was closed, but nothing is read.
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

// lookAtStalled looks at the sources of the directions that wait.
func (run *relayRun) lookAtStalled() {
	run.looking.Store(false) // what begins to wait from now on has it look again
	for _, d := range []*relayDirection{&run.aToB, &run.bToA} {
		if d.dst.waiting.Load() && !run.isOver() {
			d.lookAtSource()
			run.lookAfter()
		}
	}
}

// lookAtSource notes that the source has broken, or ends the relay if it was closed. A
// relay whose source has broken ends when nothing that was received from it could be
// delivered for a time.
func (d *relayDirection) lookAtSource() {
	run := d.run
	l, err := CheckConn(d.src.Conn)
	switch {
	case l != Closed || err == io.EOF:
	case errors.Is(err, net.ErrClosed):
		run.end(d.src.fault("read", net.ErrClosed))
	case run.notice(d, d.src.fault("write", neterr.Bare(err))): // what was received can still be read
		run.end(nil)
	}
}

// notice notes that the source of d has broken: the other direction can deliver nothing
// to it any more. It reports whether d has delivered nothing either for a time since.
func (run *relayRun) notice(d *relayDirection, err error) (stuck bool) {
	run.mu.Lock()
	moved, now := d.dst.count.Load(), time.Since(run.begun)
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

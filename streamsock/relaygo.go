// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"errors"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
)

// Go starts a relay like [Relayer.Relay] but returns immediately. When the
// relay has ended, Go calls done, unless it is nil, in a new goroutine with the
// results of Relay.
//
// Go is for many connections of which few are busy, because an idle direction
// has no goroutine. A direction gets a goroutine when its peer sends data, and
// loses it after 50 milliseconds without data. All relays of a Relayer share
// one [PollSet] and one goroutine. That applies to a direction from a *[Conn],
// *[UnixConn], *[net.TCPConn] or *[net.UnixConn]. A direction from a
// *[TimeoutConn] or any other type always has a goroutine, as with Relay. So
// does every direction on systems without PollSet.
//
// While no data is copied, an exceeded deadline and a Close of a connection of
// package net end the relay within a second. A read deadline set on the
// embedded TCPConn of a *Conn, or UnixConn of a *UnixConn, is lost if data is
// copied before it expires, and is ignored on Windows.
func (r *Relayer) Go(ctx context.Context, a, b net.Conn, done func(RelayStats, error)) {
	run, err := r.newRun(a, b)
	if err != nil {
		go func() {
			run.refuse()
			if done != nil {
				done(RelayStats{}, err)
			}
		}()
		return
	}
	run.detached, run.done = true, done
	canPark := r.enter()
	patientA := canPark && run.a.bePatient()
	patientB := canPark && run.b.own.c != run.a.own.c && run.b.bePatient() // a member can have only one direction
	r.addDetached(ctx, run)
	if !canPark {
		run.watch(r.IdleTimeout)
	}
	if err := ctx.Err(); err != nil { // ctx may have ended earlier relays already
		go run.end(err)
	}
	run.aToB.begin(patientA)
	run.bToA.begin(patientB)
}

// begin parks the direction if possible, or starts a goroutine that pumps.
func (d *relayDirection) begin(patient bool) {
	if patient && d.park() {
		return
	}
	d.run.mu.Lock()
	defer d.run.mu.Unlock()
	if !d.run.over {
		d.run.start(d)
	}
}

// finish waits until the relay started by Go has ended.
func (run *relayRun) finish() {
	run.work.Wait()
	run.relayer.removeDetached(run)
	if run.done != nil {
		run.done(run.stats(), run.failure())
	}
}

// enter counts a relay started by Go, and reports whether there is a PollSet.
func (r *Relayer) enter() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.detached++
	if r.parked == nil {
		if set, err := NewPollSet(); err == nil {
			set.left = func(m *pollMember) { m.data.(*relayDirection).resume() } // the next read returns the error
			r.parked = set
			go r.poll(set)
		}
	}
	return r.parked != nil
}

// addDetached adds a relay started by Go, whose context endAll reads from then
// on.
func (r *Relayer) addDetached(ctx context.Context, run *relayRun) {
	run.ctx = ctx.Done()
	r.add(run)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heed(ctx, run)
}

func (r *Relayer) removeDetached(run *relayRun) {
	r.remove(run)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unheed(run)
	if r.detached--; r.detached == 0 && r.parked != nil {
		r.parked.Close() // makes poll return
		r.parked = nil
	}
}

// A relayContext ends the relays started by Go whose contexts end together.
type relayContext struct {
	count int
	stop  func() bool
}

// heed makes the end of ctx end the relay.
func (r *Relayer) heed(ctx context.Context, run *relayRun) {
	if run.ctx == nil {
		return
	}
	c := r.contexts[run.ctx]
	if c == nil {
		c = &relayContext{stop: context.AfterFunc(ctx, func() { r.endAll(ctx) })}
		if r.contexts == nil {
			r.contexts = make(map[<-chan struct{}]*relayContext)
		}
		r.contexts[run.ctx] = c
	}
	c.count++
}

// unheed undoes heed.
func (r *Relayer) unheed(run *relayRun) {
	c := r.contexts[run.ctx]
	if c == nil {
		return
	}
	if c.count--; c.count == 0 {
		c.stop()
		delete(r.contexts, run.ctx)
	}
}

// endAll ends the relays of a context that has ended.
func (r *Relayer) endAll(ctx context.Context) {
	for _, run := range r.runs() {
		if run.detached && run.ctx == ctx.Done() {
			go run.end(ctx.Err()) // in a goroutine, because it calls Done
		}
	}
}

// poll resumes the relays whose peers have sent data, until the set is closed.
func (r *Relayer) poll(set *PollSet) {
	tick := time.Second
	if r.IdleTimeout > 0 {
		tick = min(tick, max(r.IdleTimeout/looks, time.Millisecond))
	}
	var due atomic.Bool
	timer := time.AfterFunc(tick, func() {
		due.Store(true)
		set.WakeUp()
	})
	defer timer.Stop()
	var ready []Ready
	var err error
	for {
		if ready, err = set.PollInto(context.Background(), ready); err != nil {
			break
		}
		for _, c := range ready {
			c.Data.(*relayDirection).resume()
		}
		clear(ready) // drop references to connections that may be closed soon
		if due.Swap(false) {
			r.look()
			timer.Reset(tick)
		}
	}
	if !errors.Is(err, net.ErrClosed) {
		r.abandon(set)
	}
}

// look ends the relays that are idle for too long, and resumes those whose
// connection was closed or has an exceeded deadline, so that they fail.
func (r *Relayer) look() {
	var parked []*relayDirection
	for _, run := range r.runs() {
		if !run.detached {
			continue
		}
		if r.IdleTimeout > 0 && run.isIdle(r.IdleTimeout) {
			go run.end(ErrIdle) // in a goroutine, because it calls Done
		}
		for _, d := range []*relayDirection{&run.aToB, &run.bToA} {
			if d.isParked() {
				parked = append(parked, d)
			}
		}
	}
	if len(parked) > 0 {
		go resumeDisturbed(parked)
	}
}

// resumeDisturbed resumes the directions whose next read fails. It blocks while
// another goroutine reads from one of the connections; the next call skips that
// direction.
func resumeDisturbed(parked []*relayDirection) {
	for _, d := range parked {
		if d.looking.Swap(true) {
			continue
		}
		disturbed := d.src.disturbance() != nil
		d.looking.Store(false)
		if disturbed {
			d.resume()
		}
	}
}

// abandon makes all relays continue without a set that has failed.
func (r *Relayer) abandon(set *PollSet) {
	r.mu.Lock()
	if r.parked == set {
		r.parked = nil
	}
	r.mu.Unlock()
	set.Close()
	for _, run := range r.runs() {
		if run.detached {
			run.watch(r.IdleTimeout)
			run.aToB.resume()
			run.bToA.resume()
		}
	}
}

// park makes the direction wait in the PollSet. It reports whether the calling
// goroutine must return, because the direction is parked or the relay has
// ended.
func (d *relayDirection) park() bool {
	run := d.run
	run.relayer.mu.Lock()
	set := run.relayer.parked
	run.relayer.mu.Unlock()
	run.mu.Lock()
	if run.over {
		run.mu.Unlock()
		return true
	}
	d.parked = true
	run.mu.Unlock()
	d.src.own.c.read.forget()
	err := net.ErrClosed
	if set != nil {
		err = set.set(d.src.own.outer.(syscall.Conn), Readable|Oneshot, func(m *pollMember) {
			m.want, m.oneshot, m.disarmed, m.data = sys.Readable, true, false, d
		})
	}
	if err == nil {
		return true
	}
	run.mu.Lock()
	defer run.mu.Unlock()
	resumed := !d.parked
	d.parked = false
	return resumed
}

func (d *relayDirection) isParked() bool {
	d.run.mu.Lock()
	defer d.run.mu.Unlock()
	return d.parked
}

// resume ends park: the direction gets a goroutine again.
func (d *relayDirection) resume() {
	d.run.mu.Lock()
	defer d.run.mu.Unlock()
	if d.parked && !d.run.over {
		d.parked = false
		d.run.start(d)
	}
}

// patience is the time without data after which a direction is parked.
const patience = 50 * time.Millisecond

// bePatient limits the time for which reads block, and reports whether it can,
// so that the direction can be parked.
func (s *relaySide) bePatient() bool {
	if _, ok := s.Conn.(*TimeoutConn); ok || !s.isSocket() {
		return false
	}
	s.own.read = patience
	s.Conn = &s.own
	return true
}

// isIdle reports whether err, returned by a read, means that the peer has sent
// nothing for the time of patience, or that a deadline was exceeded.
func (s *relaySide) isIdle(err error) bool {
	return s.Conn == &s.own && errors.Is(err, os.ErrDeadlineExceeded)
}

// disturbance returns the error with which a read would fail immediately: the
// connection is closed or a deadline is exceeded, even one set before Wrap.
// Otherwise it returns nil. It ignores the end of another goroutine's context.
// Like a read, it waits for a read of another goroutine.
func (s *relaySide) disturbance() error {
	c := s.own.c
	rc, err := c.SyscallConn()
	if err == nil {
		err = c.overdue(&c.read)
	}
	if err == nil {
		limit, again := c.readTimeout(0), false
		err = limit.run(rc, func(uintptr) bool { return true }, &again)
	}
	return neterr.Bare(err)
}

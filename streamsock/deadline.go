// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// longAgo is a deadline in the past.
var longAgo = time.Unix(1, 0)

// A deadline is the deadline of one direction. Package net has a single one per
// direction and no way to read it back, so a deadline records the user's
// deadline and passes it to package net. Whatever else ends an operation, a
// context or the timeout of a TimeoutConn, is a cut: a deadline in the past
// that is in effect until the operation has ended.
//
// A timeout does not involve package net until it expires. Its timer is not
// stopped when the operation ends: it fires for the first of many operations
// and is then restarted for the one that waits, so that most operations change
// no timer.
type deadline struct {
	removed atomic.Uint64 // number of cuts that were removed

	of      *pollable   // nil for the zero Conn
	unknown atomic.Bool // Wrap was called, and the user may have set another deadline before

	partial atomic.Pointer[rolling] // the operation that has written a part and waits for room

	mu    sync.Mutex
	times *deadlines // nil until there is one
}

// deadlines is the state of a deadline. An idle connection needs none.
type deadlines struct {
	at      time.Time     // set by the user
	changed chan struct{} // closed when at changes and by Close; made on demand
	rolling []rollingTime // of the operations that wait
	timer   *time.Timer   // calls expire
	fires   time.Time     // when the timer fires; zero if it does not run
	cuts    int           // number of ended contexts and expired operations
	uncut   chan struct{} // closed when cuts becomes 0; made on demand
	wholly  chan struct{} // closed when partial becomes nil; made on demand

	turn sync.Mutex // held by a Write that does not wait in package net's poller
}

// lock locks d and returns its deadlines. The caller unlocks d.mu.
func (d *deadline) lock() *deadlines {
	d.mu.Lock()
	if d.times == nil {
		d.times = new(deadlines)
	}
	return d.times
}

// setTo sets the user's deadline.
func (d *deadline) setTo(t time.Time) error {
	if d.of == nil {
		return syscall.EINVAL
	}
	s := d.lock()
	defer d.mu.Unlock()
	before := s.at
	s.at = t
	if err := d.apply(); err != nil {
		s.at = before
		return err
	}
	s.notify()
	return nil
}

// notify wakes the callers of watch.
func (s *deadlines) notify() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// closed wakes the callers of watch because the connection was closed.
func (d *deadline) closed() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.times != nil {
		d.times.notify()
		d.times.stop()
	}
}

// stop stops the timer.
func (s *deadlines) stop() {
	if s.timer != nil {
		s.timer.Stop()
		s.fires = time.Time{}
	}
}

// apply passes the user's deadline to package net, or a deadline in the past if
// there is a cut.
func (d *deadline) apply() error {
	s := d.times
	t := s.at
	if s.cuts > 0 {
		t = longAgo
	}
	var err error
	if d == &d.of.write {
		err = d.of.deadlines.SetWriteDeadline(t)
	} else {
		err = d.of.deadlines.SetReadDeadline(t)
	}
	if err == nil && d.isUnknown() { // a store takes longer than a load
		d.unknown.Store(false)
	}
	return err
}

// watch returns the user's deadline and a channel that is closed when the
// deadline changes and when the connection is closed.
func (d *deadline) watch() (at time.Time, changed <-chan struct{}) {
	s := d.lock()
	defer d.mu.Unlock()
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.at, s.changed
}

// user returns the user's deadline.
func (d *deadline) user() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.times == nil {
		return time.Time{}
	}
	return d.times.at
}

// A rollingTime is the time at which an operation expires.
type rollingTime struct {
	of *rolling
	at time.Time
}

// roll records that the operation waits, or is about to, until t.
func (d *deadline) roll(by *rolling, t time.Time) {
	s := d.lock()
	defer d.mu.Unlock()
	d.removeCut(by)
	if i := s.index(by); i >= 0 {
		s.rolling[i].at = t
	} else {
		s.rolling = append(s.rolling, rollingTime{by, t})
	}
	d.start(t)
}

// index returns the index of the operation in s.rolling, or -1.
func (s *deadlines) index(of *rolling) int {
	return slices.IndexFunc(s.rolling, func(r rollingTime) bool { return r.of == of })
}

// start makes the timer fire at t or earlier.
func (d *deadline) start(t time.Time) {
	s := d.times
	switch {
	case s.timer == nil:
		s.timer = time.AfterFunc(time.Until(t), d.expire)
	case s.fires.IsZero() || t.Before(s.fires):
		s.timer.Reset(time.Until(t))
	default:
		return
	}
	s.fires = t
}

// expire ends the operations that have expired.
func (d *deadline) expire() {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.times
	if s == nil { // by forget
		return
	}
	s.fires = time.Time{}
	now := time.Now()
	s.rolling = slices.DeleteFunc(s.rolling, func(r rollingTime) bool {
		if r.at.After(now) {
			d.start(r.at)
			return false
		}
		r.of.expired = true
		d.addCuts(1)
		return true
	})
}

// rolled records that the operation no longer waits.
func (d *deadline) rolled(by *rolling) {
	s := d.lock()
	defer d.mu.Unlock()
	if i := s.index(by); i >= 0 {
		s.rolling = slices.Delete(s.rolling, i, i+1)
	}
	d.removeCut(by)
}

// removeCut removes the cut of an operation that had expired.
func (d *deadline) removeCut(by *rolling) {
	if by.expired {
		by.expired = false
		d.addCuts(-1)
	}
}

// forget frees what d does not need at present. Callers of watch are woken and
// call it again.
func (d *deadline) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.times
	if s == nil {
		return
	}
	s.notify()
	if s.at.IsZero() && len(s.rolling) == 0 && s.cuts == 0 && s.uncut == nil && s.wholly == nil {
		s.stop()
		d.times = nil
	}
}

// mayRetry reports whether an operation that has failed at a deadline can be
// repeated, because another operation's cut was the cause. The argument removed
// is the number of cuts that had been removed when the operation began. While
// there is a cut, mayRetry waits until that operation has ended or done is
// closed.
func (d *deadline) mayRetry(removed uint64, done <-chan struct{}) bool {
	s := d.lock()
	defer d.mu.Unlock()
	for s.cuts > 0 {
		if s.uncut == nil {
			s.uncut = make(chan struct{})
		}
		uncut := s.uncut
		d.mu.Unlock()
		select {
		case <-uncut:
		case <-done:
		}
		d.mu.Lock()
		if isClosed(done) {
			return false
		}
	}
	return d.removed.Load() != removed
}

// isClosed reports whether c, on which nothing is sent, is closed.
func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// isUnknown reports whether package net may have a deadline that d does not
// know and would overwrite.
func (d *deadline) isUnknown() bool { return d.unknown.Load() }

// cut, with by = 1, ends the operations in progress and those that begin until
// it is called with by = -1.
func (d *deadline) cut(by int) {
	d.lock()
	defer d.mu.Unlock()
	d.addCuts(by)
}

// addCuts implements cut. The caller holds d.mu.
func (d *deadline) addCuts(by int) {
	s := d.times
	s.cuts += by
	_ = d.apply()
	if by < 0 {
		d.removed.Add(1)
	}
	if s.cuts == 0 && s.uncut != nil {
		close(s.uncut)
		s.uncut = nil
	}
}

// whole records that the partial operation has ended.
func (d *deadline) whole() {
	d.partial.Store(nil)
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.times; s != nil && s.wholly != nil {
		close(s.wholly)
		s.wholly = nil
	}
}

// awaitWhole waits until no operation is partial, or until done is closed.
func (d *deadline) awaitWhole(done <-chan struct{}) {
	s := d.lock()
	if d.partial.Load() == nil {
		d.mu.Unlock()
		return
	}
	if s.wholly == nil {
		s.wholly = make(chan struct{})
	}
	wholly := s.wholly
	d.mu.Unlock()
	select {
	case <-wholly:
	case <-done:
	}
}

// takeTurn waits until no other Write has the turn, and returns a function that
// ends it.
func (d *deadline) takeTurn() (end func()) {
	s := d.lock()
	d.mu.Unlock()
	s.turn.Lock()
	return s.turn.Unlock
}

// SetDeadline sets the read and write deadlines, like
// [net.TCPConn.SetDeadline]. They also apply to the blocking methods that Conn
// adds, such as [Conn.Wait], but not to a [PollSet]. Deadlines set directly on
// the embedded TCPConn or UnixConn do not apply to [Conn.Wait] and
// [Conn.WaitUrgent].
func (c *conn) SetDeadline(t time.Time) error {
	if err := c.read.setTo(t); err != nil {
		return err
	}
	return c.write.setTo(t)
}

// SetReadDeadline sets the read deadline; see [Conn.SetDeadline].
func (c *conn) SetReadDeadline(t time.Time) error { return c.read.setTo(t) }

// SetWriteDeadline sets the write deadline; see [Conn.SetDeadline].
func (c *conn) SetWriteDeadline(t time.Time) error { return c.write.setTo(t) }

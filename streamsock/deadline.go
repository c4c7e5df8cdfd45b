// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// longAgo is a deadline that is over.
var longAgo = time.Unix(1, 0)

// A deadline is the deadline of one direction. Package net has a single one per
// direction and no way to read it back, so a deadline records the user's
// deadline, that of a TimeoutConn's operation that waits, and the number of
// contexts that have ended, and passes the earliest to package net.
type deadline struct {
	removed atomic.Uint64 // number of rolling deadlines and cuts that were removed

	of      *pollable   // nil for the zero Conn
	unknown atomic.Bool // Wrap was called, and the user may have set another one before

	partial atomic.Pointer[rolling] // the operation that has written a part and waits for room

	mu    sync.Mutex
	times *deadlines // nil until there is one
}

// deadlines are those that a deadline knows of. An idle connection needs none.
type deadlines struct {
	at      time.Time     // set by the user
	changed chan struct{} // closed when at changes and by Close; made when someone waits
	rolling time.Time     // of the operation that waits
	roller  *rolling      // that operation
	late    *time.Timer   // for passLate
	cuts    int           // contexts that have ended
	uncut   chan struct{} // closed when there are no cuts any more; made when someone waits for that
	wholly  chan struct{} // closed when there is no partial any more; made when someone waits for that

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

// notify wakes those who have called watch.
func (s *deadlines) notify() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// closed wakes those who have called watch because the connection was closed.
func (d *deadline) closed() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.times != nil {
		d.times.notify()
	}
}

// apply passes the earliest deadline to package net.
func (d *deadline) apply() error {
	s := d.times
	t := s.at
	switch {
	case s.cuts > 0:
		t = longAgo
	case !s.rolling.IsZero() && (t.IsZero() || s.rolling.Before(t)):
		t = s.rolling
	}
	set := d.of.deadlines.SetReadDeadline
	if d == &d.of.write {
		set = d.of.deadlines.SetWriteDeadline
	}
	if err := set(t); err != nil {
		return err
	}
	d.unknown.Store(false)
	return nil
}

// watch returns the user's deadline and a channel that is closed when it changes
// and when the connection is closed.
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

// roll sets the deadline of the operation that waits. If package net may have an
// unknown deadline, that counts until the one of the operation is over.
func (d *deadline) roll(by *rolling, t time.Time) {
	s := d.lock()
	defer d.mu.Unlock()
	s.rolling, s.roller = t, by
	switch {
	case !d.isUnknown():
		_ = d.apply() // the operation reports the error
	case s.late == nil:
		s.late = time.AfterFunc(time.Until(t), d.passLate)
	default:
		s.late.Reset(time.Until(t))
	}
}

// passLate passes the deadline of the operation to package net if it is over.
func (d *deadline) passLate() {
	s := d.lock()
	defer d.mu.Unlock()
	if s.isOver() {
		_ = d.apply()
	}
}

// isOver reports whether an operation waits whose deadline is over.
func (s *deadlines) isOver() bool { return s.roller != nil && !s.rolling.After(time.Now()) }

// rolled removes the deadline of an operation that has waited, unless another
// one waits by now.
func (d *deadline) rolled(by *rolling) {
	s := d.lock()
	defer d.mu.Unlock()
	if s.roller == by {
		d.remove()
	}
}

// forget frees what d needs for nothing at the moment. Those who have called watch do
// so again.
func (d *deadline) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.times
	if s == nil {
		return
	}
	s.notify()
	if s.at.IsZero() && s.roller == nil && s.cuts == 0 && s.uncut == nil && s.wholly == nil {
		d.times = nil
	}
}

// remove removes the deadline of the operation.
func (d *deadline) remove() {
	s := d.times
	s.rolling, s.roller = time.Time{}, nil
	if s.late != nil {
		s.late.Stop()
	}
	if !d.isUnknown() {
		_ = d.apply()
	}
	d.removed.Add(1)
}

// mayRetry reports whether an operation that has failed at a deadline, and before
// which so many had been removed, can begin again: it was that of another
// operation, which has failed too, but may not have removed it yet. For one whose
// context has ended, mayRetry waits until that is over, or until done is closed.
func (d *deadline) mayRetry(removed uint64, done <-chan struct{}) bool {
	s := d.lock()
	defer d.mu.Unlock()
	if s.isOver() {
		d.remove()
	}
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

// isClosed reports whether c is closed, on which nothing is sent.
func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// isUnknown reports whether package net may have a deadline that d does not know
// and would erase.
func (d *deadline) isUnknown() bool { return d.unknown.Load() }

// cut ends, with by 1, the operations that are under way and, until it is called
// with -1, those that begin.
func (d *deadline) cut(by int) {
	s := d.lock()
	defer d.mu.Unlock()
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

// whole notes that the partial operation is over.
func (d *deadline) whole() {
	d.partial.Store(nil)
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.times; s != nil && s.wholly != nil {
		close(s.wholly)
		s.wholly = nil
	}
}

// awaitWhole waits until there is no partial operation, or until done is closed.
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

// takeTurn waits until no other Write has the turn, and returns what ends it.
func (d *deadline) takeTurn() (end func()) {
	s := d.lock()
	d.mu.Unlock()
	s.turn.Lock()
	return s.turn.Unlock
}

// SetDeadline is [net.TCPConn.SetDeadline]. The deadlines hold for all that
// waits here. One that is set on the embedded TCPConn directly does not hold for
// [Conn.Wait], [Conn.WaitUrgent] and what is made of them.
func (c *conn) SetDeadline(t time.Time) error {
	if err := c.read.setTo(t); err != nil {
		return err
	}
	return c.write.setTo(t)
}

// SetReadDeadline is [net.TCPConn.SetReadDeadline]; see [Conn.SetDeadline].
func (c *conn) SetReadDeadline(t time.Time) error { return c.read.setTo(t) }

// SetWriteDeadline is [net.TCPConn.SetWriteDeadline]; see [Conn.SetDeadline].
func (c *conn) SetWriteDeadline(t time.Time) error { return c.write.setTo(t) }

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"sync"
	"time"
)

// longAgo is a deadline that is over.
var longAgo = time.Unix(1, 0)

// A deadline is that for reading or for writing. Package net does not tell
// which it has, and has but one. Here are all that count: what the user has set,
// the rolling one of the operations of a TimeoutConn, and the end of a context.
// Package net gets the earliest.
type deadline struct {
	set func(time.Time) error // of the TCPConn

	mu      sync.Mutex
	at      time.Time     // set by the user
	changed chan struct{} // closed when at changes; made for one who waits
	rolling time.Time     // for those under way
	rolls   int           // how many there are
	cuts    int           // how many contexts have ended
}

// setTo sets the user's deadline.
func (d *deadline) setTo(t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	before := d.at
	d.at = t
	if err := d.apply(); err != nil {
		d.at = before
		return err
	}
	if d.changed != nil {
		close(d.changed)
		d.changed = nil
	}
	return nil
}

// apply sets the deadline that counts.
func (d *deadline) apply() error {
	t := d.at
	switch {
	case d.cuts > 0:
		t = longAgo
	case !d.rolling.IsZero() && (t.IsZero() || d.rolling.Before(t)):
		t = d.rolling
	}
	return d.set(t)
}

// watch returns the user's deadline and a channel that is closed when it
// changes.
func (d *deadline) watch() (at time.Time, changed <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.changed == nil {
		d.changed = make(chan struct{})
	}
	return d.at, d.changed
}

// roll begins an operation, which may take so long. A time of 0 is no limit.
func (d *deadline) roll(timeout time.Duration) {
	if timeout <= 0 {
		return
	}
	d.mu.Lock()
	d.rolls++
	d.mu.Unlock()
	d.renew(timeout)
}

// renew gives the operations that are under way so long from now.
func (d *deadline) renew(timeout time.Duration) {
	if timeout <= 0 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rolling = time.Now().Add(timeout)
	_ = d.apply() // the operation tells what is wrong
}

// rolled ends an operation that roll began.
func (d *deadline) rolled(timeout time.Duration) {
	if timeout <= 0 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rolls--; d.rolls == 0 {
		d.rolling = time.Time{}
		_ = d.apply()
	}
}

// cut ends, with by 1, the operations that are under way and, until it is
// called with -1, those that begin.
func (d *deadline) cut(by int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cuts += by
	_ = d.apply()
}

// SetDeadline is [net.TCPConn.SetDeadline]. The deadlines hold for all that
// waits here. One that is set on the embedded TCPConn directly does not hold for
// [Conn.Wait], [Conn.WaitUrgent] and what is made of them.
func (c *Conn) SetDeadline(t time.Time) error {
	if err := c.read.setTo(t); err != nil {
		return err
	}
	return c.write.setTo(t)
}

// SetReadDeadline is [net.TCPConn.SetReadDeadline]; see [Conn.SetDeadline].
func (c *Conn) SetReadDeadline(t time.Time) error { return c.read.setTo(t) }

// SetWriteDeadline is [net.TCPConn.SetWriteDeadline]; see [Conn.SetDeadline].
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.write.setTo(t) }

// Close is [net.TCPConn.Close]. It also ends what waits in [Conn.Wait] and
// [Conn.WaitUrgent] and takes c out of every [PollSet]; to close the embedded
// TCPConn directly does not.
func (c *Conn) Close() error {
	c.sets.leave()
	fd, open := c.descriptor()
	if open {
		watching.forget(fd)
	}
	err := c.TCPConn.Close()
	if open {
		watching.wake(fd)
	}
	return err
}

// descriptor returns the descriptor, as a name for it and not for use.
func (c *Conn) descriptor() (fd uintptr, open bool) {
	rc, err := c.SyscallConn()
	if err != nil {
		return 0, false
	}
	err = rc.Control(func(f uintptr) { fd = f })
	return fd, err == nil
}

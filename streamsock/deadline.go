// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"net"
	"sync"
	"time"
)

// A deadline is the read or the write deadline that was set last. Package net
// does not tell it, and it holds also for those who wait elsewhere than in a
// Read or Write.
type deadline struct {
	mu      sync.Mutex
	at      time.Time
	changed chan struct{} // closed when at changes; made for one who waits
}

// store stores a deadline that has been set. The caller holds mu.
func (d *deadline) store(t time.Time) {
	d.at = t
	if d.changed != nil {
		close(d.changed)
		d.changed = nil
	}
}

// watch returns the deadline and a channel that is closed when it changes.
func (d *deadline) watch() (at time.Time, changed <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.changed == nil {
		d.changed = make(chan struct{})
	}
	return d.at, d.changed
}

// SetDeadline is [net.TCPConn.SetDeadline]. The deadlines hold for all that
// waits here. A deadline that is set on the embedded TCPConn directly does not
// hold for [Conn.Wait], [Conn.WaitUrgent] and what is made of them.
func (c *Conn) SetDeadline(t time.Time) error {
	c.read.mu.Lock()
	defer c.read.mu.Unlock()
	c.write.mu.Lock()
	defer c.write.mu.Unlock()
	err := c.TCPConn.SetDeadline(t)
	if err == nil {
		c.read.store(t)
		c.write.store(t)
	}
	return err
}

// SetReadDeadline is [net.TCPConn.SetReadDeadline]; see [Conn.SetDeadline].
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.read.mu.Lock()
	defer c.read.mu.Unlock()
	err := c.TCPConn.SetReadDeadline(t)
	if err == nil {
		c.read.store(t)
	}
	return err
}

// SetWriteDeadline is [net.TCPConn.SetWriteDeadline]; see [Conn.SetDeadline].
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.write.mu.Lock()
	defer c.write.mu.Unlock()
	err := c.TCPConn.SetWriteDeadline(t)
	if err == nil {
		c.write.store(t)
	}
	return err
}

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

var _ net.Conn = (*Conn)(nil)

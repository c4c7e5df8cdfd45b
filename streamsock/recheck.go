// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"sync"
	"time"

	"example.com/streamsock/internal/sys"
)

// recheckInterval is the time after which a blocked receive is checked again.
const recheckInterval = 100 * time.Millisecond

// rechecks finds receives that are blocked at the out-of-band mark although
// data is available. On Linux such a receive fails with EAGAIN while a signal
// is pending, and no event follows. Checking the mark before every wait would
// cost a server one more system call per request, so a receive is checked after
// it has waited for a while.
var rechecks recheckList

// A recheckList has the transfers that have begun to wait recently. A timer
// runs only while the list is not empty.
type recheckList struct {
	mu      sync.Mutex
	list    []*transfer
	running bool
}

// add adds a transfer that has begun to wait.
func (l *recheckList) add(t *transfer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, t)
	if !l.running {
		l.running = true
		time.AfterFunc(recheckInterval, l.run)
	}
}

// run checks the transfers. A transfer that has begun another wait since the
// last check stays in the list.
func (l *recheckList) run() {
	l.mu.Lock()
	list := l.list
	l.list = nil
	l.mu.Unlock()
	kept := list[:0]
	for _, t := range list {
		t.listed.Store(false) // before the connection is read: see wait
		waits, c := t.waits.Load(), t.waitsFor.Load()
		switch {
		case c == nil:
		case t.seen != waits:
			t.seen = waits
			if !t.listed.Swap(true) {
				kept = append(kept, t)
			}
		default:
			c.recheck(t.repeated.Load())
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(kept, l.list...)
	l.running = len(l.list) > 0
	if l.running {
		time.AfterFunc(recheckInterval, l.run)
	}
}

// recheck wakes a blocked receive if data is available at the out-of-band mark,
// or any data for PeekFull. It does not use a deadline, which would end other
// operations of the TCPConn and overwrite a deadline set there.
func (c *conn) recheck(all bool) {
	_ = control(&c.raw, func(fd uintptr) error {
		if all || sys.HasInputAtMark(fd) {
			sys.RepeatInput(fd)
		}
		return nil
	})
}

// wait records that the transfer begins to wait in package net's poller.
func (t *transfer) wait() {
	t.waits.Add(1)
	t.waitsFor.Store(t.limit.c)
	t.repeated.Store(t.least > 0)
	if !t.listed.Load() && !t.listed.Swap(true) {
		rechecks.add(t)
	}
}

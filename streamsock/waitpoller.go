// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"sync"
	"sync/atomic"
	"time"

	"example.com/streamsock/internal/sys"
)

// waiting tracks the goroutines blocked in [Conn.Wait]. The runtime's poller
// does not report all events, and supports one reader and one writer per
// descriptor.
var waiting waitPoller

// A waitPoller has a Poller and one goroutine while any goroutine waits, and a
// short time longer.
type waitPoller struct {
	waiters atomic.Int64 // number of blocked goroutines

	mu      sync.Mutex
	entries pollEntries // without a Poller if there is none
	idle    *time.Timer // for stop
}

// waiterPool contains the pollMembers of goroutines.
var waiterPool = sync.Pool{New: func() any {
	return &pollMember{woken: make(chan struct{}, 1)}
}}

// releaseWaiter drops references to caller data.
func releaseWaiter(w *pollMember) {
	select {
	case <-w.woken:
	default:
	}
	w.conn, w.raw, w.entry = nil, nil, nil
	waiterPool.Put(w)
}

// keepPoller is the time for which an unused Poller is kept.
const keepPoller = 50 * time.Millisecond

// add adds a goroutine, which is woken when one of the events occurs or has
// already occurred.
func (p *waitPoller) add(c *pollable, want sys.Events) (*pollMember, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return nil, err
	}
	w := waiterPool.Get().(*pollMember)
	w.conn, w.raw, w.want = c, raw, want
	p.waiters.Add(1) // before the descriptor is used, see wake
	p.mu.Lock()
	defer p.mu.Unlock()
	if err = p.start(); err == nil {
		if err = p.entries.arm(w); err == nil {
			return w, nil
		}
	}
	p.waiters.Add(-1)
	p.stopLater()
	releaseWaiter(w)
	return nil, err
}

// remove removes a goroutine that has been added.
func (p *waitPoller) remove(w *pollMember) {
	p.mu.Lock()
	p.waiters.Add(-1)
	p.entries.remove(w)
	p.stopLater()
	p.mu.Unlock()
	releaseWaiter(w)
}

// start creates the Poller, unless there is one.
func (p *waitPoller) start() error {
	if p.entries.poller != nil {
		return nil
	}
	poller, err := sys.NewPoller()
	if err != nil {
		return err
	}
	p.entries.init(poller)
	go p.run(poller)
	return nil
}

// stopLater closes the Poller when it has not been used for a while.
func (p *waitPoller) stopLater() {
	switch {
	case p.entries.poller == nil || len(p.entries.byFD) > 0:
	case p.idle == nil:
		p.idle = time.AfterFunc(keepPoller, p.stop)
	default:
		p.idle.Reset(keepPoller)
	}
}

// stop undoes start, unless a goroutine waits again.
func (p *waitPoller) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.entries.poller != nil && len(p.entries.byFD) == 0 {
		p.entries.poller.Close()
		p.entries = pollEntries{}
	}
}

// run wakes goroutines until the Poller is closed.
func (p *waitPoller) run(poller *sys.Poller) {
	var ready [sys.MaxReady]sys.Ready
	for {
		n, err := poller.Wait(ready[:], true)
		if err != nil {
			p.fail(poller)
			return
		}
		p.mu.Lock()
		if p.entries.poller == poller {
			for _, r := range ready[:n] {
				p.deliver(r)
			}
		}
		p.mu.Unlock()
	}
}

// deliver wakes the goroutines that wait for the events.
func (p *waitPoller) deliver(r sys.Ready) {
	e := p.entries.of(r.ID)
	if e == nil {
		return // no goroutine waits any more
	}
	rest := false
	for w := range e.members() {
		switch {
		case r.Events&(w.want|sys.PeerClosed|sys.Broken) != 0:
			w.want = 0
			w.wake()
		case w.want != 0:
			rest = true
		}
	}
	if rest {
		p.entries.rearm(e)
	}
}

// fail wakes all goroutines, which start again, if the Poller has failed and
// was not closed.
func (p *waitPoller) fail(poller *sys.Poller) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.entries.poller != poller {
		return
	}
	for _, e := range p.entries.byFD {
		p.entries.retire(e)
	}
	poller.Close()
	p.entries = pollEntries{}
}

// wake wakes the goroutines of any Conn that wait for a descriptor number that
// has been closed. A goroutine that is about to wait is already counted, or
// finds the connection closed.
func (p *waitPoller) wake(fd uintptr) {
	if p.waiters.Load() == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := p.entries.byFD[uint32(fd)]; e != nil {
		for w := range e.members() {
			w.wake()
		}
	}
}

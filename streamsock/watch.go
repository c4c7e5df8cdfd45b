// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"example.com/streamsock/internal/sys"
)

// watching has the goroutines that wait for events of which the runtime's
// poller does not tell, or not to more than one.
var watching watcher

// A watcher waits for the connections of all goroutines that wait. While there
// are any it has a Poller and one goroutine, and a short time longer.
type watcher struct {
	waiters atomic.Int64 // how many there are

	mu      sync.Mutex
	poller  *sys.Poller
	watches map[uintptr]*watch // by descriptor
	last    uint32
	idle    *time.Timer // for stop
}

// A watch is a descriptor for which somebody waits.
type watch struct {
	id      uint64 // the descriptor and a number: descriptors are used again
	waiters []*waiter
}

// A waiter is one who waits. Like a transfer it is used again.
type waiter struct {
	visit func(fd uintptr) // the method below
	c     *Conn            // or the garbage collector might close it
	fd    uintptr
	want  sys.Events
	woken chan struct{} // a buffer of one
	err   error
}

var waiters = sync.Pool{New: func() any {
	a := &waiter{woken: make(chan struct{}, 1)}
	a.visit = func(fd uintptr) {
		a.fd = fd
		a.err = watching.insert(a)
	}
	return a
}}

// release forgets the Conn. Nobody wakes a any more.
func (a *waiter) release() {
	select {
	case <-a.woken:
	default:
	}
	a.c, a.err = nil, nil
	waiters.Put(a)
}

var watches = sync.Pool{New: func() any { return new(watch) }}

// linger is for how long a watcher keeps its Poller when nobody waits.
const linger = 50 * time.Millisecond

// add adds one who waits. It is woken once one of the events holds, even if
// that is so now.
func (w *watcher) add(c *Conn, want sys.Events) (*waiter, error) {
	rc, err := c.SyscallConn()
	if err != nil {
		return nil, err
	}
	a := waiters.Get().(*waiter)
	a.c, a.want = c, want
	w.waiters.Add(1) // before Control, see wake
	err = rc.Control(a.visit)
	if err == nil {
		err = a.err
	}
	if err != nil {
		w.waiters.Add(-1)
		a.release()
		return nil, err
	}
	return a, nil
}

func (w *watcher) insert(a *waiter) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.start(); err != nil {
		return err
	}
	of := w.watches[a.fd]
	if of == nil {
		w.last++
		of = watches.Get().(*watch)
		of.id = uint64(w.last)<<32 | uint64(uint32(a.fd))
		w.watches[a.fd] = of
	}
	of.waiters = append(of.waiters, a)
	err := w.poller.Set(a.fd, of.id, of.want(), true)
	if err != nil {
		w.drop(a)
	}
	return err
}

func (of *watch) want() (want sys.Events) {
	for _, a := range of.waiters {
		want |= a.want
	}
	return want
}

// start makes the Poller and begins to wait.
func (w *watcher) start() error {
	if w.poller != nil {
		return nil
	}
	p, err := sys.NewPoller()
	if err != nil {
		return err
	}
	w.poller = p
	w.watches = make(map[uintptr]*watch)
	go w.run(p)
	return nil
}

// stop ends what start began, unless somebody waits again.
func (w *watcher) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.poller != nil && len(w.watches) == 0 {
		w.poller.Close()
		w.poller, w.watches = nil, nil
	}
}

// remove removes one who has waited.
func (w *watcher) remove(a *waiter) {
	w.mu.Lock()
	w.waiters.Add(-1)
	w.drop(a)
	w.mu.Unlock()
	a.release()
}

func (w *watcher) drop(a *waiter) {
	of := w.watches[a.fd]
	if of == nil {
		return // the Poller failed
	}
	of.waiters = slices.DeleteFunc(of.waiters, func(b *waiter) bool { return a == b })
	if len(of.waiters) > 0 {
		return
	}
	delete(w.watches, a.fd)
	watches.Put(of)
	w.poller.Remove(a.fd)
	switch {
	case len(w.watches) > 0:
	case w.idle == nil:
		w.idle = time.AfterFunc(linger, w.stop)
	default:
		w.idle.Reset(linger)
	}
}

// run wakes who waits, until the Poller is closed.
func (w *watcher) run(p *sys.Poller) {
	var ready [sys.MaxReady]sys.Ready
	for {
		n, err := p.Wait(ready[:], true)
		if err != nil {
			w.fail(p)
			return
		}
		w.mu.Lock()
		if w.poller == p {
			for _, r := range ready[:n] {
				w.tell(r)
			}
		}
		w.mu.Unlock()
	}
}

// tell wakes those who wait for what is ready.
func (w *watcher) tell(r sys.Ready) {
	fd := uintptr(uint32(r.ID))
	of := w.watches[fd]
	if of == nil || of.id != r.ID {
		return // nobody waits any more
	}
	var rest sys.Events
	for _, a := range of.waiters {
		if r.Events&(a.want|sys.PeerClosed|sys.Broken) != 0 {
			a.wake()
		} else {
			rest |= a.want
		}
	}
	if rest != 0 && w.poller.Set(fd, of.id, rest, true) != nil {
		of.wake()
	}
}

// fail has everyone begin anew if the Poller has failed and was not closed.
func (w *watcher) fail(p *sys.Poller) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.poller != p {
		return
	}
	for _, of := range w.watches {
		of.wake()
	}
	p.Close()
	w.poller, w.watches = nil, nil
}

func (a *waiter) wake() {
	select {
	case a.woken <- struct{}{}:
	default: // it is awake
	}
}

func (of *watch) wake() {
	for _, a := range of.waiters {
		a.wake()
	}
}

// forget has the Poller forget a descriptor that is about to be closed: if
// there is a copy of it, it would stay in the set.
func (w *watcher) forget(fd uintptr) {
	if w.waiters.Load() == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.watches[fd] != nil {
		w.poller.Remove(fd)
	}
}

// wake wakes those who wait for a descriptor that has been closed. Who is
// about to is counted already, or will find it closed.
func (w *watcher) wake(fd uintptr) {
	if w.waiters.Load() == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if of := w.watches[fd]; of != nil {
		of.wake()
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package sys

import (
	"errors"
	"os"
	"slices"
	"sync"
	"syscall"
)

// A kqueueKernel is the interface of a kqueuePoller and a kqueueAsk to the
// kernel. Tests replace it with a model.
type kqueueKernel interface {
	kqueue(events int) (kqueue, error) // events is the maximum that a call can fill
	newWaker() (pollWaker, error)
	poll(fds []pollFD, timeout int) (int, error)

	// isConnected reports whether the socket has a peer.
	isConnected(fd uintptr) bool

	// peerState reports whether the peer has sent its FIN.
	peerState(fd uintptr) peerState

	// queued returns the number of bytes that can be read.
	queued(fd uintptr) (int, error)

	// peekUrgent peeks at the urgent byte. isInline reports whether it is
	// received inline, and atMark whether it is next.
	peekUrgent(fd uintptr) (byte, error)
	isInline(fd uintptr) bool
	atMark(fd uintptr) bool
}

// A kqueue is one queue.
type kqueue interface {
	// kevent makes the changes, at most maxFilters, then fills events, and
	// returns their number. Without events it returns the error of the first
	// change that fails; those after it are not made. Otherwise such an error
	// is an event with EV_ERROR. One goroutine at a time may make changes,
	// while another one waits.
	kevent(changes, events []kevent, block bool) (int, error)
	close()
}

// A kqueuePoller waits for any number of descriptors. It is a kqueue, and
// occupies a thread while it waits. On systems whose kqueue does not report
// urgent data, a second thread waits for that in poll(2), if it is wanted.
type kqueuePoller struct {
	kernel kqueueKernel
	kind   *kqueueKind
	queue  kqueue
	waker  pollWaker

	mu      sync.Mutex
	entries map[uintptr]kqueueEntry // by descriptor
	last    uint32                  // tag
	waiting bool                    // in Wait
	closed  bool
	changes []kevent
	urgent  *pollPoller // nil until it is needed
	raised  []uint64    // ids with an urgent byte

	events [MaxReady]kevent // of Wait
	fired  []uintptr        // the descriptors in ready
}

// A kqueueEntry is a descriptor. When a number is closed, the kernel drops its
// events; those that Wait has already received have another tag than the next
// entry of the number.
type kqueueEntry struct {
	id    uint64
	tag   uint32
	want  Events
	have  Events // the events whose filters are in the queue
	armed bool   // not reported since Set
	slot  int    // in ready, from 1, of Wait
}

func newKqueuePoller(kernel kqueueKernel, kind *kqueueKind) (*kqueuePoller, error) {
	q, err := kernel.kqueue(MaxReady)
	if err != nil {
		return nil, os.NewSyscallError("kqueue", err)
	}
	w, err := kernel.newWaker()
	if err == nil {
		_, err = q.kevent([]kevent{{Ident: w.fd(), Filter: kind.read, Flags: evAdd | evClear}}, nil, false)
		if err != nil {
			w.close()
			err = os.NewSyscallError("kevent", err)
		}
	}
	if err != nil {
		q.close()
		return nil, err
	}
	return &kqueuePoller{kernel: kernel, kind: kind, queue: q, waker: w, entries: make(map[uintptr]kqueueEntry)}, nil
}

// Set makes Wait report the events of a descriptor once, with the id, replacing
// an earlier Set of the descriptor.
//
// For a file that cannot be polled, the error is [errors.ErrUnsupported].
func (p *kqueuePoller) Set(fd uintptr, id uint64, want Events) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return os.ErrClosed
	}
	e := p.entries[fd]
	if e.id != id || e.tag == 0 { // new, or the number was closed and reused
		p.last++
		e = kqueueEntry{id: id, tag: p.last}
	}
	p.drop(fd, e.have, want)
	e.want, e.have, e.armed = want, e.have|want, true
	p.entries[fd] = e
	p.changes = p.kind.appendAdd(p.changes[:0], fd, want, uintptr(e.tag))
	_, err := p.queue.kevent(p.changes, nil, false)
	switch {
	case IsInvalid(err) || err == syscall.ENODEV:
		err = errors.ErrUnsupported // the file has no such filter
	case err != nil:
		err = os.NewSyscallError("kevent", err)
	case !p.kind.hasUrgent():
		err = p.setUrgent(fd, e)
	}
	if err != nil {
		e.armed = false
		p.entries[fd] = e
	}
	return err
}

// drop removes the filters of the events from the queue, except those of keep.
func (p *kqueuePoller) drop(fd uintptr, have, keep Events) {
	filters, n := p.kind.filters(have)
	kept, k := p.kind.filters(keep)
	for _, f := range filters[:n] {
		if !slices.Contains(kept[:k], f) {
			p.remove(fd, f)
		}
	}
}

// remove removes a filter from the queue. The kernel has already removed it if
// the descriptor was closed.
func (p *kqueuePoller) remove(fd uintptr, filter int32) {
	p.changes = append(p.changes[:0], kevent{Ident: fd, Filter: filter, Flags: evDelete})
	_, _ = p.queue.kevent(p.changes, nil, false)
}

// Remove makes Wait no longer report a descriptor, which must be open.
func (p *kqueuePoller) Remove(fd uintptr, id uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.entries[fd]
	if e.id != id || e.tag == 0 || p.closed {
		return
	}
	filters, n := p.kind.filters(e.have)
	for _, f := range filters[:n] {
		p.remove(fd, f)
	}
	if p.urgent != nil {
		p.urgent.Remove(fd, urgentID(fd, e.tag))
	}
	delete(p.entries, fd)
}

// Wait waits for a descriptor to be ready, or for Wake. If block is false, it
// does not wait. It returns the number of elements of ready that it has filled.
// After Close it returns an error. Only one goroutine at a time may call it.
func (p *kqueuePoller) Wait(ready []Ready, block bool) (int, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return 0, os.ErrClosed
	}
	p.waiting = true
	p.mu.Unlock()
	// No more than ready can hold, because an event is reported once.
	n, err := p.queue.kevent(nil, p.events[:min(len(ready), MaxReady)], block)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = false
	switch {
	case p.closed:
		p.free()
		return 0, os.ErrClosed
	case err != nil && !IsInterrupted(err):
		return 0, os.NewSyscallError("kevent", err)
	case err != nil:
		n = 0
	}
	return p.collect(ready, p.events[:n]), nil
}

// collect fills ready and returns the number of elements filled.
func (p *kqueuePoller) collect(ready []Ready, events []kevent) int {
	p.fired = p.fired[:0]
	for _, ev := range events {
		e, ok := p.entries[ev.Ident]
		switch {
		case ev.Flags&evError != 0: // closed just now
		case ev.Ident == p.waker.fd():
			p.waker.drain()
		case !ok || uintptr(e.tag) != ev.Udata: // removed, or closed and reused
		case !e.armed:
			p.remove(ev.Ident, ev.Filter) // so that it causes no wake-up until Set
		default:
			p.report(ready, ev.Ident, e, p.meaning(ev, e.want))
		}
	}
	p.collectUrgent(ready)
	for _, fd := range p.fired {
		e := p.entries[fd]
		e.armed, e.slot = false, 0
		p.entries[fd] = e
	}
	return len(p.fired)
}

// report adds the events of an entry to ready.
func (p *kqueuePoller) report(ready []Ready, fd uintptr, e kqueueEntry, got Events) {
	switch {
	case got == 0:
	case e.slot > 0:
		ready[e.slot-1].Events |= got
	default:
		ready[len(p.fired)] = Ready{e.id, got}
		p.fired = append(p.fired, fd)
		e.slot = len(p.fired)
		p.entries[fd] = e
	}
}

// meaning returns the events to report for ev.
//
// It uses the descriptor number, which may have been closed and reused. A
// spurious event is harmless, because the owner checks again, and the new
// descriptor has its own events.
func (p *kqueuePoller) meaning(ev kevent, want Events) Events {
	s := p.kind.add(kqueueState{}, ev)
	if s.urgent && !p.kind.isUrgent(p.kernel, ev.Ident) {
		return 0
	}
	ended := s.readEnded || s.writeEnded
	got := s.events(want)
	if ended && got&(PeerClosed|Broken) == 0 && !p.kernel.isConnected(ev.Ident) {
		got |= PeerClosed // both directions have ended, which is always reported
	}
	return got
}

// Wake makes Wait return, now or when it is called next.
func (p *kqueuePoller) Wake() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.waker.wake()
	}
}

// Close unblocks Wait and frees the Poller's own descriptors.
func (p *kqueuePoller) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return os.ErrClosed
	}
	p.closed = true
	if p.urgent != nil {
		p.urgent.Close()
	}
	if p.waiting {
		p.waker.wake() // Wait frees the rest
	} else {
		p.free()
	}
	return nil
}

func (p *kqueuePoller) free() {
	p.queue.close()
	p.waker.close()
}

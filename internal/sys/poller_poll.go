// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build aix || darwin || dragonfly || freebsd || netbsd || openbsd || solaris || windows || (linux && streamsock_poll)

package sys

import (
	"os"
	"sync"
)

// A Poller waits for any number of descriptors at once. It is one call of
// poll(2), which takes a thread while it lasts.
//
// Poll(2) is what all these systems have: the event EVFILT_EXCEPT, by which
// some kqueues tell of urgent data, freebsd and netbsd lack. On Linux the build
// tag streamsock_poll takes this Poller, so that it can be tested there.
type Poller struct {
	mu      sync.Mutex
	entries map[uintptr]entry
	waiting bool // in Wait
	closed  bool
	waker   *waker

	fds []pollFD // of Wait
	ids []uint64
}

type entry struct {
	id   uint64
	want Events
	once bool
}

// NewPoller returns a Poller without descriptors.
func NewPoller() (*Poller, error) {
	w, err := newWaker()
	if err != nil {
		return nil, err
	}
	return &Poller{entries: make(map[uintptr]entry), waker: w}, nil
}

// Set has Wait tell the events of a descriptor, with the id: once, or whenever
// they hold. What Set said of the descriptor before no longer counts.
func (p *Poller) Set(fd uintptr, id uint64, want Events, once bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return os.ErrClosed
	}
	p.entries[fd] = entry{id, want, once}
	p.waker.wake()
	return nil
}

// Remove has Wait tell no more of a descriptor.
func (p *Poller) Remove(fd uintptr) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.entries, fd)
	if !p.closed {
		p.waker.wake()
	}
}

// Wait waits for a descriptor to be ready, or for Wake, or if block is false
// for nothing. It returns how many of ready it has filled. After Close it
// answers an error. Only one goroutine at a time may call it.
func (p *Poller) Wait(ready []Ready, block bool) (int, error) {
	if err := p.begin(); err != nil {
		return 0, err
	}
	timeout := 0
	if block {
		timeout = -1
	}
	_, err := poll(p.fds, timeout)
	return p.end(ready, err)
}

// begin lists the descriptors.
func (p *Poller) begin() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return os.ErrClosed
	}
	p.waiting = true
	p.fds, p.ids = append(p.fds[:0], pollEntry(p.waker.fd(), Readable)), append(p.ids[:0], 0)
	for fd, e := range p.entries {
		p.fds, p.ids = append(p.fds, pollEntry(fd, e.want)), append(p.ids, e.id)
	}
	return nil
}

// end tells those that are ready.
func (p *Poller) end(ready []Ready, err error) (n int, _ error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = false
	switch {
	case p.closed:
		p.waker.close()
		return 0, os.ErrClosed
	case err != nil && !IsInterrupted(err):
		return 0, os.NewSyscallError("poll", err)
	case err != nil:
		return 0, nil
	}
	for i := range p.fds {
		fd, events := pollAnswer(p.fds[i])
		if events == 0 {
			continue
		}
		if i == 0 {
			p.waker.drain()
			continue
		}
		e, ok := p.entries[fd]
		if !ok || e.id != p.ids[i] || n == len(ready) {
			continue
		}
		ready[n] = Ready{e.id, events}
		n++
		if e.once {
			delete(p.entries, fd)
		}
	}
	return n, nil
}

// Wake has Wait return, now or when it is called next.
func (p *Poller) Wake() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.waker.wake()
	}
}

// Close ends Wait and frees the Poller's own descriptors.
func (p *Poller) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return os.ErrClosed
	}
	p.closed = true
	if p.waiting {
		p.waker.wake() // Wait does the rest
	} else {
		p.waker.close()
	}
	return nil
}

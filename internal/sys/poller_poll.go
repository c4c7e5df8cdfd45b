// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package sys

import (
	"os"
	"sync"
)

// A pollPoller waits for any number of descriptors with one call of poll(2),
// which occupies a thread.
type pollPoller struct {
	poll func(fds []pollFD, timeout int) (int, error)

	mu      sync.Mutex
	entries map[uint64]entry // by id
	waiting bool             // in Wait
	closed  bool
	waker   pollWaker

	fds []pollFD // of Wait
	ids []uint64
}

type entry struct {
	fd   uintptr
	want Events
}

// A pollWaker ends a call of poll(2).
type pollWaker interface {
	fd() uintptr // made readable by wake
	wake()
	drain()
	close()
}

func newPollPoller(w pollWaker, poll func(fds []pollFD, timeout int) (int, error)) *pollPoller {
	return &pollPoller{poll: poll, entries: make(map[uint64]entry), waker: w}
}

// Set makes Wait report the events of a descriptor once, with the id, replacing
// an earlier Set of the id.
func (p *pollPoller) Set(fd uintptr, id uint64, want Events) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return os.ErrClosed
	}
	p.entries[id] = entry{fd, want}
	p.waker.wake()
	return nil
}

// Remove makes Wait no longer report a descriptor.
func (p *pollPoller) Remove(fd uintptr, id uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.entries, id)
	if !p.closed {
		p.waker.wake()
	}
}

// Wait waits for a descriptor to be ready, or for Wake. If block is false, it
// does not wait. It returns the number of elements of ready that it has filled.
// After Close it returns an error. Only one goroutine at a time may call it.
func (p *pollPoller) Wait(ready []Ready, block bool) (int, error) {
	if err := p.begin(); err != nil {
		return 0, err
	}
	timeout := 0
	if block {
		timeout = -1
	}
	_, err := p.poll(p.fds, timeout)
	return p.end(ready, err)
}

// begin lists the descriptors.
func (p *pollPoller) begin() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return os.ErrClosed
	}
	p.waiting = true
	p.fds, p.ids = append(p.fds[:0], pollEntry(p.waker.fd(), Readable)), append(p.ids[:0], 0)
	for id, e := range p.entries {
		p.fds, p.ids = append(p.fds, pollEntry(e.fd, e.want)), append(p.ids, id)
	}
	return nil
}

// end reports the ready descriptors.
func (p *pollPoller) end(ready []Ready, err error) (n int, _ error) {
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
		events := pollAnswer(p.fds[i])
		if events == 0 {
			continue
		}
		if i == 0 {
			p.waker.drain()
			continue
		}
		id := p.ids[i]
		if _, ok := p.entries[id]; !ok || n == len(ready) {
			continue
		}
		ready[n] = Ready{id, events}
		n++
		delete(p.entries, id)
	}
	return n, nil
}

// Wake makes Wait return, now or when it is called next.
func (p *pollPoller) Wake() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.waker.wake()
	}
}

// Close unblocks Wait and frees the Poller's own descriptors.
func (p *pollPoller) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return os.ErrClosed
	}
	p.closed = true
	if p.waiting {
		p.waker.wake() // Wait frees the rest
	} else {
		p.waker.close()
	}
	return nil
}

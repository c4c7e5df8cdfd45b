// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package kqmodel

import (
	"slices"
	"sync"
	"syscall"
	"time"
)

// A Kernel contains the descriptors of a process.
type Kernel struct {
	System System // the system whose rules apply

	mu      sync.Mutex
	changed sync.Cond // something may have happened
	asleep  sync.Cond // a call has found nothing
	changes int       // count of the former
	seen    int       // the changes that the call has seen
	files   map[uintptr]File
	queues  []*Queue
}

// New returns a Kernel without descriptors.
func New(s System) *Kernel {
	k := &Kernel{System: s, files: make(map[uintptr]File), seen: -1}
	k.changed.L, k.asleep.L = &k.mu, &k.mu
	return k
}

// notify wakes the calls that wait.
func (k *Kernel) notify() {
	k.changes++
	k.changed.Broadcast()
}

// sleep waits for a change.
func (k *Kernel) sleep() {
	k.seen = k.changes
	k.asleep.Broadcast()
	k.changed.Wait()
}

// AwaitSleep waits until a call waits that has seen all changes.
func (k *Kernel) AwaitSleep() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for k.seen != k.changes {
		k.asleep.Wait()
	}
}

// A File is the object of a descriptor.
type File interface {
	// State returns the state of the file. It is called with the Kernel locked.
	State() State
}

// A State is the state that the filters examine.
type State struct {
	Closed bool // the number no longer refers to the file

	Pipe      bool // read end of a pipe, of which only Bytes counts
	Bytes     int  // sb_cc of the receive buffer
	Lowat     int  // sb_lowat
	Size      int  // sb_hiwat
	OOBMark   int  // so_oobmark: bytes to read before the mark
	AtMark    bool // SS_RCVATMARK
	ReadDone  bool // SS_CANTRCVMORE
	WriteDone bool // SS_CANTSENDMORE
	Connected bool // SS_ISCONNECTED
	Err       int  // so_error
	Room      int  // sbspace of the send buffer
	SendLowat int  // sb_lowat of the send buffer
}

func (s State) urgent() bool { return s.OOBMark > 0 || s.AtMark }

// Open assigns the lowest free number from 3 to the file, as all systems do.
func (k *Kernel) Open(f File) uintptr {
	k.mu.Lock()
	defer k.mu.Unlock()
	fd := uintptr(3)
	for k.files[fd] != nil {
		fd++
	}
	k.files[fd] = f
	return fd
}

// OpenAt assigns a free number to the file.
func (k *Kernel) OpenAt(fd uintptr, f File) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.files[fd] = f
}

// Close frees a number, and drops its knotes in all queues, without an event: XNU,
// knote_fdclose, bsd/kern/kern_event.c:6701; the BSDs, knote_fdclose. Poll(2) of a number
// that is closed meanwhile sleeps on.
func (k *Kernel) Close(fd uintptr) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.close(fd)
}

func (k *Kernel) close(fd uintptr) {
	delete(k.files, fd)
	for _, q := range k.queues {
		q.notes = slices.DeleteFunc(q.notes, func(n *knote) bool { return n.Ident == fd })
	}
}

// Post activates the knotes of a file that something has happened to, if their events
// occur: the macro KNOTE of all systems.
func (k *Kernel) Post(fd uintptr) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.post(fd)
}

func (k *Kernel) post(fd uintptr) {
	for _, q := range k.queues {
		for _, n := range q.notes {
			if n.Ident == fd && k.fires(n) {
				q.activate(n)
			}
		}
	}
	k.notify()
}

// A Pipe is the read end of a pipe.
type Pipe struct {
	k  *Kernel
	fd uintptr
	n  int
}

// NewPipe opens a pipe.
func (k *Kernel) NewPipe() *Pipe {
	p := &Pipe{k: k}
	p.fd = k.Open(p)
	return p
}

// FD returns the descriptor number.
func (p *Pipe) FD() uintptr { return p.fd }

// State returns the state of p.
func (p *Pipe) State() State { return State{Pipe: true, Bytes: p.n} }

// Write writes a byte.
func (p *Pipe) Write() {
	p.k.mu.Lock()
	defer p.k.mu.Unlock()
	p.n++
	p.k.post(p.fd)
}

// Drain reads all available data.
func (p *Pipe) Drain() {
	p.k.mu.Lock()
	defer p.k.mu.Unlock()
	p.n = 0
}

// Poll is poll(2). The timeout is in milliseconds, or -1.
func (k *Kernel) Poll(fds []PollFD, timeout int) (int, error) {
	if k.System.PollMax > 0 && len(fds) > k.System.PollMax {
		return 0, syscall.EINVAL
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if timeout > 0 {
		defer time.AfterFunc(time.Duration(timeout)*time.Millisecond, func() {
			k.mu.Lock()
			defer k.mu.Unlock()
			k.notify()
		}).Stop()
	}
	deadline := time.Now().Add(time.Duration(timeout) * time.Millisecond)
	look := k.lookAll
	if k.System.PollByKnotes {
		q := k.newQueue()
		defer k.free(q)
		if n := k.pollRegister(q, fds); n > 0 {
			return n, nil
		}
		look = func(fds []PollFD) int { return k.pollScan(q, fds) }
	}
	for {
		n := look(fds)
		if n > 0 || timeout == 0 || timeout > 0 && !time.Now().Before(deadline) {
			return n, nil
		}
		k.sleep()
	}
}

// lookAll fills the results of poll(2) of the BSDs and returns how many are not zero.
func (k *Kernel) lookAll(fds []PollFD) (n int) {
	for i := range fds {
		p := &fds[i]
		p.Revents = PollNval
		if f := k.files[p.FD]; f != nil {
			p.Revents = sopoll(f.State(), p.Events)
		}
		if p.Revents != 0 {
			n++
		}
	}
	return n
}

// sopoll is sopoll_generic of FreeBSD. Those of NetBSD (without POLLHUP in the revision
// that was read), OpenBSD and DragonFly (by knotes, assumed to be the same) are only
// asked for urgent data here, or not at all.
func sopoll(s State, events int16) (revents int16) {
	readable := s.Bytes >= max(s.Lowat, 1) || s.Err != 0 || s.ReadDone
	if s.Pipe {
		readable = s.Bytes > 0
	}
	if readable {
		revents |= events & PollIn
	}
	if !s.Pipe && canWrite(s) {
		revents |= events & PollOut
	}
	if s.urgent() {
		revents |= events & PollPri
	}
	if s.ReadDone && s.WriteDone {
		revents |= PollHup
	}
	return revents
}

func canWrite(s State) bool {
	return s.WriteDone || s.Err != 0 || s.Connected && s.Room > 0 && s.Room >= s.SendLowat
}

// pollRegister makes a one-shot knote for each requested event: XNU,
// poll_nocancel, bsd/kern/sys_generic.c:1750. No word, no knote. It returns how
// many descriptors are not open.
func (k *Kernel) pollRegister(q *Queue, fds []PollFD) (bad int) {
	for i := range fds {
		p := &fds[i]
		p.Revents = 0
		for _, x := range [...]struct {
			words  int16
			filter int32
		}{{PollIn | PollPri | PollHup, k.System.Read}, {PollOut, k.System.Write}} {
			if p.Events&x.words == 0 || p.Revents != 0 {
				continue
			}
			err := k.register(q, Event{Ident: p.FD, Filter: x.filter, Flags: Add | Oneshot, Udata: uintptr(i)})
			if err != 0 {
				p.Revents = PollNval
				bad++
			}
		}
	}
	return bad
}

// pollScan is poll_callback of XNU, bsd/kern/sys_generic.c:1850. A knote whose
// event was not requested is dropped too.
func (k *Kernel) pollScan(q *Queue, fds []PollFD) (n int) {
	for _, e := range k.scan(q, len(q.notes)) {
		p := &fds[e.Udata]
		before := p.Revents
		if e.Flags&EOF != 0 {
			p.Revents |= PollHup
		}
		switch {
		case e.Filter == k.System.Read && p.Revents&PollHup != 0:
			p.Revents |= p.Events & (PollIn | PollPri) // :1869
		case e.Filter == k.System.Read:
			p.Revents |= p.Events & PollIn // EV_OOBAND is never set: :6612 of uipc_socket.c
		case p.Revents&PollHup == 0:
			p.Revents |= p.Events & PollOut
		}
		if before == 0 && p.Revents != 0 {
			n++
		}
	}
	return n
}

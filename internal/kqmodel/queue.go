// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package kqmodel

import (
	"slices"
	"syscall"
)

// A Queue is a kqueue.
type Queue struct {
	k      *Kernel
	notes  []*knote
	active []*knote // in the order in which they became active
	closed bool
}

// A knote is one registration.
type knote struct {
	Event   // Flags and Fflags are those that will be reported
	sfflags uint32
	sdata   int64
}

// Queue opens a queue.
func (k *Kernel) Queue() *Queue {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.newQueue()
}

func (k *Kernel) newQueue() *Queue {
	q := &Queue{k: k}
	k.queues = append(k.queues, q)
	return q
}

// Close closes the queue.
func (q *Queue) Close() {
	q.k.mu.Lock()
	defer q.k.mu.Unlock()
	q.closed = true
	q.k.free(q)
}

func (k *Kernel) free(q *Queue) {
	k.queues = slices.DeleteFunc(k.queues, func(o *Queue) bool { return o == q })
	k.notify()
}

// Queues returns the number of open queues.
func (k *Kernel) Queues() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.queues)
}

// Knotes returns the number of registrations of a descriptor in the queues.
func (k *Kernel) Knotes(fd uintptr) (n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, q := range k.queues {
		for _, note := range q.notes {
			if note.Ident == fd {
				n++
			}
		}
	}
	return n
}

// Kevent is kevent(2): it makes the changes, and then fills events, for which it waits if
// block is true. An error of a change is an event if there is room, otherwise it is
// returned and ends the call: XNU, kevent_internal, bsd/kern/kern_event.c:8126; the
// same on the BSDs, see kevent(2).
func (q *Queue) Kevent(changes, events []Event, block bool) (n int, err error) {
	q.k.mu.Lock()
	defer q.k.mu.Unlock()
	for _, c := range changes {
		errno := q.k.register(q, c)
		switch {
		case errno == 0:
		case n < len(events):
			c.Flags, c.Data = c.Flags|Error, int64(errno)
			events[n] = c
			n++
		default:
			return 0, errno
		}
	}
	if len(events) == 0 {
		return 0, nil
	}
	for {
		if q.closed {
			return 0, syscall.EBADF
		}
		n += copy(events[n:], q.k.scan(q, len(events)-n))
		if n > 0 || !block {
			return n, nil
		}
		q.k.sleep()
	}
}

// register makes a change. Adding an existing knote changes its low-water mark
// and its udata, but no flag, and checks again whether the event occurs: XNU,
// kevent_register, bsd/kern/kern_event.c:4222, and filt_sortouch; FreeBSD,
// NetBSD and DragonFly, kqueue_register; OpenBSD, filt_sormodify and the like.
func (k *Kernel) register(q *Queue, c Event) syscall.Errno {
	f := k.files[c.Ident]
	if f != nil && f.State().Closed {
		k.close(c.Ident)
		f = nil
	}
	i := slices.IndexFunc(q.notes, func(n *knote) bool { return n.Ident == c.Ident && n.Filter == c.Filter })
	switch {
	case c.Flags&Delete != 0 && i < 0:
		return syscall.ENOENT
	case c.Flags&Delete != 0:
		q.drop(q.notes[i])
		return 0
	case f == nil:
		return syscall.EBADF
	case !k.fits(c.Filter, f.State()):
		return syscall.EINVAL
	}
	if i < 0 {
		n := &knote{Event: c}
		n.Fflags = 0
		q.notes = append(q.notes, n)
		i = len(q.notes) - 1
	}
	n := q.notes[i]
	n.Udata, n.sfflags, n.sdata = c.Udata, c.Fflags, c.Data
	if k.fires(n) {
		q.activate(n)
	}
	return 0
}

// fits reports whether the file has such a filter.
func (k *Kernel) fits(filter int32, s State) bool {
	switch {
	case filter == k.System.Read:
		return true
	case filter == k.System.Write:
		return !s.Pipe
	}
	return k.System.OOB != 0 && filter == k.System.Except && !s.Pipe
}

func (q *Queue) drop(n *knote) {
	same := func(o *knote) bool { return o == n }
	q.notes = slices.DeleteFunc(q.notes, same)
	q.active = slices.DeleteFunc(q.active, same)
}

func (q *Queue) activate(n *knote) {
	if !slices.Contains(q.active, n) {
		q.active = append(q.active, n)
	}
	q.k.notify()
}

// scan takes up to max events that still occur: XNU, knote_process,
// bsd/kern/kern_event.c:4309; the BSDs, kqueue_scan. What is neither one-shot nor
// cleared stays active.
func (k *Kernel) scan(q *Queue, max int) (events []Event) {
	active := q.active
	q.active = nil
	for i, n := range active {
		if len(events) == max {
			q.active = append(active[i:], q.active...)
			break
		}
		if !slices.Contains(q.notes, n) || !k.fires(n) {
			continue
		}
		e := n.Event
		e.Flags &^= Add
		events = append(events, e)
		switch {
		case n.Flags&Oneshot != 0:
			q.drop(n)
		case n.Flags&Clear != 0:
			n.Fflags = 0 // and EV_EOF stays
		default:
			q.active = append(q.active, n)
		}
	}
	return events
}

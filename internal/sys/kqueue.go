// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package sys

import "math"

// This file is not only for the systems with kqueue(2), and has its own
// constants, so that the choice of filters and the meaning of events are tested
// on every Unix system, on a model of the kernels.

// A kevent is a struct kevent: a change of a queue, or an event.
type kevent struct {
	Ident  uintptr // the descriptor
	Filter int32
	Flags  uint32
	Fflags uint32
	Data   int64
	Udata  uintptr
}

// Numbers that are the same on all systems, sys/event.h.
const (
	evAdd     = 0x1
	evDelete  = 0x2
	evClear   = 0x20
	evError   = 0x4000
	evEOF     = 0x8000
	noteLowat = 0x1
)

// Numbers that differ. FreeBSD and NetBSD have no event for urgent data.
const (
	darwinRead      = -1
	darwinWrite     = -2
	darwinExcept    = -15
	darwinOOB       = 0x2
	dragonflyRead   = -1
	dragonflyWrite  = -2
	dragonflyExcept = -8
	dragonflyOOB    = 0x2
	freebsdRead     = -1
	freebsdWrite    = -2
	netbsdRead      = 0
	netbsdWrite     = 1
	openbsdRead     = -1
	openbsdWrite    = -2
	openbsdExcept   = -9
	openbsdOOB      = 0x4
)

// A kqueueKind contains the numbers of a system.
type kqueueKind struct {
	read, write int32  // EVFILT_READ, EVFILT_WRITE
	except      int32  // EVFILT_EXCEPT
	oob         uint32 // NOTE_OOB, or 0 if there is no event for urgent data

	// peekForgets reports that the kernel forgets the out-of-band mark if the
	// urgent byte is peeked at there, after which the byte cannot be received:
	// see tcp_usr_rcvoob in bsd/netinet/tcp_usrreq.c of XNU.
	peekForgets bool
}

var (
	kqueueDarwin    = kqueueKind{darwinRead, darwinWrite, darwinExcept, darwinOOB, true}
	kqueueDragonfly = kqueueKind{dragonflyRead, dragonflyWrite, dragonflyExcept, dragonflyOOB, false}
	kqueueFreeBSD   = kqueueKind{read: freebsdRead, write: freebsdWrite}
	kqueueNetBSD    = kqueueKind{read: netbsdRead, write: netbsdWrite}
	kqueueOpenBSD   = kqueueKind{openbsdRead, openbsdWrite, openbsdExcept, openbsdOOB, false}
)

// hasUrgent reports whether the system has an event for urgent data.
func (k *kqueueKind) hasUrgent() bool { return k.oob != 0 }

// never is a low-water mark that no receive buffer reaches, except on macOS,
// which takes the size of the buffer for it: the event then occurs when the
// buffer is full.
const never = math.MaxInt32

// maxFilters is the maximum number of filters of a descriptor.
const maxFilters = 3

// filters returns the filters that report the events: always including the one
// that reports the end and an error, because poll(2) always reports these.
func (k *kqueueKind) filters(want Events) (list [maxFilters]int32, n int) {
	list[0], n = k.read, 1
	if want&Writable != 0 {
		list[n] = k.write
		n++
	}
	if want&Urgent != 0 && k.hasUrgent() {
		list[n] = k.except
		n++
	}
	return list, n
}

// appendAdd appends the changes that make a queue report the events of a descriptor.
//
// Each is reported when it occurs and if it has occurred already, and then
// again only after the next change or arrival (EV_CLEAR). Thus an unwanted
// event, such as that of a full buffer, can be ignored and does not occur again
// immediately.
func (k *kqueueKind) appendAdd(list []kevent, fd uintptr, want Events, udata uintptr) []kevent {
	filters, n := k.filters(want)
	for _, filter := range filters[:n] {
		e := kevent{Ident: fd, Filter: filter, Flags: evAdd | evClear, Udata: udata}
		switch {
		case filter == k.read && want&Readable == 0:
			e.Fflags, e.Data = noteLowat, never
		case k.isExcept(filter):
			// Without a low-water mark, macOS reports ordinary data too.
			e.Fflags, e.Data = noteLowat|k.oob, never
		}
		list = append(list, e)
	}
	return list
}

func (k *kqueueKind) isExcept(filter int32) bool { return k.hasUrgent() && filter == k.except }

// A kqueueState is the state of a descriptor, as its events report it.
type kqueueState struct {
	readable, writable bool
	readEnded          bool // by the peer's FIN, or by a shutdown of this side
	writeEnded         bool // by a shutdown of this side
	urgent             bool // the urgent byte may have been received already
	err                int  // the errno that the next read returns
}

// add adds an event.
func (k *kqueueKind) add(s kqueueState, e kevent) kqueueState {
	ended := e.Flags&evEOF != 0
	switch {
	case k.isExcept(e.Filter):
		// EV_EOF stays set. With it, the other flags may be an errno, and the
		// errno of a reset contains the bit too.
		s.urgent = s.urgent || e.Fflags&k.oob != 0 && (!ended || e.Fflags == k.oob)
		return s
	case e.Filter == k.read:
		s.readable = true
		s.readEnded = s.readEnded || ended
	case e.Filter == k.write:
		s.writable = true
		s.writeEnded = s.writeEnded || ended
	}
	if ended && e.Fflags != 0 {
		s.err = int(e.Fflags)
	}
	return s
}

// events returns the wanted events of the state, and those that are always
// reported. It is complete if the filters for Readable and Writable were used.
func (s kqueueState) events(want Events) Events {
	e := s.some() & want
	if s.readEnded && s.writeEnded {
		e |= PeerClosed
	}
	if s.err != 0 {
		e |= Broken
	}
	return e
}

func (s kqueueState) some() (e Events) {
	for _, x := range [...]struct {
		is    bool
		event Events
	}{{s.readable, Readable}, {s.writable, Writable}, {s.urgent, Urgent}, {s.readEnded, PeerClosed}} {
		if x.is {
			e |= x.event
		}
	}
	return e
}

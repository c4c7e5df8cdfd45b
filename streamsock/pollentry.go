// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"iter"
	"sync"
	"syscall"

	"example.com/streamsock/internal/sys"
)

// pollEntries are the descriptors of a Poller: those of a [PollSet], and those
// for which goroutines are blocked in [Conn.Wait]. The owner's mutex guards
// them.
//
// A descriptor number does not identify a socket, because it is reused after
// the socket was closed, which can happen unnoticed. Therefore every entry has
// its own id, with a counter in its upper half and the number in its lower
// half. Events with an unknown id are ignored, and an entry is used for a
// number only if one of its members proves that the descriptor is still open.
type pollEntries struct {
	poller *sys.Poller
	byFD   map[uint32]*pollEntry
	last   uint32
	lost   func(*pollMember) // called when a member was found closed, or nil

	visit func(fd uintptr) // bound method value do
	now   pollVisit
	poll  sys.Poll
}

// A pollVisit is an operation on the descriptor of a member.
type pollVisit struct {
	m    *pollMember
	call pollCall
	fd   uintptr
	got  sys.Events // of confirm
	err  error
}

// A pollEntry is one descriptor.
type pollEntry struct {
	id    uint64
	first *pollMember // several if Wrap was called more than once, or if several goroutines wait
}

// A pollMember waits for events of a descriptor: a connection in a [PollSet], or
// a goroutine blocked in [Conn.Wait].
type pollMember struct {
	conn syscall.Conn // also keeps the connection reachable, which a finalizer would close
	raw  syscall.RawConn
	interest
	data  any
	next  *pollMember   // of the entry
	entry *pollEntry    // nil before arm, and after the descriptor was found closed
	woken chan struct{} // of a goroutine: buffered
}

// An interest is what a pollMember waits for.
type interest struct {
	want     sys.Events
	oneshot  bool // to be disarmed once reported
	disarmed bool
}

// events returns the events that the user has requested.
func (i interest) events() Events {
	e := Events(i.want)
	if i.oneshot {
		e |= Oneshot
	}
	return e
}

// A pollCall is the purpose of a pollVisit.
type pollCall uint8

const (
	noteFD pollCall = iota
	armEntry
	rearmEntry
	removeEntry
	askEvents
	askInput
)

var pollEntryPool = sync.Pool{New: func() any { return new(pollEntry) }}

func (p *pollEntries) init(poller *sys.Poller) {
	*p = pollEntries{poller: poller, byFD: make(map[uint32]*pollEntry)}
	p.visit = p.do
}

// wake wakes the goroutine, if m belongs to one.
func (m *pollMember) wake() {
	select {
	case m.woken <- struct{}{}:
	default: // it is awake, or m is in a PollSet
	}
}

// do runs inside [syscall.RawConn.Control], so that the number cannot be reused
// meanwhile.
func (p *pollEntries) do(fd uintptr) {
	m := p.now.m
	p.now.fd = fd
	switch e := m.entry; p.now.call {
	case armEntry:
		err := p.armAt(fd, m) // which may visit another member
		p.now.err = err
	case rearmEntry:
		p.now.err = p.poller.Set(fd, e.id, e.want())
	case removeEntry:
		p.poller.Remove(fd, e.id)
	case askEvents:
		p.now.got, p.now.err = p.poll.Ask(fd, m.want)
	case askInput:
		if !sys.HasInput(fd) {
			p.now.got &^= sys.Readable
		}
	}
	if p.now.got&sys.Urgent != 0 {
		if c := pollableOf(m.conn); c != nil {
			p.now.got = c.urgent.Check(fd, p.now.got, m.want)
		}
	}
}

// control runs the call on the member's descriptor.
func (p *pollEntries) control(m *pollMember, call pollCall) error {
	_, err := p.run(pollVisit{m: m, call: call})
	return err
}

func (p *pollEntries) run(v pollVisit) (pollVisit, error) {
	before := p.now
	p.now = v
	err := v.m.raw.Control(p.visit)
	v, p.now = p.now, before
	return v, firstOf(err, v.err)
}

// arm makes the Poller report, once, when an event of m occurs, and adds m if it
// is not among the entries.
func (p *pollEntries) arm(m *pollMember) error { return p.control(m, armEntry) }

func (p *pollEntries) armAt(fd uintptr, m *pollMember) error {
	e, added := m.entry, false
	if e == nil {
		e, added = p.entryOf(fd), true
		m.next, e.first = e.first, m
	}
	if err := p.poller.Set(fd, e.id, e.want()); err != nil {
		if added {
			e.first, m.next = m.next, nil
			p.forgetEmpty(e)
		}
		return err
	}
	m.entry = e
	return nil
}

// entryOf returns the entry of the open descriptor fd, a new one if necessary.
func (p *pollEntries) entryOf(fd uintptr) *pollEntry {
	if e := p.byFD[uint32(fd)]; e != nil {
		if v, err := p.run(pollVisit{m: e.first, call: noteFD}); err == nil && v.fd == fd {
			return e
		}
		p.retire(e)
	}
	p.last++
	e := pollEntryPool.Get().(*pollEntry)
	e.id = uint64(p.last)<<32 | uint64(uint32(fd))
	p.byFD[uint32(fd)] = e
	return e
}

// of returns the entry with the id, or nil.
func (p *pollEntries) of(id uint64) *pollEntry {
	if e := p.byFD[uint32(id)]; e != nil && e.id == id {
		return e
	}
	return nil
}

// rearm makes the Poller report the events of e again. On failure, such as that
// of a closed descriptor, it retires e.
func (p *pollEntries) rearm(e *pollEntry) {
	if p.control(e.first, rearmEntry) != nil {
		p.retire(e)
	}
}

// remove removes a member.
func (p *pollEntries) remove(m *pollMember) {
	e := m.entry
	if e == nil {
		return
	}
	if e.first == m && m.next == nil {
		_ = p.control(m, removeEntry) // unless it is closed
	}
	m.entry = nil
	for at := &e.first; *at != nil; at = &(*at).next {
		if *at == m {
			*at, m.next = m.next, nil
			break
		}
	}
	p.forgetEmpty(e)
}

// retire removes an entry whose descriptor was closed unnoticed. A goroutine
// that waits for it is woken and finds out why.
func (p *pollEntries) retire(e *pollEntry) {
	for m := range e.members() {
		m.entry, m.next = nil, nil
		m.wake()
		if p.lost != nil {
			p.lost(m)
		}
	}
	e.first = nil
	p.forgetEmpty(e)
}

// confirm returns which of the reported events m has. It polls for them again,
// because the end of the stream and Readable can be reported falsely, and any
// event may have passed. A closed connection has none.
func (p *pollEntries) confirm(m *pollMember, got sys.Events) Events {
	call := noteFD
	switch {
	case got&(sys.PeerClosed|sys.Broken) != 0, sys.ReportsPast:
		call = askEvents
	case got&sys.Readable != 0:
		call = askInput
	}
	v, err := p.run(pollVisit{m: m, call: call, got: got})
	if err != nil {
		return 0
	}
	return events(v.got, Events(m.want))
}

func (p *pollEntries) forgetEmpty(e *pollEntry) {
	if e.first != nil {
		return
	}
	delete(p.byFD, uint32(e.id))
	pollEntryPool.Put(e)
}

// want returns the events of all members.
func (e *pollEntry) want() (want sys.Events) {
	for m := range e.members() {
		if !m.disarmed {
			want |= m.want
		}
	}
	return want
}

// disarmed reports whether all members are disarmed.
func (e *pollEntry) disarmed() bool {
	for m := range e.members() {
		if !m.disarmed {
			return false
		}
	}
	return true
}

// members returns the members. The current one may be removed during the
// iteration.
func (e *pollEntry) members() iter.Seq[*pollMember] {
	return func(yield func(*pollMember) bool) {
		for m := e.first; m != nil; {
			next := m.next
			if !yield(m) {
				return
			}
			m = next
		}
	}
}

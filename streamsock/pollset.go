// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"errors"
	"iter"
	"net"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
)

// A PollSet waits for any number of sockets. With it, one goroutine can serve
// many connections that are idle most of the time, without a goroutine and a
// buffer for each.
//
// A member may be a *[Conn], *[UnixConn], *[TimeoutConn], *[Listener],
// *[Socket], *[net.TCPConn], *[net.UnixConn], *[net.TCPListener] or
// *[net.UnixListener], or any other value with a SyscallConn method and a
// descriptor that the system can poll. A listener is Readable when a connection
// waits to be accepted, and a Socket is Writable when its attempt to connect
// has ended. Members are identified by their value, not by their descriptor: a
// Conn and its TCPConn are two members.
//
// A PollSet is level-triggered: Poll reports a member as long as it is ready.
// It ignores the deadlines of connections. Multiple goroutines may invoke
// methods on a PollSet simultaneously; concurrent calls of Poll are serialized.
//
// On Linux, a PollSet is an epoll(7) set: it has one descriptor and needs no
// thread, and the cost of Poll depends on the number of ready connections, not
// on the size of the set. On macOS and the BSDs it is a kqueue(2) with three
// descriptors and the same cost, and a blocked Poll occupies a thread. FreeBSD
// and NetBSD do not report urgent data with kqueue; there, a second thread
// waits by poll(2) for the members with Urgent. On Windows it is a completion
// port, with the same cost, and a blocked Poll occupies a thread. On other
// systems Poll is one call of poll(2), which occupies a thread. On Plan 9, js
// and wasip1, NewPollSet returns an error wrapping [errors.ErrUnsupported].
//
// The zero PollSet is not usable; use [NewPollSet].
type PollSet struct {
	poller *sys.Poller
	woken  atomic.Bool       // by WakeUp
	left   func(*pollMember) // called when a member is about to be closed, or nil

	mu      sync.Mutex
	members map[syscall.Conn]*pollMember
	entries pollEntries
	closed  bool
	again   []uint64  // entries that Poll has reported, to be armed again
	later   []uint64  // and those whose events were not what they seemed
	retry   time.Time // when to arm later

	turn  chan struct{} // has an element while a goroutine is in Poll
	ready [sys.MaxReady]sys.Ready
}

// A Ready is a member that is ready, as returned by [PollSet.Poll].
type Ready struct {
	Conn   *Conn        // the member if it is a *Conn, otherwise nil
	Socket syscall.Conn // the member
	Data   any          // the value attached by [PollSet.Attach]
	Events Events       // the requested events that occurred, and PeerClosed if it is broken
}

// NewPollSet returns an empty PollSet. It must be closed to free its
// descriptors.
func NewPollSet() (*PollSet, error) {
	p, err := sys.NewPoller()
	if err != nil {
		return nil, setError(err)
	}
	s := &PollSet{poller: p, members: make(map[syscall.Conn]*pollMember), turn: make(chan struct{}, 1)}
	s.entries.init(p)
	s.entries.lost = func(m *pollMember) { delete(s.members, m.conn) }
	return s, nil
}

// setError returns err as an error of package net without a connection.
func setError(err error) error { return &net.OpError{Op: "poll", Net: "tcp", Err: err} }

// Add adds the events to those that the set waits for on c, and adds c to the
// set if it is not a member. See [Conn.Wait] for the events and the systems
// that support them. Without events, the set reports c only when it is broken.
// With [Oneshot], it reports c once. If a goroutine is blocked in Poll, it
// waits for the new events too.
//
// A connection, listener or Socket of this package leaves the set when its
// Close method is called. Any other member is no longer reported after it is
// closed, but leaves the set only when the set notices. The same applies to a
// Conn whose embedded TCPConn is closed directly.
//
// If c is not comparable, the error wraps [os.ErrInvalid]. If the system cannot
// poll c, such as a regular file on Linux, it wraps [errors.ErrUnsupported].
func (s *PollSet) Add(c syscall.Conn, e Events) error {
	return s.set(c, e, func(m *pollMember) {
		m.want |= sys.Events(e &^ Oneshot)
		m.oneshot = m.oneshot || e&Oneshot != 0
	})
}

// Update replaces the events that the set waits for on c, and adds c to the set
// if it is not a member. If c was reported with [Oneshot], the set waits for it
// again.
func (s *PollSet) Update(c syscall.Conn, e Events) error {
	return s.set(c, e, func(m *pollMember) {
		m.want, m.oneshot = sys.Events(e&^Oneshot), e&Oneshot != 0
		m.disarmed = false
	})
}

// Drop removes the events from those that the set waits for on c, which stays a
// member. If c is not a member, Drop does nothing.
func (s *PollSet) Drop(c syscall.Conn, e Events) error {
	if !s.Has(c) {
		return nil
	}
	return s.set(c, e, func(m *pollMember) {
		m.want &^= sys.Events(e &^ Oneshot)
		m.oneshot = m.oneshot && e&Oneshot == 0
	})
}

// Attach sets the Data of c in [Ready], replacing the previous value. If c is
// not a member, the error wraps [os.ErrInvalid].
func (s *PollSet) Attach(c syscall.Conn, data any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.member(c)
	if m == nil {
		return pollError(c, errNoMember)
	}
	m.data = data
	return nil
}

func (s *PollSet) set(c syscall.Conn, e Events, change func(*pollMember)) error {
	raw, err := rawOf(c)
	if err != nil {
		return err
	}
	if err = checkEvents(e &^ Oneshot); err == nil && e&Urgent != 0 {
		err = control(raw, checkUrgent)
	}
	arm := func() error { return s.arm(c, raw, change) }
	switch p := pollableOf(c); {
	case err != nil:
	case p != nil:
		err = p.sets.add(membership{s, c}, arm)
	default:
		err = arm()
	}
	if err != nil {
		return pollError(c, err)
	}
	return nil
}

// rawOf returns the raw connection of c, which must be comparable and not nil.
func rawOf(c syscall.Conn) (syscall.RawConn, error) {
	switch {
	case isNil(c):
		return nil, syscall.EINVAL
	case !reflect.ValueOf(c).Comparable():
		return nil, setError(errNotComparable)
	}
	return c.SyscallConn()
}

// pollableOf returns the pollable of a type of this package, or nil.
func pollableOf(c syscall.Conn) *pollable {
	if c, ok := c.(interface{ base() *pollable }); ok {
		return c.base()
	}
	return nil
}

// pollError returns err as an error of an operation on a member.
func pollError(c syscall.Conn, err error) error {
	if c, ok := c.(interface {
		opError(op string, err error) *net.OpError
	}); ok {
		return c.opError("poll", err)
	}
	return neterr.Wrap("poll", c, err)
}

// checkUrgent returns an error if urgent data of the socket is not reported.
func checkUrgent(fd uintptr) error {
	switch {
	case sys.LacksUrgent(fd):
		return errNotUrgent
	case sys.HidesUrgent(fd):
		return errUrgentInline
	}
	return nil
}

// arm makes the set wait for events on c.
func (s *PollSet) arm(c syscall.Conn, raw syscall.RawConn, change func(*pollMember)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return net.ErrClosed
	}
	m := s.members[c]
	if m == nil {
		m = &pollMember{conn: c, raw: raw}
	}
	before := m.interest
	change(m)
	if err := s.entries.arm(m); err != nil {
		m.interest = before
		if err == errors.ErrUnsupported {
			err = errNotPollable
		}
		return err
	}
	s.members[c] = m
	if keptSockets.Load() > 0 {
		s.poller.Wake() // for collectKept
	}
	return nil
}

// Remove removes c from the set. If c is not a member, Remove does nothing. A
// Poll that begins after Remove has returned does not report c.
func (s *PollSet) Remove(c syscall.Conn) {
	if !s.Has(c) {
		return
	}
	if p := pollableOf(c); p != nil {
		p.sets.mu.Lock()
		defer p.sets.mu.Unlock()
		p.sets.list = slices.DeleteFunc(p.sets.list, func(m membership) bool { return m == membership{s, c} })
	}
	s.drop(c)
}

// drop removes a member and returns it.
func (s *PollSet) drop(c syscall.Conn) *pollMember {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.members[c]
	if m != nil {
		delete(s.members, c)
		s.entries.remove(m)
	}
	return m
}

// member returns the member for c, or nil. A value that is not comparable is
// not a member.
func (s *PollSet) member(c syscall.Conn) *pollMember {
	if !reflect.ValueOf(c).Comparable() {
		return nil
	}
	return s.members[c]
}

// Clear removes all members from the set, as [PollSet.Remove] does.
func (s *PollSet) Clear() {
	for c := range s.Members() {
		s.Remove(c)
	}
}

// Members returns an iterator over the members and the events that the set
// waits for on each. It yields the members at the time when the iteration
// begins. The set may be changed during the iteration.
func (s *PollSet) Members() iter.Seq2[syscall.Conn, Events] {
	return func(yield func(syscall.Conn, Events) bool) {
		s.mu.Lock()
		members := make([]Ready, 0, len(s.members))
		for c, m := range s.members {
			members = append(members, Ready{Socket: c, Events: m.events()})
		}
		s.mu.Unlock()
		for _, m := range members {
			if !yield(m.Socket, m.Events) {
				return
			}
		}
	}
}

// Has reports whether c is a member of the set.
func (s *PollSet) Has(c syscall.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.member(c) != nil
}

// Len returns the number of members.
func (s *PollSet) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.members)
}

// Poll waits until at least one member is ready, and returns the ready members,
// about 128 at most. The next Poll begins with those that were left out. The
// slice belongs to the caller; [PollSet.PollInto] reuses one.
//
// Poll returns an empty slice and no error after [PollSet.WakeUp], and an error
// if ctx ends or the set is closed. If ctx has already ended, Poll does not
// block, and returns the error only if no member is ready.
func (s *PollSet) Poll(ctx context.Context) ([]Ready, error) { return s.PollInto(ctx, nil) }

// PollInto is like [PollSet.Poll] but appends the ready members to buf[:0],
// overwriting its elements, and returns the extended slice.
func (s *PollSet) PollInto(ctx context.Context, buf []Ready) ([]Ready, error) {
	buf = buf[:0]
	select {
	case s.turn <- struct{}{}:
	default:
		select {
		case s.turn <- struct{}{}:
		case <-ctx.Done():
			return buf, setError(ctx.Err())
		}
	}
	defer func() { <-s.turn }()
	if ctx.Done() != nil {
		stop := context.AfterFunc(ctx, s.poller.Wake)
		defer stop()
	}
	for {
		ended := ctx.Err()
		pause := s.rearm(ended != nil)
		buf = s.collectKept(buf)
		n, err := s.wait(pause, ended == nil && len(buf) == 0)
		if err != nil {
			return buf[:0], setError(s.closedOr(err))
		}
		buf = s.collect(s.ready[:n], buf)
		switch {
		case len(buf) > 0:
			return buf, nil
		case s.woken.Swap(false):
			return buf, nil
		case ended != nil && len(s.again) == 0:
			return buf, setError(ended)
		}
	}
}

// wait waits for the poller, for at most pause if that is not zero.
func (s *PollSet) wait(pause time.Duration, block bool) (int, error) {
	if pause > 0 && block {
		defer time.AfterFunc(pause, s.poller.Wake).Stop()
	}
	return s.poller.Wait(s.ready[:], block)
}

// rearm arms the entries that were reported. It returns the time until the next
// call, or 0 if none is needed. If all is true, it also arms those that it
// would leave for the next call.
func (s *PollSet) rearm(all bool) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.again = s.armAll(s.again)
	if len(s.later) == 0 {
		return 0
	}
	if left := time.Until(s.retry); left > 0 && !all {
		return left
	}
	s.later = s.armAll(s.later)
	return 0
}

func (s *PollSet) armAll(ids []uint64) []uint64 {
	for _, id := range ids {
		if e := s.entries.of(id); e != nil {
			s.entries.rearm(e)
		}
	}
	return ids[:0]
}

// collect appends the members that are ready.
func (s *PollSet) collect(ready []sys.Ready, list []Ready) []Ready {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := list // appended by collectKept
	for _, r := range ready {
		e := s.entries.of(r.ID)
		if e == nil {
			continue // removed meanwhile, or closed while a duplicate is open
		}
		if r.Events == 0 {
			if !e.disarmed() {
				s.again = append(s.again, r.ID)
			}
			continue
		}
		before, reported := len(list), false
		for m := range e.members() {
			if slices.ContainsFunc(kept, func(r Ready) bool { return r.Socket == m.conn }) {
				reported = true
				continue
			}
			if m.disarmed {
				continue
			}
			if got := s.entries.confirm(m, r.Events); got != 0 {
				c, _ := m.conn.(*Conn)
				list = append(list, Ready{c, m.conn, m.data, got})
				m.disarmed = m.oneshot
			}
		}
		switch {
		case e.disarmed():
		case len(list) > before || reported:
			s.again = append(s.again, r.ID)
		default:
			if len(s.later) == 0 {
				s.retry = time.Now().Add(maxBackoff)
			}
			s.later = append(s.later, r.ID)
		}
	}
	return list
}

// collectKept appends the listeners that keep an accepted connection, see
// [Listener.TryAccept].
func (s *PollSet) collectKept(list []Ready) []Ready {
	if keptSockets.Load() == 0 {
		return list
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for c, m := range s.members {
		l, ok := c.(*Listener)
		if ok && !m.disarmed && m.want&sys.Readable != 0 && !l.queue.isEmpty() {
			list = append(list, Ready{Socket: c, Data: m.data, Events: Readable})
			m.disarmed = m.oneshot
		}
	}
	return list
}

// closedOr returns [net.ErrClosed] if the set was closed, otherwise err.
func (s *PollSet) closedOr(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return net.ErrClosed
	}
	return err
}

// WakeUp makes a blocked call to Poll return, or the next call if none is blocked.
func (s *PollSet) WakeUp() {
	s.woken.Store(true)
	s.poller.Wake()
}

// Close frees the set's descriptors and unblocks Poll. The members stay open. A
// second Close returns an error wrapping [net.ErrClosed].
func (s *PollSet) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return setError(net.ErrClosed)
	}
	s.closed = true
	s.mu.Unlock()
	s.Clear() // otherwise each Conn would keep the set reachable
	return s.poller.Close()
}

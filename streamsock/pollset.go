// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"

	"example.com/streamsock/internal/sys"
)

// A PollSet waits for any number of connections at once. One goroutine that
// calls Poll can so serve connections that are idle most of the time, which
// then need neither a goroutine nor a buffer each.
//
// It is level-triggered: Poll tells of a connection as long as it is ready. The
// deadlines of connections do not count. Any number of goroutines may call its
// methods at once; of several in Poll, all but one wait for their turn.
//
// On Linux it is an epoll set below the runtime's own poller: one descriptor,
// no thread, and the cost of Poll grows with the connections that are ready,
// not with those in the set. Elsewhere Poll is one call of poll(2), or WSAPoll
// on Windows, which takes a thread while it lasts. On plan9, js and wasip1,
// NewPollSet answers an error for which errors.Is(err, [errors.ErrUnsupported])
// holds.
//
// A PollSet comes from [NewPollSet]; the zero PollSet is of no use.
type PollSet struct {
	poller *sys.Poller
	woken  atomic.Bool // by WakeUp

	mu      sync.Mutex
	members map[uint64]*member // by id
	last    uint32
	closed  bool

	polling sync.Mutex // in Poll
	ready   [sys.MaxReady]sys.Ready
	list    []Ready
}

// A member is a connection in a PollSet. It is in the list of the Conn too.
type member struct {
	set  *PollSet
	c    *Conn
	fd   uintptr
	id   uint64 // the descriptor and a number: descriptors are used again
	want Events
	next *member // of the same Conn in another set
}

// A membership is the list of the PollSets that a Conn is in.
type membership struct {
	mu     sync.Mutex
	first  *member
	closed bool
}

// A Ready is a connection of which [PollSet.Poll] tells, and for what it is
// ready.
type Ready struct {
	Conn   *Conn  // the one that was added
	Events Events // those wanted that hold, and PeerClosed if it is broken
}

// NewPollSet returns an empty PollSet, which has a descriptor of its own until
// it is closed.
func NewPollSet() (*PollSet, error) {
	p, err := sys.NewPoller()
	if err != nil {
		return nil, setError(err)
	}
	return &PollSet{poller: p, members: make(map[uint64]*member)}, nil
}

// setError makes an error of one that has no connection.
func setError(err error) error { return &net.OpError{Op: "poll", Net: "tcp", Err: err} }

// Add adds the events to those that the set waits for on c, which it adds to
// the set if it is not there. What a connection can be ready for, and on which
// systems, tells [Conn.Wait]. Without events, the set tells only that c is
// broken.
//
// A Conn leaves the set when it is closed by [Conn.Close]. A goroutine that is
// in Poll takes notice of Add.
func (s *PollSet) Add(c *Conn, e Events) error {
	return s.set(c, e, func(m *member) Events { return m.want | e })
}

// Update is Add, but the set no longer waits for other events on c.
func (s *PollSet) Update(c *Conn, e Events) error {
	return s.set(c, e, func(*member) Events { return e })
}

func (s *PollSet) set(c *Conn, e Events, want func(*member) Events) error {
	if err := checkEvents(e); err != nil {
		return c.opError("poll", err)
	}
	rc, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var setErr error
	err = rc.Control(func(fd uintptr) { setErr = s.setAt(fd, c, e, want) })
	if err == nil {
		err = setErr
	}
	if err != nil {
		return c.opError("poll", err)
	}
	return nil
}

func (s *PollSet) setAt(fd uintptr, c *Conn, e Events, want func(*member) Events) error {
	if e&Urgent != 0 && sys.LacksUrgent(fd) {
		return errNotUrgent
	}
	c.sets.mu.Lock()
	defer c.sets.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || c.sets.closed {
		return net.ErrClosed
	}
	m := c.sets.find(s)
	if m == nil {
		s.last++
		m = &member{set: s, c: c, fd: fd, id: uint64(s.last)<<32 | uint64(uint32(fd))}
	}
	all := want(m)
	if err := s.poller.Set(fd, m.id, sys.Events(all), false); err != nil {
		return err
	}
	m.want = all
	if s.members[m.id] == nil {
		s.members[m.id] = m
		m.next, c.sets.first = c.sets.first, m
	}
	return nil
}

// find returns the member of the set, or nil.
func (l *membership) find(s *PollSet) *member {
	for m := l.first; m != nil; m = m.next {
		if m.set == s {
			return m
		}
	}
	return nil
}

// Remove takes c out of the set. If it is not there, nothing happens. Once
// Remove has returned, no Poll that begins later tells of c.
func (s *PollSet) Remove(c *Conn) {
	c.sets.mu.Lock()
	defer c.sets.mu.Unlock()
	for at := &c.sets.first; *at != nil; at = &(*at).next {
		if m := *at; m.set == s {
			*at = m.next
			s.drop(m)
			return
		}
	}
}

// drop has the set forget a member.
func (s *PollSet) drop(m *member) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.members, m.id)
	if !s.closed {
		s.poller.Remove(m.fd)
	}
}

// leave takes a Conn that is about to be closed out of all sets, for good.
func (l *membership) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for m := l.first; m != nil; m = m.next {
		m.set.drop(m)
	}
	l.first = nil
}

// Clear takes all connections out of the set, as [PollSet.Remove] does.
func (s *PollSet) Clear() {
	s.mu.Lock()
	members := slices.Collect(maps.Values(s.members))
	s.mu.Unlock()
	for _, m := range members {
		s.Remove(m.c)
	}
}

// Has reports whether c is in the set.
func (s *PollSet) Has(c *Conn) bool {
	c.sets.mu.Lock()
	defer c.sets.mu.Unlock()
	return c.sets.find(s) != nil
}

// Len returns how many connections are in the set.
func (s *PollSet) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.members)
}

// Poll waits until connections of the set are ready and returns them, at most
// 128; what is left comes next time, those that it has told of last. The slice
// is valid until the next Poll.
//
// It returns an empty slice and no error after [PollSet.WakeUp], and an error
// when ctx ends or the set is closed. If ctx has ended already, it still returns
// what is ready at that moment, if anything is.
func (s *PollSet) Poll(ctx context.Context) ([]Ready, error) {
	s.polling.Lock()
	defer s.polling.Unlock()
	if ctx.Done() != nil {
		stop := context.AfterFunc(ctx, s.poller.Wake)
		defer stop()
	}
	for {
		ended := ctx.Err()
		n, err := s.poller.Wait(s.ready[:], ended == nil)
		if err != nil {
			return nil, setError(s.closedOr(err))
		}
		s.collect(s.ready[:n])
		switch {
		case len(s.list) > 0:
			return s.list, nil
		case s.woken.Swap(false):
			return nil, nil
		case ended != nil:
			return nil, setError(ended)
		}
	}
}

// collect makes the list of what is ready.
func (s *PollSet) collect(ready []sys.Ready) {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.list) // so that connections can be collected
	s.list = s.list[:0]
	for _, r := range ready {
		if m := s.members[r.ID]; m != nil {
			s.list = append(s.list, Ready{m.c, events(r.Events, m.want)})
		}
	}
}

// closedOr returns [net.ErrClosed] if that is why the poller failed.
func (s *PollSet) closedOr(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return net.ErrClosed
	}
	return err
}

// WakeUp has the Poll that waits return, or else the next one.
func (s *PollSet) WakeUp() {
	s.woken.Store(true)
	s.poller.Wake()
}

// Close frees the set's descriptor and ends Poll. The connections stay open.
// A second Close returns an error for which errors.Is(err, [net.ErrClosed])
// holds.
func (s *PollSet) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return setError(net.ErrClosed)
	}
	s.closed = true
	members := s.members
	s.members = nil
	s.mu.Unlock()

	for _, m := range members { // each Conn would keep the set otherwise
		s.Remove(m.c)
	}
	return s.poller.Close()
}

// Select waits, as select(2) does, until one of the connections of read can be
// read from, one of write can be written to, or one of except has an urgent
// byte, and returns all of which that holds. Any list may be nil, and a
// connection may be in several. It returns an error when ctx ends, or if a
// connection is closed before Select is called.
//
// It is for a few connections now and then. For many, or again and again, a
// [PollSet] is made once.
func Select(ctx context.Context, read, write, except []*Conn) (r, w, x []*Conn, err error) {
	s, err := NewPollSet()
	if err != nil {
		return nil, nil, nil, err
	}
	defer s.Close()
	rest, cancel := context.WithCancel(ctx)
	cancel()
	for _, l := range []struct {
		conns []*Conn
		event Events
	}{{read, Readable}, {write, Writable}, {except, Urgent}} {
		for _, c := range l.conns {
			if err := s.Add(c, l.event); err != nil {
				return nil, nil, nil, err
			}
		}
	}
	ready, err := s.Poll(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	for len(ready) > 0 {
		for _, e := range ready {
			if e.Events&Readable != 0 {
				r = append(r, e.Conn)
			}
			if e.Events&Writable != 0 {
				w = append(w, e.Conn)
			}
			if e.Events&Urgent != 0 {
				x = append(x, e.Conn)
			}
			s.Remove(e.Conn) // and see whether there is more
		}
		if len(ready) < sys.MaxReady {
			break
		}
		ready, _ = s.Poll(rest)
	}
	return r, w, x, nil
}

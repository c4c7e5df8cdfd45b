// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

// Tests of connections whose TCPConn is closed directly, and of descriptor numbers
// that are used again.

// reuse closes the TCPConn of old and returns a connection that has its number.
// Both ends of it are Conns.
func reuse(t *testing.T, old *streamsock.Conn) (fresh, peer *streamsock.Conn) {
	t.Helper()
	l := listenHere(t)
	n := number(t, old)
	old.TCPConn.Close()
	for range 20 {
		p, err := dialPair(l)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.c.Close(); p.peer.Close() })
		switch n {
		case number(t, p.c):
			return p.c, p.peer
		case number(t, p.peer):
			return p.peer, p.c
		}
	}
	t.Skip("the number is not used again")
	return nil, nil
}

// duplicate returns a descriptor that keeps the connection open.
func duplicate(t *testing.T, c *streamsock.Conn) *os.File {
	t.Helper()
	f, err := c.File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// awaitAcknowledged waits until all that was written has arrived at the peer, or
// has been refused.
func awaitAcknowledged(t *testing.T, c *streamsock.Conn) {
	t.Helper()
	until(t, "what was written arrives", func() bool {
		n, err := c.Unacked()
		l, _ := c.Check()
		return n == 0 || err != nil || l == streamsock.Closed
	})
}

// TestPollSetNumberReuse has a member's TCPConn closed directly, and its number
// used again by another member. Whatever happens to the first then, the second is
// reported and nothing else.
func TestPollSetNumberReuse(t *testing.T) {
	for beforeName, before := range map[string]func(t *testing.T, s *streamsock.PollSet, old, peer *streamsock.Conn){
		"idle": func(*testing.T, *streamsock.PollSet, *streamsock.Conn, *streamsock.Conn) {},
		"ready": func(_ *testing.T, _ *streamsock.PollSet, _, peer *streamsock.Conn) {
			peer.Write([]byte("old"))
		},
		"reported": func(t *testing.T, s *streamsock.PollSet, old, peer *streamsock.Conn) {
			peer.Write([]byte("old"))
			shows(t, s, old, readable)
		},
		"duplicate": func(t *testing.T, s *streamsock.PollSet, old, peer *streamsock.Conn) { duplicate(t, old) },
		"duplicate reported": func(t *testing.T, s *streamsock.PollSet, old, peer *streamsock.Conn) {
			duplicate(t, old)
			peer.Write([]byte("old"))
			shows(t, s, old, readable)
		},
	} {
		for afterName, after := range map[string]func(t *testing.T, s *streamsock.PollSet, old *streamsock.Conn){
			"nothing": func(*testing.T, *streamsock.PollSet, *streamsock.Conn) {},
			"Remove":  func(_ *testing.T, s *streamsock.PollSet, old *streamsock.Conn) { s.Remove(old) },
			"Close":   func(_ *testing.T, _ *streamsock.PollSet, old *streamsock.Conn) { old.Close() },
			"Add": func(t *testing.T, s *streamsock.PollSet, old *streamsock.Conn) {
				testClosed(t, old, "poll", s.Add(old, writable))
			},
			"Update": func(t *testing.T, s *streamsock.PollSet, old *streamsock.Conn) {
				testClosed(t, old, "poll", s.Update(old, writable))
			},
		} {
			t.Run(beforeName+"/"+afterName, func(t *testing.T) {
				s := newPollSet(t)
				oldPeer, old := msgPair(t)
				if err := s.Add(old, readable); err != nil {
					t.Fatal(err)
				}
				before(t, s, old, oldPeer)
				fresh, peer := reuse(t, old)
				if err := s.Add(fresh, readable); err != nil {
					t.Fatal(err)
				}
				after(t, s, old)
				oldPeer.Write([]byte("more"))
				awaitAcknowledged(t, oldPeer)
				for range 3 {
					if got := look(t, s); len(got) > 0 {
						t.Errorf("Poll: %v, and nothing is ready", got)
					}
				}
				put(t, peer, fresh, []byte("abc"))
				for range 3 {
					shows(t, s, fresh, readable)
				}
				if err := s.Update(fresh, readable|writable); err != nil {
					t.Fatal(err)
				}
				shows(t, s, fresh, readable|writable)
				if !s.Has(fresh) {
					t.Error("it is not in the set")
				}
				s.Remove(fresh)
				shows(t, s, fresh, 0)
			})
		}
	}
}

// TestPollSetNumberReuseClear takes all out of a set that had a closed member.
func TestPollSetNumberReuseClear(t *testing.T) {
	s := newPollSet(t)
	_, old := msgPair(t)
	if err := s.Add(old, readable); err != nil {
		t.Fatal(err)
	}
	fresh, peer := reuse(t, old)
	if err := s.Add(fresh, readable); err != nil {
		t.Fatal(err)
	}
	put(t, peer, fresh, []byte("abc"))
	if s.Len() != 1 || s.Has(old) { // Add has noticed that it is closed
		t.Errorf("%d, %v", s.Len(), s.Has(old))
	}
	s.Clear()
	if s.Len() != 0 || s.Has(old) || s.Has(fresh) {
		t.Errorf("%d members", s.Len())
	}
	shows(t, s, fresh, 0)
	if err := s.Add(fresh, readable); err != nil {
		t.Fatal(err)
	}
	shows(t, s, fresh, readable)
}

// TestPollSetTwoWraps has two Conns of one TCPConn in a set. Each is reported for
// its own events, and does not disturb the other.
func TestPollSetTwoWraps(t *testing.T) {
	s := newPollSet(t)
	peer, one := msgPair(t)
	two := wrap(t, one.TCPConn)
	if one == two {
		t.Fatal("Wrap returns the same Conn")
	}
	reports := func(wantOne, wantTwo streamsock.Events) {
		t.Helper()
		until(t, fmt.Sprintf("the set reports %v and %v", wantOne, wantTwo), func() bool {
			got := look(t, s)
			for c, e := range got {
				if e == 0 {
					t.Fatalf("Poll returns %p without events", c)
				}
			}
			return got[one] == wantOne && got[two] == wantTwo
		})
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(s.Add(one, readable))
	check(s.Add(two, writable))
	if s.Len() != 2 {
		t.Error(s.Len())
	}
	for range 3 {
		reports(0, writable)
	}
	put(t, peer, one, []byte("abc"))
	for range 3 {
		reports(readable, writable)
	}
	check(s.Update(two, readable))
	reports(readable, readable)
	check(s.Update(one, writable))
	reports(writable, readable)
	s.Remove(one)
	reports(0, readable)
	if s.Has(one) || !s.Has(two) {
		t.Errorf("%v, %v", s.Has(one), s.Has(two))
	}
	check(s.Add(one, readable))
	reports(readable, readable)
	s.Remove(two)
	reports(readable, 0)

	// In the lists of Select too.
	r, w, x, err := streamsock.Select(t.Context(), list(one, two), list(two), list(one))
	if len(r) != 2 || len(w) != 1 || w[0] != two || len(x) != 0 || err != nil {
		t.Errorf("Select: %v, %v, %v, %v", r, w, x, err)
	}

	check(s.Add(two, writable))
	one.Close()
	if s.Has(one) || !s.Has(two) {
		t.Errorf("%v, %v", s.Has(one), s.Has(two))
	}
	reports(0, 0) // the TCPConn of both is closed
	testClosed(t, two, "poll", s.Update(two, writable))
	two.Close()
	if s.Len() != 0 {
		t.Error(s.Len())
	}
}

// TestPollSetDuplicate has a duplicate descriptor keep a closed connection open.
// The set neither reports it nor spins, whether it was taken out or not.
func TestPollSetDuplicate(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	polls := make(map[string]*call)
	for name, close := range map[string]func(s *streamsock.PollSet, c *streamsock.Conn){
		"TCPConn.Close":         func(_ *streamsock.PollSet, c *streamsock.Conn) { c.TCPConn.Close() },
		"TCPConn.Close, Remove": func(s *streamsock.PollSet, c *streamsock.Conn) { c.TCPConn.Close(); s.Remove(c) },
		"TCPConn.Close, Close":  func(_ *streamsock.PollSet, c *streamsock.Conn) { c.TCPConn.Close(); c.Close() },
		"Close":                 func(_ *streamsock.PollSet, c *streamsock.Conn) { c.Close() },
	} {
		for _, events := range []streamsock.Events{readable, readable | writable} { // the second is reported first
			s := newPollSet(t)
			peer, c := msgPair(t)
			if err := s.Add(c, events); err != nil {
				t.Fatal(err)
			}
			shows(t, s, c, events&writable)
			duplicate(t, c)
			close(s, c)
			peer.Write([]byte("abc"))
			polls[fmt.Sprint(name, events)] = begin(func() (int, error) { ready, err := s.Poll(ctx); return len(ready), err })
		}
	}
	for _, p := range polls {
		p.blocks(t)
	}
	rests(t)
	cancel()
	for name, p := range polls {
		if n, err := p.end(t); n != 0 || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: Poll: %d, %v", name, n, err)
		}
	}
}

// TestWaitTCPConnClosed closes a Conn whose TCPConn was closed directly before:
// whatever waits ends.
func TestWaitTCPConnClosed(t *testing.T) {
	for name, wait := range map[string]func(c *streamsock.Conn) error{
		"Wait":        func(c *streamsock.Conn) error { return second(c.Wait(context.Background(), readable)) },
		"WaitUrgent":  func(c *streamsock.Conn) error { return c.WaitUrgent(context.Background()) },
		"ReadContext": func(c *streamsock.Conn) error { return second(c.ReadContext(context.Background(), make([]byte, 1))) },
		"PeekContext": func(c *streamsock.Conn) error { return second(c.PeekContext(context.Background(), make([]byte, 1))) },
		"Wait, full":  func(c *streamsock.Conn) error { return second(c.Wait(context.Background(), writable)) },
		"WriteContext": func(c *streamsock.Conn) error {
			return second(c.WriteContext(context.Background(), make([]byte, 1<<20)))
		},
	} {
		for _, dup := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, duplicate %v", name, dup), func(t *testing.T) {
				c, _ := msgPair(t)
				if name == "Wait, full" || name == "WriteContext" {
					c = fullConn(t)
				}
				if dup {
					duplicate(t, c)
				}
				w := doing(func() error { return wait(c) })
				w.blocks(t)
				c.TCPConn.Close()
				c.Close()
				w.ends(t, 0, net.ErrClosed)
				if err := wait(c); !errors.Is(err, net.ErrClosed) {
					t.Error(err)
				}
			})
		}
	}
}

// TestWaitDuplicate has two goroutines wait for different events of a connection
// whose TCPConn is closed directly. The socket stays open by a duplicate, and the
// event of one ends both.
func TestWaitDuplicate(t *testing.T) {
	if pollState == "[sync.Cond.Wait" {
		t.Skip("a kqueue forgets a number that is closed")
	}
	peer, c := msgPair(t)
	duplicate(t, c)
	forBytes := begin(func() (int, error) { e, err := c.Wait(t.Context(), readable); return int(e), err })
	forBytes.blocks(t)
	forUrgent := beginWait(t.Context(), t, c)
	c.TCPConn.Close()
	peer.Write([]byte("abc"))
	forBytes.ends(t, 0, net.ErrClosed)
	forUrgent.ends(t, 0, net.ErrClosed)
}

// TestWaitNumberReuse has goroutines wait for a connection, its TCPConn closed
// directly, and others wait for a connection that has the number now. Each ends by
// what happens to its own.
func TestWaitNumberReuse(t *testing.T) {
	oldPeer, old := msgPair(t)
	wait := func(c *streamsock.Conn) *call {
		w := begin(func() (int, error) { e, err := c.Wait(t.Context(), readable); return int(e), err })
		w.blocks(t)
		return w
	}
	duplicate(t, old)
	oldWait, oldUrgent := wait(old), beginWait(t.Context(), t, old)
	fresh, peer := reuse(t, old)
	freshWait, freshUrgent := wait(fresh), beginWait(t.Context(), t, fresh)
	again := wait(fresh)
	oldWait.ends(t, 0, net.ErrClosed) // the number shows it
	oldUrgent.ends(t, 0, net.ErrClosed)
	oldPeer.Write([]byte("old")) // the duplicate receives it
	oldPeer.SendUrgent('!')
	awaitAcknowledged(t, oldPeer)
	old.Close()
	for _, w := range []*call{freshWait, freshUrgent, again} {
		w.blocks(t)
	}
	peer.Write([]byte("abc"))
	freshWait.ends(t, int(readable), nil)
	again.ends(t, int(readable), nil)
	freshUrgent.blocks(t)
	peer.SendUrgent('!')
	freshUrgent.ends(t, 0, nil)
}

// TestWaitTwoWraps has goroutines wait by two Conns of one TCPConn. Each ends by
// its own event, by its own deadline, and when one of the Conns is closed.
func TestWaitTwoWraps(t *testing.T) {
	peer, one := msgPair(t)
	two := wrap(t, one.TCPConn)
	wait := func(c *streamsock.Conn, e streamsock.Events) *call {
		w := begin(func() (int, error) { e, err := c.Wait(t.Context(), e); return int(e), err })
		w.blocks(t)
		return w
	}
	a, b, c := wait(one, readable), wait(two, readable), wait(two, urgent)
	peer.Write([]byte("abc"))
	a.ends(t, int(readable), nil)
	b.ends(t, int(readable), nil)
	c.blocks(t)
	take(t, one, []byte("abc"))

	a, b = wait(one, readable), wait(two, readable)
	two.SetReadDeadline(past)
	b.ends(t, 0, os.ErrDeadlineExceeded)
	c.ends(t, 0, os.ErrDeadlineExceeded)
	a.blocks(t)
	two.SetReadDeadline(time.Time{})

	b, c = wait(two, readable), wait(two, urgent)
	one.Close()
	for _, w := range []*call{a, b, c} {
		w.ends(t, 0, net.ErrClosed)
	}
	mustBeClosed(t, two)
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

const (
	readable   = streamsock.Readable
	writable   = streamsock.Writable
	urgent     = streamsock.Urgent
	peerClosed = streamsock.PeerClosed
)

func TestPollSet(t *testing.T) {
	s := newPollSet(t)
	client, server := msgPair(t)
	if s.Has(server) || s.Len() != 0 {
		t.Errorf("%v, %d", s.Has(server), s.Len())
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(s.Add(server, readable))
	if !s.Has(server) || s.Has(client) || s.Len() != 1 {
		t.Errorf("%v, %v, %d", s.Has(server), s.Has(client), s.Len())
	}
	shows(t, s, server, 0)
	put(t, client, server, []byte("abc"))
	for range 3 { // as long as it is
		shows(t, s, server, readable)
	}
	check(s.Add(server, writable)) // cumulative
	shows(t, s, server, readable|writable)
	check(s.Update(server, writable)) // not so
	shows(t, s, server, writable)
	check(s.Add(server, readable))
	shows(t, s, server, readable|writable)
	if s.Len() != 1 {
		t.Error(s.Len())
	}
	take(t, server, []byte("abc"))
	shows(t, s, server, writable)
	s.Remove(server)
	s.Remove(server) // nothing happens
	if s.Has(server) || s.Len() != 0 {
		t.Errorf("%v, %d", s.Has(server), s.Len())
	}
	shows(t, s, server, 0)
	check(s.Update(server, readable|urgent)) // adds it
	shows(t, s, server, 0)
	check(client.SendUrgent('!'))
	shows(t, s, server, urgent)
	if _, err := server.ReadUrgent(); err != nil {
		t.Error(err)
	}
	shows(t, s, server, 0)
}

func TestPollSetEnd(t *testing.T) {
	if !sys.CanSeeFIN {
		t.Skip("not reported by the system")
	}
	for name, c := range map[string]struct {
		end          func(peer *streamsock.Conn)
		add, want    streamsock.Events
		behind       streamsock.Events
		wantOfBehind streamsock.Events
	}{
		"FIN":         {func(c *streamsock.Conn) { c.CloseWrite() }, peerClosed, peerClosed, readable, readable},
		"FIN unasked": {func(c *streamsock.Conn) { c.CloseWrite() }, readable, readable, writable, writable},
		"RST":         {func(c *streamsock.Conn) { abortConn(c.TCPConn) }, readable | writable | peerClosed, readable | writable | peerClosed, 0, peerClosed},
		"RST unasked": {func(c *streamsock.Conn) { abortConn(c.TCPConn) }, 0, peerClosed, urgent, peerClosed},
	} {
		t.Run(name, func(t *testing.T) {
			s := newPollSet(t)
			client, server := msgPair(t)
			client.Write([]byte("abc"))
			awaitBytes(t, server, 3)
			if err := s.Add(server, c.add&^readable&^writable); err != nil {
				t.Fatal(err)
			}
			shows(t, s, server, 0)
			if err := s.Update(server, c.add); err != nil {
				t.Fatal(err)
			}
			c.end(client)
			if onWine && name == "FIN" { // which reports it only after the last byte
				take(t, server, []byte("abc"))
			}
			shows(t, s, server, c.want)
			if err := s.Update(server, c.behind); err != nil {
				t.Fatal(err)
			}
			shows(t, s, server, c.wantOfBehind)
		})
	}
}

// TestPollSetClose checks that a Conn that is closed is no longer in a set, and
// that the next with the same descriptor is not taken for it.
func TestPollSetClose(t *testing.T) {
	s, other := newPollSet(t), newPollSet(t)
	for range 10 {
		client, server := msgPair(t)
		for _, set := range []*streamsock.PollSet{s, other} {
			if err := set.Add(server, readable); err != nil {
				t.Fatal(err)
			}
		}
		client.Write([]byte("abc"))
		shows(t, s, server, readable)
		shows(t, other, server, readable)
		f, err := server.File() // keeps the connection in the system's set
		if err == nil {
			defer f.Close()
		}
		server.Close()
		if s.Has(server) || s.Len() != 0 || other.Len() != 0 {
			t.Errorf("%v, %d, %d", s.Has(server), s.Len(), other.Len())
		}
		shows(t, s, server, 0)
		testClosed(t, server, "poll", s.Add(server, readable))
		s.Remove(server)
	}
}

func TestPollSetWake(t *testing.T) {
	s := newPollSet(t)
	client, server := msgPair(t)
	if err := s.Add(server, readable); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	poll := func() *call {
		return begin(func() (int, error) {
			ready, err := s.Poll(ctx)
			return len(ready), err
		})
	}
	p := poll()
	p.blocks(t)
	s.WakeUp()
	p.ends(t, 0, nil)
	s.WakeUp()
	s.WakeUp() // counts once
	poll().ends(t, 0, nil)
	p = poll()
	p.blocks(t)
	client.Write([]byte("abc"))
	p.ends(t, 1, nil)
	take(t, server, []byte("abc"))

	// Changes to the set by others are noticed.
	p = poll()
	p.blocks(t)
	if err := s.Add(server, writable); err != nil {
		t.Fatal(err)
	}
	p.ends(t, 1, nil)
	if err := s.Update(server, readable); err != nil {
		t.Fatal(err)
	}
	p = poll()
	p.blocks(t)
	cancel()
	p.ends(t, 0, context.Canceled)

	ctx = context.Background()
	p = poll()
	p.blocks(t)
	s.Close()
	p.ends(t, 0, net.ErrClosed)
	poll().ends(t, 0, net.ErrClosed)
	for _, err := range []error{s.Close(), s.Add(server, readable)} {
		if !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	}
	s.Remove(server)
	s.WakeUp()
	if s.Has(server) || s.Len() != 0 {
		t.Errorf("%v, %d", s.Has(server), s.Len())
	}
	if _, err := client.Write([]byte("abc")); err != nil {
		t.Errorf("the connection is closed too: %v", err)
	}
}

func TestPollSetBad(t *testing.T) {
	s := newPollSet(t)
	client, _ := msgPair(t)
	if err := s.Add(client, 1<<6); !errors.Is(err, os.ErrInvalid) {
		t.Error(err)
	}
	if s.Has(client) || s.Len() != 0 {
		t.Errorf("%v, %d", s.Has(client), s.Len())
	}
}

// TestEventsString checks the names of events, also of unknown ones.
func TestEventsString(t *testing.T) {
	for e, want := range map[streamsock.Events]string{
		0:                          "0",
		urgent:                     "Urgent",
		readable | peerClosed:      "Readable|PeerClosed",
		writable | 1<<5 | 1<<7:     "Writable|Oneshot|0x20",
		1 << 7:                     "Oneshot",
		readable | writable | 1<<4: "Readable|Writable|0x10",
	} {
		if got := e.String(); got != want {
			t.Errorf("%#x is %q, want %q", uint8(e), got, want)
		}
	}
}

// TestPollSetMany has more connections ready than Poll reports in one call, and
// every one gets its turn.
func TestPollSetMany(t *testing.T) {
	count := testnet.Descriptors(300) &^ 1
	if count <= sys.MaxReady {
		t.Skipf("the process may open only %d descriptors", count)
	}
	s := newPollSet(t)
	l, err := streamsock.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conns := make(map[*streamsock.Conn]int)
	for len(conns) < count {
		c, err := streamsock.Dial("tcp4", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		a, err := l.AcceptStream()
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		for from, to := range map[*streamsock.Conn]*streamsock.Conn{c: a, a: c} {
			if err := s.Add(to, readable); err != nil {
				t.Fatal(err)
			}
			conns[to] = len(conns)
			if _, err := fmt.Fprintf(from, "%d", conns[to]); err != nil {
				t.Fatal(err)
			}
		}
	}
	seen := make(map[*streamsock.Conn]bool)
	for start := time.Now(); len(seen) < count; {
		if time.Since(start) > patience {
			t.Fatalf("%d of %d had their turn", len(seen), count)
		}
		ready, err := s.Poll(t.Context())
		if err != nil || len(ready) == 0 || len(ready) > sys.MaxReady {
			t.Fatalf("%d, %v", len(ready), err)
		}
		for _, r := range ready {
			p := make([]byte, 10)
			if !seen[r.Conn] {
				n, err := r.Conn.Read(p)
				if err != nil || string(p[:n]) != fmt.Sprint(conns[r.Conn]) {
					t.Fatalf("%q, %v of %d", p[:n], err, conns[r.Conn])
				}
				seen[r.Conn] = true
			}
		}
	}
	if s.Len() != count {
		t.Error(s.Len())
	}
}

// TestPollSetRace makes all calls concurrently, for the race detector.
func TestPollSetRace(t *testing.T) {
	s := newPollSet(t)
	l, err := streamsock.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	stop := make(chan struct{})
	var polling, working sync.WaitGroup
	polling.Go(func() {
		for {
			ready, err := s.Poll(t.Context())
			if err != nil {
				t.Error(err)
			}
			for _, r := range ready {
				r.Conn.TryRead(make([]byte, 10))
			}
			select {
			case <-stop:
				return
			default:
			}
		}
	})
	for range 4 {
		working.Go(func() {
			for range 50 {
				c, err := streamsock.Dial("tcp4", l.Addr().String())
				if err != nil {
					t.Error(err)
					return
				}
				a, err := l.AcceptStream()
				if err != nil {
					t.Error(err)
					c.Close()
					return
				}
				s.Add(a, readable)
				c.Write([]byte("abc"))
				s.Update(a, writable)
				s.Has(a)
				s.Len()
				s.WakeUp()
				go a.Close()
				s.Add(a, readable)
				s.Remove(a)
				a.Close()
				c.Close()
			}
		})
	}
	working.Wait()
	close(stop)
	s.WakeUp()
	polling.Wait()
	if n := s.Len(); n != 0 {
		t.Errorf("%d are left", n)
	}
}

func TestSelect(t *testing.T) {
	a, b := msgPair(t)
	c, d := msgPair(t)
	_ = newPollSet(t) // or skip
	list := func(conns ...*streamsock.Conn) []*streamsock.Conn { return conns }
	sel := func(ctx context.Context, read, write, except []*streamsock.Conn) (r, w, x []*streamsock.Conn) {
		t.Helper()
		r, w, x, err := streamsock.Select(ctx, read, write, except)
		if err != nil {
			t.Fatal(err)
		}
		return r, w, x
	}
	r, w, x := sel(t.Context(), list(b, d), list(b), list(b, d))
	if len(r) != 0 || !slices.Equal(w, list(b)) || len(x) != 0 {
		t.Errorf("%v, %v, %v", r, w, x)
	}
	put(t, a, b, []byte("abc"))
	c.SendUrgent('!')
	awaitUrgent(t, d)
	r, w, x = sel(t.Context(), list(b, d), list(a), list(b, d))
	if !slices.Equal(r, list(b)) || !slices.Equal(w, list(a)) || !slices.Equal(x, list(d)) {
		t.Errorf("%v, %v, %v", r, w, x)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, _, _, err := streamsock.Select(ctx, list(a, d), nil, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	b.Close()
	if _, _, _, err := streamsock.Select(t.Context(), list(b), nil, nil); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

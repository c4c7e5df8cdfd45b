// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"sync"
	"syscall"
	"testing"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

// A pollKind is a kind of member, and how it becomes readable.
type pollKind struct {
	name string
	open func(t *testing.T) (member syscall.Conn, peer io.WriteCloser)
}

// pollKinds are those of every system; others are added to them.
var pollKinds = []pollKind{
	{"Conn", func(t *testing.T) (syscall.Conn, io.WriteCloser) { c, peer := msgPair(t); return c, peer }},
	{"TCPConn", func(t *testing.T) (syscall.Conn, io.WriteCloser) { c, peer := testnet.Pair(t, "tcp4"); return c, peer }},
	{"TimeoutConn", func(t *testing.T) (syscall.Conn, io.WriteCloser) {
		c, peer := msgPair(t)
		return c.WithTimeouts(0, 0), peer
	}},
	{"Listener", func(t *testing.T) (syscall.Conn, io.WriteCloser) {
		l := listen(t, &streamsock.ListenConfig{}, "tcp4")
		return l, &dialling{l.Addr(), nil}
	}},
	{"TCPListener", func(t *testing.T) (syscall.Conn, io.WriteCloser) {
		l := listen(t, &streamsock.ListenConfig{}, "tcp4")
		return l.TCPListener, &dialling{l.Addr(), nil}
	}},
}

// A dialling makes a listener ready.
type dialling struct {
	addr net.Addr
	c    net.Conn
}

func (d *dialling) Write(p []byte) (n int, err error) {
	d.c, err = net.Dial(d.addr.Network(), d.addr.String())
	return len(p), err
}

func (d *dialling) Close() error { return d.c.Close() }

// TestPollSetMembers has one member of each kind in a set.
func TestPollSetMembers(t *testing.T) {
	s := newPollSet(t)
	members := make(map[string]syscall.Conn)
	for _, k := range pollKinds {
		member, peer := k.open(t)
		members[k.name] = member
		defer func() { peer.Close() }()
		if err := s.Add(member, readable); err != nil {
			t.Fatalf("%s: %v", k.name, err)
		}
		if err := s.Attach(member, k.name); err != nil {
			t.Fatalf("%s: %v", k.name, err)
		}
		if got := readyNow(t, s); len(got) != 0 {
			t.Errorf("%s: %v is ready before", k.name, got)
		}
		if _, err := peer.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		ready, err := s.Poll(patient(t))
		if len(ready) != 1 || ready[0].Socket != member || ready[0].Data != k.name || ready[0].Events != readable || err != nil {
			t.Fatalf("%s: %v, %v", k.name, ready, err)
		}
		if c, ok := member.(*streamsock.Conn); ok && ready[0].Conn != c || !ok && ready[0].Conn != nil {
			t.Errorf("%s: its Conn is %v", k.name, ready[0].Conn)
		}
		if err := s.Drop(member, readable); err != nil {
			t.Fatal(err)
		}
	}
	if s.Len() != len(pollKinds) {
		t.Errorf("%d members", s.Len())
	}
	for _, member := range members {
		s.Update(member, readable)
	}
	got := readyNow(t, s)
	if runtime.GOOS == "windows" { // what waited for less must first be cancelled, and has another turn
		until(t, "all are ready", func() bool {
			maps.Copy(got, readyNow(t, s))
			return len(got) == len(pollKinds)
		})
	}
	if len(got) != len(pollKinds) {
		t.Errorf("%d are ready", len(got))
	}
	n := 0
	for member, e := range s.Members() {
		if n++; e != readable || !s.Has(member) {
			t.Errorf("%T: %v", member, e)
		}
		s.Remove(member)
	}
	if n != len(pollKinds) || s.Len() != 0 {
		t.Errorf("%d members, %d left", n, s.Len())
	}
}

// TestPollSetClosedMember closes each kind: it leaves the set immediately if it
// is ours, otherwise when it is noticed, and it never disturbs another member
// that gets its number.
func TestPollSetClosedMember(t *testing.T) {
	for _, k := range pollKinds {
		t.Run(k.name, func(t *testing.T) {
			s := newPollSet(t)
			member, _ := k.open(t)
			if err := s.Add(member, readable|streamsock.Writable); err != nil {
				t.Fatal(err)
			}
			_, isNet := map[string]bool{"TCPConn": true, "net.UnixConn": true, "os.File": true, "TCPListener": true, "net.UnixListener": true}[k.name]
			member.(io.Closer).Close()
			if s.Has(member) != isNet {
				t.Errorf("after Close, it is a member: %t", s.Has(member))
			}
			for range 20 { // some of them get its number
				c, peer := msgPair(t)
				if err := s.Add(c, readable); err != nil {
					t.Fatal(err)
				}
				put(t, peer, c, []byte("x"))
				if got := readyNow(t, s); len(got) != 1 || got[c] != readable {
					t.Errorf("%v is ready", got)
				}
				s.Remove(c)
			}
			if err := s.Add(member, readable); err == nil {
				t.Error("it can be added again")
			}
		})
	}
}

// TestPollSetTwice has a Conn and its TCPConn in a set: two members.
func TestPollSetTwice(t *testing.T) {
	s := newPollSet(t)
	c, peer := msgPair(t)
	s.Add(c, readable)
	s.Add(c.TCPConn, streamsock.Writable)
	put(t, peer, c, []byte("x"))
	got := readyNow(t, s)
	if len(got) != 2 || got[c] != readable || got[c.TCPConn] != streamsock.Writable {
		t.Errorf("%v", got)
	}
	c.Close()
	if s.Has(c) {
		t.Error("the Conn is a member after Close")
	}
	if got := readyNow(t, s); len(got) != 0 {
		t.Errorf("after Close: %v", got)
	}
}

// An uncomparable has a socket and cannot be a key.
type uncomparable struct {
	*streamsock.Conn
	f func()
}

// TestPollSetRefuses adds values that cannot be members.
func TestPollSetRefuses(t *testing.T) {
	s := newPollSet(t)
	c, _ := msgPair(t)
	u := uncomparable{c, nil}
	for what, call := range map[string]func() error{
		"Add":    func() error { return s.Add(u, readable) },
		"Update": func() error { return s.Update(u, readable) },
		"Attach": func() error { return s.Attach(u, 1) },
	} {
		if err := call(); !errors.Is(err, os.ErrInvalid) {
			t.Errorf("%s of what cannot be compared: %v", what, err)
		}
	}
	s.Remove(u)
	if err := s.Drop(u, readable); err != nil || s.Has(u) {
		t.Errorf("Drop: %v", err)
	}
	for what, c := range map[string]syscall.Conn{
		"nil": nil, "nil Conn": (*streamsock.Conn)(nil), "zero Conn": new(streamsock.Conn), "nil TCPConn": (*net.TCPConn)(nil),
		"zero Listener": new(streamsock.Listener), "zero Socket": new(streamsock.Socket), "zero TimeoutConn": new(streamsock.TimeoutConn),
	} {
		if err := s.Add(c, readable); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%s: %v", what, err)
		}
		if c != nil {
			s.Remove(c)
		}
	}
	if err := s.Attach(c, 1); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("Attach to no member: %v", err)
	}
	if err := s.Add(fileOf(t, nil), readable); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a regular file: %v", err)
	}
}

// TestPollSetOneshot checks that a member is reported once, broken or not.
func TestPollSetOneshot(t *testing.T) {
	s := newPollSet(t)
	c, peer := msgPair(t)
	if err := s.Add(c, readable|streamsock.Oneshot); err != nil {
		t.Fatal(err)
	}
	put(t, peer, c, []byte("x"))
	for _, want := range []int{1, 0, 0} {
		if got := readyNow(t, s); len(got) != want {
			t.Fatalf("%d are ready, want %d", len(got), want)
		}
	}
	peer.Abort()
	becomes(t, c, streamsock.Closed, streamsock.ErrBroken)
	if got := readyNow(t, s); len(got) != 0 {
		t.Errorf("it is reported again because it is broken: %v", got)
	}
	s.Add(c, streamsock.Writable)
	if got := readyNow(t, s); len(got) != 0 {
		t.Errorf("it is reported again after Add: %v", got)
	}
	for range 2 {
		if err := s.Update(c, readable|streamsock.Oneshot); err != nil {
			t.Fatal(err)
		}
		if got := readyNow(t, s); len(got) != 1 {
			t.Errorf("after Update: %v", got)
		}
		if got := readyNow(t, s); len(got) != 0 {
			t.Errorf("again after Update: %v", got)
		}
	}
	if c, err := c.Wait(t.Context(), streamsock.Oneshot|readable); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("Wait: %v, %v", c, err)
	}
}

// TestPollSetOneshotWorkers has several goroutines serve the members of one
// set, each which one of them has at a time.
func TestPollSetOneshotWorkers(t *testing.T) {
	const conns, rounds, workers = 20, 50, 4
	s := newPollSet(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var served sync.WaitGroup
	for range workers {
		served.Go(func() {
			b := make([]byte, 10)
			for {
				ready, err := s.Poll(ctx)
				if err != nil {
					return
				}
				for _, r := range ready {
					turn := r.Data.(*sync.Mutex)
					if !turn.TryLock() {
						t.Error("two have the same member")
						return
					}
					n, err := r.Conn.TryRead(b)
					if n > 0 {
						r.Conn.Write(b[:n])
					}
					turn.Unlock()
					if err != nil && err != streamsock.ErrWouldBlock {
						r.Conn.Close()
						continue
					}
					s.Update(r.Conn, readable|streamsock.Oneshot)
				}
			}
		})
	}
	var clients sync.WaitGroup
	for range conns {
		c, server := msgPair(t)
		s.Add(server, streamsock.Oneshot)
		s.Attach(server, new(sync.Mutex))
		s.Update(server, readable|streamsock.Oneshot)
		clients.Go(func() {
			b := make([]byte, 1)
			for i := range rounds {
				c.Write([]byte{byte(i)})
				if n, err := c.Read(b); n != 1 || b[0] != byte(i) || err != nil {
					t.Errorf("round %d: %d, %v", i, n, err)
					return
				}
			}
			c.Close()
		})
	}
	clients.Wait()
	until(t, "all have left", func() bool { return s.Len() == 0 })
	cancel()
	served.Wait()
}

// TestPollSetChurn adds and closes members of all kinds while others poll.
func TestPollSetChurn(t *testing.T) {
	s := newPollSet(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var polling sync.WaitGroup
	for range 2 {
		polling.Go(func() {
			var buf []streamsock.Ready
			for {
				ready, err := s.PollInto(ctx, buf)
				if err != nil {
					return
				}
				for _, r := range ready {
					if !r.Socket.(interface{ IsMember() bool }).IsMember() {
						t.Errorf("%T is reported", r.Socket)
					}
				}
				buf = ready
			}
		})
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		k := pollKinds[r.IntN(len(pollKinds))]
		member, peer := k.open(t)
		wrapped := &churned{Conn: member}
		if err := s.Add(wrapped, readable|streamsock.Oneshot); err != nil {
			t.Fatal(err)
		}
		peer.Write([]byte("x"))
		if r.IntN(2) == 0 {
			s.Update(wrapped, readable)
		}
		if r.IntN(2) == 0 {
			s.Remove(wrapped)
		}
		member.(io.Closer).Close()
		peer.Close()
		s.Remove(wrapped)
	}
	cancel()
	polling.Wait()
}

// A churned is a member of a type unknown to the package.
type churned struct{ syscall.Conn }

func (*churned) IsMember() bool { return true }

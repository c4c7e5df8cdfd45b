// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"context"
	"errors"
	"net"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

// TestPollSetWorkers has several goroutines call Poll of one set while others
// change its members. Every entry that they get is whole, and theirs: the race
// detector would report what two of them write.
func TestPollSetWorkers(t *testing.T) {
	const members, enough = 8, 4000
	s := newPollSet(t)
	conns, peers := make(map[*streamsock.Conn]bool), make([]*streamsock.Conn, 0, members)
	var toggled []*streamsock.Conn
	for i := range members {
		peer, c := msgPair(t)
		if err := s.Add(c, readable); err != nil {
			t.Fatal(err)
		}
		peers, conns[c] = append(peers, peer), true
		if i%2 == 0 {
			toggled = append(toggled, c)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var reported atomic.Int64
	var wrong sync.Map // wrong results of workers
	var working sync.WaitGroup
	for i := range 4 {
		working.Go(func() {
			var ready []streamsock.Ready
			for buf := make([]byte, 64); ctx.Err() == nil; {
				var err error
				if i%2 == 0 {
					ready, err = s.Poll(ctx)
				} else {
					ready, err = s.PollInto(ctx, ready)
				}
				if err != nil {
					return
				}
				for i, r := range ready {
					ready[i] = streamsock.Ready{} // the worker's own
					if !conns[r.Conn] || r.Events == 0 || r.Events&^(readable|writable) != 0 {
						wrong.Store(r, true)
						cancel()
						return
					}
					r.Conn.TryRead(buf)
				}
				if reported.Add(int64(len(ready))) >= enough {
					cancel()
				}
			}
		})
	}
	working.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			peers[i%members].Write([]byte("x"))
			runtime.Gosched()
		}
	})
	working.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			s.Update(toggled[i%len(toggled)], []streamsock.Events{readable, writable}[i/len(toggled)%2])
			runtime.Gosched()
		}
	})
	working.Wait()
	if n := reported.Load(); n < enough {
		t.Errorf("%d reports in %v", n, patience)
	}
	wrong.Range(func(r, _ any) bool {
		t.Errorf("Poll returns %v", r)
		return true
	})
}

// TestPollSetTurn has goroutines wait for their turn in Poll. What ends one does
// not end the others, and Close ends all.
func TestPollSetTurn(t *testing.T) {
	s := newPollSet(t)
	peer, c := msgPair(t)
	if err := s.Add(c, readable); err != nil {
		t.Fatal(err)
	}
	poll := func(ctx context.Context) *call {
		p := begin(func() (int, error) { ready, err := s.Poll(ctx); return len(ready), err })
		p.blocks(t)
		return p
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	first := poll(t.Context())
	second := poll(ctx)
	cancel()
	second.ends(t, 0, context.Canceled)
	expiring, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	begin(func() (int, error) { ready, err := s.Poll(expiring); return len(ready), err }).ends(t, 0, context.DeadlineExceeded)
	first.blocks(t)

	second = poll(t.Context())
	put(t, peer, c, []byte("abc"))
	first.ends(t, 1, nil)
	second.ends(t, 1, nil) // its turn, and there is still something
	take(t, c, []byte("abc"))

	first, second = poll(t.Context()), poll(t.Context())
	s.WakeUp()
	one, other := first, second
	select {
	case o := <-first.done:
		first.done <- o
	case o := <-second.done:
		second.done <- o
		one, other = second, first
	case <-time.After(patience):
		t.Fatal("WakeUp wakes neither")
	}
	one.ends(t, 0, nil)
	other.blocks(t)
	third := poll(t.Context())
	s.Close()
	other.ends(t, 0, net.ErrClosed)
	third.ends(t, 0, net.ErrClosed)
}

// TestPollInto checks where the elements are.
func TestPollInto(t *testing.T) {
	s := newPollSet(t)
	var conns []*streamsock.Conn
	for range 3 {
		a, b := msgPair(t)
		for _, c := range []*streamsock.Conn{a, b} {
			if err := s.Add(c, writable); err != nil {
				t.Fatal(err)
			}
			conns = append(conns, c)
		}
	}
	whole := func(ready []streamsock.Ready, err error) {
		t.Helper()
		got := make(map[*streamsock.Conn]bool)
		for _, r := range ready {
			got[r.Conn] = r.Events == writable
		}
		if len(ready) != len(conns) || err != nil || slices.ContainsFunc(conns, func(c *streamsock.Conn) bool { return !got[c] }) {
			t.Fatalf("%v, %v", ready, err)
		}
	}
	for _, size := range []int{0, 1, 6, 10} {
		buf := make([]streamsock.Ready, size)
		ready, err := s.PollInto(patient(t), buf)
		whole(ready, err)
		if own := size >= len(conns); own != (size > 0 && &ready[0] == &buf[0]) {
			t.Errorf("of a slice of %d, the memory is used: %v", size, !own)
		}
	}
	first, err := s.Poll(patient(t))
	whole(first, err)
	kept := slices.Clone(first)
	next, err := s.Poll(patient(t))
	whole(next, err)
	if !slices.Equal(first, kept) || &first[0] == &next[0] {
		t.Error("the next Poll overwrites a slice")
	}

	// Whatever ends it, the memory can be used again.
	buf := make([]streamsock.Ready, 0, 8)
	memory := &buf[:1][0]
	s.Clear()
	s.WakeUp()
	buf, err = s.PollInto(patient(t), buf)
	if len(buf) != 0 || err != nil {
		t.Errorf("%v, %v", buf, err)
	}
	now, cancel := context.WithCancel(patient(t))
	cancel()
	buf, err = s.PollInto(now, buf)
	if len(buf) != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", buf, err)
	}
	s.Close()
	buf, err = s.PollInto(patient(t), buf)
	if len(buf) != 0 || !errors.Is(err, net.ErrClosed) {
		t.Errorf("%v, %v", buf, err)
	}
	if cap(buf) == 0 || &buf[:1][0] != memory {
		t.Error("it has other memory")
	}
}

// TestPollIntoAllocs fails if PollInto allocates memory.
func TestPollIntoAllocs(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	s := newPollSet(t)
	peer, c := msgPair(t)
	if pollState == "[sync.Cond.Wait" {
		t.Skip("the model of kqueue allocates")
	}
	if err := s.Add(c, readable); err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(patience, s.WakeUp).Stop()
	p := []byte("x")
	buf := make([]streamsock.Ready, 0, 1)
	if n := testing.AllocsPerRun(500, func() {
		peer.Write(p)
		var err error
		if buf, err = s.PollInto(context.Background(), buf); len(buf) != 1 || err != nil {
			t.Fatal(buf, err)
		}
		c.TryRead(p)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestPollSetGarbage checks that a set keeps no Conn that has left it, a Conn no
// set that was closed, and that Select leaves nothing.
func TestPollSetGarbage(t *testing.T) {
	for name, leave := range map[string]func(s *streamsock.PollSet, c *streamsock.Conn){
		"Remove":       func(s *streamsock.PollSet, c *streamsock.Conn) { s.Remove(c) },
		"Clear":        func(s *streamsock.PollSet, _ *streamsock.Conn) { s.Clear() },
		"Close":        func(_ *streamsock.PollSet, c *streamsock.Conn) { c.Close() },
		"Close of set": func(s *streamsock.PollSet, _ *streamsock.Conn) { s.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			s := newPollSet(t)
			gone := make(chan struct{})
			func() {
				peer, c := msgPair(t)
				runtime.AddCleanup(c, func(gone chan struct{}) { close(gone) }, gone)
				if err := s.Add(c, readable); err != nil {
					t.Fatal(err)
				}
				put(t, peer, c, []byte("abc"))
				if ready, err := s.Poll(t.Context()); len(ready) != 1 || ready[0].Conn != c || err != nil {
					t.Errorf("%v, %v", ready, err)
				}
				leave(s, c)
			}()
			collected(t, "the Conn", gone)
			runtime.KeepAlive(s)
		})
	}
	for name, end := range map[string]func(t *testing.T, s *streamsock.PollSet, c *streamsock.Conn){
		"set": func(t *testing.T, s *streamsock.PollSet, c *streamsock.Conn) {
			s.Close()
			if s.Has(c) || s.Len() != 0 {
				t.Errorf("%v, %d", s.Has(c), s.Len())
			}
			s.Remove(c) // nothing happens
			testSetClosed(t, s.Add(c, writable))
		},
		"set of a closed Conn": func(_ *testing.T, s *streamsock.PollSet, c *streamsock.Conn) {
			c.Close()
			s.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, c := msgPair(t)
			gone := make(chan struct{})
			func() {
				s, err := streamsock.NewPollSet()
				if err != nil {
					t.Skip(err)
				}
				runtime.AddCleanup(s, func(gone chan struct{}) { close(gone) }, gone)
				if err := s.Add(c, readable); err != nil {
					t.Fatal(err)
				}
				end(t, s, c)
			}()
			collected(t, "the set", gone)
			runtime.KeepAlive(c)
		})
	}
}

// testSetClosed checks the error of a set that is closed.
func testSetClosed(t *testing.T, err error) {
	t.Helper()
	if e, ok := err.(*net.OpError); !ok || e.Op != "poll" || e.Err != net.ErrClosed {
		t.Errorf("%#v, want net.ErrClosed of poll", err)
	}
}

// TestPollSetHolds checks that a Conn stays open in a set when nothing else refers
// to it.
func TestPollSetHolds(t *testing.T) {
	s := newPollSet(t)
	l := listenHere(t)
	peer := dialTo(t, l)
	defer peer.Close()
	func() {
		c, err := l.AcceptStream()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Add(c, readable); err != nil {
			t.Fatal(err)
		}
	}()
	for range 3 {
		runtime.GC()
	}
	if _, err := peer.Write([]byte("abc")); err != nil {
		t.Fatal(err)
	}
	var ready []streamsock.Ready
	_, err := promptly(t, func() (n int, err error) { ready, err = s.Poll(t.Context()); return len(ready), err })
	if len(ready) != 1 || err != nil {
		t.Fatalf("%v, %v", ready, err)
	}
	c := ready[0].Conn
	take(t, c, []byte("abc"))
	c.Close()
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

// TestPollSetAddClose adds connections to a set while they are closed. None stays a
// member.
func TestPollSetAddClose(t *testing.T) {
	s := newPollSet(t)
	l := listenHere(t)
	for end := time.Now().Add(100 * time.Millisecond); time.Now().Before(end); {
		p, err := dialPair(l)
		if err != nil {
			t.Fatal(err)
		}
		var adding sync.WaitGroup
		for range 2 {
			adding.Go(func() {
				for s.Add(p.c, readable) == nil { // without a pause, to meet the Close
				}
			})
		}
		for !s.Has(p.c) {
			runtime.Gosched()
		}
		p.c.Close()
		p.peer.Close()
		adding.Wait()
		if s.Has(p.c) {
			t.Fatal("a closed connection is a member")
		}
	}
}

// TestSelectCloses fails if Select keeps a descriptor open, whether it succeeds or
// not.
func TestSelectCloses(t *testing.T) {
	peer, ready := msgPair(t)
	_, idle := msgPair(t)
	_, closed := msgPair(t)
	closed.Close()
	put(t, peer, ready, []byte("abc"))
	before := openDescriptors(t)
	for range 3 {
		if r, _, _, err := streamsock.Select(t.Context(), list(idle, ready), nil, nil); len(r) != 1 || err != nil {
			t.Fatal(r, err)
		}
		if _, _, _, err := streamsock.Select(t.Context(), list(idle, closed), nil, nil); err == nil {
			t.Fatal("Select of a closed connection succeeds")
		}
	}
	if n := openDescriptors(t); n > before {
		t.Errorf("%d descriptors are left", n-before)
	}
	runtime.KeepAlive(idle) // which would keep a set
}

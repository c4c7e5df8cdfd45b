// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"testing"
)

// TestWaitWritableHalfClosed checks that a goroutine that waits for room is not
// woken by the peer's end, again and again, while there is none.
func TestWaitWritableHalfClosed(t *testing.T) {
	client, server := tightPair(t)
	s := newPollSet(t)
	if err := s.Add(client, writable); err != nil {
		t.Fatal(err)
	}
	if err := server.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if e, err := client.Wait(t.Context(), readable); e&readable == 0 || err != nil {
		t.Fatalf("%v, %v", e, err)
	}
	data := ascii(1 << 20)
	write := begin(func() (int, error) { return client.Write(data) })
	write.blocks(t)
	wait := begin(func() (int, error) {
		e, err := client.Wait(t.Context(), writable)
		return int(e), err
	})
	poll := begin(func() (int, error) {
		ready, err := s.Poll(t.Context())
		return len(ready), err
	})
	timed := begin(func() (int, error) { return client.WithTimeouts(0, patience).Write([]byte("x")) })
	wait.blocks(t)
	poll.blocks(t)
	timed.blocks(t)
	take(t, server, data)
	write.ends(t, len(data), nil)
	timed.ends(t, 1, nil)
	wait.ends(t, int(writable), nil)
	poll.ends(t, 1, nil)
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"os"
	"runtime"
	"testing"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

// TestRelayGoIdle has many relays that Go has begun, moves bytes through each,
// and checks their cost when no data is copied any more: no goroutine, no
// descriptor, and about a kilobyte, which includes a share of what all use. With
// STREAMSOCK_LONG=1 there are 4,000, and each takes less.
func TestRelayGoIdle(t *testing.T) {
	count, limit := 500, int64(1500)
	if os.Getenv("STREAMSOCK_LONG") != "" {
		count, limit = 4000, 1<<10
	}
	const each = 4 // descriptors
	count = testnet.Descriptors(count*each) / each
	var relays []*relayed
	for range count {
		relays = append(relays, relayPair(t))
	}
	relayer := new(streamsock.Relayer)
	goroutines, descriptors, before := runtime.NumGoroutine(), openDescriptors(t), allocated()
	ended := make(chan error, count)
	for _, r := range relays {
		relayer.Go(t.Context(), r.a, r.b, func(s streamsock.RelayStats, err error) {
			if s.AToB != 1 || s.BToA != 2 {
				t.Errorf("%+v", s)
			}
			ended <- err
		})
	}
	rest := func(what string) {
		t.Helper()
		const others = 2 // the one that polls, and the collector's
		until(t, "the relays rest", func() bool { return runtime.NumGoroutine()-goroutines <= others })
		bytes := (allocated() - before) / int64(count)
		t.Logf("%d relays %s: %d bytes each", count, what, bytes)
		if bytes > limit && !raceEnabled && pollState != "[sync.Cond.Wait" { // including that of the model
			t.Errorf("%d bytes each", bytes)
		}
		if n := openDescriptors(t) - descriptors; n > 10 { // those of the set and of some pipes
			t.Errorf("%d descriptors more", n)
		}
	}
	rest("that have moved nothing")
	for _, r := range relays {
		put(t, r.client, r.server, []byte("a"))
		put(t, r.server, r.client, []byte("bc"))
	}
	rest("after some bytes")
	for _, r := range relays {
		take(t, r.server, []byte("a"))
		take(t, r.client, []byte("bc"))
		r.client.CloseWrite()
		r.server.CloseWrite()
		if err := next(t, ended); err != nil {
			t.Error(err)
		}
		takeRest(t, r.server, nil)
		takeRest(t, r.client, nil)
	}
}

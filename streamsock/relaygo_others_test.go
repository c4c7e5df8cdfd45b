// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"context"
	"sync"
	"testing"

	"example.com/streamsock/streamsock"
)

// openRelay returns the connections of a relay and a function that closes those of the
// peers, for any goroutine.
func openRelay(t *testing.T) (r *relayed, release func()) {
	r = new(relayed)
	var err [2]error
	r.client, r.a, err[0] = streamsock.Pair()
	r.server, r.b, err[1] = streamsock.Pair()
	if err != [2]error{} {
		t.Error(err)
		panic("no connections")
	}
	return r, func() {
		r.client.Close()
		r.server.Close()
	}
}

// TestRelayGoContexts has contexts end while relays with others begin.
func TestRelayGoContexts(t *testing.T) {
	msgPair(t) // or skips
	relayer := new(streamsock.Relayer)
	stop := make(chan struct{})
	var readers, relays sync.WaitGroup
	for range 50 { // so that Go waits for the mutex
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					for range relayer.Sessions() {
					}
				}
			}
		})
	}
	for range 16 {
		relays.Go(func() {
			for range 20 {
				r, release := openRelay(t)
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error, 1)
				go cancel()
				relayer.Go(ctx, r.a, r.b, func(_ streamsock.RelayStats, err error) { ended <- err })
				if err := <-ended; err != context.Canceled {
					t.Error(err)
				}
				release()
			}
		})
	}
	relays.Wait()
	close(stop)
	readers.Wait()
}

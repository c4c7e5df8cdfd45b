// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
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
	t.Parallel()
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

// TestRelayGoClosedWhenIdle closes a connection when its peer has been silent for the time
// of patience, and a Peek of another goroutine keeps the relay from parking it. The error is
// that of the Close.
func TestRelayGoClosedWhenIdle(t *testing.T) {
	newPollSet(t) // or skips
	r, release := openRelay(t)
	defer release()
	ended := make(chan error, 1)
	new(streamsock.Relayer).Go(t.Context(), r.a, r.b, func(_ streamsock.RelayStats, err error) { ended <- err })
	for attempt := 0; ; attempt++ {
		r.client.Write([]byte("a"))
		take(t, r.server, []byte("a"))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		peek := begin(func() (int, error) { return r.a.PeekContext(ctx, make([]byte, 1)) })
		until(t, "the relay waits for Peek or is parked", func() bool { return pumps("") == 0 || pumps("rwlock") == 1 })
		if pumps("isturb") == 1 {
			break
		}
		if attempt == 20 {
			t.Skip("the machine is too slow")
		}
		cancel()
		<-peek.done
	}
	r.a.Close()
	if err := next(t, ended); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

// pumps returns the number of goroutines that copy for a relay and whose stack has the
// text.
func pumps(text string) (n int) {
	for stack := range strings.SplitSeq(string(testnet.Stacks()), "\n\n") {
		if strings.Contains(stack, "(*relayRun).pump") && strings.Contains(stack, text) {
			n++
		}
	}
	return n
}

// TestRelayGoPeeked has other goroutines peek at connections of relays, until their
// contexts end. Neither ends a relay.
func TestRelayGoPeeked(t *testing.T) {
	newPollSet(t) // or skips
	relayer := new(streamsock.Relayer)
	var all sync.WaitGroup
	for range 10 {
		r, release := openRelay(t)
		all.Go(func() {
			defer release()
			ended := make(chan error, 1)
			relayer.Go(t.Context(), r.a, r.b, func(_ streamsock.RelayStats, err error) { ended <- err })
			var peeks sync.WaitGroup
			for range 2 {
				peeks.Go(func() {
					for i := range 40 {
						if i%3 == 0 {
							r.client.Write([]byte("a"))
						}
						ctx, cancel := context.WithTimeout(t.Context(), 25*time.Millisecond)
						r.a.PeekContext(ctx, make([]byte, 1))
						cancel()
					}
				})
			}
			peeks.Wait()
			r.client.CloseWrite()
			r.server.CloseWrite()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// TestRelayGoBlockedPeek has a goroutine wait in Peek for a connection of a
// parked relay. The relayer's other relays continue, and so do their deadlines.
func TestRelayGoBlockedPeek(t *testing.T) {
	t.Parallel()
	newPollSet(t) // or skips
	relayer := new(streamsock.Relayer)
	peeked, other := goRelay(t.Context(), t, relayer), goRelay(t.Context(), t, relayer)
	late := goRelay(t.Context(), t, relayer)
	peek := begin(func() (int, error) { return peeked.a.Peek(make([]byte, 1)) })
	peek.blocks(t)
	until(t, "the relayer looks at the connection", func() bool {
		return strings.Contains(string(testnet.Stacks()), "disturbance")
	})
	other.echo(t, []byte("a"))
	late.a.SetReadDeadline(past)
	if err := next(t, late.ended); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
	peeked.client.Write([]byte("b"))
	peek.ends(t, 1, nil)
	take(t, peeked.server, []byte("b"))
	for _, r := range []*parkedRelay{peeked, other} {
		r.client.Close()
		r.server.Close()
		if err := next(t, r.ended); err != nil {
			t.Error(err)
		}
	}
}

// TestRelayGoEcho has a relay between a connection and itself: it returns the
// data of the peer.
func TestRelayGoEcho(t *testing.T) {
	client, ours := msgPair(t)
	ended := make(chan error, 1)
	new(streamsock.Relayer).Go(t.Context(), ours, ours, func(_ streamsock.RelayStats, err error) { ended <- err })
	for range 3 {
		client.Write([]byte("echo"))
		take(t, client, []byte("echo"))
	}
	client.CloseWrite()
	if err := next(t, ended); err != nil {
		t.Error(err)
	}
	takeRest(t, client, nil)
}

// TestRelayGoRefusedAtOnce checks that Go does not wait for a Close that waits
// for SetLinger.
func TestRelayGoRefusedAtOnce(t *testing.T) {
	client, server := tightPair(t)
	fillUp(client, ascii(1<<20))
	if err := client.SetLinger(int(2 * patience.Seconds())); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	testnet.Promptly(t, func() {
		new(streamsock.Relayer).Go(t.Context(), client, nil, func(_ streamsock.RelayStats, err error) { ended <- err })
	})
	server.Close() // which resets the connection
	if err := next(t, ended); err == nil {
		t.Error("no error")
	}
}

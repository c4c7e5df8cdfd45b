// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux || windows

package streamsock_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

// TestPollSetThousands has two thousand connections in a set.
func TestPollSetThousands(t *testing.T) {
	count := testnet.Descriptors(2000) / 2 * 2
	s := newPollSet(t)
	var conns []*streamsock.Conn
	park(t, count, func(c *streamsock.Conn) {
		if err := s.Add(c, readable); err != nil {
			t.Fatal(err)
		}
		conns = append(conns, c)
	})
	shows(t, s, nil, 0)

	// A few are ready at a time, and only they are reported.
	start := time.Now()
	const rounds = 200
	for i := range rounds {
		from := i * 37 % count
		to := conns[from^1] // its peer
		if _, err := conns[from].Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		ready, err := s.Poll(patient(t))
		if err != nil || len(ready) != 1 || ready[0].Conn != to || ready[0].Events != readable {
			t.Fatalf("%d: %v, %v", i, ready, err)
		}
		take(t, to, []byte("x"))
	}
	t.Logf("%v for a Write, Poll and Read", time.Since(start)/rounds)

	// All are.
	for _, c := range conns {
		if err := s.Update(c, writable); err != nil {
			t.Fatal(err)
		}
	}
	seen := make(map[*streamsock.Conn]bool)
	for len(seen) < count {
		ready, err := s.Poll(patient(t))
		if err != nil || len(ready) == 0 {
			t.Fatalf("%d of %d had their turn: %v", len(seen), count, err)
		}
		for _, r := range ready {
			seen[r.Conn] = true
			if err := s.Update(r.Conn, readable); err != nil {
				t.Fatal(err)
			}
		}
	}

	// Half of them are closed.
	for i, c := range conns {
		if i%2 == 0 {
			c.Close()
		}
	}
	if got := s.Len(); got != count/2 {
		t.Errorf("%d members are left", got)
	}
}

// BenchmarkWaitParked times a Wait that another goroutine ends, next to so many
// that are not ended, and reports the processor's time of the process. Run it
// by
//
//	go test -run '^$' -bench WaitParked -benchtime 1000x ./streamsock
func BenchmarkWaitParked(b *testing.B) {
	for _, parked := range []int{0, 100, 1000, 4000} {
		b.Run(fmt.Sprint(parked), func(b *testing.B) {
			if testnet.Descriptors(parked+10) < parked+10 {
				b.Skip("too few descriptors")
			}
			ctx, cancel := context.WithCancel(context.Background())
			var waiting sync.WaitGroup
			defer waiting.Wait()
			defer cancel()
			park(b, parked, func(c *streamsock.Conn) {
				waiting.Go(func() { c.Wait(ctx, readable) })
			})
			client, server := msgPair(b)
			rounds := func(n int) {
				answers := make(chan error)
				go func() {
					p := make([]byte, 1)
					for range n {
						_, err := server.Wait(ctx, readable)
						if err == nil {
							_, err = server.TryRead(p)
						}
						answers <- err
					}
				}()
				for range n {
					if _, err := client.Write([]byte("x")); err != nil {
						b.Fatal(err)
					}
					if err := <-answers; err != nil {
						b.Fatal(err)
					}
				}
			}
			rounds(200) // until the others are parked
			before := processorTime(b)
			b.ResetTimer()
			rounds(b.N)
			b.StopTimer()
			b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}

// park calls f with so many connections, in pairs.
func park(t testing.TB, count int, f func(c *streamsock.Conn)) {
	t.Helper()
	l, err := streamsock.Listen("tcp4", testnet.Loopback(t, "tcp4"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for range count / 2 {
		client, err := streamsock.Dial("tcp4", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { client.Close() })
		server, err := l.AcceptStream()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { server.Close() })
		f(client)
		f(server)
	}
}

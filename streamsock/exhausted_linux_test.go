// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

// limitDescriptors has the process open only descriptors below 8 from now on. It
// returns the function that ends that.
func limitDescriptors(t *testing.T) (restore func()) {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	restore = func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(restore)
	low := limit
	low.Cur = 8
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &low); err != nil {
		t.Fatal(err)
	}
	return restore
}

// exhaust opens descriptors until none is free, and returns the function that
// closes them.
func exhaust(t *testing.T) (free func()) {
	t.Helper()
	awaitUnwatched(t)
	restore := limitDescriptors(t)
	var open []*os.File
	free = func() {
		for _, f := range open {
			f.Close()
		}
		open = nil
		restore()
	}
	t.Cleanup(free)
	for {
		f, err := os.Open(os.DevNull)
		if err != nil {
			if !errors.Is(err, syscall.EMFILE) {
				t.Fatal(err)
			}
			return free
		}
		open = append(open, f)
	}
}

// TestWaitLimited lowers the limit of descriptors below the number of those for
// which goroutines wait, which makes poll(2) fail. The waits continue.
func TestWaitLimited(t *testing.T) {
	var peers []*streamsock.Conn
	var waits []*call
	for range 12 {
		peer, ours := msgPair(t)
		w := begin(func() (int, error) { e, err := ours.Wait(t.Context(), readable); return int(e), err })
		w.blocks(t)
		peers, waits = append(peers, peer), append(waits, w)
	}
	restore := limitDescriptors(t)
	for i, w := range waits {
		switch i {
		case 1:
			rests(t) // the first event has made the poller continue
		case 6:
			restore()
		}
		peers[i].Write([]byte("abc"))
		w.ends(t, int(readable), nil)
	}
	awaitUnwatched(t)
}

// exhaustedCalls are blocking calls, the event for which they wait, and what
// they return then.
var exhaustedCalls = []struct {
	name  string
	call  func(ctx context.Context, c *streamsock.Conn) (int, error)
	event func(peer *streamsock.Conn)
	want  int
}{
	{"Wait", func(ctx context.Context, c *streamsock.Conn) (int, error) {
		e, err := c.Wait(ctx, readable)
		return int(e), err
	}, sendABC, int(readable)},
	{"WaitUrgent", func(ctx context.Context, c *streamsock.Conn) (int, error) { return 0, c.WaitUrgent(ctx) },
		func(peer *streamsock.Conn) { peer.SendUrgent('!') }, 0},
	{"ReadContext", func(ctx context.Context, c *streamsock.Conn) (int, error) { return c.ReadContext(ctx, make([]byte, 9)) },
		sendABC, 3},
	{"PeekContext", func(ctx context.Context, c *streamsock.Conn) (int, error) { return c.PeekContext(ctx, make([]byte, 9)) },
		sendABC, 3},
	{"CloseGraceful", func(ctx context.Context, c *streamsock.Conn) (int, error) { return 0, c.CloseGraceful(ctx) },
		func(peer *streamsock.Conn) { peer.CloseWrite() }, 0},
}

func sendABC(peer *streamsock.Conn) { peer.Write([]byte("abc")) }

// TestExhausted waits when no descriptor is free. The calls do not fail, and
// end as usual, whether descriptors are free by then or not.
func TestExhausted(t *testing.T) {
	for _, again := range []bool{false, true} {
		t.Run(fmt.Sprintf("descriptors again %v", again), func(t *testing.T) {
			type running struct {
				*call
				ours, peer *streamsock.Conn
			}
			calls := make(map[string]running)
			ends := []string{"event", "deadline", "Close", "context"} // the last, of all
			for _, c := range exhaustedCalls {
				for _, end := range ends {
					var r running
					r.peer, r.ours = msgPair(t)
					calls[c.name+end] = r
				}
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			free := exhaust(t)
			for _, c := range exhaustedCalls {
				for _, end := range ends {
					r := calls[c.name+end]
					r.call = begin(func() (int, error) { return c.call(ctx, r.ours) })
					r.blocks(t)
					calls[c.name+end] = r
				}
			}
			rests(t)
			if again {
				free()
				time.Sleep(busyWindow / 5) // for them to see it
			}
			for _, end := range ends {
				for _, c := range exhaustedCalls {
					r, n, want := calls[c.name+end], 0, error(nil)
					switch end {
					case "event":
						c.event(r.peer)
						n = c.want
					case "deadline":
						if c.name == "CloseGraceful" {
							continue // it does not count
						}
						r.ours.SetReadDeadline(past)
						want = os.ErrDeadlineExceeded
					case "Close":
						r.ours.Close()
						want = net.ErrClosed
					case "context":
						cancel()
						want = context.Canceled
					}
					if got, err := r.call.end(t); got != int64(n) || !errors.Is(err, want) {
						t.Errorf("%s until %s: %d, %v, want %d, %v", c.name, end, got, err, n, want)
					}
				}
			}
		})
	}
}

// TestExhaustedSet has a PollSet, which has a descriptor of its own, and Select,
// which needs one, when no descriptor is free.
func TestExhaustedSet(t *testing.T) {
	s := newPollSet(t)
	peer, ours := msgPair(t)
	if err := s.Add(ours, writable); err != nil {
		t.Fatal(err)
	}
	free := exhaust(t)
	shows(t, s, ours, writable)
	if err := s.Update(ours, readable); err != nil {
		t.Fatal(err)
	}
	put(t, peer, ours, []byte("abc"))
	shows(t, s, ours, readable)
	if _, err := streamsock.NewPollSet(); !errors.Is(err, syscall.EMFILE) {
		t.Error(err)
	}
	if _, _, _, err := streamsock.Select(t.Context(), list(ours), nil, nil); !errors.Is(err, syscall.EMFILE) {
		t.Error(err)
	}
	free()
	if r, _, _, err := streamsock.Select(t.Context(), list(ours), nil, nil); len(r) != 1 || err != nil {
		t.Error(r, err)
	}
}

// TestExhaustedRelay relays when no descriptor is free for a pipe. The bytes pass
// through the memory of the process, with the same results.
func TestExhaustedRelay(t *testing.T) {
	whole, broken, refused := relayPair(t), relayPair(t), relayPair(t)
	closePipes(t)
	exhaust(t)

	whole.start(t.Context(), &streamsock.Relayer{})
	rests(t)
	there, back := ascii(300_000), ascii(100_000)
	sent := begin(func() (int, error) {
		_, err := whole.client.Sendmsg([][]byte{[]byte("ab!")}, streamsock.OOB)
		n, writeErr := whole.client.Write(there)
		return n, errors.Join(err, writeErr, whole.client.CloseWrite())
	})
	takeRest(t, whole.server, slices.Concat([]byte("ab"), there))
	sent.ends(t, len(there), nil)
	sent = begin(func() (int, error) {
		n, err := whole.server.Write(back)
		return n, errors.Join(err, whole.server.Close())
	})
	takeRest(t, whole.client, back)
	sent.ends(t, len(back), nil)
	whole.done.ends(t, 0, nil)
	if want := (streamsock.RelayStats{AToB: int64(len(there)) + 2, BToA: int64(len(back))}); whole.stats != want {
		t.Errorf("%+v, want %+v", whole.stats, want)
	}
	whole.closed(t)

	broken.start(t.Context(), &streamsock.Relayer{})
	broken.client.Write([]byte("abc"))
	take(t, broken.server, []byte("abc"))
	abortConn(broken.client.TCPConn)
	takeRest(t, broken.server, nil) // the relay has noticed which connection failed
	broken.server.Close()
	broken.fails(t)

	if err := errors.Join(refused.client.SetWriteBuffer(64<<10), refused.a.SetReadBuffer(64<<10)); err != nil {
		t.Fatal(err)
	}
	refused.start(t.Context(), &streamsock.Relayer{})
	upload := begin(func() (int, error) {
		n, err := refused.client.Write(make([]byte, 4<<20))
		return n, errors.Join(err, refused.client.CloseWrite())
	})
	if _, err := io.ReadFull(refused.server, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	refused.server.Write([]byte("refused"))
	refused.server.Close() // resets the connection
	upload.ends(t, 4<<20, nil)
	takeRest(t, refused.client, []byte("refused"))
	refused.fails(t)
}

// TestAcceptExhausted accepts while none or one descriptor is free. With one, the
// connection is taken from the system and kept, for whatever accepts next.
func TestAcceptExhausted(t *testing.T) {
	for _, free := range []int{0, 1} {
		for next, accept := range acceptWays {
			l := listen(t, &streamsock.ListenConfig{}, "tcp4")
			peer := dialTo(t, l)
			spare := must(t)(os.Open(os.DevNull))
			restore := exhaust(t)
			if free > 0 {
				spare.Close()
			}
			for range 3 {
				if c, err := l.TryAccept(); c != nil || !errors.Is(err, syscall.EMFILE) {
					t.Errorf("%d free: %v, %v", free, c, err)
				}
			}
			restore()
			c, err := accept(patient(t), l)
			if err != nil {
				t.Fatalf("%d free, then %s: %v", free, next, err)
			}
			put(t, peer, c, []byte("data"))
			take(t, c, []byte("data"))
			c.Close()
			spare.Close()
		}
	}
	l := listen(t, &streamsock.ListenConfig{}, "tcp4") // and Close closes the kept sockets
	peer := dialTo(t, l)
	spare := must(t)(os.Open(os.DevNull))
	exhaust(t)
	spare.Close()
	if c, err := l.TryAccept(); c != nil || !errors.Is(err, syscall.EMFILE) {
		t.Errorf("%v, %v", c, err)
	}
	l.Close()
	if n, err := peer.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("the peer of a connection that was kept has %d, %v", n, err)
	}
}

// TestAcceptExhaustedPoll has a PollSet report a listener that has kept a connection,
// also to a goroutine that waits already.
func TestAcceptExhaustedPoll(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	s := newPollSet(t)
	if err := s.Add(l, readable|streamsock.Oneshot); err != nil {
		t.Fatal(err)
	}
	peer := dialTo(t, l)
	shows := func() {
		t.Helper()
		if ready, err := s.Poll(patient(t)); len(ready) != 1 || ready[0].Socket != l || ready[0].Events != readable || err != nil {
			t.Fatalf("%v, %v", ready, err)
		}
	}
	shows()
	if err := s.Update(l, 0); err != nil {
		t.Fatal(err)
	}
	spare := must(t)(os.Open(os.DevNull))
	restore := exhaust(t)
	spare.Close()
	if c, err := l.TryAccept(); c != nil || !errors.Is(err, syscall.EMFILE) {
		t.Fatalf("%v, %v", c, err)
	}
	if got := readyNow(t, s); len(got) != 0 {
		t.Errorf("without an event: %v", got)
	}
	if err := s.Update(l, readable); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		shows()
	}
	restore()
	c, err := l.TryAccept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	put(t, peer, c, []byte("data"))
	if got := readyNow(t, s); len(got) != 0 {
		t.Errorf("when it has been accepted: %v", got)
	}

	polling := begin(func() (int, error) { ready, err := s.Poll(t.Context()); return len(ready), err })
	polling.blocks(t)
	l2 := listen(t, &streamsock.ListenConfig{}, "tcp4")
	dialTo(t, l2)
	if err := s.Add(l2, streamsock.PeerClosed); err != nil {
		t.Fatal(err)
	}
	spare = must(t)(os.Open(os.DevNull))
	exhaust(t)
	spare.Close()
	if c, err := l2.TryAccept(); c != nil || !errors.Is(err, syscall.EMFILE) {
		t.Fatalf("%v, %v", c, err)
	}
	polling.blocks(t)
	if err := s.Update(l2, readable); err != nil {
		t.Fatal(err)
	}
	polling.ends(t, 1, nil)
}

// TestRelayGoExhausted has relays begin when no descriptor is free for their PollSet.
func TestRelayGoExhausted(t *testing.T) {
	byGo(t, map[string]func(*testing.T){"Relay": TestExhaustedRelay})
	r := relayPair(t)
	exhaust(t)
	const timeout = 300 * time.Millisecond
	start := time.Now()
	ended := make(chan error, 1)
	relayer := &streamsock.Relayer{IdleTimeout: timeout}
	relayer.Go(t.Context(), r.a, r.b, func(_ streamsock.RelayStats, err error) { ended <- err })
	r.client.Write([]byte("abc"))
	take(t, r.server, []byte("abc"))
	if err := next(t, ended); err != streamsock.ErrIdle {
		t.Error(err)
	}
	within(t, "the relay", time.Since(start), timeout)
	r.closed(t)
}

// TestRelayGoLimited lowers the limit of descriptors below the number of
// relays, which makes poll(2) fail. They continue, each with goroutines.
func TestRelayGoLimited(t *testing.T) {
	relayer := &streamsock.Relayer{IdleTimeout: 2 * time.Second}
	var relays []*parkedRelay
	for range 6 {
		relays = append(relays, goRelay(t.Context(), t, relayer))
	}
	relays[0].rests(t)
	restore := limitDescriptors(t)
	for i, r := range relays {
		if i == 3 {
			restore()
		}
		r.echo(t, []byte("hello"))
	}
	relays[5].client.Close()
	relays[5].server.Close()
	if err := next(t, relays[5].ended); err != nil {
		t.Error(err)
	}
	for _, r := range relays[:5] {
		if err := next(t, r.ended); err != streamsock.ErrIdle {
			t.Error(err)
		}
	}
}

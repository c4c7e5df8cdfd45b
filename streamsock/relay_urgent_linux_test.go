// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

// TestUrgentRelay passes urgent bytes on at their place, in both directions, to
// a receiver that receives them out of line and one that receives them inline.
func TestUrgentRelay(t *testing.T) {
	scripts := [][]string{
		{"abc", "!x", "def"},
		{"!x"},
		{"!x", "abc"},
		{"abc", "!x"},
		{"!x", "!y", "abc", "!z"},
		{"a", "!x", "b", "!y", "c", "!z", "d"},
		{string(ascii(50_000)), "!x", string(ascii(70_000))},
	}
	for _, inline := range []bool{false, true} {
		for _, back := range []bool{false, true} {
			for i, script := range scripts {
				t.Run(fmt.Sprintf("inline %t, back %t, %d", inline, back, i), func(t *testing.T) {
					r := startRelay(t, t.Context(), &streamsock.Relayer{Urgent: true})
					from, to := r.client, r.server
					if back {
						from, to = to, from
					}
					if err := to.SetOOBInline(inline); err != nil {
						t.Fatal(err)
					}
					for _, part := range script {
						playUrgent(t, from, to, part, inline)
					}
					from.CloseWrite()
					takeRest(t, to, nil)
					to.Close()
					r.done.ends(t, 0, nil)
					total := int64(0)
					for _, part := range script {
						total += int64(len(part))
						if part[0] == '!' {
							total--
						}
					}
					if sum := r.stats.AToB + r.stats.BToA; sum != total {
						t.Errorf("%d bytes, want %d", sum, total)
					}
				})
			}
		}
	}
}

// playUrgent sends a part, or after ! an urgent byte, and receives it.
func playUrgent(t *testing.T, from, to *streamsock.Conn, part string, inline bool) {
	t.Helper()
	if part[0] != '!' {
		sending := begin(func() (int, error) { return from.Write([]byte(part)) })
		take(t, to, []byte(part))
		sending.ends(t, len(part), nil)
		return
	}
	if err := from.SendUrgent(part[1]); err != nil {
		t.Fatal(err)
	}
	if err := to.WaitUrgent(patient(t)); err != nil {
		t.Fatal(err)
	}
	if marked, err := to.AtMark(); !marked || err != nil {
		t.Errorf("%q: at the mark %t, %v", part, marked, err)
	}
	if inline {
		take(t, to, []byte(part[1:]))
		return
	}
	if b, err := to.ReadUrgent(); b != part[1] || err != nil {
		t.Errorf("%q: the urgent byte is %q, %v", part, b, err)
	}
}

// TestUrgentRelayQueued sends data with an urgent byte in the middle, of which a part is
// queued everywhere when the receiver begins to read.
func TestUrgentRelayQueued(t *testing.T) {
	r := startRelay(t, t.Context(), &streamsock.Relayer{Urgent: true})
	if err := r.server.SetOOBInline(true); err != nil {
		t.Fatal(err)
	}
	before, after := ascii(300_000), bytes.Repeat([]byte("after"), 60_000)
	sending := begin(func() (int, error) {
		_, err1 := r.client.Write(before)
		err2 := r.client.SendUrgent('!')
		n, err3 := r.client.Write(after)
		return n, errors.Join(err1, err2, err3, r.client.CloseWrite())
	})
	sending.settles(t)
	var got []byte
	b := make([]byte, 10_000)
	place := -1
	for {
		if _, err := r.server.Peek(b[:1]); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if marked, err := r.server.AtMark(); marked && err == nil {
			place = len(got)
		}
		n, err := r.server.Read(b)
		got = append(got, b[:n]...)
		if err != nil {
			t.Fatal(err)
		}
	}
	sending.ends(t, len(after), nil)
	if place != len(before) || !bytes.Equal(got, slices.Concat(before, []byte("!"), after)) {
		t.Errorf("the mark is at %d of %d bytes, want at %d of %d", place, len(got), len(before), len(before)+1+len(after))
	}
	r.server.Close()
	r.done.ends(t, 0, nil)
}

// TestUrgentRelayRefuses checks that nothing moves if a side has no urgent
// data.
func TestUrgentRelayRefuses(t *testing.T) {
	for _, k := range relayKinds {
		t.Run(k.name, func(t *testing.T) {
			c, peer := k.open(t)
			other, otherPeer := msgPair(t)
			put(t, otherPeer, other, []byte("abc"))
			relayer := streamsock.Relayer{Urgent: true, IdleTimeout: 20 * time.Millisecond}
			_, err := relayUntilEnd(t.Context(), &relayer, c, other)
			if has := k.sock && k.tcp; has != errors.Is(err, streamsock.ErrIdle) || has == errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("%v", err)
			}
			if _, err := other.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
				t.Errorf("the other connection is left open: %v", err)
			}
			peer.Close()
		})
	}
}

// TestUrgentRelayRests checks that a relay that waits does not spin, also with
// an urgent byte that it has passed on.
func TestUrgentRelayRests(t *testing.T) {
	r := startRelay(t, t.Context(), &streamsock.Relayer{Urgent: true})
	rests(t)
	playUrgent(t, r.client, r.server, "!x", false)
	rests(t)
	playUrgent(t, r.client, r.server, "abc", false)
	rests(t)
	r.client.Close()
	r.server.Close()
	r.done.end(t)
}

// TestUrgentRelayFails has an urgent relay end by the timeout of a connection, and by a
// peer that has reset the one that is written to.
func TestUrgentRelayFails(t *testing.T) {
	t.Run("timeout", func(t *testing.T) {
		const timeout = 50 * time.Millisecond
		client, ours := msgPair(t)
		_, other := msgPair(t)
		relayer := streamsock.Relayer{Urgent: true}
		relaying := doing(func() error {
			_, err := relayUntilEnd(t.Context(), &relayer, ours.WithTimeouts(timeout, 0), other)
			return err
		})
		client.Write([]byte("x"))
		start := time.Now()
		relaying.ends(t, 0, os.ErrDeadlineExceeded)
		within(t, "the relay", time.Since(start), timeout)
	})
	t.Run("write timeout", func(t *testing.T) {
		const timeout = 50 * time.Millisecond
		client, ours := msgPair(t)
		_, other := msgPair(t)
		data := ascii(64 << 20)
		fillUp(other, data)
		relayer := streamsock.Relayer{Urgent: true}
		relaying := doing(func() error {
			_, err := relayUntilEnd(t.Context(), &relayer, ours, other.WithTimeouts(0, timeout))
			return err
		})
		for end := time.Now().Add(patience); len(relaying.done) == 0 && time.Now().Before(end); {
			client.SendUrgent('!')
			time.Sleep(timeout / 10)
			for err := error(nil); err == nil; { // there may be room again
				_, err = other.TryWrite(data)
			}
		}
		relaying.ends(t, 0, os.ErrDeadlineExceeded)
	})
	for _, timeout := range []time.Duration{0, time.Hour} {
		t.Run(fmt.Sprintf("deadline, timeout %v", timeout), func(t *testing.T) {
			for _, at := range []time.Time{past, time.Now().Add(20 * time.Millisecond)} {
				client, ours := msgPair(t)
				_, other := msgPair(t)
				var a net.Conn = ours
				if timeout > 0 {
					a = ours.WithTimeouts(timeout, timeout)
				}
				relayer := streamsock.Relayer{Urgent: true}
				relaying := doing(func() error {
					_, err := relayUntilEnd(t.Context(), &relayer, a, other)
					return err
				})
				client.Write([]byte("x"))
				until(t, "the relay has begun", func() bool {
					for s := range relayer.Sessions() {
						return s.Stats.AToB == 1
					}
					return false
				})
				ours.SetReadDeadline(at)
				relaying.ends(t, 0, os.ErrDeadlineExceeded)
			}
		})
	}
	t.Run("deadline while busy", func(t *testing.T) {
		r := relayPair(t)
		left := r.stalls(t, &streamsock.Relayer{Urgent: true}, ascii(64<<20))
		if err := r.a.SetReadDeadline(past); err != nil {
			t.Fatal(err)
		}
		go io.Copy(io.Discard, r.server)
		r.done.ends(t, 0, os.ErrDeadlineExceeded)
		if r.stats.AToB >= int64(left) {
			t.Errorf("the relay read all of %d bytes before it ended", left)
		}
	})
	t.Run("reset", func(t *testing.T) {
		r := startRelay(t, t.Context(), &streamsock.Relayer{Urgent: true})
		r.client.Write([]byte("x"))
		take(t, r.server, []byte("x"))
		abortConn(r.server.TCPConn)
		r.client.Write([]byte("y"))
		r.client.Close()
		r.fails(t)
	})
}

// TestUrgentRelayGo runs the tests of this file with Go.
func TestUrgentRelayGo(t *testing.T) {
	byGo(t, map[string]func(*testing.T){
		"Relay":   TestUrgentRelay,
		"Queued":  TestUrgentRelayQueued,
		"Refuses": TestUrgentRelayRefuses,
		"Fails":   TestUrgentRelayFails,
		"Rests":   TestUrgentRelayRests,
	})
}

// TestUrgentRelayPlain has a Close and a deadline of package net's connection end a relay.
func TestUrgentRelayPlain(t *testing.T) {
	for name, tt := range map[string]struct {
		do   func(c *net.TCPConn) error
		want error
	}{
		"close":    {(*net.TCPConn).Close, net.ErrClosed},
		"deadline": {func(c *net.TCPConn) error { return c.SetReadDeadline(past) }, os.ErrDeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			a, peerA := testnet.Pair(t, "tcp4")
			b, peerB := testnet.Pair(t, "tcp4")
			relayer := streamsock.Relayer{Urgent: true}
			ended := make(chan error, 1)
			go func() {
				_, err := relayer.Relay(t.Context(), a, b)
				ended <- err
			}()
			peerA.Write([]byte("a"))
			take(t, wrap(t, peerB), []byte("a"))
			if err := tt.do(a); err != nil {
				t.Fatal(err)
			}
			if err := next(t, ended); !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
		})
	}
	t.Run("close of a Conn's", func(t *testing.T) {
		r := startRelay(t, t.Context(), &streamsock.Relayer{Urgent: true})
		put(t, r.client, r.server, []byte("a"))
		r.a.TCPConn.Close()
		r.done.ends(t, 0, net.ErrClosed)
	})
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

// notices waits until the only session of the relayer has an error, and returns it.
func notices(t *testing.T, relayer *streamsock.Relayer) (failed *streamsock.RelayError) {
	t.Helper()
	until(t, "the relay has noticed", func() bool {
		for s := range relayer.Sessions() {
			errors.As(s.Err, &failed)
		}
		return failed != nil
	})
	return failed
}

// TestRelayNames has one of the peers reset its connection, and checks that the
// error names that connection, whichever direction was busy.
func TestRelayNames(t *testing.T) {
	skipParkedReset(t)
	for _, who := range []string{"a", "b"} {
		for _, flow := range []string{"idle", "to a", "to b"} {
			t.Run(who+" breaks, "+flow, func(t *testing.T) {
				relayer := new(streamsock.Relayer)
				r := startRelay(t, t.Context(), relayer)
				victim, other, want := r.client, r.server, r.a
				if who == "b" {
					victim, other, want = r.server, r.client, r.b
				}
				from, to := r.client, r.server
				if flow == "to a" {
					from, to = to, from
				}
				var sent, received *call
				if flow != "idle" {
					sent = begin(func() (n int64, err error) {
						for p := make([]byte, 1000); err == nil; {
							_, err = from.Write(p)
						}
						return 0, nil
					})
					if _, err := io.ReadFull(to, make([]byte, 100_000)); err != nil {
						t.Fatal(err)
					}
					received = begin(func() (int, error) { io.Copy(io.Discard, to); return 0, nil })
				}
				victim.Abort()
				live := notices(t, relayer)
				if live.Conn != want || live.AfterEnd {
					t.Errorf("the session has the error %v of %v", live, live.Conn.RemoteAddr())
				}
				other.Close()
				_, err := r.done.end(t)
				if e, ok := err.(*streamsock.RelayError); !ok || e.Conn != want || e.AfterEnd {
					t.Errorf("%v, want an error of %v", err, want.RemoteAddr())
				}
				if sent != nil {
					sent.ends(t, 0, nil)
					received.ends(t, 0, nil)
				}
			})
		}
	}
}

// stall has a relay wait until the server reads: it sends data until there is no room
// and the relay leaves much of it unread for a while. It returns how much has left the
// client.
func stall(t *testing.T, r *relayed, data []byte) (left int) {
	t.Helper()
	const still, pause = 10, 10 * time.Millisecond
	written, before := 0, 0
	for same := 0; same < still; time.Sleep(pause) {
		written += fillUp(r.client, data[written:])
		if written == len(data) {
			t.Fatalf("%d bytes fit in", written)
		}
		unread, err := r.a.Available()
		if err != nil {
			t.Fatal(err)
		}
		if same++; unread < 64<<10 || unread != before {
			same, before = 0, unread
		}
	}
	unacked, err := r.client.Unacked()
	if err != nil {
		t.Skip(err)
	}
	return written - unacked
}

// stalledRelay returns a relay that waits in writing to the server.
func stalledRelay(t *testing.T, relayer *streamsock.Relayer, data []byte) (r *relayed, left int) {
	t.Helper()
	r = relayPair(t)
	return r, r.stalls(t, relayer, data)
}

// stalls starts the relay, waits until it waits in writing to the server, and returns
// how many bytes the server will get at least.
func (r *relayed) stalls(t *testing.T, relayer *streamsock.Relayer, data []byte) (left int) {
	t.Helper()
	skipUnlessChecked(t)
	if err := errors.Join(
		r.a.SetReadBuffer(1<<20), // much more than there is room for later
		r.b.SetWriteBuffer(32<<10), r.server.SetReadBuffer(32<<10),
	); err != nil {
		t.Fatal(err)
	}
	r.start(t.Context(), relayer)
	return stall(t, r, data)
}

// TestRelayStalled has a client reset its connection while the relay waits for the
// server to read. The relay notices, and the server still gets what had arrived.
func TestRelayStalled(t *testing.T) {
	if onWine {
		t.Skip("wine may report the end of the stream instead of a reset")
	}
	data := ascii(64 << 20)
	for _, reset := range []bool{false, true} {
		t.Run(fmt.Sprintf("Reset %t", reset), func(t *testing.T) {
			relayer := &streamsock.Relayer{Reset: reset}
			r, left := stalledRelay(t, relayer, data)
			r.client.Abort()
			if e := notices(t, relayer); e.Conn != r.a || e.Op != "write" || !errors.Is(e, streamsock.ErrBroken) || e.AfterEnd {
				t.Errorf("the session has the error %#v", e)
			}
			if len(r.done.done) > 0 {
				t.Error("the relay has ended")
			}
			var got bytes.Buffer
			n, err := promptly(t, func() (int64, error) { return io.Copy(&got, r.server) })
			if int(n) < left || int(n) > len(data) || !bytes.Equal(got.Bytes(), data[:n]) {
				t.Errorf("%d bytes arrived of %d, or they differ", n, left)
			}
			if !reset && err != nil || reset && !answersReset(err) {
				t.Errorf("after the bytes the server got %v", err)
			}
			r.server.Close()
			r.fails(t)
			if r.stats.AToB != n {
				t.Errorf("%+v, want %d bytes to b", r.stats, n)
			}
		})
	}
}

// TestRelayStalledLimit has a client reset its connection while the relay waits for a
// server that never reads. The relay ends after 30 seconds, also if a write to the
// client has returned the error.
func TestRelayStalledLimit(t *testing.T) {
	if os.Getenv("STREAMSOCK_LONG") == "" {
		t.Skip("takes half a minute; run with STREAMSOCK_LONG=1")
	}
	for _, write := range []bool{false, true} {
		t.Run(fmt.Sprintf("write %t", write), func(t *testing.T) {
			t.Parallel()
			relayStalledLimit(t, write)
		})
	}
}

func relayStalledLimit(t *testing.T, write bool) {
	relayer := new(streamsock.Relayer)
	r := new(relayed)
	for _, ends := range [][2]**streamsock.Conn{{&r.client, &r.a}, {&r.server, &r.b}} {
		peer, c := testnet.Connect(t, "tcp4") // which may take longer than others
		*ends[0], *ends[1] = wrap(t, peer), wrap(t, c)
	}
	r.stalls(t, relayer, ascii(64<<20))
	r.client.Abort()
	start := time.Now()
	if write {
		breaks(t, r.a)
		r.server.Write([]byte("x")) // before the relay notices, which takes 250 ms
	}
	notices(t, relayer)
	select {
	case o := <-r.done.done:
		e, ok := o.err.(*streamsock.RelayError)
		if took := time.Since(start); took < 25*time.Second || !ok || e.Conn != r.a || !write && !errors.Is(e, streamsock.ErrBroken) {
			t.Errorf("after %v: %v", took, o.err)
		}
	case <-time.After(2 * time.Minute):
		t.Fatal("the relay has no end")
	}
	r.closed(t)
}

// TestRelayIdleSlow has a relay wait for a server that reads slowly. The kernel unblocks
// the write after more than IdleTimeout, but the relay is not idle.
func TestRelayIdleSlow(t *testing.T) {
	const timeout = time.Second
	r := relayPair(t)
	if _, err := r.b.Unacked(); errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	if err := r.server.SetReadBuffer(32 << 10); err != nil { // acknowledges often
		t.Fatal(err)
	}
	r.start(t.Context(), &streamsock.Relayer{IdleTimeout: timeout})
	data := ascii(8 << 20)
	sent := begin(func() (int, error) {
		defer r.client.CloseWrite()
		return r.client.Write(data)
	})
	got := make([]byte, 0, len(data))
	for start := time.Now(); time.Since(start) < 3*timeout/2; time.Sleep(timeout / 50) {
		n, err := io.ReadFull(r.server, got[len(got):len(got)+4<<10])
		if got = got[:len(got)+n]; err != nil {
			t.Fatal(err)
		}
	}
	takeRest(t, r.server, data[len(got):])
	if !bytes.Equal(got, data[:len(got)]) {
		t.Error("the data differs")
	}
	sent.ends(t, len(data), nil)
	r.server.Close()
	r.done.ends(t, 0, nil)
}

// TestRelayStalledClose closes a connection of a relay that waits for the other one.
func TestRelayStalledClose(t *testing.T) {
	r, _ := stalledRelay(t, new(streamsock.Relayer), ascii(64<<20))
	r.a.Close()
	_, err := r.done.end(t)
	if e, ok := err.(*streamsock.RelayError); !ok || e.Conn != r.a || !errors.Is(err, net.ErrClosed) {
		t.Errorf("%v, want net.ErrClosed of a", err)
	}
	r.closed(t)
}

// TestRelayAfterEnd has a client end its stream and then reset the connection, as a
// close does that leaves something unread. The error tells it from a reset alone.
func TestRelayAfterEnd(t *testing.T) {
	skipUnlessChecked(t)
	for _, end := range []bool{true, false} {
		t.Run(fmt.Sprintf("end %t", end), func(t *testing.T) {
			relayer := new(streamsock.Relayer)
			r := startRelay(t, t.Context(), relayer)
			r.client.Write([]byte("last words"))
			if end {
				r.client.CloseWrite()
				takeRest(t, r.server, []byte("last words"))
			} else {
				take(t, r.server, []byte("last words"))
			}
			r.client.Abort()
			breaks(t, r.a)
			r.server.Write([]byte("an answer"))
			if e := notices(t, relayer); e.Conn != r.a || e.AfterEnd != end {
				t.Errorf("the session has the error %#v", e)
			}
			r.server.Close()
			_, err := r.done.end(t)
			e, ok := err.(*streamsock.RelayError)
			if !ok || e.Conn != r.a || e.AfterEnd != end || strings.Contains(e.Error(), "after the end") != end {
				t.Errorf("%#v: %v", err, err)
			}
		})
	}
}

// TestRelayHardClose has a client close its connection in a hurry, as psql does
// under TLS: it sends close_notify and does not read the reply.
func TestRelayHardClose(t *testing.T) {
	skipUnlessChecked(t)
	r := startRelay(t, context.Background(), new(streamsock.Relayer))
	r.client.Write([]byte("terminate"))
	r.client.Close()
	takeRest(t, r.server, []byte("terminate"))
	r.server.Write([]byte("close notify"))
	breaks(t, r.a)
	r.server.Close()
	_, err := r.done.end(t)
	if e, ok := err.(*streamsock.RelayError); !ok || e.Conn != r.a || e.Op != "write" || !e.AfterEnd {
		t.Errorf("%#v", err)
	}
}

// TestRelayGoBroken runs the tests of this file with Go.
func TestRelayGoBroken(t *testing.T) {
	byGo(t, map[string]func(*testing.T){
		"IdleSlow":     TestRelayIdleSlow,
		"Names":        TestRelayNames,
		"Stalled":      TestRelayStalled,
		"StalledClose": TestRelayStalledClose,
		"AfterEnd":     TestRelayAfterEnd,
		"HardClose":    TestRelayHardClose,
	})
}

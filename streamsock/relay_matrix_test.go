// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package streamsock_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

// A relayKind is a kind of connection that a relay can have.
type relayKind struct {
	name string
	open func(t *testing.T) (c, peer net.Conn)

	sock, tcp bool // the kernel can copy; the peer can reset
	full      bool // the connection can be neither half closed nor reset
}

// A plainWrapper has the methods of net.Conn and no others. A closingWrapper
// can be half closed, and returns the wrapped connection.
type (
	plainWrapper   struct{ net.Conn }
	closingWrapper struct {
		net.Conn
		tcp *net.TCPConn
	}
)

func (w closingWrapper) CloseWrite() error { return w.tcp.CloseWrite() }
func (w closingWrapper) NetConn() net.Conn { return w.tcp }

var relayKinds = []relayKind{
	{"Conn", func(t *testing.T) (c, peer net.Conn) { return asNetConns(msgPair(t)) }, true, true, false},
	{"TCPConn", func(t *testing.T) (c, peer net.Conn) { return asNetConns(testnet.Pair(t, "tcp4")) }, true, true, false},
	{"TimeoutConn", func(t *testing.T) (c, peer net.Conn) {
		ours, theirs := msgPair(t)
		return ours.WithTimeouts(time.Hour, time.Hour), theirs
	}, true, true, false},
	{"UnixConn", func(t *testing.T) (c, peer net.Conn) { return asNetConns(ourUnixPair(t)) }, true, false, false},
	{"net.UnixConn", func(t *testing.T) (c, peer net.Conn) { return unixPair(t) }, true, false, false},
	{"tls.Conn", func(t *testing.T) (c, peer net.Conn) {
		ours, theirs := testnet.Pair(t, "tcp4")
		return tls.Server(ours, testnet.ServerTLS(t)), tls.Client(theirs, testnet.ClientTLS(t))
	}, false, true, false},
	{"wrapper with CloseWrite", func(t *testing.T) (c, peer net.Conn) {
		ours, theirs := testnet.Pair(t, "tcp4")
		return closingWrapper{ours, ours}, theirs
	}, false, true, false},
	{"wrapper without CloseWrite", func(t *testing.T) (c, peer net.Conn) {
		ours, theirs := testnet.Pair(t, "tcp4")
		return plainWrapper{ours}, theirs
	}, false, true, true},
}

func asNetConns[C net.Conn](a, b C) (net.Conn, net.Conn) { return a, b }

// relayKindPairs runs a test with each pair of kinds.
func relayKindPairs(t *testing.T, test func(t *testing.T, a, b relayKind)) {
	for _, a := range relayKinds {
		for _, b := range relayKinds {
			t.Run(a.name+" and "+b.name, func(t *testing.T) { test(t, a, b) })
		}
	}
}

// A mixedRelay is a relay of two kinds, and the peers.
type mixedRelay struct {
	a, b, peerA, peerB net.Conn
	relayer            *streamsock.Relayer
	done               *call
	stats              streamsock.RelayStats
}

// isOver checks that both connections are closed.
func (r *mixedRelay) isOver(t *testing.T) {
	t.Helper()
	for _, c := range []net.Conn{r.a, r.b} {
		if _, err := c.Write([]byte("x")); err == nil || !errors.Is(err, net.ErrClosed) {
			t.Errorf("%T: Write after the relay: %v", c, err)
		}
	}
}

func closeWrite(c net.Conn) error { return c.(interface{ CloseWrite() error }).CloseWrite() }

// TestRelayKinds relays between all kinds of connections, with half-close both ways.
func TestRelayKinds(t *testing.T) {
	request, answer := ascii(100_000), ascii(150_000)
	relayKindPairs(t, func(t *testing.T, a, b relayKind) {
		r := startMixed(t.Context(), t, a, b, &streamsock.Relayer{})
		upload := begin(func() (int, error) {
			n, err := r.peerA.Write(request)
			return n, errors.Join(err, closeWrite(r.peerA))
		})
		got := make([]byte, len(request))
		if n, err := io.ReadFull(r.peerB, got); !bytes.Equal(got, request) || err != nil {
			t.Fatalf("%d bytes of %d arrived, %v", n, len(request), err)
		}
		if !b.full {
			if n, err := r.peerB.Read(got); n != 0 || err != io.EOF {
				t.Errorf("after the request: %d, %v", n, err)
			}
		}
		upload.ends(t, len(request), nil)
		download := begin(func() (int, error) {
			n, err := r.peerB.Write(answer)
			return n, errors.Join(err, closeWrite(r.peerB))
		})
		all, err := io.ReadAll(r.peerA)
		if !bytes.Equal(all, answer) || err != nil {
			t.Errorf("%d bytes of %d came back, %v", len(all), len(answer), err)
		}
		download.ends(t, len(answer), nil)
		r.done.ends(t, 0, nil)
		r.isOver(t)
		if want := (streamsock.RelayStats{AToB: int64(len(request)), BToA: int64(len(answer))}); r.stats != want {
			t.Errorf("%+v, want %+v", r.stats, want)
		}
	})
}

// TestRelayKindsReset has a peer reset its connection.
func TestRelayKindsReset(t *testing.T) {
	relayKindPairs(t, func(t *testing.T, a, b relayKind) {
		if !b.tcp {
			return
		}
		r := startMixed(t.Context(), t, a, b, &streamsock.Relayer{Reset: true})
		handshake(t, r)
		abortUnder(t, r.peerB)
		_, err := r.done.end(t)
		e, ok := err.(*streamsock.RelayError)
		if !ok || e.Conn != r.b || !(answersReset(err) || errors.Is(err, streamsock.ErrBroken)) {
			t.Errorf("the relay returns %#v", err)
		}
		if n, err := r.peerA.Read(make([]byte, 1)); n != 0 || a.tcp && !a.full && !answersReset(err) || err == nil {
			t.Errorf("the other peer has %d, %v", n, err)
		}
		r.isOver(t)
	})
}

// TestRelayErrorText checks what errors of connections of other packages say.
func TestRelayErrorText(t *testing.T) {
	c, _ := net.Pipe()
	defer c.Close()
	for want, err := range map[string]error{
		"relay: read pipe: broken": errors.New("broken"),
		"relay: write tcp: broken": &net.OpError{Op: "write", Net: "tcp", Err: errors.New("broken")},
	} {
		if got := (&streamsock.RelayError{Conn: c, Op: "read", Err: err}).Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestRelaySessions checks that an iteration may end early, and begins with
// those that are under way.
func TestRelaySessions(t *testing.T) {
	var relayer streamsock.Relayer
	a, b := relayPair(t), relayPair(t)
	a.start(t.Context(), &relayer)
	b.start(t.Context(), &relayer)
	until(t, "both relay", func() bool { return len(slices.Collect(relayer.Sessions())) == 2 })
	n := 0
	for range relayer.Sessions() {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d sessions", n)
	}
	a.client.Close()
	a.server.Close()
	a.done.ends(t, 0, nil)
	if left := slices.Collect(relayer.Sessions()); len(left) != 1 || left[0].A != b.a {
		t.Errorf("%+v", left)
	}
	b.client.Close()
	b.server.Close()
	b.done.ends(t, 0, nil)
}

// handshake moves a byte each way, so that TLS is there.
func handshake(t *testing.T, r *mixedRelay) {
	t.Helper()
	for _, way := range [][2]net.Conn{{r.peerA, r.peerB}, {r.peerB, r.peerA}} {
		sending := begin(func() (int, error) { return way[0].Write([]byte("x")) })
		if n, err := way[1].Read(make([]byte, 1)); n != 1 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		sending.ends(t, 1, nil)
	}
}

// An endSignal signals the end of the stream that is read.
type endSignal struct {
	closingWrapper
	ended chan struct{}
}

func (c endSignal) Read(p []byte) (int, error) {
	n, err := c.closingWrapper.Read(p)
	if err == io.EOF {
		select {
		case c.ended <- struct{}{}:
		default:
		}
	}
	return n, err
}

// TestRelayEndsBeforeHandshake has the peer of one connection end its stream before the
// TLS handshake of the other connection, whose peer gets the end after it.
func TestRelayEndsBeforeHandshake(t *testing.T) {
	for _, reset := range []bool{false, true} {
		ours, theirs := testnet.Pair(t, "tcp4")
		b, peer := testnet.Pair(t, "tcp4")
		ended := make(chan struct{}, 1)
		relayer := &streamsock.Relayer{Reset: reset}
		relaying := begin(func() (int, error) {
			a := tls.Server(ours, testnet.ServerTLS(t))
			stats, err := relayUntilEnd(t.Context(), relayer, a, endSignal{closingWrapper{b, b}, ended})
			return int(stats.AToB), err
		})
		peer.CloseWrite()
		next(t, ended)
		client := tls.Client(theirs, testnet.ClientTLS(t))
		if n, err := client.Read(make([]byte, 1)); n > 0 || err != io.EOF {
			t.Errorf("Reset %t: the client read %d bytes, %v", reset, n, err)
		}
		client.Write([]byte("abc"))
		client.Close()
		if got, err := io.ReadAll(peer); string(got) != "abc" || err != nil {
			t.Errorf("Reset %t: the peer read %q, %v", reset, got, err)
		}
		peer.Close()
		relaying.ends(t, 3, nil)
	}
}

// abortUnder resets the TCP connection under c.
func abortUnder(t *testing.T, c net.Conn) {
	t.Helper()
	if layer, ok := c.(*tls.Conn); ok {
		c = layer.NetConn()
	}
	if err := wrap(t, c).Abort(); err != nil {
		t.Fatal(err)
	}
}

// TestRelayKindsEnd ends relays by a context and by the idle timeout, and
// checks what Sessions and Done say.
func TestRelayKindsEnd(t *testing.T) {
	relayKindPairs(t, func(t *testing.T, a, b relayKind) {
		for _, want := range []error{context.Canceled, streamsock.ErrIdle} {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			relayer := new(streamsock.Relayer)
			if want == streamsock.ErrIdle {
				relayer.IdleTimeout = 30 * time.Millisecond
			}
			var r *mixedRelay
			done := make(chan error, 2)
			relayer.Done = func(x, y net.Conn, s streamsock.RelayStats) {
				var err error
				if x != r.a || y != r.b || s.AToB > 1 || s.BToA > 1 {
					err = fmt.Errorf("Done has %v, %v, %+v", x, y, s)
				}
				done <- errors.Join(err, x.SetDeadline(time.Time{}), y.SetDeadline(time.Time{})) // they are open
			}
			ready := make(chan struct{})
			r = &mixedRelay{relayer: relayer}
			r.a, r.peerA = a.open(t)
			r.b, r.peerB = b.open(t)
			start := time.Now()
			r.done = begin(func() (n int, err error) {
				close(ready)
				r.stats, err = relayUntilEnd(ctx, relayer, r.a, r.b)
				return 0, err
			})
			<-ready
			if want == context.Canceled {
				handshake(t, r)
				sessions := 0
				for s := range relayer.Sessions() {
					sessions++
					if s.A != r.a || s.B != r.b || s.Start.Before(start) {
						t.Errorf("%+v", s)
					}
				}
				if sessions != 1 {
					t.Errorf("%d sessions", sessions)
				}
				cancel()
			}
			r.done.ends(t, 0, want)
			r.isOver(t)
			if err := next(t, done); err != nil {
				t.Error(err)
			}
			if len(done) > 0 {
				t.Error("Done is called twice")
			}
			for range relayer.Sessions() {
				t.Error("a session is left")
			}
		}
	})
}

// TestRelayGoKinds runs the tests of this file with Go.
func TestRelayGoKinds(t *testing.T) {
	byGo(t, map[string]func(*testing.T){
		"half-close": TestRelayKinds,
		"reset":      TestRelayKindsReset,
		"end":        TestRelayKindsEnd,
		"handshake":  TestRelayEndsBeforeHandshake,
	})
}

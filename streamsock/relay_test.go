// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

// A relayed is a relay between two connections.
type relayed struct {
	client, server *streamsock.Conn // the peers of a and b
	a, b           *streamsock.Conn
	done           *call
	stats          streamsock.RelayStats // when done
}

func (r *relayed) start(ctx context.Context, relayer *streamsock.Relayer) *relayed {
	r.done = begin(func() (int, error) {
		var err error
		r.stats, err = relayUntilEnd(ctx, relayer, r.a, r.b)
		return 0, err
	})
	return r
}

// closed checks that the relay has closed both of its connections.
func (r *relayed) closed(t *testing.T) {
	t.Helper()
	for _, c := range []*streamsock.Conn{r.a, r.b} {
		if _, err := c.Write([]byte("a")); !errors.Is(err, net.ErrClosed) {
			t.Errorf("the relay left a connection open: %v", err)
		}
	}
}

// fails checks that the relay ends with the error of a connection that was
// reset.
func (r *relayed) fails(t *testing.T) {
	t.Helper()
	_, err := r.done.end(t)
	isReset := func(reset error) bool { return errors.Is(err, reset) }
	if !slices.ContainsFunc(wasReset, isReset) && !errors.Is(err, streamsock.ErrBroken) {
		t.Errorf("the relay returns %v, want the error of a reset", err)
	}
	e, ok := err.(*streamsock.RelayError)
	if !ok || e.Conn != r.a && e.Conn != r.b {
		t.Fatalf("%#v, want a *RelayError of a or b", err)
	}
	if oe, ok := e.Err.(*net.OpError); !ok || oe.Op != e.Op || oe.Addr != e.Conn.RemoteAddr() {
		t.Errorf("%#v, want a *net.OpError of %s", e.Err, e.Op)
	}
	r.closed(t)
}

// TestRelay puts a relay between two connections.
func TestRelay(t *testing.T) {
	t.Run("both ways", func(t *testing.T) {
		r := startRelay(t, t.Context(), &streamsock.Relayer{})
		there, back := ascii(3<<20), ascii(1<<20)
		sent := begin(func() (int, error) {
			n, err := r.client.Write(there)
			return n, errors.Join(err, r.client.CloseWrite())
		})
		takeRest(t, r.server, there) // and the end, while the other way is open
		sent.ends(t, len(there), nil)
		sent = begin(func() (int, error) {
			n, err := r.server.Write(back)
			return n, errors.Join(err, r.server.Close())
		})
		takeRest(t, r.client, back)
		sent.ends(t, len(back), nil)
		r.done.ends(t, 0, nil)
		if r.stats.AToB != int64(len(there)) || r.stats.BToA != int64(len(back)) {
			t.Errorf("%+v", r.stats)
		}
		r.closed(t)
	})
	t.Run("urgent", func(t *testing.T) {
		const rounds = 100
		r := startRelay(t, t.Context(), &streamsock.Relayer{})
		for range rounds {
			r.client.Sendmsg([][]byte{[]byte("ab!")}, streamsock.OOB)
			r.client.Write([]byte("cd"))
			take(t, r.server, []byte("abcd"))
		}
		r.client.Close()
		r.server.Close()
		r.done.ends(t, 0, nil)
		if want := (streamsock.RelayStats{AToB: 4 * rounds}); r.stats != want {
			t.Errorf("%+v, want %+v", r.stats, want)
		}
	})
	t.Run("cancel", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r := startRelay(t, ctx, &streamsock.Relayer{})
		r.client.Write([]byte("abc"))
		take(t, r.server, []byte("abc"))
		cancel()
		r.done.ends(t, 0, context.Canceled)
		if r.stats.AToB != 3 {
			t.Errorf("%+v", r.stats)
		}
		r.closed(t)
		takeRest(t, r.server, nil)
	})
	t.Run("canceled before", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		r := startRelay(t, ctx, &streamsock.Relayer{})
		r.done.ends(t, 0, context.Canceled)
		r.closed(t)
	})
	t.Run("idle", func(t *testing.T) {
		const timeout = 400 * time.Millisecond
		begin := time.Now()
		r := startRelay(t, t.Context(), &streamsock.Relayer{IdleTimeout: timeout})
		for range 4 {
			time.Sleep(timeout / 4)
			r.client.Write([]byte("abc"))
			take(t, r.server, []byte("abc"))
		}
		r.done.ends(t, 0, streamsock.ErrIdle)
		within(t, "the relay", time.Since(begin), 2*timeout)
		r.closed(t)
	})
	for _, reset := range []bool{false, true} {
		name := "reset, closes"
		if reset {
			name = "reset, resets"
		}
		t.Run(name, func(t *testing.T) {
			skipParkedReset(t)
			r := startRelay(t, t.Context(), &streamsock.Relayer{Reset: reset})
			r.client.Write([]byte("abc"))
			take(t, r.server, []byte("abc"))
			if onWine { // a reset that arrives while no call is blocked may not be reported
				until(t, "the relay waits", relayWaits)
			}
			abortConn(r.client.TCPConn)
			_, err := promptly(t, func() (int, error) { return r.server.Recv(make([]byte, 1), 0) })
			if reset && (err == nil || err == io.EOF && !onWine) || !reset && err != io.EOF {
				t.Errorf("the other peer gets %v", err)
			}
			if !reset && len(r.done.done) > 0 {
				t.Error("the relay did not wait for the other peer")
			}
			r.server.Close() // as a server does at the end of the stream
			if _, err := r.done.end(t); err == nil {
				t.Error("a reset is no error")
			}
			r.closed(t)
		})
	}
	for name, end := range map[string]func(r *relayed){
		"deadline of a": func(r *relayed) { r.a.SetReadDeadline(past) },
		"deadline of b": func(r *relayed) { r.b.SetDeadline(past) },
	} {
		t.Run(name, func(t *testing.T) {
			r := startRelay(t, t.Context(), &streamsock.Relayer{})
			r.client.Write([]byte("abc"))
			take(t, r.server, []byte("abc"))
			end(r)
			r.done.ends(t, 0, os.ErrDeadlineExceeded)
			r.closed(t)
		})
	}
	t.Run("closed", func(t *testing.T) {
		r := startRelay(t, t.Context(), &streamsock.Relayer{})
		r.a.Close()
		r.done.ends(t, 0, net.ErrClosed)
		r.closed(t)
	})
}

// relayWaits reports whether a relay waits in both directions.
func relayWaits() bool {
	b := make([]byte, 1<<20)
	waits := 0
	for stack := range strings.SplitSeq(string(b[:runtime.Stack(b, true)]), "\n\n") {
		if strings.Contains(stack, "[IO wait") && strings.Contains(stack, ").pump(") {
			waits++
		}
	}
	return waits == 2
}

// TestErrIdle checks that ErrIdle is a timeout to every way of asking.
func TestErrIdle(t *testing.T) {
	err, ok := streamsock.ErrIdle.(interface{ Timeout() bool })
	temporary, ok2 := streamsock.ErrIdle.(interface{ Temporary() bool })
	if !ok || !ok2 || !err.Timeout() || !temporary.Temporary() || streamsock.ErrIdle.Error() == "" {
		t.Errorf("%#v is not a timeout of package net", streamsock.ErrIdle)
	}
	if !errors.Is(fmt.Errorf("wrapped: %w", streamsock.ErrIdle), os.ErrDeadlineExceeded) {
		t.Error("ErrIdle is not os.ErrDeadlineExceeded")
	}
	if errors.Is(streamsock.ErrIdle, net.ErrClosed) {
		t.Error("ErrIdle is net.ErrClosed")
	}
}

// TestRelayResetRegular has a relay with Reset end without an error while one of
// the peers has not read yet.
func TestRelayResetRegular(t *testing.T) {
	r := relayPair(t)
	data := ascii(64 << 10)
	if err := errors.Join(r.server.SetReadBuffer(16<<10), r.b.SetWriteBuffer(200<<10)); err != nil {
		t.Fatal(err)
	}
	r.start(t.Context(), &streamsock.Relayer{Reset: true})
	r.server.CloseWrite()
	takeRest(t, r.client, nil)
	feed(r.client, data)
	r.done.ends(t, 0, nil)
	if want := (streamsock.RelayStats{AToB: int64(len(data))}); r.stats != want {
		t.Errorf("%+v, want %+v", r.stats, want)
	}
	takeRest(t, r.server, data)
}

// An earlyAnswer is a server that answers a client while it uploads, and closes
// with unread data, which resets the connection.
type earlyAnswer struct {
	*relayed
	answer   []byte
	uploads  sync.WaitGroup
	uploaded atomic.Int64
	stop     atomic.Bool // the upload
}

// stopUpload waits until the client has stopped. The relay must be reading.
func (e *earlyAnswer) stopUpload() {
	e.stop.Store(true)
	e.uploads.Wait()
}

// startEarlyAnswer returns when the relay has received the whole answer and the
// reset. The client has not read anything; before it there is some room.
func startEarlyAnswer(t *testing.T, ctx context.Context, relayer *streamsock.Relayer, size, room int) *earlyAnswer {
	t.Helper()
	skipUnlessChecked(t)
	e := &earlyAnswer{relayed: relayPair(t), answer: ascii(size)}
	// A receive buffer of 16 KiB makes Linux 6.1 stop for seconds, whether
	// copied by a relay or by package net: the segments of the loopback device
	// are of 64 KiB.
	if err := errors.Join(
		e.client.SetReadBuffer(64<<10), e.a.SetWriteBuffer(room),
		e.b.SetReadBuffer(1<<20), e.server.SetWriteBuffer(1<<20), // the response fits
	); err != nil {
		t.Fatal(err)
	}
	e.start(ctx, relayer)
	e.uploads.Go(func() {
		p := make([]byte, 16<<10)
		for err := error(nil); err == nil && !e.stop.Load(); {
			var n int
			n, err = e.client.Write(p)
			e.uploaded.Add(int64(n))
		}
	})
	t.Cleanup(func() {
		e.client.Close()
		e.stopUpload()
	})
	if _, err := io.ReadFull(e.server, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	if n, err := e.server.Write(e.answer); n != size || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	until(t, "the answer is acknowledged", func() bool {
		n, err := e.server.Unacked()
		if err != nil {
			t.Skip(err)
		}
		return n == 0
	})
	e.server.Close()
	breaks(t, e.b)
	return e
}

// discards waits until the relay discards what the client uploads.
func (e *earlyAnswer) discards(t *testing.T) {
	t.Helper()
	before := e.uploaded.Load()
	until(t, "the upload continues", func() bool { return e.uploaded.Load() > before+32<<20 }) // more than buffers hold
}

// TestRelayEarlyAnswer has the client get all of an answer whose server resets
// the connection. Two copies by package net deliver it, too.
func TestRelayEarlyAnswer(t *testing.T) {
	for _, reset := range []bool{false, true} {
		for _, tt := range []struct{ size, room int }{{100, 16 << 10}, {8000, 16 << 10}, {200 << 10, 16 << 10}, {200 << 10, 400 << 10}} {
			size := tt.size
			t.Run(fmt.Sprintf("%d bytes, room for %d, Reset %t", size, tt.room, reset), func(t *testing.T) {
				t.Parallel()
				e := startEarlyAnswer(t, t.Context(), &streamsock.Relayer{Reset: reset}, size, tt.room)
				time.Sleep(20 * time.Millisecond) // a relay that gives up has done so by then
				got := make([]byte, size+1)
				n, err := promptly(t, func() (int, error) { return io.ReadFull(e.client, got) })
				if string(got[:n]) != string(e.answer) || err == nil {
					t.Errorf("%d bytes of %d arrived, or they differ: %v", n, size, err)
				}
				if !reset && err != io.ErrUnexpectedEOF {
					t.Errorf("after the answer the client got %v, want io.EOF", err)
				}
				e.stopUpload()
				e.client.Close()
				e.fails(t)
				if e.stats.BToA != int64(size) {
					t.Errorf("%+v, want %d bytes to the client", e.stats, size)
				}
				if up := e.uploaded.Load(); e.stats.AToB < 1000 || e.stats.AToB > up {
					t.Errorf("%+v, %d bytes were uploaded", e.stats, up)
				}
			})
		}
	}
}

// TestRelayEarlyAnswerEnds ends a relay whose client neither reads the answer nor
// stops uploading. The error is the one that broke the connection.
func TestRelayEarlyAnswerEnds(t *testing.T) {
	for _, reset := range []bool{false, true} {
		for name, tt := range map[string]struct {
			idle time.Duration
			end  func(e *earlyAnswer, cancel func())
		}{
			"cancel":       {0, func(_ *earlyAnswer, cancel func()) { cancel() }},
			"idle":         {patience / 10, func(*earlyAnswer, func()) {}}, // more than until the reset
			"deadline":     {0, func(e *earlyAnswer, _ func()) { e.a.SetWriteDeadline(past) }},
			"closed":       {0, func(e *earlyAnswer, _ func()) { e.a.Close() }},
			"client ends":  {0, func(e *earlyAnswer, _ func()) { e.stop.Store(true); e.client.Close() }},
			"client reset": {0, func(e *earlyAnswer, _ func()) { e.stop.Store(true); e.client.Abort() }},
		} {
			t.Run(fmt.Sprintf("%s, Reset %t", name, reset), func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				e := startEarlyAnswer(t, ctx, &streamsock.Relayer{Reset: reset, IdleTimeout: tt.idle}, 200<<10, 16<<10)
				if name != "idle" {
					e.discards(t)
				}
				start := time.Now()
				tt.end(e, cancel)
				e.fails(t)
				if took := time.Since(start); took > tt.idle+patience/2 {
					t.Errorf("the relay took %v to end", took)
				}
			})
		}
	}
}

// TestRelayDrains has the client stop uploading only after a while, and not close
// the connection at all. What it sends must not make the relay's system reset the
// connection.
func TestRelayDrains(t *testing.T) {
	t.Parallel()
	e := startEarlyAnswer(t, t.Context(), &streamsock.Relayer{}, 1000, 16<<10)
	e.stopUpload()
	const quiet, pause = 2 * time.Second, 100 * time.Millisecond
	last := time.Now()
	for start := last; time.Since(start) < quiet+3*pause; {
		time.Sleep(pause)
		if _, err := e.client.Write([]byte("a")); err != nil || len(e.done.done) > 0 {
			if time.Since(last) > quiet/2 {
				t.Skipf("the test was stopped for %v", time.Since(last))
			}
			t.Fatalf("the relay does not wait for the client: %v", err)
		}
		last = time.Now()
	}
	e.fails(t)
	within(t, "the relay", time.Since(last), quiet)
	takeRest(t, e.client, e.answer)
}

// TestRelayUploadBreaks has the server get all of an upload whose client resets
// the connection.
func TestRelayUploadBreaks(t *testing.T) {
	for _, reset := range []bool{false, true} {
		t.Run(fmt.Sprintf("Reset %t", reset), func(t *testing.T) {
			skipUnlessChecked(t)
			r := relayPair(t)
			if err := errors.Join(
				r.client.SetWriteBuffer(1<<20), r.a.SetReadBuffer(1<<20),
				r.b.SetWriteBuffer(16<<10), r.server.SetReadBuffer(16<<10),
			); err != nil {
				t.Fatal(err)
			}
			r.start(t.Context(), &streamsock.Relayer{Reset: reset})
			data := ascii(200 << 10)
			if n, err := r.client.Write(data); n != len(data) || err != nil {
				t.Fatalf("%d, %v", n, err)
			}
			until(t, "the upload is acknowledged", func() bool {
				n, err := r.client.Unacked()
				if err != nil {
					t.Skip(err)
				}
				return n == 0
			})
			r.client.Abort()
			breaks(t, r.a)
			time.Sleep(20 * time.Millisecond)
			got := make([]byte, len(data)+1)
			n, err := promptly(t, func() (int, error) { return io.ReadFull(r.server, got) })
			if string(got[:n]) != string(data) {
				t.Errorf("%d bytes of %d arrived, or they differ: %v", n, len(data), err)
			}
			if !reset && err != io.ErrUnexpectedEOF || reset && !errors.Is(err, wasReset[0]) {
				t.Errorf("after the upload the server got %v", err)
			}
			r.server.Close()
			r.fails(t)
			if want := (streamsock.RelayStats{AToB: int64(len(data))}); r.stats != want {
				t.Errorf("%+v, want %+v", r.stats, want)
			}
		})
	}
}

// TestRelayBothBreak resets both connections. No peer is left to wait for.
func TestRelayBothBreak(t *testing.T) {
	skipParkedReset(t)
	for _, reset := range []bool{false, true} {
		r := startRelay(t, t.Context(), &streamsock.Relayer{Reset: reset})
		r.client.Write([]byte("abc"))
		take(t, r.server, []byte("abc"))
		start := time.Now()
		r.client.Abort()
		r.server.Abort()
		r.fails(t)
		if took := time.Since(start); took > time.Second {
			t.Errorf("Reset %t: the relay took %v to end", reset, took)
		}
	}
}

// TestRelayResets has a server reset the connection after a part of its answer.
// With Reset, the client must not get a regular end, whichever direction of the
// relay gets the error of the connection: the other one gets io.EOF.
func TestRelayResets(t *testing.T) {
	skipUnlessChecked(t)
	if onWine {
		t.Skip("wine may report the end of the stream instead of a reset")
	}
	for range 30 {
		r := relayPair(t)
		if err := errors.Join(
			r.client.SetWriteBuffer(1<<20), // the upload fits, and the client only reads
			r.b.SetWriteBuffer(16<<10), r.server.SetReadBuffer(16<<10),
		); err != nil {
			t.Fatal(err)
		}
		r.start(t.Context(), &streamsock.Relayer{Reset: true})
		upload := begin(func() (int, error) { return r.client.Write(make([]byte, 200<<10)) })
		if _, err := io.ReadFull(r.server, make([]byte, 1000)); err != nil {
			t.Fatal(err)
		}
		r.server.Write([]byte("a part"))
		upload.ends(t, 200<<10, nil)
		r.server.Close()
		got, err := io.ReadAll(r.client)
		if !errors.Is(err, wasReset[0]) {
			t.Fatalf("the client got %q, %v, want a reset", got, err)
		}
		r.fails(t)
	}
}

// TestRelayLinger has one connection wait in Close, because of SetLinger. The
// other must be closed immediately.
func TestRelayLinger(t *testing.T) {
	for name, tt := range map[string]struct {
		relayer *streamsock.Relayer
		end     func(r *relayed, cancel func())
		want    error
	}{
		"cancel": {
			end:  func(_ *relayed, cancel func()) { cancel() },
			want: context.Canceled,
		},
		"idle": {
			relayer: &streamsock.Relayer{IdleTimeout: 10 * time.Millisecond},
			end:     func(*relayed, func()) {},
			want:    streamsock.ErrIdle,
		},
		"read deadline of a": {
			end:  func(r *relayed, _ func()) { r.a.SetReadDeadline(past) },
			want: os.ErrDeadlineExceeded,
		},
		"read deadline of b": {
			end:  func(r *relayed, _ func()) { r.b.SetReadDeadline(past) },
			want: os.ErrDeadlineExceeded,
		},
	} {
		for _, lingers := range []string{"a", "b"} {
			t.Run(name+", "+lingers+" lingers", func(t *testing.T) {
				t.Parallel()
				r := relayPair(t)
				slow, slowPeer, otherPeer := r.a, r.client, r.server
				if lingers == "b" {
					slow, slowPeer, otherPeer = r.b, r.server, r.client
				}
				if err := errors.Join(slowPeer.SetReadBuffer(16<<10), slow.SetWriteBuffer(16<<10), slow.SetLinger(100)); err != nil {
					t.Fatal(err)
				}
				fillUp(slow, ascii(1<<20))
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				r.start(ctx, cmp.Or(tt.relayer, new(streamsock.Relayer)))
				tt.end(r, cancel)
				takeRest(t, otherPeer, nil)
				if len(r.done.done) > 0 { // a signal ends the wait of close(2)
					t.Log("the close of the connection that lingers did not wait")
				}
				go io.Copy(io.Discard, slowPeer)
				r.done.ends(t, 0, tt.want)
				r.closed(t)
			})
		}
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

// TestRelayGo runs the tests of Relay with Go.
func TestRelayGo(t *testing.T) {
	byGo(t, map[string]func(*testing.T){
		"Relay":           TestRelay,
		"ErrIdle":         TestErrIdle,
		"ResetRegular":    TestRelayResetRegular,
		"EarlyAnswer":     TestRelayEarlyAnswer,
		"EarlyAnswerEnds": TestRelayEarlyAnswerEnds,
		"UploadBreaks":    TestRelayUploadBreaks,
		"BothBreak":       TestRelayBothBreak,
		"Resets":          TestRelayResets,
	})
}

// A parkedRelay is a relay that Go has begun.
type parkedRelay struct {
	*relayed
	ended chan error
}

// rests waits until no goroutine copies.
func (r *parkedRelay) rests(t *testing.T) {
	t.Helper()
	stacks := make([]byte, 1<<20)
	until(t, "nothing is copied", func() bool {
		return !strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), "(*relayRun).pump")
	})
}

// echo has bytes go there and back.
func (r *parkedRelay) echo(t *testing.T, data []byte) {
	t.Helper()
	for _, way := range [][2]*streamsock.Conn{{r.client, r.server}, {r.server, r.client}} {
		sent := begin(func() (int, error) { return way[0].Write(data) })
		take(t, way[1], data)
		sent.ends(t, len(data), nil)
	}
}

// TestRelayGoParked has the events of a relay occur when it has no goroutine.
func TestRelayGoParked(t *testing.T) {
	newPollSet(t) // or skips
	for name, tt := range map[string]struct {
		do     func(r *parkedRelay, cancel func())
		want   error
		prompt bool
	}{
		"end":                     {func(r *parkedRelay, _ func()) { r.client.CloseWrite(); r.server.CloseWrite() }, nil, true},
		"cancel":                  {func(_ *parkedRelay, cancel func()) { cancel() }, context.Canceled, true},
		"close":                   {func(r *parkedRelay, _ func()) { r.a.Close() }, net.ErrClosed, true},
		"close of the TCPConn":    {func(r *parkedRelay, _ func()) { r.b.TCPConn.Close() }, net.ErrClosed, false},
		"deadline of the TCPConn": {func(r *parkedRelay, _ func()) { r.b.TCPConn.SetReadDeadline(past) }, os.ErrDeadlineExceeded, false},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "deadline of the TCPConn" && runtime.GOOS == "windows" {
				t.Skip("package net does not report an exceeded deadline before it waits")
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			relayer := new(streamsock.Relayer)
			r := goRelay(ctx, t, relayer)
			other := goRelay(t.Context(), t, relayer)
			for range 2 {
				r.rests(t)
				r.echo(t, ascii(100_000))
			}
			r.rests(t)
			start := time.Now()
			tt.do(r, cancel)
			if err := next(t, r.ended); !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
			if took := time.Since(start); tt.prompt && took > 500*time.Millisecond {
				t.Errorf("it took %v", took)
			}
			r.closed(t)
			if want := (streamsock.RelayStats{AToB: 200_000, BToA: 200_000}); r.stats != want {
				t.Errorf("%+v, want %+v", r.stats, want)
			}
			other.echo(t, []byte("still there"))
			other.client.Close()
			other.server.Close()
			if err := next(t, other.ended); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("half closed", func(t *testing.T) {
		r := goRelay(t.Context(), t, new(streamsock.Relayer))
		r.client.Write([]byte("request"))
		r.client.CloseWrite()
		takeRest(t, r.server, []byte("request"))
		r.rests(t)
		r.server.Write([]byte("answer"))
		r.server.Close()
		takeRest(t, r.client, []byte("answer"))
		if err := next(t, r.ended); err != nil {
			t.Error(err)
		}
	})
	t.Run("idle", func(t *testing.T) {
		const timeout = 300 * time.Millisecond
		start := time.Now()
		r := goRelay(t.Context(), t, &streamsock.Relayer{IdleTimeout: timeout})
		if err := next(t, r.ended); err != streamsock.ErrIdle {
			t.Error(err)
		}
		if took := time.Since(start); took < timeout || took > 900*time.Millisecond { // less than a look takes without a timeout
			t.Errorf("the relay took %v", took)
		}
	})
	t.Run("again", func(t *testing.T) {
		var relayer streamsock.Relayer
		for range 2 { // with a PollSet each
			r := goRelay(t.Context(), t, &relayer)
			r.echo(t, []byte("hello"))
			r.rests(t)
			r.client.Close()
			r.server.Close()
			if err := next(t, r.ended); err != nil {
				t.Error(err)
			}
			for range relayer.Sessions() {
				t.Error("a session is left")
			}
		}
	})
}

// An afterContext counts the functions that it must call when it ends.
type afterContext struct {
	context.Context
	mu    sync.Mutex
	after int
}

func (c *afterContext) AfterFunc(f func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.after++
	stopInner := context.AfterFunc(c.Context, f)
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.after--
		return stopInner()
	}
}

// Value hides the context inside, to which package context would turn.
func (*afterContext) Value(any) any { return nil }

func (c *afterContext) registered() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.after
}

// TestRelayGoContext has relays share a context, which they leave when they end.
func TestRelayGoContext(t *testing.T) {
	var relayer streamsock.Relayer
	inner, cancel := context.WithCancel(t.Context())
	defer cancel()
	ctx := &afterContext{Context: inner}
	var relays [3]*parkedRelay
	for i := range relays {
		relays[i] = goRelay(ctx, t, &relayer)
	}
	otherCtx := &afterContext{Context: t.Context()}
	other := goRelay(otherCtx, t, &relayer)
	if n := ctx.registered(); n != 1 {
		t.Errorf("%d functions for %d relays", n, len(relays))
	}
	relays[0].client.Close()
	relays[0].server.Close()
	if err := next(t, relays[0].ended); err != nil {
		t.Error(err)
	}
	if n := ctx.registered(); n != 1 {
		t.Errorf("%d functions when one has ended", n)
	}
	cancel()
	for _, r := range relays[1:] {
		if err := next(t, r.ended); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	other.echo(t, []byte("not cancelled"))
	other.client.Close()
	other.server.Close()
	if err := next(t, other.ended); err != nil {
		t.Error(err)
	}
	if n := otherCtx.registered(); n != 0 {
		t.Errorf("%d functions are left", n)
	}
	again, cancel := context.WithCancel(t.Context())
	defer cancel()
	first := goRelay(again, t, &relayer)
	first.client.Close()
	first.server.Close()
	if err := next(t, first.ended); err != nil {
		t.Error(err)
	}
	second := goRelay(again, t, &relayer)
	cancel()
	if err := next(t, second.ended); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestRelayGoRefused checks that done is called, and the connections are
// closed, when there can be no relay.
func TestRelayGoRefused(t *testing.T) {
	_, ours := msgPair(t)
	ended := make(chan error)
	var relayer streamsock.Relayer
	relayer.Go(t.Context(), ours, nil, func(_ streamsock.RelayStats, err error) { ended <- err })
	if err := next(t, ended); err == nil {
		t.Error("no error")
	}
	if _, err := ours.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	relayer.Go(t.Context(), ours, nil, nil)
}

// TestRelayGoPauses has many relays in which bytes move at random moments, also at
// those in which their goroutines are about to end.
func TestRelayGoPauses(t *testing.T) {
	const patience = 50 * time.Millisecond // of the relays
	relayer := new(streamsock.Relayer)
	var all sync.WaitGroup
	for range 16 {
		r := goRelay(t.Context(), t, relayer)
		echo := func(c *streamsock.Conn) {
			io.Copy(c, c)
			c.CloseWrite()
		}
		all.Go(func() { echo(r.server) })
		all.Go(func() {
			data := ascii(1000)
			for i := range 12 {
				n := 1 + rand.IntN(len(data))
				r.client.Write(data[:n])
				got := make([]byte, n)
				if _, err := io.ReadFull(r.client, got); err != nil || string(got) != string(data[:n]) {
					t.Errorf("round %d: %v", i, err)
					break
				}
				time.Sleep(patience + time.Duration(rand.IntN(2000)-1000)*time.Microsecond)
			}
			r.client.CloseWrite()
			if err := <-r.ended; err != nil {
				t.Error(err)
			}
		})
	}
	ended := begin(func() (int, error) { all.Wait(); return 0, nil })
	ended.ends(t, 0, nil)
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"context"
	"io"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

// A countingContext counts the functions that are to be called at its end.
type countingContext struct {
	context.Context
	n atomic.Int64
}

// AfterFunc is called by context.AfterFunc.
func (c *countingContext) AfterFunc(f func()) (stop func() bool) {
	c.n.Add(1)
	stopBase := context.AfterFunc(c.Context, f)
	return func() bool { c.n.Add(-1); return stopBase() }
}

// Value hides the type of the Context, for which AfterFunc is not called.
func (c *countingContext) Value(any) any { return nil }

// TestContextForgets fails if a call that has returned left a function with its
// context, which would keep the call's memory until the context ends.
func TestContextForgets(t *testing.T) {
	for name, call := range map[string]func(ctx context.Context, ours, peer *streamsock.Conn) error{
		"ReadContext": func(ctx context.Context, ours, _ *streamsock.Conn) error {
			_, err := ours.ReadContext(ctx, make([]byte, 1))
			return err
		},
		"PeekContext": func(ctx context.Context, ours, _ *streamsock.Conn) error {
			_, err := ours.PeekContext(ctx, make([]byte, 1))
			return err
		},
		"WriteContext": func(ctx context.Context, ours, _ *streamsock.Conn) error {
			_, err := ours.WriteContext(ctx, []byte("abc"))
			return err
		},
		"Wait": func(ctx context.Context, ours, _ *streamsock.Conn) error {
			_, err := ours.Wait(ctx, readable)
			return err
		},
		"Poll": func(ctx context.Context, ours, _ *streamsock.Conn) error {
			s, err := streamsock.NewPollSet()
			if err != nil {
				return err
			}
			defer s.Close()
			if err := s.Add(ours, readable); err != nil {
				return err
			}
			_, err = s.Poll(ctx)
			return err
		},
		"Select": func(ctx context.Context, ours, _ *streamsock.Conn) error {
			_, _, _, err := streamsock.Select(ctx, list(ours), nil, nil)
			return err
		},
		"CloseGraceful": func(ctx context.Context, ours, peer *streamsock.Conn) error {
			peer.CloseWrite()
			return ours.CloseGraceful(ctx)
		},
		"Relay": func(ctx context.Context, ours, peer *streamsock.Conn) error {
			client, server := msgPair(t)
			client.CloseWrite()
			relay := doing(func() error {
				_, err := streamsock.Relay(ctx, ours, server)
				return err
			})
			peer.CloseWrite()
			_, err := relay.end(t)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			ours, peer := msgPair(t)
			put(t, peer, ours, []byte("abc"))
			base, cancel := context.WithCancel(context.Background())
			defer cancel()
			ctx := &countingContext{Context: base}
			if err := call(ctx, ours, peer); err != nil && err != io.EOF {
				t.Error(err)
			}
			if n := ctx.n.Load(); n != 0 {
				t.Errorf("%d functions left", n)
			}
		})
	}
}

// TestContextLaterDeadline sets a deadline that is not over while a ReadContext waits.
func TestContextLaterDeadline(t *testing.T) {
	peer, ours := msgPair(t)
	reading := begin(func() (int, error) { return ours.ReadContext(t.Context(), make([]byte, 1)) })
	reading.blocks(t)
	ours.SetReadDeadline(time.Now().Add(time.Hour))
	peer.Write([]byte("a"))
	reading.ends(t, 1, nil)
}

// TestContextsEndTogether ends the contexts of two reads one shortly after the other,
// so that one read fails because of the other's context before its own has ended.
func TestContextsEndTogether(t *testing.T) {
	_, ours := msgPair(t)
	ours.SetReadDeadline(time.Time{}) // so that package net's poller waits
	for i := range testnet.Rounds(5000) {
		var reads []*call
		var ends []func()
		for range 2 {
			ctx, cancel := context.WithCancel(t.Context())
			reads = append(reads, begin(func() (int, error) { return ours.ReadContext(ctx, make([]byte, 1)) }))
			ends = append(ends, cancel)
		}
		for range i % 50 {
			runtime.Gosched()
		}
		ends[1]()
		for range i % 7 {
			runtime.Gosched()
		}
		ends[0]()
		for _, r := range reads {
			r.ends(t, 0, context.Canceled)
		}
	}
}

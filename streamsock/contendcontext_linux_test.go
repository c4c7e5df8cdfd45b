// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

// endContext has a WriteContext wait for its turn, and ends its context.
func endContext(t *testing.T, c *streamsock.Conn) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	waiting := begin(func() (int, error) { return c.WriteContext(ctx, []byte("abc")) })
	waiting.blocks(t)
	cancel()
	waiting.ends(t, 0, context.Canceled)
}

// TestRecordsBesideContexts checks that records stay whole although contexts of
// others end, which makes who writes release the descriptor for a moment.
func TestRecordsBesideContexts(t *testing.T) {
	const size, rounds = 400_000, 20
	client, server := tightPair(t)
	var writing []*call
	for i, write := range []func(p []byte) (int, error){
		client.Write,
		func(p []byte) (int, error) { n, err := client.Writev(inThree(p)); return int(n), err },
		func(p []byte) (int, error) { return client.Sendmsg(inThree(p), streamsock.More) },
		func(p []byte) (int, error) { return client.WriteContext(t.Context(), p) },
		client.WithTimeouts(0, time.Hour).Write,
	} {
		record := make([]byte, size)
		for j := range record {
			record[j] = byte(i)
		}
		writing = append(writing, begin(func() (int, error) { return write(record) }))
		writing[i].blocks(t)
	}
	var all []byte
	want := len(writing)
	part := make([]byte, size*len(writing)/rounds)
	for i := range rounds {
		ctx, cancel := context.WithCancel(t.Context())
		mark := byte(len(writing) + i)
		waiting := begin(func() (int, error) { return client.WriteContext(ctx, []byte{mark, mark}) })
		waiting.settles(t) // or it is written between two records
		cancel()
		if n, err := waiting.end(t); n == 2 {
			want++
		} else if n != 0 || !errors.Is(err, context.Canceled) {
			t.Errorf("%d, %v", n, err)
		}
		n, err := io.ReadFull(server, part)
		all = append(all, part[:n]...)
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range writing {
		c.ends(t, size, nil)
	}
	if err := client.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(server)
	if err != nil {
		t.Fatal(err)
	}
	if pieces := len(slices.Compact(append(all, rest...))); pieces != want {
		t.Errorf("%d records arrive in %d pieces", want, pieces)
	}
}

// TestWriteBesideContexts checks that a write that waits for its turn does not
// fail because contexts of others end.
func TestWriteBesideContexts(t *testing.T) {
	abc := func() io.Reader { return struct{ io.Reader }{strings.NewReader("abc")} }
	for name, write := range map[string]func(c *streamsock.Conn) (int64, error){
		"Write":        func(c *streamsock.Conn) (int64, error) { return wide(c.Write(nil)) },
		"Writev":       func(c *streamsock.Conn) (int64, error) { return c.Writev([][]byte{{}, nil}) },
		"WriteContext": func(c *streamsock.Conn) (int64, error) { return wide(c.WriteContext(t.Context(), nil)) },
		"TimeoutConn":  func(c *streamsock.Conn) (int64, error) { return wide(c.WithTimeouts(0, time.Millisecond).Write(nil)) },
		"SendUrgent":   func(c *streamsock.Conn) (int64, error) { return 0, c.SendUrgent('!') },
		"ReadFrom":     func(c *streamsock.Conn) (int64, error) { n, err := c.ReadFrom(abc()); return n - 3, err },
		"LimitReader": func(c *streamsock.Conn) (int64, error) {
			n, err := c.ReadFrom(io.LimitReader(abc(), 2))
			return n - 2, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := tightPair(t)
			data := ascii(1 << 20)
			first := begin(func() (int, error) { return client.Write(data) })
			first.blocks(t)
			second := begin(func() (int64, error) { return write(client) })
			second.blocks(t)
			for range 10 {
				endContext(t, client)
			}
			take(t, server, data)
			first.ends(t, len(data), nil)
			second.ends(t, 0, nil)
		})
	}
}

// TestNothingWithContext checks that a context ends a WriteContext of no bytes
// that waits for its turn.
func TestNothingWithContext(t *testing.T) {
	client, _ := tightPair(t)
	first := begin(func() (int, error) { return client.Write(ascii(1 << 20)) })
	first.blocks(t)
	ctx, cancel := context.WithCancel(t.Context())
	second := begin(func() (int, error) { return client.WriteContext(ctx, nil) })
	second.blocks(t)
	cancel()
	_, err := second.end(t)
	testOpError(t, client, "write", err, context.Canceled)
	first.blocks(t)
	client.Close()
	first.end(t)
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

// TestPeekFull waits until all is there, and takes none.
func TestPeekFull(t *testing.T) {
	forWrapped(t, func(t *testing.T, client, server *streamsock.Conn) {
		peek := beginPeekFull(patient(t), server, 6)
		peek.blocks(t)
		for _, part := range []string{"ab", "c", "de"} {
			put(t, client, server, []byte(part))
			peek.blocks(t)
		}
		put(t, client, server, []byte("fgh"))
		peek.ends(t, 6, nil)
		if string(peek.buf) != "abcdef" {
			t.Errorf("%q", peek.buf)
		}
		if n, err := server.PeekFull(t.Context(), peek.buf); n != 6 || err != nil {
			t.Errorf("again: %d, %v", n, err)
		}
		take(t, server, []byte("abcdefgh"))
		if n, err := server.PeekFull(t.Context(), nil); n != 0 || err != nil {
			t.Errorf("of nothing: %d, %v", n, err)
		}
	})
}

// TestPeekFullEnds checks how it ends without all.
func TestPeekFullEnds(t *testing.T) {
	for name, tt := range map[string]struct {
		end  func(client, server *streamsock.Conn, cancel func())
		want error
	}{
		"end":      {func(client, _ *streamsock.Conn, _ func()) { client.CloseWrite() }, io.ErrUnexpectedEOF},
		"close":    {func(client, _ *streamsock.Conn, _ func()) { client.Close() }, io.ErrUnexpectedEOF},
		"reset":    {func(client, _ *streamsock.Conn, _ func()) { client.Abort() }, streamsock.ErrBroken},
		"closed":   {func(_, server *streamsock.Conn, _ func()) { server.Close() }, net.ErrClosed},
		"deadline": {func(_, server *streamsock.Conn, _ func()) { server.SetReadDeadline(longAgo) }, os.ErrDeadlineExceeded},
		"context":  {func(_, _ *streamsock.Conn, cancel func()) { cancel() }, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			forWrapped(t, func(t *testing.T, client, server *streamsock.Conn) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				put(t, client, server, []byte("abc"))
				peek := beginPeekFull(ctx, server, 6)
				peek.blocks(t)
				tt.end(client, server, cancel)
				n, err := peek.end(t)
				if name == "reset" && streamsock.IsReset(err) { // a receive failed, although bytes were there
					err = tt.want
				}
				if n != 3 || string(peek.buf[:3]) != "abc" || !errors.Is(err, tt.want) {
					t.Errorf("%d, %v, want 3, %v", n, err, tt.want)
				}
			})
		})
	}
	client, server := msgPair(t)
	peek := beginPeekFull(t.Context(), server, 6)
	peek.blocks(t)
	client.Close()
	peek.ends(t, 0, io.EOF)
}

// TestPeekFullTooMuch requests more than the capacity of the receive buffer.
func TestPeekFullTooMuch(t *testing.T) {
	client, server := tightPair(t)
	peek := beginPeekFull(patient(t), server, 1<<20)
	writing := begin(func() (int, error) { return client.Write(make([]byte, 2<<20)) })
	start := time.Now()
	n, err := peek.end(t)
	if n == 0 || n == 1<<20 || !errors.Is(err, io.ErrShortBuffer) {
		t.Errorf("%d, %v", n, err)
	}
	if took := time.Since(start); took > patience/2 {
		t.Errorf("it took %v", took)
	}
	server.Abort()
	writing.end(t)
}

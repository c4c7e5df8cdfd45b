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

	"golang.org/x/net/nettest"
)

func TestTimeoutConnConformance(t *testing.T) {
	nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
		client, server := pair(t, "tcp4")
		c, s := client.WithTimeouts(time.Hour, time.Hour), server.WithTimeouts(time.Hour, 0)
		return c, s, closing(t, c, s), nil
	})
}

type onlyRead struct{ io.Reader }

// TestContext checks the effect of a context on a Read, a Peek and a Write.
func TestContext(t *testing.T) {
	client, server := tightPair(t)
	ctx, cancel := context.WithCancel(t.Context())
	p := make([]byte, 10)
	read := begin(func() (int, error) { return server.ReadContext(ctx, p) })
	read.blocks(t)
	peek := begin(func() (int, error) { return server.PeekContext(ctx, make([]byte, 10)) })
	peek.blocks(t)
	other := begin(func() (int, error) { return server.Recv(make([]byte, 1), 0) })
	other.blocks(t)
	cancel()
	read.ends(t, 0, context.Canceled)
	peek.ends(t, 0, context.Canceled)
	client.Write([]byte("!"))
	other.ends(t, 1, nil) // it was not disturbed

	if n, err := server.ReadContext(ctx, p); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d, %v", n, err)
	}
	ctx = t.Context()
	read = begin(func() (int, error) { return server.ReadContext(ctx, p) })
	read.blocks(t)
	client.Write([]byte("abc"))
	read.ends(t, 3, nil)
	put(t, client, server, []byte("def"))
	if n, err := server.PeekContext(ctx, p); err != nil || string(p[:n]) != "def" {
		t.Errorf("%q, %v", p[:n], err)
	}
	if n, err := server.ReadContext(ctx, p); err != nil || string(p[:n]) != "def" {
		t.Errorf("%q, %v", p[:n], err)
	}
	server.SetReadDeadline(past)
	client.Write([]byte("ghi"))
	if n, err := server.ReadContext(ctx, p); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%d, %v", n, err)
	}
	server.SetReadDeadline(time.Time{})
	take(t, server, []byte("ghi"))

	data := ascii(8 << 20)
	client.SetWriteDeadline(time.Now().Add(time.Hour))
	var n int64
	for range 2 {
		ctx, cancel = context.WithCancel(t.Context())
		write := begin(func() (int, error) { return client.WriteContext(ctx, data[n:]) })
		write.blocks(t)
		cancel()
		k, err := write.end(t)
		if !errors.Is(err, context.Canceled) || n+k >= int64(len(data)) {
			t.Errorf("%d, %v", n, err)
		}
		n += k
		if k, err := client.WriteContext(ctx, data[n:]); k != 0 || !errors.Is(err, context.Canceled) {
			t.Errorf("%d, %v", k, err)
		}
	}
	rest := begin(func() (int, error) { return client.Write(data[n:]) })
	rest.blocks(t) // the deadline of an hour counts again
	take(t, server, data)
	rest.ends(t, len(data)-int(n), nil)
	client.CloseWrite()
	if n, err := server.ReadContext(t.Context(), p); n != 0 || err != io.EOF {
		t.Errorf("%d, %v", n, err)
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package streamsock_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// newSocket creates a Socket that the test closes.
func newSocket(t testing.TB, network string, opts ...sockopt.Setting) *streamsock.Socket {
	t.Helper()
	s, err := streamsock.NewSocket(network, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// addrPort returns the address of a listener or an end of a connection.
func addrPort(a net.Addr) netip.AddrPort {
	ap := a.(*net.TCPAddr).AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// finish is FinishConnect in a form for begin.
func finish(ctx context.Context, s *streamsock.Socket) func() (int, error) {
	return func() (int, error) {
		c, err := s.FinishConnect(ctx)
		if err == nil {
			err = c.Close()
		}
		return 0, err
	}
}

// gone checks that every method of the socket returns net.ErrClosed.
func gone(t *testing.T, s *streamsock.Socket) {
	t.Helper()
	_, connectErr := s.Connect(t.Context(), loopback4)
	_, finishErr := s.FinishConnect(t.Context())
	_, listenErr := s.Listen(1)
	_, optionErr := sockopt.NoDelay.Get(s)
	for name, err := range map[string]error{
		"Bind":          s.Bind(loopback4),
		"Connect":       connectErr,
		"StartConnect":  s.StartConnect(loopback4),
		"FinishConnect": finishErr,
		"Listen":        listenErr,
		"an option":     optionErr,
		"Close":         s.Close(),
	} {
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: %v, want net.ErrClosed", name, err)
		}
	}
}

// unused returns an address at which no process listens, for as long as the
// test lasts.
func unused(t *testing.T) netip.AddrPort {
	t.Helper()
	s := newSocket(t, "tcp4")
	if err := s.Bind(loopback4); err != nil {
		t.Fatal(err)
	}
	return addrPort(s.LocalAddr())
}

// filePair returns the two ends of a connection, and the file of the first, in
// which the options are contrary.
func filePair(t *testing.T) (client, server *streamsock.Conn, f *os.File) {
	t.Helper()
	client, server = pair(t, "tcp4")
	if err := sockopt.Apply(client, contrary...); err != nil {
		t.Fatal(err)
	}
	return client, server, fileFor(t, client)
}

// fileFor returns the file of a connection or listener of package net.
func fileFor(t *testing.T, c interface{ File() (*os.File, error) }) *os.File {
	t.Helper()
	f, err := c.File()
	if err != nil && onWine {
		t.Skipf("wine cannot take a socket off a completion port: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// sameOptions checks that the options of two connections are the same.
func sameOptions(t *testing.T, a, b syscall.Conn) {
	t.Helper()
	for i := range sockopt.All() {
		switch i.Name {
		case "ConnectTime", "Cookie", "MemInfo", "Timestamp", "IncomingCPU", "CCInfo":
			continue // differ between any two connections
		}
		got, err := i.Get(a)
		want, wantErr := i.Get(b)
		if (err == nil) != (wantErr == nil) {
			t.Errorf("%s: %v, %v", i.Name, err, wantErr)
			continue
		}
		if b, ok := got.([]byte); ok {
			got, want = string(b), string(want.([]byte))
		}
		if got != want {
			t.Errorf("%s is %v and %v", i.Name, got, want)
		}
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
	"golang.org/x/net/websocket"
)

// The tests of this file have those ideas of POCO's tests of its sockets that
// no other test has. See testdata/parity.md for all of them.

// TestSelectNone has nothing to wait for, and waits for the context. POCO
// returns immediately.
func TestSelectNone(t *testing.T) {
	_ = newPollSet(t) // or skip
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := begin(func() (int, error) {
		r, w, x, err := streamsock.Select[*streamsock.Conn](ctx, nil, nil, nil)
		return len(r) + len(w) + len(x), err
	})
	s.blocks(t)
	cancel()
	s.ends(t, 0, context.Canceled)
}

// TestSelectNow asks which of two connections are ready at this moment.
func TestSelectNow(t *testing.T) {
	_ = newPollSet(t) // or skip
	a, b := msgPair(t)
	_, c := msgPair(t)
	both := []*streamsock.Conn{b, c}
	ended, cancel := context.WithCancel(t.Context())
	cancel()

	if r, w, x, err := streamsock.Select(ended, both, nil, nil); len(r)+len(w)+len(x) != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("nothing is ready: %v, %v, %v, %v", r, w, x, err)
	}
	put(t, a, b, []byte("hello"))
	if r, w, x, err := streamsock.Select(ended, both, nil, nil); !slices.Equal(r, both[:1]) || len(w)+len(x) != 0 || err != nil {
		t.Errorf("one is readable: %v, %v, %v, %v", r, w, x, err)
	}
	if r, w, x, err := streamsock.Select(ended, both[:1], both[:1], nil); !slices.Equal(r, both[:1]) || !slices.Equal(w, both[:1]) || len(x) != 0 || err != nil {
		t.Errorf("it is writable too: %v, %v, %v, %v", r, w, x, err)
	}
	take(t, b, []byte("hello"))
	if r, w, x, err := streamsock.Select(ended, nil, both, nil); len(w) != 2 || !slices.Contains(w, b) || !slices.Contains(w, c) || len(r)+len(x) != 0 || err != nil {
		t.Errorf("both are writable: %v, %v, %v, %v", r, w, x, err)
	}
}

// TestWaitNow polls a connection without blocking.
func TestWaitNow(t *testing.T) {
	_ = newPollSet(t) // or skip
	a, b := msgPair(t)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	wait := func(want, holds streamsock.Events, wantErr error) {
		t.Helper()
		if got, err := b.Wait(ended, want); got != holds || !errors.Is(err, wantErr) {
			t.Errorf("Wait for %v: %v, %v", want, got, err)
		}
	}

	wait(readable, 0, context.Canceled)
	wait(streamsock.Writable, streamsock.Writable, nil)
	put(t, a, b, []byte("hello"))
	wait(readable, readable, nil)
	wait(readable|streamsock.Writable, readable|streamsock.Writable, nil)
	take(t, b, []byte("hello"))
	wait(readable, 0, context.Canceled)
	b.SetReadDeadline(time.Now().Add(-time.Second))
	wait(readable, 0, os.ErrDeadlineExceeded)
	b.Close()
	wait(streamsock.Writable, 0, net.ErrClosed)
}

// TestPollSetTimeout has the time be over before bytes arrive, and again after
// they were read.
func TestPollSetTimeout(t *testing.T) {
	s := newPollSet(t)
	client, server := msgPair(t)
	if err := s.Add(server, readable); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		ready, err := s.Poll(ctx)
		cancel()
		if len(ready) != 0 || !errors.Is(err, context.DeadlineExceeded) || !os.IsTimeout(err) {
			t.Errorf("nothing is ready: %v, %v", ready, err)
		}
		put(t, client, server, []byte("hello"))
		ctx, cancel = context.WithTimeout(t.Context(), patience)
		ready, err = s.Poll(ctx)
		cancel()
		if want := []streamsock.Ready{{Conn: server, Socket: server, Events: readable}}; !slices.Equal(ready, want) || err != nil {
			t.Errorf("bytes have arrived: %v, %v", ready, err)
		}
		take(t, server, []byte("hello"))
	}
}

// TestPollSetAccept has a connection come into a set that is waited for, when
// it is accepted.
func TestPollSetAccept(t *testing.T) {
	s := newPollSet(t)
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var ready []streamsock.Ready
	poll := begin(func() (n int, err error) {
		ready, err = s.Poll(ctx)
		return len(ready), err
	})
	poll.blocks(t)

	client := dialTo(t, l)
	server, err := l.AcceptStream()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if err := s.Add(server, readable); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(client, "hello"); err != nil {
		t.Fatal(err)
	}
	poll.ends(t, 1, nil)
	if ready[0].Conn != server || ready[0].Events != readable {
		t.Errorf("ready: %v", ready)
	}
	take(t, server, []byte("hello"))
}

// TestPollSetClear empties a set, which then is as a new one.
func TestPollSetClear(t *testing.T) {
	s := newPollSet(t)
	a, b := msgPair(t)
	for range 2 {
		for _, c := range []*streamsock.Conn{a, b} {
			if err := s.Add(c, readable); err != nil {
				t.Fatal(err)
			}
		}
		shows(t, s, b, 0)
		put(t, a, b, []byte("hello"))
		shows(t, s, b, readable)
		s.Clear()
		if s.Len() != 0 || s.Has(a) || s.Has(b) {
			t.Errorf("%d, %v, %v", s.Len(), s.Has(a), s.Has(b))
		}
		shows(t, s, b, 0)
		take(t, b, []byte("hello"))
	}
	s.Close()
	s.Clear() // nothing happens
}

// TestSelectServer has server sockets in the lists, alone and with connections.
func TestSelectServer(t *testing.T) {
	_ = newPollSet(t) // or skip
	one := listen(t, &streamsock.ListenConfig{}, "tcp4")
	two := listen(t, &streamsock.ListenConfig{}, "tcp4")
	both := []*streamsock.Listener{one, two}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if r, w, x, err := streamsock.Select(ended, both, nil, both); len(r)+len(w)+len(x) != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("no connection: %v, %v, %v, %v", r, w, x, err)
	}
	client := dialTo(t, two)
	if r, w, x, err := streamsock.Select(patient(t), both, nil, both); !slices.Equal(r, both[1:]) || len(w)+len(x) != 0 || err != nil {
		t.Errorf("a client of one: %v, %v, %v, %v", r, w, x, err)
	}
	mixed := []syscall.Conn{one, two, client}
	if r, w, x, err := streamsock.Select(ended, mixed, mixed[2:], mixed); !slices.Equal(r, mixed[1:2]) || !slices.Equal(w, mixed[2:]) || len(x) != 0 || err != nil {
		t.Errorf("with the client: %v, %v, %v, %v", r, w, x, err)
	}
	server, err := two.AcceptStream()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	put(t, client, server, []byte("hello"))
	mixed = []syscall.Conn{one, two, server}
	if r, w, x, err := streamsock.Select(ended, mixed, nil, mixed); !slices.Equal(r, mixed[2:]) || len(w)+len(x) != 0 || err != nil {
		t.Errorf("accepted: %v, %v, %v, %v", r, w, x, err)
	}
	one.Close()
	if _, _, _, err := streamsock.Select(ended, both, nil, nil); !errors.Is(err, net.ErrClosed) {
		t.Errorf("one is closed: %v", err)
	}
}

// TestPollSetServer has two server sockets in a set.
func TestPollSetServer(t *testing.T) {
	s := newPollSet(t)
	one := listen(t, &streamsock.ListenConfig{}, "tcp4")
	two := listen(t, &streamsock.ListenConfig{}, "tcp4")
	for _, l := range []*streamsock.Listener{one, two} {
		if err := s.Add(l, readable); err != nil {
			t.Fatal(err)
		}
	}
	ready := func(when string, want ...*streamsock.Listener) {
		t.Helper()
		got := readyNow(t, s)
		for _, l := range want {
			if got[l] != readable {
				t.Errorf("%s: %v of %v", when, got[l], l.Addr())
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %v", when, got)
		}
	}
	ready("before")
	for _, l := range []*streamsock.Listener{one, two} {
		_ = dialTo(t, l)
		until(t, "the client is seen", func() bool { return readyNow(t, s)[l] == readable })
	}
	ready("both", one, two)
	c, err := one.AcceptStream()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ready("one has accepted", two)
	s.Remove(two)
	ready("removed")
	if err := s.Add(two, readable); err != nil {
		t.Fatal(err)
	}
	ready("added again", two)
	two.Close()
	if ready("closed"); s.Has(two) || !s.Has(one) || s.Len() != 1 {
		t.Errorf("%v, %v, %d", s.Has(two), s.Has(one), s.Len())
	}
}

// TestUnix has an echo by a Unix socket, which is one of package net, and an
// option of it.
func TestUnix(t *testing.T) {
	addresses := map[string]string{"file": socketPath(t)}
	if runtime.GOOS == "linux" {
		addresses["abstract"] = fmt.Sprintf("@streamsock %d", os.Getpid())
	}
	for name, address := range addresses {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("unix", address)
			if err != nil {
				t.Skip(err)
			}
			serveOne(t, l, func(c net.Conn) error {
				_, err := io.Copy(c, c)
				return err
			})
			c, err := net.Dial("unix", address)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			c.SetDeadline(time.Now().Add(patience))
			io.WriteString(c, "hello")
			p := make([]byte, 5)
			if n, err := io.ReadFull(c, p); string(p[:n]) != "hello" || err != nil {
				t.Errorf("echo: %q, %v", p[:n], err)
			}
			setBuffer(t, func(n int) error { return sockopt.WriteBuffer.Set(c.(*net.UnixConn), n) },
				func() (int, error) { return sockopt.WriteBuffer.Get(c.(*net.UnixConn)) })
			if _, err := streamsock.Wrap(c); !errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("Wrap: %v", err)
			}
		})
	}
}

// TestWebSocketBroken has a WebSocket's client break the rules: its frame ends
// within the header, or has no mask. The server that waits for a message gets
// an error.
func TestWebSocketBroken(t *testing.T) {
	for name, frame := range map[string]string{
		"cut":     "\x81\x84", // text, and four bytes with a mask
		"no mask": "\x81\x01A",
	} {
		t.Run(name, func(t *testing.T) {
			l := listenHere(t)
			received := make(chan error, 1)
			serveHTTP(t, l, websocket.Handler(func(ws *websocket.Conn) {
				if user, _, ok := ws.Request().BasicAuth(); user != "user" || !ok {
					t.Errorf("the client is %q, %v", user, ok)
				}
				var text string
				received <- websocket.Message.Receive(ws, &text)
			}), nil)

			config, err := websocket.NewConfig("ws://"+l.Addr().String(), "http://localhost")
			if err != nil {
				t.Fatal(err)
			}
			(&http.Request{Header: config.Header}).SetBasicAuth("user", "password")
			c := dialTo(t, l)
			if _, err := websocket.NewClient(config, c); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(c, frame); err != nil {
				t.Fatal(err)
			}
			if err := c.CloseWrite(); err != nil {
				t.Fatal(err)
			}
			select {
			case err := <-received:
				if err != io.EOF {
					t.Errorf("received with the error %v", err)
				}
			case <-time.After(patience):
				t.Fatal("the server waits for ever")
			}
		})
	}
}

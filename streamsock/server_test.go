// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package streamsock_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"runtime"
	"sync"
	"testing"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

// An echoServer serves any number of connections in one goroutine: it accepts,
// reads and writes with one PollSet, and blocks only in Poll.
type echoServer struct {
	set *streamsock.PollSet
	l   *streamsock.Listener
	buf []byte
}

func newEchoServer(l *streamsock.Listener) (*echoServer, error) {
	set, err := streamsock.NewPollSet()
	if err != nil {
		return nil, err
	}
	if err := set.Add(l, streamsock.Readable); err != nil {
		set.Close()
		return nil, err
	}
	return &echoServer{set, l, make([]byte, 16<<10)}, nil
}

// run serves until ctx ends.
func (s *echoServer) run(ctx context.Context) error {
	defer s.set.Close()
	var ready []streamsock.Ready
	for {
		var err error
		ready, err = s.set.PollInto(ctx, ready)
		if err != nil {
			return err
		}
		for _, r := range ready {
			if r.Socket == s.l {
				err = s.accept()
			} else if s.serve(r) != nil {
				err = r.Conn.Close() // removes it from the set
			}
			if err != nil {
				return err
			}
		}
	}
}

// accept accepts all connections that wait.
func (s *echoServer) accept() error {
	for {
		c, err := s.l.TryAccept()
		if err == streamsock.ErrWouldBlock {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.set.Add(c, streamsock.Readable); err != nil {
			return err
		}
	}
}

// serve sends back what was received. Data that the connection does not accept
// is attached to it, and nothing more is read until that data is sent.
func (s *echoServer) serve(r streamsock.Ready) error {
	rest, writing := r.Data.([]byte)
	if !writing {
		n, err := r.Conn.TryRead(s.buf)
		if err == streamsock.ErrWouldBlock {
			return nil
		}
		if err != nil {
			return err
		}
		rest = s.buf[:n]
	}
	n, err := r.Conn.TryWrite(rest)
	switch {
	case err == streamsock.ErrWouldBlock:
		if err := s.set.Attach(r.Conn, append([]byte(nil), rest[n:]...)); err != nil {
			return err
		}
		return s.set.Update(r.Conn, streamsock.Writable)
	case err == nil && writing:
		if err := s.set.Attach(r.Conn, nil); err != nil {
			return err
		}
		return s.set.Update(r.Conn, streamsock.Readable)
	}
	return err
}

// One goroutine accepts, reads and writes for all connections.
func ExamplePollSet_server() {
	l, err := streamsock.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	s, err := newEchoServer(l)
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error)
	go func() { served <- s.run(ctx) }()

	c, err := streamsock.Dial("tcp4", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "hello")
	c.CloseWrite()
	answer, err := io.ReadAll(c)
	fmt.Printf("%s, %v\n", answer, err)
	cancel()
	<-served
	// Output: hello, <nil>
}

// TestServer has one goroutine serve as many connections as the limit of descriptors
// allows, 5,000 at most. One of them sends more than there is room for.
func TestServer(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	s, err := newEchoServer(l)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	before := runtime.NumGoroutine()
	served := make(chan error, 1)
	go func() { served <- s.run(ctx) }()

	conns := testnet.Descriptors(2*5000) / 2
	if onWine { // which is slow
		conns = 100
	}
	clients := make([]*streamsock.Conn, conns)
	for i := range clients {
		clients[i] = dialTo(t, l)
	}
	until(t, "all are accepted", func() bool { return s.set.Len() == len(clients)+1 })
	if n := runtime.NumGoroutine() - before; n > 2 {
		t.Errorf("%d goroutines more for %d connections", n, len(clients))
	}
	data := ascii(8 << 20)
	var large sync.WaitGroup
	large.Go(func() {
		c := clients[0]
		sent := begin(func() (int, error) { return c.Write(data) })
		sent.settles(t) // the server can neither send nor receive
		got := make([]byte, len(data))
		if n, err := io.ReadFull(c, got); !bytes.Equal(got, data) || err != nil {
			t.Errorf("%d bytes of %d came back, %v", n, len(data), err)
		}
		sent.ends(t, len(data), nil)
	})
	b := make([]byte, 2)
	for round := range 3 {
		for i, c := range clients[1:] {
			if _, err := c.Write([]byte{byte(round), byte(i)}); err != nil {
				t.Fatal(err)
			}
		}
		for i, c := range clients[1:] {
			if n, err := io.ReadFull(c, b); b[0] != byte(round) || b[1] != byte(i) || err != nil {
				t.Fatalf("round %d: %x, %v", round, b[:n], err)
			}
		}
	}
	large.Wait()
	for _, c := range clients {
		c.Close()
	}
	until(t, "all have left", func() bool { return s.set.Len() == 1 })
	cancel()
	if err := next(t, served); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

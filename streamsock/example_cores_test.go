// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

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
	"time"

	"example.com/streamsock/streamsock"
)

// A loopServer replies to lines. For each processor it has an event loop, a
// goroutine with a PollSet, which lends readable connections to a few workers.
// A slow worker does not delay the others.
type loopServer struct {
	Answer  func(line []byte) []byte
	Workers int

	loops []*streamsock.PollSet
	lent  chan lentConn
}

// A lentConn is a connection in use by a worker. The PollSet does not report it
// until the worker returns it.
type lentConn struct {
	set *streamsock.PollSet
	c   *streamsock.Conn
	s   *lineSession
}

// A lineSession is attached to a connection and contains an incomplete line.
type lineSession struct{ line []byte }

// Serve serves the connections of l until ctx ends. Then it lets the workers
// finish, and sends a final line on all connections.
func (s *loopServer) Serve(ctx context.Context, l *streamsock.Listener) error {
	s.lent = make(chan lentConn)
	var loops, workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		set, err := streamsock.NewPollSet()
		if err != nil {
			return err
		}
		defer set.Close()
		s.loops = append(s.loops, set)
	}
	for _, set := range s.loops {
		loops.Go(func() { s.loop(ctx, set) })
	}
	for range s.Workers {
		workers.Go(s.work)
	}
	err := s.accept(ctx, l)
	loops.Wait()
	close(s.lent)
	workers.Wait()
	for _, set := range s.loops {
		for member := range set.Members() {
			c := member.(*streamsock.Conn)
			c.TryWrite([]byte("goodbye\n"))
			c.Close()
		}
	}
	return err
}

// accept assigns the connections to the loops in turn.
func (s *loopServer) accept(ctx context.Context, l *streamsock.Listener) error {
	for n := 0; ; n++ {
		c, err := l.AcceptContext(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		set := s.loops[n%len(s.loops)]
		// A member without events, until its session is attached.
		if err := errors.Join(set.Add(c, 0), set.Attach(c, new(lineSession)), s.arm(set, c)); err != nil {
			c.Close()
		}
	}
}

// arm makes the set report the connection once, when it is readable.
func (s *loopServer) arm(set *streamsock.PollSet, c *streamsock.Conn) error {
	return set.Update(c, streamsock.Readable|streamsock.Oneshot)
}

// loop lends ready connections to the workers.
func (s *loopServer) loop(ctx context.Context, set *streamsock.PollSet) {
	var ready []streamsock.Ready
	for ctx.Err() == nil {
		var err error
		if ready, err = set.PollInto(ctx, ready); err != nil {
			return
		}
		for _, r := range ready {
			session, ok := r.Data.(*lineSession)
			if !ok { // it failed before it was armed
				r.Conn.Close()
				continue
			}
			s.lent <- lentConn{set, r.Conn, session}
		}
	}
}

// work serves lent connections.
func (s *loopServer) work() {
	buf := make([]byte, 4096)
	for lent := range s.lent {
		if s.serve(lent, buf) != nil || s.arm(lent.set, lent.c) != nil {
			lent.c.Close() // removes it from the set
		}
	}
}

// serve replies to the lines that have arrived.
func (s *loopServer) serve(lent lentConn, buf []byte) error {
	for {
		n, err := lent.c.TryRead(buf)
		if err == streamsock.ErrWouldBlock {
			return nil
		}
		lent.s.line = append(lent.s.line, buf[:n]...)
		for {
			line, rest, whole := bytes.Cut(lent.s.line, []byte("\n"))
			if !whole {
				break
			}
			lent.c.SetWriteDeadline(time.Now().Add(10 * time.Second)) // limits the time of the worker
			if _, err := lent.c.Write(append(s.Answer(line), '\n')); err != nil {
				return err
			}
			lent.s.line = rest
		}
		const longest = 64 << 10
		if err == nil && len(lent.s.line) > longest {
			err = errors.New("line too long")
		}
		if err != nil {
			return err
		}
	}
}

// A server with an event loop for each processor: Oneshot lends connections to
// workers, Attach stores their state, and Members reaches all connections at
// the end.
func Example_severalCores() {
	l, err := streamsock.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	server := &loopServer{Answer: bytes.ToUpper, Workers: 4}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error)
	go func() { served <- server.Serve(ctx, l) }()

	var clients [3]*streamsock.Conn
	for i := range clients {
		c, err := streamsock.Dial("tcp4", l.Addr().String())
		if err != nil {
			log.Fatal(err)
		}
		defer c.Close()
		clients[i] = c
		fmt.Fprintf(c, "hello from %d\n", i)
		answer := make([]byte, len("HELLO FROM 0\n"))
		io.ReadFull(c, answer)
		fmt.Print(string(answer))
	}
	cancel()
	for _, c := range clients {
		rest, err := io.ReadAll(c)
		fmt.Printf("%q %v\n", rest, err)
	}
	fmt.Println(<-served)
	// Output:
	// HELLO FROM 0
	// HELLO FROM 1
	// HELLO FROM 2
	// "goodbye\n" <nil>
	// "goodbye\n" <nil>
	// "goodbye\n" <nil>
	// <nil>
}

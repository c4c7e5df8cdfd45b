// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"errors"
	"net"
	"time"

	"example.com/streamsock/streamsock"
)

// requestSize is the size of a request to an echo server, in bytes.
const requestSize = 128

// bufferSize is the size of an echo server's buffer for a connection, or for all.
const bufferSize = 4 << 10

// echo sends back what read receives, until one of the two fails.
func echo(read, write func(p []byte) (int, error)) {
	p := make([]byte, bufferSize)
	for {
		n, err := read(p)
		if err != nil {
			return
		}
		if _, err := write(p[:n]); err != nil {
			return
		}
	}
}

func echoByNet(l *net.TCPListener) {
	for {
		c, err := l.AcceptTCP()
		check(err)
		go func() {
			defer c.Close()
			echo(c.Read, c.Write)
		}()
	}
}

// echoBy returns a server with a goroutine for each connection, which receives and
// sends as the ways function says. The context, which can be canceled, is for the
// functions that need one.
func echoBy(ways func(ctx context.Context, c *streamsock.Conn) (read, write func(p []byte) (int, error))) func(address, target string) {
	return func(address, _ string) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		l := listenStream(address)
		for {
			c, err := l.AcceptStream()
			check(err)
			go func() {
				defer c.Close()
				echo(ways(ctx, c))
			}()
		}
	}
}

func byRead(_ context.Context, c *streamsock.Conn) (read, write func(p []byte) (int, error)) {
	return c.Read, c.Write
}

func byRecv(_ context.Context, c *streamsock.Conn) (read, write func(p []byte) (int, error)) {
	return func(p []byte) (int, error) { return c.Recv(p, 0) }, c.Write
}

func byTimeoutConn(_ context.Context, c *streamsock.Conn) (read, write func(p []byte) (int, error)) {
	return c.WithTimeouts(time.Minute, time.Minute).Read, c.Write
}

func byReadContext(ctx context.Context, c *streamsock.Conn) (read, write func(p []byte) (int, error)) {
	return func(p []byte) (int, error) { return c.ReadContext(ctx, p) }, c.Write
}

func byWriteContext(ctx context.Context, c *streamsock.Conn) (read, write func(p []byte) (int, error)) {
	return c.Read, func(p []byte) (int, error) { return c.WriteContext(ctx, p) }
}

func byPeek(_ context.Context, c *streamsock.Conn) (read, write func(p []byte) (int, error)) {
	return func(p []byte) (int, error) {
		if _, err := c.Peek(p); err != nil {
			return 0, err
		}
		return c.Read(p)
	}, c.Write
}

func byPeekContext(ctx context.Context, c *streamsock.Conn) (read, write func(p []byte) (int, error)) {
	return func(p []byte) (int, error) {
		if _, err := c.PeekContext(ctx, p); err != nil {
			return 0, err
		}
		return c.Read(p)
	}, c.Write
}

func byWait(ctx context.Context, c *streamsock.Conn) (read, write func(p []byte) (int, error)) {
	return func(p []byte) (int, error) {
		if _, err := c.Wait(ctx, streamsock.Readable); err != nil {
			return 0, err
		}
		return c.Read(p)
	}, c.Write
}

// echoByPollSet serves all connections in one goroutine.
func echoByPollSet(l *streamsock.Listener) {
	set, err := streamsock.NewPollSet()
	check(err)
	go func() {
		for {
			c, err := l.AcceptStream()
			check(err)
			check(set.Add(c, streamsock.Readable))
		}
	}()
	unsent := make(map[*streamsock.Conn][]byte)
	p := make([]byte, bufferSize)
	var ready []streamsock.Ready
	for {
		ready, err = set.PollInto(context.Background(), ready)
		check(err)
		for _, r := range ready {
			if err := echoReady(set, r.Conn, p, unsent); err != nil && !errors.Is(err, streamsock.ErrWouldBlock) {
				delete(unsent, r.Conn)
				r.Conn.Close()
			}
		}
	}
}

// echoReady sends back what c has received. While the peer takes no more, the rest
// is kept in unsent, and nothing is received.
func echoReady(set *streamsock.PollSet, c *streamsock.Conn, p []byte, unsent map[*streamsock.Conn][]byte) error {
	rest, writing := unsent[c]
	if !writing {
		n, err := c.TryRead(p)
		if err != nil {
			return err
		}
		rest = p[:n]
	}
	n, err := c.TryWrite(rest)
	switch {
	case errors.Is(err, streamsock.ErrWouldBlock):
		unsent[c] = append([]byte(nil), rest[n:]...)
		return set.Update(c, streamsock.Writable)
	case err == nil && writing:
		delete(unsent, c)
		return set.Update(c, streamsock.Readable)
	}
	return err
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux

package streamsock_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"time"

	"example.com/streamsock/streamsock"
)

// A server has many connections that are idle most of the time. One goroutine
// waits for all of them, with one buffer.
func ExamplePollSet() {
	set, err := streamsock.NewPollSet()
	if err != nil {
		log.Fatal(err)
	}
	defer set.Close()

	// Two clients send a greeting and close.
	for i := range 2 {
		client, server := ends()
		if err := set.Add(server, streamsock.Readable); err != nil {
			log.Fatal(err)
		}
		fmt.Fprintf(client, "hello from %d", i)
		client.Close()
	}

	var all [][]byte
	buf := make([]byte, 4096)
	for set.Len() > 0 {
		ready, err := set.Poll(context.Background())
		if err != nil {
			log.Fatal(err)
		}
		for _, r := range ready {
			n, err := r.Conn.TryRead(buf)
			if n > 0 {
				all = append(all, bytes.Clone(buf[:n]))
			}
			if err != nil && err != streamsock.ErrWouldBlock {
				r.Conn.Close() // removes it from the set
			}
		}
	}
	fmt.Println(len(all), "greetings, no connection left")
	// Output: 2 greetings, no connection left
}

// Select waits for a few connections, like select(2).
func ExampleSelect() {
	client, server := ends()
	defer client.Close()
	defer server.Close()
	client.SendUrgent('!')
	r, _, x, err := streamsock.Select(context.Background(), []*streamsock.Conn{client}, nil, []*streamsock.Conn{server})
	fmt.Println(len(r), x[0] == server, err)
	// Output: 0 true <nil>
}

// A proxy relays a connection to another server.
func ExampleRelay() {
	backend, err := streamsock.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer backend.Close()
	go func() { // replies in capitals
		c, err := backend.AcceptStream()
		if err != nil {
			log.Fatal(err)
		}
		defer c.Close()
		request, _ := io.ReadAll(c)
		c.Write(bytes.ToUpper(request))
	}()

	front, err := streamsock.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer front.Close()
	done := make(chan streamsock.RelayStats)
	go func() {
		in, err := front.AcceptStream()
		if err != nil {
			log.Fatal(err)
		}
		out, err := streamsock.Dial("tcp", backend.Addr().String())
		if err != nil {
			log.Fatal(err)
		}
		stats, err := streamsock.Relay(context.Background(), in, out)
		if err != nil {
			log.Fatal(err)
		}
		done <- stats
	}()

	c, err := streamsock.Dial("tcp", front.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	c.Write([]byte("hello"))
	c.CloseWrite() // the relay passes it on
	answer, err := io.ReadAll(c)
	fmt.Printf("%s %v %+v\n", answer, err, <-done)
	// Output: HELLO <nil> {AToB:5 BToA:5}
}

// A proxy ends idle sessions, and logs the number of bytes and the TCP_INFO of
// each session.
func ExampleRelayer() {
	relayer := streamsock.Relayer{
		IdleTimeout: 20 * time.Millisecond,
		Done: func(a, b net.Conn, s streamsock.RelayStats) {
			info, err := a.(*streamsock.Conn).Info()
			fmt.Println(s.AToB, "bytes to b;", info != nil, err)
		},
	}
	client, in := ends()
	defer client.Close()
	out, server := ends()
	defer server.Close()
	client.Write([]byte("hello"))
	_, err := relayer.Relay(context.Background(), in, out)
	fmt.Println(err, errors.Is(err, streamsock.ErrIdle))
	// Output:
	// 5 bytes to b; true <nil>
	// streamsock: relay idle timeout true
}

// A proxy has many sessions, of which few are busy at a time. An idle session
// has no goroutine.
func ExampleRelayer_Go() {
	var relayer streamsock.Relayer
	client, in := ends()
	defer client.Close()
	out, server := ends()
	ended := make(chan struct{})
	relayer.Go(context.Background(), in, out, func(s streamsock.RelayStats, err error) {
		fmt.Println(s.AToB, s.BToA, err)
		close(ended)
	})
	client.Write([]byte("hello"))
	client.CloseWrite()
	request, _ := io.ReadAll(server)
	fmt.Printf("%s\n", request)
	server.Write([]byte("hi"))
	server.Close()
	<-ended
	// Output:
	// hello
	// 5 2 <nil>
}

// Each read has a timeout.
func ExampleConn_WithTimeouts() {
	client, server := ends()
	defer client.Close()
	defer server.Close()
	c := server.WithTimeouts(300*time.Millisecond, time.Minute)

	client.Write([]byte("hello"))
	p := make([]byte, 10)
	n, err := c.Read(p)
	fmt.Printf("%s %v\n", p[:n], err)
	_, err = c.Read(p) // no data arrives
	fmt.Println(errors.Is(err, os.ErrDeadlineExceeded))
	// Output:
	// hello <nil>
	// true
}

// A read returns when a context ends.
func ExampleConn_ReadContext() {
	client, server := ends()
	defer client.Close()
	defer server.Close()
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(10*time.Millisecond, cancel)
	p := make([]byte, 10)
	_, err := server.ReadContext(ctx, p)
	fmt.Println(errors.Is(err, context.Canceled))

	client.Write([]byte("later")) // no data is lost
	n, err := server.Read(p)
	fmt.Printf("%s %v\n", p[:n], err)
	// Output:
	// true
	// later <nil>
}

// A server passes its listener to its successor, so that no connection is
// refused.
func ExampleListener_Dup() {
	l, err := streamsock.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fd, err := l.Dup()
	if err != nil {
		log.Fatal(err)
	}
	f := os.NewFile(fd, "listener") // for ExtraFiles of an exec.Cmd
	l.Close()

	successor, err := streamsock.FileListener(f) // in the other process
	if err != nil {
		log.Fatal(err)
	}
	defer successor.Close()
	f.Close()
	client, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	c, err := successor.AcceptStream()
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	fmt.Println(c.RemoteAddr().String() == client.LocalAddr().String())
	// Output: true
}

// A descriptor is passed to a C library or to another process.
func ExampleConn_Dup() {
	client, server := ends()
	defer client.Close()
	fd, err := server.Dup()
	if err != nil {
		log.Fatal(err)
	}
	server.Close()

	f := os.NewFile(fd, "duplicate") // in this example it is returned to Go
	c, err := net.FileConn(f)
	if err != nil {
		log.Fatal(err)
	}
	f.Close()
	fmt.Fprint(c, "still there")
	c.Close()
	b, err := io.ReadAll(client)
	fmt.Printf("%s %v\n", b, err)
	// Output: still there <nil>
}

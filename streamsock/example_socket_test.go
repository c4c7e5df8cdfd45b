// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package streamsock_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/netip"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// Options are set before the socket is bound and connected.
func ExampleSocket() {
	l, err := streamsock.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	addr := l.Addr().(*net.TCPAddr).AddrPort()

	s, err := streamsock.NewSocket("tcp4", sockopt.ReuseAddr.To(true), sockopt.KeepAlive.To(false))
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close() // no effect after it has become a Conn
	if err := sockopt.NoDelay.Set(s, false); err != nil {
		log.Fatal(err)
	}
	if err := s.Bind(netip.MustParseAddrPort("127.0.0.1:0")); err != nil {
		log.Fatal(err)
	}
	bound := s.LocalAddr().String()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	c, err := s.Connect(ctx, addr)
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	fmt.Println(c.LocalAddr().String() == bound)
	fmt.Println(c.NoDelay())
	fmt.Println(c.KeepAlive())
	// Output:
	// true
	// false <nil>
	// false <nil>
}

// A program starts to connect, continues with something else, and is notified
// when the connection is established.
func ExampleSocket_FinishConnect() {
	l, err := streamsock.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	go echoOne(l)

	s, err := streamsock.NewSocket("tcp4")
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	if err := s.StartConnect(l.Addr().(*net.TCPAddr).AddrPort()); err != nil {
		log.Fatal(err)
	}

	connected := make(chan *streamsock.Conn)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		c, err := s.FinishConnect(ctx)
		if err != nil {
			log.Fatal(err)
		}
		connected <- c
	}()
	fmt.Println("doing something else")

	c := <-connected
	defer c.Close()
	fmt.Fprint(c, "hello")
	c.CloseWrite()
	text, err := io.ReadAll(c)
	fmt.Printf("%s %v\n", text, err)
	// Output:
	// doing something else
	// hello <nil>
}

// A listener has an accept queue for 16 connections.
func ExampleSocket_Listen() {
	s, err := streamsock.NewSocket("tcp4", sockopt.ReuseAddr.To(true), sockopt.NoDelay.To(false))
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	if err := s.Bind(netip.MustParseAddrPort("127.0.0.1:0")); err != nil {
		log.Fatal(err)
	}
	l, err := s.Listen(16)
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()

	client, err := streamsock.Dial("tcp", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	c, err := l.AcceptStream()
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	fmt.Println(c.NoDelay())
	// Output: false <nil>
}

// A connection that is passed as a file, for example by another process, keeps
// its options.
func ExampleFileConn() {
	l, err := streamsock.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	nc, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer nc.Close()
	if err := nc.(*net.TCPConn).SetNoDelay(false); err != nil {
		log.Fatal(err)
	}
	f, err := nc.(*net.TCPConn).File()
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()

	c, err := streamsock.FileConn(f)
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	fmt.Println(c.RemoteAddr().String() == nc.RemoteAddr().String())
	fmt.Println(c.NoDelay())
	// Output:
	// true
	// false <nil>
}

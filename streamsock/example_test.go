// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

func Example() {
	l, err := streamsock.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	go echoOne(l)

	c, err := streamsock.Dial("tcp", l.Addr().String(),
		sockopt.NoDelay.To(false),
		sockopt.TrafficClass.To(0x28))
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()

	fmt.Fprint(c, "hello")
	if err := c.CloseWrite(); err != nil {
		log.Fatal(err)
	}
	text, err := io.ReadAll(c)
	fmt.Printf("%s %v\n", text, err)
	fmt.Println(c.NoDelay())
	// Output:
	// hello <nil>
	// false <nil>
}

// An existing connection is converted to a Conn.
func ExampleWrap() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	nc, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer nc.Close()

	c, err := streamsock.Wrap(nc)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c.Linger())
	fmt.Println(c.SetLinger(5))
	fmt.Println(c.Linger())
	// Output:
	// -1 <nil>
	// <nil>
	// 5 <nil>
}

// A Dialer and a Listener are used in place of those of package net, here in
// net/http.
func ExampleDialer() {
	lc := streamsock.ListenConfig{ConnOptions: []sockopt.Setting{sockopt.NoDelay.To(true)}}
	l, err := lc.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := httptest.Server{Listener: l, Config: &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "served") }),
	}}
	server.Start()
	defer server.Close()

	d := &streamsock.Dialer{
		NetDialer: &net.Dialer{Timeout: 5 * time.Second},
		Options:   []sockopt.Setting{sockopt.ReadBuffer.To(1 << 18)},
	}
	transport := &http.Transport{DialContext: d.DialContext}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	r, err := client.Get(server.URL)
	if err != nil {
		log.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	fmt.Printf("%s %v\n", text, err)
	// Output: served <nil>
}

// An http.Server serves connections with options. Its handler uses the Conn of
// the request.
func ExampleListenConfig_httpServer() {
	lc := streamsock.ListenConfig{ConnOptions: []sockopt.Setting{
		sockopt.NoDelay.To(false),
		sockopt.WriteBuffer.To(1 << 18),
	}}
	l, err := lc.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	type connKey struct{}
	server := &http.Server{
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, c)
		},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c := r.Context().Value(connKey{}).(*streamsock.Conn)
			on, err := c.NoDelay()
			fmt.Fprint(w, "no delay: ", on, err)
		}),
	}
	go server.Serve(l)
	defer server.Close()

	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := client.Get("http://" + l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	fmt.Printf("%s %v\n", text, err)
	// Output: no delay: false <nil> <nil>
}

// The keep-alive configuration is read, changed and set.
func ExampleConn_KeepAliveConfig() {
	l, err := streamsock.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	c, err := streamsock.Dial("tcp", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()

	k, err := c.KeepAliveConfig()
	if err != nil {
		log.Fatal(err)
	}
	k.Idle = time.Minute
	if err := c.SetKeepAliveConfig(k); err != nil {
		log.Fatal(err)
	}
	k, err = c.KeepAliveConfig()
	fmt.Println(k.Idle, err)
	// Output: 1m0s <nil>
}

// A server sets options on its listener and accepts connections as *Conn.
func ExampleListen() {
	l, err := streamsock.Listen("tcp", "127.0.0.1:0", sockopt.TrafficClass.To(0x28))
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		c, err := streamsock.Dial("tcp", l.Addr().String())
		if err != nil {
			log.Fatal(err)
		}
		defer c.Close()
		fmt.Fprint(c, "hello")
	}()

	c, err := l.AcceptStream()
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	l.Close()
	text, err := io.ReadAll(c)
	fmt.Printf("%s %v\n", text, err)
	// Output: hello <nil>
}

// Options are set on each connection that a server accepts.
func ExampleListenConfig() {
	lc := streamsock.ListenConfig{
		Options:     []sockopt.Setting{sockopt.ReadBuffer.To(1 << 18)},
		ConnOptions: []sockopt.Setting{sockopt.OOBInline.To(true), sockopt.KeepAlive.To(false)},
	}
	l, err := lc.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	c, err := streamsock.Dial("tcp", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()

	s, err := l.AcceptStream()
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	fmt.Println(s.OOBInline())
	fmt.Println(s.KeepAlive())
	// Output:
	// true <nil>
	// false <nil>
}

// A server is notified when it starts that its connections cannot have an
// option, and of each connection on which an option cannot be set for another
// reason.
func ExampleListenConfig_refused() {
	lc := streamsock.ListenConfig{
		ConnOptions: []sockopt.Setting{sockopt.KeepAliveCount.To(0)},
		Refused:     func(c *net.TCPConn, err error) { log.Printf("closing the connection of %v: %v", c.RemoteAddr(), err) },
	}
	_, err := lc.Listen(context.Background(), "tcp", "127.0.0.1:0")
	fmt.Println(errors.Is(err, os.ErrInvalid) || errors.Is(err, errors.ErrUnsupported))
	// Output: true
}

// A client gets the addresses of its servers, in order, from a service
// registry.
func ExampleDialer_DialAddrs() {
	l, err := streamsock.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	addrs := []netip.AddrPort{
		netip.MustParseAddrPort("127.0.0.1:1"), // no process listens here
		l.Addr().(*net.TCPAddr).AddrPort(),
	}
	d := streamsock.Dialer{NetDialer: &net.Dialer{Timeout: 10 * time.Second}}
	c, err := d.DialAddrs(context.Background(), addrs)
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	fmt.Println(c.RemoteAddr().String() == l.Addr().String())
	// Output: true
}

// A test uses the two ends of a connection.
func ExamplePair() {
	client, server, err := streamsock.Pair(sockopt.NoDelay.To(false))
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	fmt.Fprint(client, "hello")
	client.Close()
	all, err := io.ReadAll(server)
	fmt.Printf("%s, %v\n", all, err)
	// Output: hello, <nil>
}

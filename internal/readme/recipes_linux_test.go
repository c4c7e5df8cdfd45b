// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package readme_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

func Example_httpServer() {
	address := "127.0.0.1:0"
	addresses := make(chan string, 1)
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "served") }),
		BaseContext: func(l net.Listener) context.Context {
			addresses <- l.Addr().String()
			return context.Background()
		},
	}
	ended := make(chan error, 1)
	go func() {
		ended <- func() error {
			ctx := context.Background()
			lc := streamsock.ListenConfig{
				Backlog: 4096,
				ConnOptions: []sockopt.Setting{ // for each accepted connection
					sockopt.NotSentLowat.To(128 << 10),
					sockopt.UserTimeout.To(20 * time.Second),
				},
			}
			l, err := lc.Listen(ctx, "tcp", address)
			if err != nil {
				return err
			}
			return server.Serve(l)
		}()
	}()
	url := "http://" + <-addresses

	get := func() error {
		d := &streamsock.Dialer{Options: []sockopt.Setting{
			sockopt.KeepAliveIdle.To(time.Minute),
			sockopt.UserTimeout.To(20 * time.Second),
		}}
		client := &http.Client{Transport: &http.Transport{DialContext: d.DialContext}}
		resp, err := client.Get(url)
		if err != nil {
			return err
		}
		defer resp.Body.Close()

		defer client.CloseIdleConnections()
		text, err := io.ReadAll(resp.Body)
		fmt.Printf("%s %v\n", text, err)
		return err
	}
	if err := get(); err != nil {
		log.Fatal(err)
	}
	server.Close()
	fmt.Println(<-ended)
	// Output:
	// served <nil>
	// http: Server closed
}

func Example_plainNet() {
	l, err := streamsock.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	address := l.Addr().String()
	dial := func() error {
		d := net.Dialer{Control: sockopt.Control(sockopt.ReadBuffer.To(1 << 20))}
		c, err := d.Dial("tcp", address)
		if err != nil {
			return err
		}
		sc, err := sockopt.Unwrap(c) // finds the socket under a *tls.Conn too
		if err != nil {
			return err
		}
		idle, err := sockopt.KeepAliveIdle.Get(sc)
		fmt.Println(idle, err)

		return c.Close()
	}
	if err := dial(); err != nil {
		log.Fatal(err)
	}
	// Output: 15s <nil>
}

func Example_pool() {
	client, server := pair()
	dead, gone := pair()
	gone.Close()
	dead.Wait(context.Background(), streamsock.PeerClosed)
	idle := []net.Conn{client, dead}
	dial := func() (net.Conn, error) { return nil, fmt.Errorf("dialed") }
	get := func() (net.Conn, error) {
		for len(idle) > 0 {
			c := idle[len(idle)-1]
			idle = idle[:len(idle)-1]
			state, err := streamsock.CheckConn(c) // reads nothing and sends nothing
			if err == nil && state == streamsock.Idle {
				return c, nil
			}
			c.Close() // the peer has closed it, or has sent something unexpected
		}
		return dial()
	}
	c, err := get()
	fmt.Println(c == client, err)
	client.Close()
	server.Close()
	// Output: true <nil>
}

func Example_proxy() {
	ctx := context.Background()
	backend, err := streamsock.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer backend.Close()
	address := backend.Addr().String()
	l, err := streamsock.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	ended := make(chan error)
	go func() {
		ended <- func() error {
			relayer := streamsock.Relayer{IdleTimeout: 5 * time.Minute, Reset: true}
			for {
				in, err := l.AcceptStream()
				if err != nil {
					return err
				}
				go func() {
					out, err := streamsock.Dial("tcp", address)
					if err != nil {
						in.Abort()
						return
					}
					relayer.Relay(ctx, in, out) // returns after closing both
				}()
			}
		}()
	}()
	client, err := streamsock.Dial("tcp", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	server, err := backend.AcceptStream()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprint(server, "hello")
	server.Close()
	text, err := io.ReadAll(client)
	fmt.Printf("%s %v\n", text, err)
	client.Close()
	l.Close()
	<-ended
	// Output: hello <nil>
}

func Example_firstByte() {
	ctx := context.Background()
	client, c := pair()
	defer client.Close()
	defer c.Close()
	config := &tls.Config{}
	serve := func(c net.Conn) error {
		text, err := io.ReadAll(c)
		fmt.Printf("%T: %s\n", c, text)
		return err
	}
	fmt.Fprint(client, "GET /")
	client.CloseWrite()
	err := func() error {
		first := make([]byte, 1)
		if _, err := c.PeekContext(ctx, first); err != nil {
			return err
		}
		const handshake = 0x16
		if first[0] == handshake {
			return serve(tls.Server(c, config))
		}
		return serve(c) // which still reads the first byte
	}()
	fmt.Println(err)
	// Output:
	// *streamsock.Conn: GET /
	// <nil>
}

func Example_slow() {
	c, server := pair()
	defer c.Close()
	defer server.Close()
	err := func() error {
		info, err := c.Info()
		if err != nil {
			return err
		}
		switch half := info.BusyTime / 2; {
		case info.RwndLimited > half:
			fmt.Println("the receiver reads too slowly")
		case info.SndbufLimited > half:
			fmt.Println("the send buffer is too small")
		case info.BytesRetransmitted > info.BytesSent/100:
			fmt.Println("the network loses segments, RTT", info.RTT)
		}

		return nil
	}()
	fmt.Println(err)
	// Output: <nil>
}

func Example_manyConns() {
	l, err := streamsock.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	client, err := streamsock.Dial("tcp", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprint(client, "hello")
	set, err := streamsock.NewPollSet()
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	serve := func(c *streamsock.Conn) error {
		p := make([]byte, 10)
		n, err := c.TryRead(p)
		if err == nil {
			fmt.Printf("%s\n", p[:n])
			client.Close()
		} else {
			fmt.Println(err)
			cancel()
		}
		return err
	}
	err = func() error {
		set.Add(l, streamsock.Readable)
		for {
			ready, err := set.Poll(ctx)
			if err != nil {
				return err
			}
			for _, r := range ready {
				if r.Socket == l {
					if c, err := l.TryAccept(); err == nil {
						set.Add(c, streamsock.Readable)
					}
				} else if err := serve(r.Conn); err != nil { // by TryRead and TryWrite
					r.Conn.Close() // which also removes it from the set
				}
			}
		}
	}()
	fmt.Println(err)
	fmt.Println(set.Len(), "member")
	set.Close()
	// Output:
	// hello
	// EOF
	// poll tcp: context canceled
	// 1 member
}

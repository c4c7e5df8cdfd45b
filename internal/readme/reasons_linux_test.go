// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package readme_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"time"

	"golang.org/x/net/nettest"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
	"example.com/streamsock/streamsock/tcpinfo"
)

func Example_optionsHold() {
	l, err := nettest.NewLocalListener("tcp")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	addr := l.Addr().String()
	c, err := streamsock.Dial("tcp", addr, sockopt.NoDelay.To(false))
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	d := net.Dialer{Control: sockopt.Control(sockopt.NoDelay.To(false))}
	nc, err := d.Dial("tcp", addr)
	if err != nil {
		log.Fatal(err)
	}
	defer nc.Close()

	fmt.Println(sockopt.NoDelay.Get(c))   // false: as passed to streamsock.Dial
	tcp := nc.(*net.TCPConn)              // the same option set in net.Dialer.Control
	fmt.Println(sockopt.NoDelay.Get(tcp)) // true: overwritten by package net
	// Output:
	// false <nil>
	// true <nil>
}

func Example_copyUrgent() {
	for _, plain := range []bool{false, true} {
		client, source := pair()
		target, server := pair()
		var in, out net.Conn = source, target
		if plain {
			in, out = source.TCPConn, target.TCPConn
		}

		client.SendUrgent('!')
		client.Write([]byte("the rest"))
		client.Close()
		n, err := io.Copy(out, in) // 8, nil for Conn; 0, nil for *net.TCPConn

		fmt.Println(n, err)
		source.Close()
		target.Close()
		server.Close()
	}
	// Output:
	// 8 <nil>
	// 0 <nil>
}

func Example_check() {
	client, server := pair()
	defer client.Close()

	fmt.Println(client.Check()) // Idle: no byte is read and nothing is sent
	server.Close()
	client.Wait(context.Background(), streamsock.PeerClosed)
	fmt.Println(client.Check()) // HalfClosed: the peer has closed its side
	// Output:
	// Idle <nil>
	// HalfClosed <nil>
}

func Example_urgent() {
	ctx := context.Background()
	client, server := pair()
	defer client.Close()
	defer server.Close()

	client.SendUrgent('!')
	fmt.Println(server.WaitUrgent(ctx)) // <nil>; no thread was blocked
	fmt.Println(server.ReadUrgent())    // 33 <nil>: the byte '!'
	// Output:
	// <nil>
	// 33 <nil>
}

func Example_info() {
	c, server := pair()
	defer c.Close()
	defer server.Close()

	info, err := c.Info() // or tcpinfo.Get, for a *net.TCPConn
	if err == nil && info.State == tcpinfo.Established {
		fmt.Println(info.RTT < time.Second, info.SegsRetransmitted)
	}
	// Output: true 0
}

func Example_relay() {
	ctx := context.Background()
	client, in := pair()
	out, server := pair()
	fmt.Fprint(client, "hello")
	client.CloseWrite()
	fmt.Fprint(server, "welcome")
	server.CloseWrite()

	stats, err := streamsock.Relay(ctx, in, out) // until both peers have closed
	fmt.Println(stats.AToB, stats.BToA, err)     // 5 7 <nil>

	client.Close()
	server.Close()
	// Output: 5 7 <nil>
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"fmt"
	"log"
	"net"

	"example.com/streamsock/streamsock"
)

// An idlePool contains connections that are not in use.
type idlePool struct {
	idle []net.Conn
	dial func() (net.Conn, error)
}

// get returns an idle connection or dials a new one. It closes idle connections
// that the server has closed or on which it has sent unsolicited data.
func (p *idlePool) get() (c net.Conn, reused bool, err error) {
	for len(p.idle) > 0 {
		c, p.idle = p.idle[len(p.idle)-1], p.idle[:len(p.idle)-1]
		if usable(c) {
			return c, true, nil
		}
		c.Close()
	}
	c, err = p.dial()
	return c, false, err
}

func (p *idlePool) put(c net.Conn) { p.idle = append(p.idle, c) }

// usable is for connections without TLS; for TLS see the example named pool.
func usable(c net.Conn) bool {
	l, _ := streamsock.CheckConn(c)
	return l == streamsock.Idle
}

// A pool checks each connection before it is used again, so that no request is
// sent to a server that has closed the connection.
func ExampleCheckConn() {
	l, err := streamsock.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	pool := &idlePool{dial: func() (net.Conn, error) { return net.Dial("tcp", l.Addr().String()) }}

	c, reused, err := pool.get()
	fmt.Println("first:  reused", reused, err)
	server, err := l.Accept()
	if err != nil {
		log.Fatal(err)
	}
	pool.put(c)

	c, reused, err = pool.get()
	fmt.Println("second: reused", reused, err)
	pool.put(c)

	server.Close() // idle for too long
	for usable(c) {
		// Wait until the end of the stream has arrived.
	}
	c, reused, err = pool.get()
	fmt.Println("third:  reused", reused, err)
	c.Close()
	// Output:
	// first:  reused false <nil>
	// second: reused true <nil>
	// third:  reused false <nil>
}

// Check does not consume what it reports.
func ExampleConn_Check() {
	client, server := ends()
	defer client.Close()
	defer server.Close()

	fmt.Println(client.Check())
	server.Write([]byte("bye"))
	for {
		if l, _ := client.Check(); l == streamsock.Pending {
			break
		}
	}
	text := make([]byte, 10)
	n, err := client.Read(text)
	fmt.Println(string(text[:n]), err)
	server.CloseWrite()
	for {
		if l, _ := client.Check(); l == streamsock.HalfClosed {
			break
		}
	}
	fmt.Println(client.Read(text))
	client.Close()
	l, _ := client.Check()
	fmt.Println(l)
	// Output:
	// Idle <nil>
	// bye <nil>
	// 0 EOF
	// Closed
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"time"

	"example.com/streamsock/streamsock"
)

// A sniRouter relays TLS connections to the server that the client requests,
// without having its key.
type sniRouter struct {
	Servers map[string]string // addresses, by the names of the servers
}

// Serve relays one connection.
func (r *sniRouter) Serve(ctx context.Context, c *streamsock.Conn) error {
	name, err := r.serverName(ctx, c)
	if err != nil {
		c.Abort()
		return err
	}
	address, ok := r.Servers[name]
	if !ok {
		c.Abort()
		return fmt.Errorf("no server %q", name)
	}
	server, err := streamsock.DialContext(ctx, "tcp", address)
	if err != nil {
		c.Abort()
		return err
	}
	_, err = streamsock.Relay(ctx, c, server)
	return err
}

// serverName returns the server name in the first message of a client. It
// leaves the message in the connection, so that the relay passes it on.
func (r *sniRouter) serverName(ctx context.Context, c *streamsock.Conn) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	const hello = 0x16 // type of the record
	header := make([]byte, 5)
	if _, err := c.PeekFull(ctx, header); err != nil {
		return "", err
	}
	if header[0] != hello {
		return "", errors.New("not TLS")
	}
	record := make([]byte, len(header)+int(binary.BigEndian.Uint16(header[3:])))
	if _, err := c.PeekFull(ctx, record); err != nil {
		return "", err
	}
	name, seen := "", errors.New("seen")
	err := tls.Server(helloConn{Conn: c, r: bytes.NewReader(record)}, &tls.Config{
		GetConfigForClient: func(info *tls.ClientHelloInfo) (*tls.Config, error) {
			name = info.ServerName
			return nil, seen
		},
	}).Handshake()
	if !errors.Is(err, seen) {
		return "", err
	}
	return name, nil
}

// A helloConn lets package tls read a peeked message, and write nothing.
type helloConn struct {
	net.Conn
	r io.Reader
}

func (c helloConn) Read(p []byte) (int, error)  { return c.r.Read(p) }
func (c helloConn) Write(p []byte) (int, error) { return len(p), nil }

// A front end relays a TLS connection to the server whose name the client
// requests (SNI). PeekFull waits for the whole message and leaves it in the
// connection for the relay.
func Example_sni() {
	listen := func() *streamsock.Listener {
		l, err := streamsock.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			log.Fatal(err)
		}
		return l
	}
	front, one, two := listen(), listen(), listen()
	defer front.Close()
	defer two.Close()
	router := &sniRouter{Servers: map[string]string{
		"one.example": one.Addr().String(),
		"two.example": two.Addr().String(),
	}}
	one.Close()
	relayed := make(chan error)
	go func() {
		c, err := front.AcceptStream()
		if err != nil {
			log.Fatal(err)
		}
		relayed <- router.Serve(context.Background(), c)
	}()

	nc, err := net.Dial("tcp4", front.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	go tls.Client(nc, &tls.Config{ServerName: "two.example"}).Handshake()

	server, err := two.AcceptStream()
	if err != nil {
		log.Fatal(err)
	}
	header := make([]byte, 1)
	_, err = io.ReadFull(server, header) // a server would start the handshake here
	fmt.Printf("%#x %v\n", header, err)
	nc.Close()
	io.Copy(io.Discard, server)
	server.Close()
	fmt.Println(<-relayed)
	// Output:
	// 0x16 <nil>
	// <nil>
}

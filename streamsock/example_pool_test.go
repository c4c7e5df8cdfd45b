// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// A tlsPool keeps connections to a server for later requests. Its fields must
// be set before its first use.
type tlsPool struct {
	Addr    string
	Dialer  streamsock.Dialer
	TLS     *tls.Config
	MaxIdle int

	mu     sync.Mutex
	idle   []*tls.Conn
	closed bool
}

// Get returns a connection on which the server waits for a request.
func (p *tlsPool) Get(ctx context.Context) (c *tls.Conn, reused bool, err error) {
	for c := p.take(); c != nil; c = p.take() {
		if p.alive(c) {
			return c, true, nil
		}
		p.drop(c)
	}
	nc, err := p.Dialer.DialStream(ctx, "tcp", p.Addr)
	if err != nil {
		return nil, false, err
	}
	c = tls.Client(nc, p.TLS)
	if err := c.HandshakeContext(ctx); err != nil {
		nc.Abort()
		return nil, false, err
	}
	return c, false, nil
}

// take removes and returns the connection that was used last, or returns nil.
func (p *tlsPool) take() *tls.Conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.idle)
	if n == 0 {
		return nil
	}
	c := p.idle[n-1]
	p.idle = slices.Delete(p.idle, n-1, n)
	return c
}

// alive reports whether a connection from the pool can be used again. TLS may
// have received the server's close_notify with the last response, and data in
// the socket may be close_notify or a session ticket. A Read with a deadline
// makes TLS process both.
func (p *tlsPool) alive(c *tls.Conn) bool {
	defer c.SetReadDeadline(time.Time{})
	for range 10 {
		wait := time.Duration(-1) // TLS processes only data that it has received
		l, err := streamsock.CheckConn(c)
		switch {
		case err != nil && !errors.Is(err, errors.ErrUnsupported):
			return false
		case l == streamsock.Pending:
			wait = time.Millisecond
		case l != streamsock.Idle:
			return false
		}
		c.SetReadDeadline(time.Now().Add(wait))
		n, err := c.Read(make([]byte, 1))
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return false
		}
		if l == streamsock.Idle {
			return true
		}
	}
	return false // the server does not stop sending
}

// Put returns a connection whose last response was read to its end.
func (p *tlsPool) Put(c *tls.Conn) {
	p.mu.Lock()
	keep := !p.closed && len(p.idle) < p.MaxIdle
	if keep {
		p.idle = append(p.idle, c)
	}
	p.mu.Unlock()
	if !keep {
		c.Close()
	}
}

// Close closes the connections that are not in use.
func (p *tlsPool) Close() {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	for _, c := range idle {
		c.Close()
	}
}

// drop closes a connection from which no response is expected.
func (p *tlsPool) drop(c *tls.Conn) {
	if tcp, ok := c.NetConn().(*streamsock.Conn); ok {
		tcp.Abort()
	}
}

// A pool of TLS connections never reuses one that the server has ended, even if
// the server has only sent close_notify and keeps the socket open.
func Example_pool() {
	server, client := selfSigned()
	l, err := streamsock.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	go func() { // a server that ends each connection after two responses
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer nc.Close()
				c := tls.Server(nc, server)
				io.CopyN(c, c, 2*int64(len("hello")))
				c.CloseWrite()
				io.Copy(io.Discard, c)
			}()
		}
	}()

	pool := &tlsPool{
		Addr: l.Addr().String(),
		Dialer: streamsock.Dialer{
			NetDialer: &net.Dialer{Timeout: 10 * time.Second},
			Options:   []sockopt.Setting{sockopt.KeepAliveIdle.To(30 * time.Second)},
		},
		TLS:     client,
		MaxIdle: 10,
	}
	defer pool.Close()
	for range 3 {
		c, reused, err := pool.Get(context.Background())
		if err != nil {
			log.Fatal(err)
		}
		io.WriteString(c, "hello")
		answer := make([]byte, len("hello"))
		if _, err := io.ReadFull(c, answer); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("reused %t: %s\n", reused, answer)
		for reused && pool.alive(c) {
			// Wait until the end of the connection has arrived.
		}
		pool.Put(c)
	}
	// Output:
	// reused false: hello
	// reused true: hello
	// reused false: hello
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

// A batchConn writes nothing until Flush: several records of TLS leave in one piece.
type batchConn struct {
	net.Conn
	held  []byte
	holds bool
}

func (c *batchConn) Write(p []byte) (int, error) {
	if !c.holds {
		return c.Conn.Write(p)
	}
	c.held = append(c.held, p...)
	return len(p), nil
}

func (c *batchConn) Flush() error {
	c.Conn.SetWriteDeadline(time.Time{}) // TLS sets it to the past after close_notify
	_, err := c.Conn.Write(c.held)
	c.held, c.holds = nil, false
	return err
}

// A pooledTLS is a connection from a pool, which the server has answered once.
type pooledTLS struct {
	pool   *tlsPool
	client *tls.Conn
	server *tls.Conn
	batch  *batchConn
	tcp    *streamsock.Conn // of the server
}

func startPooledTLS(t *testing.T, version uint16) *pooledTLS {
	t.Helper()
	skipUnlessChecked(t)
	l := listenHere(t)
	config := testnet.ClientTLS(t)
	config.MinVersion, config.MaxVersion = version, version
	p := &pooledTLS{pool: &tlsPool{Addr: l.Addr().String(), TLS: config, MaxIdle: 1}}
	arrived := doing(func() (err error) {
		if p.tcp, err = l.AcceptStream(); err != nil {
			return err
		}
		p.batch = &batchConn{Conn: p.tcp}
		p.server = tls.Server(p.batch, testnet.ServerTLS(t))
		return p.server.Handshake()
	})
	c, reused, err := p.pool.Get(t.Context())
	if err != nil || reused {
		t.Fatalf("reused %t, %v", reused, err)
	}
	arrived.ends(t, 0, nil)
	t.Cleanup(func() {
		p.tcp.Abort()
		c.Close()
	})
	p.client = c
	p.exchange(t, func() {})
	return p
}

// exchange makes the server send a response to a request. It sends no part of
// the response until more has happened.
func (p *pooledTLS) exchange(t *testing.T, more func()) {
	t.Helper()
	if _, err := p.client.Write([]byte("?")); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 1)
	if _, err := io.ReadFull(p.server, b); err != nil {
		t.Fatal(err)
	}
	p.batch.holds = true
	if _, err := p.server.Write([]byte("!")); err != nil {
		t.Fatal(err)
	}
	more()
	if err := p.batch.Flush(); err != nil {
		t.Fatal(err)
	}
	if _, err := promptly(t, func() (int, error) { return io.ReadFull(p.client, b) }); err != nil || b[0] != '!' {
		t.Fatalf("%q, %v", b, err)
	}
}

// TestTLSPool checks which connections a pool uses again, whatever the version
// of TLS.
func TestTLSPool(t *testing.T) {
	pending := func(t *testing.T, p *pooledTLS) {
		connBecomes(t, p.client, streamsock.Pending, nil)
	}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for name, tt := range map[string]struct {
			do   func(t *testing.T, p *pooledTLS)
			good bool
		}{
			"nothing happens": {func(*testing.T, *pooledTLS) {}, true},
			"a record": {func(t *testing.T, p *pooledTLS) {
				p.server.Write([]byte("unasked"))
				pending(t, p)
			}, false},
			"close_notify": {func(t *testing.T, p *pooledTLS) {
				p.server.CloseWrite()
				pending(t, p)
			}, false},
			"close_notify with the answer": {func(t *testing.T, p *pooledTLS) {
				p.exchange(t, func() { p.server.CloseWrite() })
				connBecomes(t, p.client, streamsock.Idle, nil)
			}, false},
			"close": {func(t *testing.T, p *pooledTLS) {
				p.server.Close()
				connBecomes(t, p.client, streamsock.HalfClosed, nil)
			}, false},
			"end of the socket alone": {func(t *testing.T, p *pooledTLS) {
				p.tcp.CloseWrite()
				connBecomes(t, p.client, streamsock.HalfClosed, nil)
			}, false},
			"reset": {func(t *testing.T, p *pooledTLS) {
				p.tcp.Abort()
				connBecomes(t, p.client, streamsock.Closed, streamsock.ErrBroken)
			}, false},
		} {
			t.Run(fmt.Sprintf("%s, %s", tls.VersionName(version), name), func(t *testing.T) {
				p := startPooledTLS(t, version)
				tt.do(t, p)
				for range 3 { // the result does not change
					if good := p.pool.alive(p.client); good != tt.good {
						t.Fatalf("alive: %t", good)
					}
				}
				p.pool.Put(p.client)
				if !tt.good {
					return
				}
				c, reused, err := p.pool.Get(t.Context())
				if c != p.client || !reused || err != nil {
					t.Fatalf("reused %t, %v", reused, err)
				}
				if name == "nothing happens" {
					p.exchange(t, func() {})
				}
			})
		}
	}
}

// TestTLSPoolTicket checks that a session ticket, which a server of TLS 1.3
// sends after the handshake, does not make a connection useless.
func TestTLSPoolTicket(t *testing.T) {
	skipUnlessChecked(t)
	c, server := testnet.Pair(t, "tcp4")
	config := testnet.ServerTLS(t)
	served := doing(func() error { return tls.Server(server, config).Handshake() })
	wants := testnet.ClientTLS(t)
	wants.ClientSessionCache = tls.NewLRUClientSessionCache(1) // or the server sends none
	client := tls.Client(c, wants)
	if err := client.Handshake(); err != nil {
		t.Fatal(err)
	}
	served.ends(t, 0, nil)
	connBecomes(t, client, streamsock.Pending, nil)
	if !new(tlsPool).alive(client) {
		t.Error("a connection with a session ticket is not alive")
	}
	connBecomes(t, client, streamsock.Idle, nil)
}

// TestTLSPoolServerCloses has a server close, in different ways, connections that a pool
// keeps. No request fails: the pool dials in their place.
func TestTLSPoolServerCloses(t *testing.T) {
	skipUnlessChecked(t)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			l := listenHere(t)
			arrived := make(chan *tls.Conn, 100)
			config := testnet.ServerTLS(t)
			serving := doing(func() error {
				var all sync.WaitGroup
				defer all.Wait()
				for {
					nc, err := l.Accept()
					if err != nil {
						return nil
					}
					c := tls.Server(nc, config)
					arrived <- c
					all.Go(func() {
						defer c.Close()
						io.Copy(c, c)
					})
				}
			})
			pool := &tlsPool{Addr: l.Addr().String(), TLS: testnet.ClientTLS(t), MaxIdle: 100}
			pool.TLS.MinVersion, pool.TLS.MaxVersion = version, version
			ends := []struct {
				end  func(c *tls.Conn) error
				want streamsock.Liveness
			}{
				{func(*tls.Conn) error { return nil }, streamsock.Idle},
				{(*tls.Conn).CloseWrite, streamsock.Pending},
				{(*tls.Conn).Close, streamsock.HalfClosed},
				{func(c *tls.Conn) error { return c.NetConn().(*streamsock.Conn).Abort() }, streamsock.Closed},
			}
			const rounds = 3
			var clients []*tls.Conn
			request := func(wantReused int) {
				t.Helper()
				clients = clients[:0]
				reused := 0
				for range rounds * len(ends) {
					c, again, err := pool.Get(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					if again {
						reused++
					}
					if _, err := c.Write([]byte("hello")); err != nil {
						t.Fatal(err)
					}
					if _, err := promptly(t, func() (int, error) { return io.ReadFull(c, make([]byte, 5)) }); err != nil {
						t.Fatal(err)
					}
					clients = append(clients, c)
				}
				if reused != wantReused {
					t.Errorf("%d connections were used again, want %d", reused, wantReused)
				}
			}
			request(0)
			for i, c := range clients {
				e := ends[i%len(ends)]
				if err := e.end(next(t, arrived)); err != nil {
					t.Fatal(err)
				}
				until(t, "the client's socket is "+e.want.String(), func() bool {
					l, _ := streamsock.CheckConn(c)
					return l == e.want
				})
			}
			for _, c := range clients {
				pool.Put(c)
			}
			request(rounds)
			pool.Close()
			for _, c := range clients {
				c.Close()
			}
			l.Close()
			serving.ends(t, 0, nil)
		})
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package forms

import (
	"io"
	"net"
	"sync"
	"testing"
)

// How a connection breaks.
const (
	ByReset = "reset"
	ByEnd   = "end"
)

// Breaks are the ways in which a connection breaks.
var Breaks = []string{ByReset, ByEnd}

// A Breaker is a proxy, by package net, that breaks connections.
type Breaker struct {
	l       net.Listener
	server  string
	serving sync.WaitGroup

	mu    sync.Mutex
	pairs []brokenPair
	how   string
	limit int // bytes from the server before the break, or 0
	sent  int
}

// A brokenPair is the two connections of one session.
type brokenPair struct{ client, server *net.TCPConn }

func (p brokenPair) end(how string) {
	if how == ByReset {
		p.client.SetLinger(0)
	}
	p.client.Close()
	p.server.Close()
}

// NewBreaker returns a proxy before a server. It ends with the test.
func NewBreaker(t *testing.T, server string) *Breaker {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &Breaker{l: l, server: server}
	b.serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			b.serving.Go(func() { b.serve(c.(*net.TCPConn)) })
		}
	})
	t.Cleanup(b.Close)
	return b
}

// Addr returns the address of the proxy.
func (b *Breaker) Addr() string { return b.l.Addr().String() }

// BreakAfter has the next session break after so many bytes from the server; 0 is never.
func (b *Breaker) BreakAfter(bytes int, how string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.limit, b.how, b.sent = bytes, how, 0
}

// breaks reports whether the limit is over, and how to break.
func (b *Breaker) breaks(n int) (how string, now bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sent += n
	return b.how, b.limit > 0 && b.sent > b.limit
}

func (b *Breaker) serve(c *net.TCPConn) {
	s, err := net.Dial("tcp", b.server)
	if err != nil {
		c.Close()
		return
	}
	p := brokenPair{c, s.(*net.TCPConn)}
	b.mu.Lock()
	b.pairs = append(b.pairs, p)
	b.mu.Unlock()
	var up sync.WaitGroup
	defer p.end(ByEnd)
	defer up.Wait()
	up.Go(func() {
		io.Copy(p.server, p.client)
		p.server.CloseWrite()
	})
	buf := make([]byte, 8192)
	for {
		n, err := p.server.Read(buf)
		if how, now := b.breaks(n); now {
			p.end(how)
			return
		}
		p.client.Write(buf[:n])
		if err != nil {
			p.client.CloseWrite()
			return
		}
	}
}

// Break breaks the sessions that are under way.
func (b *Breaker) Break(how string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.pairs {
		p.end(how)
	}
	b.pairs = nil
}

// Close ends the proxy and its sessions.
func (b *Breaker) Close() {
	b.l.Close()
	b.Break(ByReset)
	b.serving.Wait()
}

// Refused returns an address where no process listens.
func Refused(t *testing.T) string {
	t.Helper()
	l := Silent(t)
	l.Close()
	return l.Addr().String()
}

// Silent returns a listener that accepts nothing; connections to it are established.
func Silent(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package rpc

import (
	"context"
	"net"
	"runtime"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"

	"example.com/streamsock/streamsock/sockopt"
	"example.com/streamsock/testdata/ecosystem/internal/forms"
)

// A cost is what grpc-go does with connections of a form: it sets TCP_USER_TIMEOUT, and
// has no buffer for an idle connection, only on a *net.TCPConn.
type cost struct {
	client, server time.Duration // TCP_USER_TIMEOUT
	memory         int64         // of both ends of an idle connection
}

// What keep-alive asks for.
const (
	clientTimeout = 4321 * time.Millisecond
	serverTimeout = 3210 * time.Millisecond
)

// A watchedListener shows the connections that it has accepted.
type watchedListener struct {
	net.Listener
	accepted chan net.Conn
}

func (l watchedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		select {
		case l.accepted <- c:
		default:
		}
	}
	return c, err
}

// TestPlainLosesNothing checks that grpc-go does with connections by Plain what
// it does with those of package net, in memory too, and that the options which
// it does not set itself are kept. With a *Conn, it would not.
func TestPlainLosesNothing(t *testing.T) {
	costs := make(map[forms.Form]cost)
	for _, form := range []forms.Form{forms.Net, forms.Plain, forms.Conn} {
		t.Run(string(form), func(t *testing.T) { costs[form] = costOf(&forms.Env{Form: form, T: t}) })
		c := costs[form]
		t.Logf("%-5s TCP_USER_TIMEOUT of the client %v, of the server %v; %d bytes for an idle connection", form, c.client, c.server, c.memory)
	}
	plain, net := costs[forms.Plain], costs[forms.Net]
	if plain.client != clientTimeout || plain.server != serverTimeout || net.client != clientTimeout || net.server != serverTimeout {
		t.Errorf("TCP_USER_TIMEOUT is %v and %v, with package net %v and %v", plain.client, plain.server, net.client, net.server)
	}
	if most := net.memory + net.memory/5; plain.memory > most {
		t.Errorf("an idle connection needs %d bytes, with package net %d", plain.memory, net.memory)
	}
	if conn := costs[forms.Conn]; conn.client == clientTimeout || conn.memory < net.memory+30<<10 {
		t.Errorf("with a *Conn nothing is lost, testdata/libraries.md is out of date: %+v", conn)
	}
}

func costOf(e *forms.Env) (c cost) {
	l := watchedListener{e.Listen(), make(chan net.Conn, 1)}
	s, done := serve(l, grpc.KeepaliveParams(keepalive.ServerParameters{Time: 11 * time.Second, Timeout: serverTimeout}))
	defer func() { s.Stop(); <-done }()
	address := l.Addr().String()
	connect := func() {
		keep := keepalive.ClientParameters{Time: 10 * time.Second, Timeout: clientTimeout}
		if _, err := call(context.Background(), dial(e, address, insecure.NewCredentials(), grpc.WithKeepaliveParams(keep)), "hi"); err != nil {
			e.T.Fatal(err)
		}
	}
	connect()
	client := e.Conns()[0]
	c.client, c.server = get(e, sockopt.UserTimeout, client), get(e, sockopt.UserTimeout, <-l.accepted)
	if idle := get(e, sockopt.KeepAliveIdle, client); e.Form != forms.Net && idle != 33*time.Second {
		e.T.Errorf("KeepAliveIdle is %v", idle)
	}
	const conns = 300
	before := inUse()
	for range conns {
		connect()
	}
	time.Sleep(200 * time.Millisecond) // until buffers are given back
	c.memory = (inUse() - before) / conns
	return c
}

// inUse returns the bytes of the heap and of stacks that are in use.
func inUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// get returns an option of the socket of a connection.
func get[T any](e *forms.Env, o sockopt.Option[T], c net.Conn) T {
	under, err := sockopt.Unwrap(c)
	if err != nil {
		e.T.Fatal(err)
	}
	v, err := o.Get(under)
	if err != nil {
		e.T.Fatal(err)
	}
	return v
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package forms runs the same work with a library over package net and over each form
// of streamsock's connections, and compares what the library returns.
package forms

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// A Form is a way to give a library its connections.
type Form string

// The forms. Net comes first: the others must not differ from it.
const (
	Net         Form = "net"         // package net alone
	Conn        Form = "Conn"        // a Dialer and a ListenConfig with options
	Plain       Form = "Plain"       // the same with Plain: connections of package net
	Wrap        Form = "Wrap"        // connections of package net, by Wrap
	TimeoutConn Form = "TimeoutConn" // connections by WithTimeouts
)

// All are the forms in the order in which they are compared.
var All = []Form{Net, Conn, Plain, Wrap, TimeoutConn}

// Options are set on each connection of the forms Conn and Plain.
var Options = []sockopt.Setting{
	sockopt.UserTimeout.To(20 * time.Second),
	sockopt.KeepAlive.To(true),
	sockopt.KeepAliveIdle.To(33 * time.Second),
	sockopt.KeepAliveInterval.To(7 * time.Second),
	sockopt.KeepAliveCount.To(4),
	sockopt.ReadBuffer.To(256 << 10),
	sockopt.WriteBuffer.To(128 << 10),
	sockopt.NotSentLowat.To(64 << 10),
	sockopt.TrafficClass.To(0x28),
}

// timeout is long enough for every read of the tests.
const timeout = 20 * time.Second

// An Env dials and listens in one form, and keeps what the work has logged.
type Env struct {
	Form Form
	T    *testing.T

	mu    sync.Mutex
	conns []net.Conn
	log   []string
}

// DialContext is the hook of most libraries.
func (e *Env) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := e.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.conns = append(e.conns, c)
	return c, nil
}

func (e *Env) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d streamsock.Dialer
	switch e.Form {
	case Conn:
		d.Options = Options
		return d.DialContext(ctx, network, address)
	case Plain:
		d.Options, d.Plain = Options, true
		return d.DialContext(ctx, network, address)
	case TimeoutConn:
		c, err := d.DialStream(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return c.WithTimeouts(timeout, timeout), nil
	}
	var nd net.Dialer
	nc, err := nd.DialContext(ctx, network, address)
	if err != nil || e.Form == Net {
		return nc, err
	}
	return wrap(nc)
}

func wrap(nc net.Conn) (net.Conn, error) {
	c, err := streamsock.Wrap(nc)
	if err != nil {
		nc.Close()
		return nil, err
	}
	return c, nil
}

// Dial is the hook of libraries without contexts.
func (e *Env) Dial(network, address string) (net.Conn, error) {
	return e.DialContext(context.Background(), network, address)
}

// DialTimeout is the hook of libraries such as lib/pq.
func (e *Env) DialTimeout(network, address string, d time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	return e.DialContext(ctx, network, address)
}

// Conns returns the connections that were dialed.
func (e *Env) Conns() []net.Conn {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.conns)
}

// Listen returns a listener on loopback whose connections have the form.
func (e *Env) Listen() net.Listener {
	e.T.Helper()
	return e.ListenAt("127.0.0.1:0")
}

// ListenAt is Listen at an address.
func (e *Env) ListenAt(address string) net.Listener {
	e.T.Helper()
	var lc streamsock.ListenConfig
	if e.Form == Conn || e.Form == Plain {
		lc.ConnOptions, lc.Plain = Options, e.Form == Plain
	}
	if e.Form == Net || e.Form == Wrap {
		l, err := net.Listen("tcp", address)
		if err != nil {
			e.T.Fatal(err)
		}
		return listener{l, e.Form}
	}
	l, err := lc.Listen(e.T.Context(), "tcp", address)
	if err != nil {
		e.T.Fatal(err)
	}
	return listener{l, e.Form}
}

// A listener accepts connections of a form.
type listener struct {
	net.Listener
	form Form
}

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	switch l.form {
	case Wrap:
		return wrap(c)
	case TimeoutConn:
		return c.(*streamsock.Conn).WithTimeouts(timeout, timeout), nil
	}
	return c, nil
}

// Log adds a result to those that are compared. What differs from run to run, such as
// ports, is taken out.
func (e *Env) Log(format string, args ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.log = append(e.log, normal(fmt.Sprintf(format, args...)))
}

// Err is Log of all that a program can find out about an error.
func (e *Env) Err(what string, err error) { e.Log("%s: %s", what, Describe(err)) }

// Until waits until cond holds.
func (e *Env) Until(what string, cond func() bool) {
	e.T.Helper()
	for start := time.Now(); !cond(); time.Sleep(time.Millisecond) {
		if time.Since(start) > timeout {
			e.T.Fatalf("%s: waited in vain: %s", e.Form, what)
		}
	}
}

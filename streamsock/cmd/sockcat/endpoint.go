// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"errors"
	"net"
	"sync"
	"syscall"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// A stream is a connection, or TLS on top of it.
type stream interface {
	net.Conn
	CloseWrite() error
}

// A socket is a *streamsock.Conn or a *streamsock.UnixConn.
type socket interface {
	stream
	syscall.Conn
	Available() (int, error)
	Check() (streamsock.Liveness, error)
	Unacked() (int, error)
}

// An endpoint is an address to connect to or to listen on, with the parameters.
type endpoint struct {
	network  string // tcp, tcp4, tcp6 or unix
	address  string
	source   net.Addr // to connect from, or nil
	settings []sockopt.Setting
}

// dial connects to the address.
func (e *endpoint) dial(ctx context.Context) (socket, error) {
	d := streamsock.Dialer{NetDialer: &net.Dialer{LocalAddr: e.source}, Options: e.settings}
	c, err := d.DialContext(ctx, e.network, e.address)
	if err != nil {
		return nil, err
	}
	return c.(socket), nil
}

// listen listens on the address.
func (e *endpoint) listen(ctx context.Context) (*listener, error) {
	onListener, onConn := split(e.settings)
	if e.network == "unix" {
		lc := net.ListenConfig{Control: sockopt.Control(onListener...)}
		l, err := lc.Listen(ctx, e.network, e.address)
		if err != nil {
			return nil, err
		}
		return &listener{l.(deadlineListener), onConn}, nil
	}
	lc := streamsock.ListenConfig{Options: onListener, ConnOptions: onConn}
	l, err := lc.Listen(ctx, e.network, e.address)
	if err != nil {
		return nil, err
	}
	return &listener{l, nil}, nil
}

// A listener accepts connections of TCP or of Unix sockets.
type listener struct {
	deadlineListener
	settings []sockopt.Setting // of each connection; those of TCP are set by the listener itself
}

// A deadlineListener is a *[streamsock.Listener] or a *[net.UnixListener].
type deadlineListener interface {
	net.Listener
	SetDeadline(time.Time) error
}

// accept waits for a connection until ctx ends.
func (l *listener) accept(ctx context.Context) (socket, error) {
	defer context.AfterFunc(ctx, func() { l.SetDeadline(time.Unix(1, 0)) })()
	c, err := l.Accept()
	if err != nil {
		return nil, err
	}
	nc, ok := c.(*net.UnixConn)
	if !ok {
		return c.(socket), nil
	}
	u, err := streamsock.WrapUnix(nc)
	if err == nil {
		err = sockopt.Apply(u, l.settings...)
	}
	if err != nil {
		nc.Close()
		return nil, err
	}
	return u, nil
}

// mostFailures is the maximum number of consecutive failures of accept, for
// example without a free descriptor, and failurePause the time after each.
const (
	mostFailures = 20
	failurePause = 50 * time.Millisecond
)

// each calls serve in a goroutine for each connection, with a number, until ctx
// ends or accept does not recover. At most most connections are served at the
// same time; one has ended when serve has called done. each returns when all
// have ended.
func (l *listener) each(ctx context.Context, most int, serve func(c socket, n int, done func())) error {
	var work sync.WaitGroup
	defer work.Wait()
	slots := make(chan struct{}, most)
	for n := 1; ; n++ {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		c, err := l.acceptPatiently(ctx)
		if cause := context.Cause(ctx); cause != nil {
			if err == nil {
				c.Close()
			}
			return cause
		}
		if err != nil {
			return err
		}
		work.Add(1)
		go serve(c, n, func() {
			<-slots
			work.Done()
		})
	}
}

// acceptPatiently is like accept, but retries if it fails temporarily.
func (l *listener) acceptPatiently(ctx context.Context) (c socket, err error) {
	for range mostFailures {
		c, err = l.accept(ctx)
		var option *sockopt.Error
		if err == nil || errors.Is(err, net.ErrClosed) || errors.As(err, &option) {
			return c, err
		}
		select {
		case <-time.After(failurePause):
		case <-ctx.Done():
			return nil, err
		}
	}
	return nil, err
}

// split divides settings into those for a listener and those for the
// connections that it accepts. Options that affect the handshake are for the
// listener, as there is no other socket yet.
func split(settings []sockopt.Setting) (listener, conn []sockopt.Setting) {
	for _, s := range settings {
		switch s.Info().When {
		case sockopt.AnyTime, sockopt.OnConnection:
			conn = append(conn, s)
		default:
			listener = append(listener, s)
		}
	}
	return listener, conn
}

// addrName formats an address. A Unix socket may have no name.
func addrName(a net.Addr) string {
	if a == nil || a.String() == "" || a.String() == "@" {
		return "an unnamed socket"
	}
	return a.String()
}

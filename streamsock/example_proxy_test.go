// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

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
	"os/signal"
	"sync"
	"syscall"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
	"example.com/streamsock/streamsock/tcpinfo"
)

// A tcpProxy relays each connection to a server. Its fields must be set before
// Serve.
type tcpProxy struct {
	Server      string             // address
	Dialer      streamsock.Dialer  // with the options of connections to the server
	Relayer     streamsock.Relayer // with the idle timeout; Sessions returns those in progress
	TLS         *tls.Config        // of the clients' side, or nil
	Header      bool               // send the server the client's address
	MaxSessions int
	Setup       time.Duration // maximum time until a session has begun
	Grace       time.Duration // time for sessions in progress when ctx ends
	Log         func(endedSession)

	infos sync.Map // of *tcpinfo.Info, by net.Conn
}

// An endedSession is what a log contains about a session.
type endedSession struct {
	Client, Server net.Addr
	Duration       time.Duration
	Stats          streamsock.RelayStats
	ClientInfo     *tcpinfo.Info // the last, or nil
	ServerInfo     *tcpinfo.Info
	Err            error
}

// Serve relays the connections of l, which it closes, until ctx ends and no
// session is left, or Grace has passed.
func (p *tcpProxy) Serve(ctx context.Context, l *streamsock.Listener) error {
	defer l.Close()
	p.Relayer.Done = func(a, b net.Conn, _ streamsock.RelayStats) {
		p.keepInfo(a)
		p.keepInfo(b)
	}
	sessions, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	slots := make(chan struct{}, p.MaxSessions)
	var all sync.WaitGroup
	begin := func(c *streamsock.Conn) {
		all.Go(func() {
			p.relay(sessions, c)
			<-slots
		})
	}
	for ctx.Err() == nil {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			continue
		}
		c, err := l.AcceptContext(ctx)
		switch {
		case err == nil:
			begin(c)
			continue
		case ctx.Err() != nil:
		case errors.Is(err, net.ErrClosed):
			return err
		default: // no descriptor is free, for example
			log.Print(err)
			time.Sleep(10 * time.Millisecond)
		}
		<-slots
	}
	grace := time.AfterFunc(p.Grace, cut)
	defer grace.Stop()
	for sessions.Err() == nil { // serve clients that have connected already
		c, err := l.TryAccept()
		if err != nil {
			break
		}
		slots <- struct{}{}
		begin(c)
	}
	l.Close()
	all.Wait()
	return sessions.Err()
}

// relay runs a session.
func (p *tcpProxy) relay(ctx context.Context, in *streamsock.Conn) {
	start := time.Now()
	ended := endedSession{Client: in.RemoteAddr()}
	client, server, err := p.connect(ctx, in)
	if err == nil {
		ended.Server = server.RemoteAddr()
		ended.Stats, err = p.Relayer.Relay(ctx, client, server)
		ended.ClientInfo, ended.ServerInfo = p.takeInfo(client), p.takeInfo(server)
	} else {
		in.Abort()
	}
	ended.Err, ended.Duration = err, time.Since(start)
	p.Log(ended)
}

// connect returns both connections of a session.
func (p *tcpProxy) connect(ctx context.Context, in *streamsock.Conn) (client net.Conn, server *streamsock.Conn, err error) {
	ctx, cancel := context.WithTimeout(ctx, p.Setup)
	defer cancel()
	client = in
	if p.TLS != nil {
		c := tls.Server(in, p.TLS)
		if err := c.HandshakeContext(ctx); err != nil {
			return nil, nil, err
		}
		client = c
	}
	server, err = p.Dialer.DialStream(ctx, "tcp", p.Server)
	if err != nil || !p.Header {
		return client, server, err
	}
	h := proxyHeader{in.RemoteAddr().(*net.TCPAddr).AddrPort(), in.LocalAddr().(*net.TCPAddr).AddrPort()}
	header, err := h.AppendBinary(nil)
	if err == nil {
		_, err = server.WriteContext(ctx, header)
	}
	if err != nil {
		server.Abort()
		return nil, nil, err
	}
	return client, server, nil
}

// keepInfo stores the statistics of a connection for takeInfo.
func (p *tcpProxy) keepInfo(c net.Conn) {
	under, err := sockopt.Unwrap(c) // also under TLS
	if err != nil {
		return
	}
	if info, err := tcpinfo.Get(under); err == nil {
		p.infos.Store(c, info)
	}
}

func (p *tcpProxy) takeInfo(c net.Conn) *tcpinfo.Info {
	info, _ := p.infos.LoadAndDelete(c)
	i, _ := info.(*tcpinfo.Info)
	return i
}

// reason returns the reason of the end of a session, for a log.
func (s endedSession) reason() string {
	failed, ok := errors.AsType[*streamsock.RelayError](s.Err)
	switch {
	case s.Err == nil:
		return "ended"
	case errors.Is(s.Err, streamsock.ErrIdle):
		return "idle"
	case errors.Is(s.Err, context.Canceled):
		return "cut off"
	case ok && failed.AfterEnd:
		return "ended, and read no more" // a client in a hurry
	case ok && failed.Conn.RemoteAddr() == s.Server:
		return "the server failed: " + failed.Error()
	}
	return s.Err.Error()
}

// A TCP proxy with options on both sides, TLS to its clients, the PROXY header
// to its server, limits, half-close, statistics of each connection, and a
// graceful end on SIGTERM.
func Example_proxy() {
	server, err := streamsock.Listen("tcp4", "127.0.0.1:0") // for the example
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	go func() {
		c, err := server.AcceptStream()
		if err != nil {
			log.Fatal(err)
		}
		defer c.Close()
		var h proxyHeader
		if err := h.Read(context.Background(), c); err != nil {
			log.Fatal(err)
		}
		text, _ := io.ReadAll(c) // until the client ends its direction
		fmt.Fprintf(c, "%d bytes from %v", len(text), h.Source.Addr())
	}()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	lc := streamsock.ListenConfig{ConnOptions: []sockopt.Setting{
		sockopt.KeepAliveIdle.To(30 * time.Second),
		sockopt.NoDelay.To(true),
	}}
	l, err := lc.Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	serverTLS, clientTLS := selfSigned()
	ended := make(chan endedSession, 1) // instead of a log
	proxy := &tcpProxy{
		Server: server.Addr().String(),
		Dialer: streamsock.Dialer{Options: []sockopt.Setting{
			sockopt.KeepAliveIdle.To(30 * time.Second),
			sockopt.NoDelay.To(true),
		}},
		Relayer:     streamsock.Relayer{IdleTimeout: 5 * time.Minute, Reset: true},
		TLS:         serverTLS,
		Header:      true,
		MaxSessions: 1000,
		Setup:       10 * time.Second,
		Grace:       time.Minute,
		Log:         func(s endedSession) { ended <- s },
	}
	served := make(chan error)
	go func() { served <- proxy.Serve(ctx, l) }()

	c, err := tls.Dial("tcp4", l.Addr().String(), clientTLS)
	if err != nil {
		log.Fatal(err)
	}
	syscall.Kill(os.Getpid(), syscall.SIGTERM) // the session continues
	io.WriteString(c, "hello")
	c.CloseWrite()
	answer, err := io.ReadAll(c)
	fmt.Printf("%s, %v\n", answer, err)
	c.Close()
	fmt.Println(<-served)
	s := <-ended
	fmt.Println(s.Stats.AToB, "bytes to the server;", s.reason())
	// Output:
	// 5 bytes from 127.0.0.1, <nil>
	// <nil>
	// 5 bytes to the server; ended
}

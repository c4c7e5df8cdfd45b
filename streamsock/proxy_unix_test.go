// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package streamsock_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// A runningProxy is the proxy of the example, before a server.
type runningProxy struct {
	*tcpProxy
	server *streamsock.Listener
	front  *streamsock.Listener
	stop   func()
	served *call
	ended  chan endedSession
}

// startProxy starts a proxy that accepts connections until ctx ends.
func startProxy(t *testing.T, ctx context.Context, change func(*tcpProxy)) *runningProxy {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	p := &runningProxy{
		server: listen(t, &streamsock.ListenConfig{}, "tcp4"),
		front:  listen(t, &streamsock.ListenConfig{ConnOptions: []sockopt.Setting{sockopt.NoDelay.To(true)}}, "tcp4"),
		stop:   cancel,
		ended:  make(chan endedSession, 1000),
	}
	p.tcpProxy = &tcpProxy{
		Server:      p.server.Addr().String(),
		MaxSessions: 100,
		Setup:       patience,
		Grace:       patience,
		Log:         func(s endedSession) { p.ended <- s },
	}
	change(p.tcpProxy)
	p.served = doing(func() error { return p.Serve(ctx, p.front) })
	t.Cleanup(cancel)
	return p
}

// accept returns the server's end of the next session.
func (p *runningProxy) accept(t *testing.T) *streamsock.Conn {
	t.Helper()
	c, err := p.server.AcceptContext(patient(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// TestProxySIGTERM sends the process a SIGTERM while sessions are under way and others
// have only connected. All of them get all of their bytes, and then the proxy is gone.
func TestProxySIGTERM(t *testing.T) {
	ctx, stop := signal.NotifyContext(t.Context(), syscall.SIGTERM)
	defer stop()
	p := startProxy(t, ctx, func(p *tcpProxy) { p.Header = true })
	const each = 5 // descriptors
	sessions := min(20, testnet.Descriptors(20*each)/each)
	request, answer := ascii(300_000), ascii(500_000)
	var serving, clients sync.WaitGroup
	defer serving.Wait()
	serve := func(c *streamsock.Conn) error {
		defer c.Close()
		var h proxyHeader
		if err := h.Read(context.Background(), c); err != nil {
			return err
		}
		got, err := io.ReadAll(c)
		if err == nil && !bytes.Equal(got, request) {
			err = fmt.Errorf("%d bytes of %d arrived, or they differ", len(got), len(request))
		}
		_, writeErr := c.Write(answer)
		return errors.Join(err, writeErr)
	}
	serving.Go(func() {
		for range sessions {
			c, err := p.server.AcceptStream()
			if err != nil {
				t.Error(err)
				return
			}
			serving.Go(func() {
				if err := serve(c); err != nil {
					t.Error(err)
				}
			})
		}
	})
	half := make(chan bool, sessions)
	terminated := make(chan struct{})
	for range sessions {
		c := dialTo(t, p.front)
		clients.Go(func() {
			c.Write(request[:len(request)/2])
			half <- true
			<-terminated
			c.Write(request[len(request)/2:])
			c.CloseWrite()
			got, err := io.ReadAll(c)
			if err != nil || !bytes.Equal(got, answer) {
				t.Errorf("%d bytes of %d came back, or they differ: %v", len(got), len(answer), err)
			}
		})
	}
	for range sessions {
		next(t, half)
	}
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-ctx.Done()
	close(terminated)
	clients.Wait()
	p.served.ends(t, 0, nil)
	for range sessions {
		s := next(t, p.ended)
		if want := (streamsock.RelayStats{AToB: int64(len(request)), BToA: int64(len(answer))}); s.Stats != want || s.Err != nil {
			t.Errorf("%+v, %v, want %+v", s.Stats, s.Err, want)
		}
		if !onWine && (s.ClientInfo == nil || s.ServerInfo == nil) {
			t.Error("a session has no TCP_INFO")
		}
	}
	if c, err := net.Dial("tcp4", p.front.Addr().String()); err == nil {
		c.Close()
		t.Error("the proxy still listens")
	}
	for range p.infos.Range {
		t.Error("a TCP_INFO is left")
	}
}

// TestProxyLimits checks that the proxy has no more sessions than it may have,
// and that the next one waits.
func TestProxyLimits(t *testing.T) {
	p := startProxy(t, t.Context(), func(p *tcpProxy) { p.MaxSessions = 1 })
	first, second := dialTo(t, p.front), dialTo(t, p.front)
	second.Write([]byte("second"))
	first.Write([]byte("first"))
	c := p.accept(t)
	take(t, c, []byte("first"))
	if _, err := p.server.TryAccept(); err != streamsock.ErrWouldBlock {
		t.Errorf("a second session: %v", err)
	}
	first.Close()
	c.Close()
	take(t, p.accept(t), []byte("second"))
}

// TestProxyEnds checks what the proxy logs for sessions that end in other ways
// than regular.
func TestProxyEnds(t *testing.T) {
	skipUnlessChecked(t)
	t.Run("grace", func(t *testing.T) {
		p := startProxy(t, t.Context(), func(p *tcpProxy) { p.Grace = 10 * time.Millisecond })
		c := dialTo(t, p.front)
		put(t, c, p.accept(t), []byte("x"))
		p.stop()
		p.served.ends(t, 0, context.Canceled)
		if s := next(t, p.ended); s.reason() != "cut off" {
			t.Error(s.reason())
		}
	})
	t.Run("idle", func(t *testing.T) {
		p := startProxy(t, t.Context(), func(p *tcpProxy) { p.Relayer.IdleTimeout = 20 * time.Millisecond })
		dialTo(t, p.front)
		if s := next(t, p.ended); s.reason() != "idle" || s.ClientInfo == nil {
			t.Errorf("%s, %v", s.reason(), s.ClientInfo)
		}
	})
	t.Run("no server", func(t *testing.T) {
		p := startProxy(t, t.Context(), func(p *tcpProxy) { p.Server = "127.0.0.1:1" })
		c, err := streamsock.Dial("tcp4", p.front.Addr().String())
		if s := next(t, p.ended); !errors.Is(s.Err, syscall.ECONNREFUSED) || s.Server != nil {
			t.Errorf("%+v", s)
		}
		if err != nil { // the reset was faster
			return
		}
		defer c.Close()
		readsTo(t, c, syscall.ECONNRESET)
	})
	t.Run("no handshake", func(t *testing.T) {
		config, _ := selfSigned()
		p := startProxy(t, t.Context(), func(p *tcpProxy) { p.TLS, p.Setup = config, 50*time.Millisecond })
		dialTo(t, p.front)
		if s := next(t, p.ended); !errors.Is(s.Err, context.DeadlineExceeded) {
			t.Errorf("%+v", s)
		}
	})
	t.Run("server resets", func(t *testing.T) {
		p := startProxy(t, t.Context(), func(*tcpProxy) {})
		c := dialTo(t, p.front)
		server := p.accept(t)
		put(t, c, server, []byte("x"))
		server.Abort()
		readsTo(t, c, io.EOF)
		c.Close()
		if s := next(t, p.ended); s.reason() != "the server failed: "+s.Err.Error() {
			t.Error(s.reason())
		}
	})
	t.Run("client of TLS in a hurry", func(t *testing.T) {
		serverTLS, clientTLS := selfSigned()
		p := startProxy(t, t.Context(), func(p *tcpProxy) { p.TLS = serverTLS })
		nc, err := net.Dial("tcp4", p.front.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		c := tls.Client(nc, clientTLS)
		if _, err := c.Write([]byte("terminate")); err != nil {
			t.Fatal(err)
		}
		server := p.accept(t)
		take(t, server, []byte("terminate"))
		server.Write([]byte("x"))
		if _, err := c.Read(make([]byte, 1)); err != nil { // with the session tickets
			t.Fatal(err)
		}
		c.Close() // sends close_notify, and does not read
		takeRest(t, server, nil)
		for session := range p.Relayer.Sessions() {
			server.Write([]byte("too late"))
			until(t, "the client resets the connection", func() bool {
				l, _ := streamsock.CheckConn(session.A)
				return l == streamsock.Closed
			})
		}
		server.Close()
		if s := next(t, p.ended); s.reason() != "ended, and read no more" {
			t.Errorf("%s: %v", s.reason(), s.Err)
		}
	})
}

// TestProxyHeader reads headers that were written, and refuses wrong ones.
func TestProxyHeader(t *testing.T) {
	for _, addrs := range [][2]string{{}, {"192.0.2.1:1", "192.0.2.2:65535"}, {"[2001:db8::1]:1", "[2001:db8::2]:2"}} {
		var h, got proxyHeader
		if addrs[0] != "" {
			h = proxyHeader{netip.MustParseAddrPort(addrs[0]), netip.MustParseAddrPort(addrs[1])}
		}
		header, err := h.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		client, server := msgPair(t)
		put(t, client, server, append(header, "rest"...))
		if err := got.Read(t.Context(), server); got != h || err != nil {
			t.Errorf("%+v, %v, want %+v", got, err, h)
		}
		take(t, server, []byte("rest"))
	}
	for _, header := range []string{
		"GET / HTTP/1.1\r\n\r\n",
		"PROXY TCP4 192.0.2.1 \r\n",
		"PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n",
		"PROXY TCP4 192.0.2.1 192.0.2.2 1 2" + string(bytes.Repeat([]byte(" "), proxyLongest)),
		proxyMagic + "\x21\x11\x00\x04abcd",
		"PROXY",
	} {
		client, server := msgPair(t)
		client.Write([]byte(header))
		client.CloseWrite()
		var h proxyHeader
		if err := h.Read(t.Context(), server); err == nil {
			t.Errorf("%q is read as %+v", header, h)
		}
	}
}

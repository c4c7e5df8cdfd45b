// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package proxying runs proxies, multiplexers and wrappers of connections.
package proxying

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	socks5 "github.com/armon/go-socks5"
	"github.com/hashicorp/yamux"
	"github.com/inetaf/tcpproxy"
	proxyproto "github.com/pires/go-proxyproto"
	"github.com/soheilhy/cmux"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/netutil"
	"golang.org/x/net/proxy"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
	"example.com/streamsock/testdata/ecosystem/internal/forms"
)

var noLog = log.New(io.Discard, "", 0)

// A Dialer is what golang.org/x/net/proxy takes.
var (
	_ proxy.Dialer        = (*streamsock.Dialer)(nil)
	_ proxy.ContextDialer = (*streamsock.Dialer)(nil)
)

// acceptAll serves each connection of l until it is closed. The test waits for that.
func acceptAll(e *forms.Env, l net.Listener, serve func(net.Conn)) {
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer c.Close()
				serve(c)
			})
		}
	})
	e.T.Cleanup(func() {
		l.Close()
		all.Wait()
	})
}

// echo sends back what arrives.
func echo(c net.Conn) { io.Copy(c, c) }

func mustDial(e *forms.Env, address string) net.Conn {
	c, err := e.Dial("tcp", address)
	if err != nil {
		e.T.Fatal(err)
	}
	e.T.Cleanup(func() { c.Close() })
	return c
}

func closeWrite(c net.Conn) { c.(interface{ CloseWrite() error }).CloseWrite() }

// exchange sends data and the end, and returns whether the same comes back.
func exchange(c net.Conn, data []byte) (bool, error) {
	go func() {
		c.Write(data)
		closeWrite(c)
	}()
	got, err := io.ReadAll(c)
	return bytes.Equal(got, data), err
}

func TestYamux(t *testing.T) {
	server, client := testnet.ServerTLS(t), testnet.ClientTLS(t)
	forms.Compare(t, "github.com/hashicorp/yamux", func(e *forms.Env) {
		yamuxWork(e, e.Listen(), func(c net.Conn) net.Conn { return c })
		yamuxWork(e, tls.NewListener(e.Listen(), server), func(c net.Conn) net.Conn { return tls.Client(c, client) })
	})
}

func yamuxWork(e *forms.Env, l net.Listener, over func(net.Conn) net.Conn) {
	cfg := yamux.DefaultConfig()
	cfg.LogOutput = io.Discard
	acceptAll(e, l, func(c net.Conn) {
		s, err := yamux.Server(c, cfg)
		if err != nil {
			return
		}
		defer s.Close()
		for {
			stream, err := s.Accept()
			if err != nil {
				return
			}
			go func() {
				echo(stream)
				stream.Close()
			}()
		}
	})
	c := over(mustDial(e, l.Addr().String()))
	s, err := yamux.Client(c, cfg)
	if err != nil {
		e.T.Fatal(err)
	}
	defer s.Close()
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			stream, err := s.Open()
			if err != nil {
				e.Err("open", err)
				return
			}
			p := bytes.Repeat([]byte{byte(i)}, 400<<10)
			go func() {
				stream.Write(p)
				stream.Close()
			}()
			if got, err := io.ReadAll(stream); err != nil || !bytes.Equal(got, p) {
				e.Log("stream %d %v", len(got), err)
			}
		})
	}
	all.Wait()
	d, err := s.Ping()
	e.Log("ping %t %v", d > 0, err)
	stream, err := s.OpenStream()
	if err != nil {
		e.T.Fatal(err)
	}
	stream.SetReadDeadline(time.Now().Add(30 * time.Millisecond))
	_, err = stream.Read(make([]byte, 1))
	e.Err("deadline", err)
	stream.SetReadDeadline(time.Time{})
	time.AfterFunc(50*time.Millisecond, func() { c.Close() })
	_, err = stream.Read(make([]byte, 1))
	e.Err("closed below", err)
	_, err = s.Open()
	e.Err("open after that", err)
}

func TestCmux(t *testing.T) {
	forms.Compare(t, "github.com/soheilhy/cmux", func(e *forms.Env) {
		l := e.Listen()
		m := cmux.New(l)
		m.SetReadTimeout(500 * time.Millisecond)
		web, rest := m.Match(cmux.HTTP1Fast()), m.Match(cmux.Any())
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }), ErrorLog: noLog}
		go s.Serve(web)
		acceptAll(e, rest, echo)
		done := make(chan error, 1)
		go func() { done <- m.Serve() }()
		tr := &http.Transport{DialContext: e.DialContext}
		r, err := (&http.Client{Transport: tr}).Post("http://"+l.Addr().String(), "text/plain", strings.NewReader(strings.Repeat("z", 1<<20)))
		if err != nil {
			e.T.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		e.Log("http %d %v", len(body), err)
		same, err := exchange(mustDial(e, l.Addr().String()), bytes.Repeat([]byte("raw!"), 1<<18))
		e.Log("raw %t %v", same, err)
		tr.CloseIdleConnections()
		s.Close()
		l.Close()
		e.Err("serve", <-done)
	})
}

func TestProxyProto(t *testing.T) {
	forms.Compare(t, "github.com/pires/go-proxyproto", func(e *forms.Env) {
		l := &proxyproto.Listener{Listener: e.Listen(), ReadHeaderTimeout: 300 * time.Millisecond}
		got := make(chan string, 10)
		acceptAll(e, l, func(c net.Conn) {
			b := make([]byte, 5)
			_, err := io.ReadFull(c, b)
			n, copyErr := io.Copy(io.Discard, c)
			got <- fmt.Sprintf("%v %s %v %d %v", c.RemoteAddr(), b, err, n, copyErr)
			_, isTCP := c.(*proxyproto.Conn).TCPConn()
			if want := e.Form == forms.Net || e.Form == forms.Plain; isTCP != want {
				e.T.Errorf("TCPConn() finds a *net.TCPConn: %t", isTCP)
			}
		})
		for _, version := range []byte{1, 2} {
			c := mustDial(e, l.Addr().String())
			h := &proxyproto.Header{
				Version: version, Command: proxyproto.PROXY, TransportProtocol: proxyproto.TCPv4,
				SourceAddr:      &net.TCPAddr{IP: net.ParseIP("192.0.2.1"), Port: 1000},
				DestinationAddr: &net.TCPAddr{IP: net.ParseIP("192.0.2.2"), Port: 2000},
			}
			_, err := h.WriteTo(c)
			e.Err("header", err)
			c.Write([]byte("hello"))
			c.Write(make([]byte, 1<<20))
			c.Close()
			e.Log("%s", <-got)
		}
		c := mustDial(e, l.Addr().String())
		c.Write([]byte("plain data"))
		c.Close()
		e.Log("without a header %s", strings.Fields(<-got)[1])
	})
}

func TestSOCKS5(t *testing.T) {
	forms.Compare(t, "golang.org/x/net/proxy and github.com/armon/go-socks5", func(e *forms.Env) {
		back, l := e.Listen(), e.Listen()
		acceptAll(e, back, echo)
		s, err := socks5.New(&socks5.Config{Dial: e.DialContext, Logger: noLog})
		if err != nil {
			e.T.Fatal(err)
		}
		acceptAll(e, l, func(c net.Conn) { s.ServeConn(c) })
		d, err := proxy.SOCKS5("tcp", l.Addr().String(), nil, e)
		if err != nil {
			e.T.Fatal(err)
		}
		c, err := d.Dial("tcp", back.Addr().String())
		if err != nil {
			e.T.Fatal(err)
		}
		data := make([]byte, 4<<20)
		for i := range data {
			data[i] = byte(i * 3)
		}
		go c.Write(data)
		got := make([]byte, len(data))
		_, err = io.ReadFull(c, got)
		e.Log("same %t %v", bytes.Equal(got, data), err)
		c.Close()
		_, err = d.Dial("tcp", forms.Refused(e.T))
		e.Err("refused", err)
		if d, err = proxy.SOCKS5("tcp", forms.Refused(e.T), nil, e); err != nil {
			e.T.Fatal(err)
		}
		_, err = d.Dial("tcp", back.Addr().String())
		e.Err("proxy refused", err)
	})
}

// A target is a function as one of tcpproxy.
type target func(net.Conn)

func (f target) HandleConn(c net.Conn) { f(c) }

func TestTCPProxy(t *testing.T) {
	forms.Compare(t, "github.com/inetaf/tcpproxy", func(e *forms.Env) {
		back, front := e.Listen(), e.Listen()
		acceptAll(e, back, func(c net.Conn) {
			hash := sha256.New()
			n, err := io.Copy(hash, c) // to the half-close
			fmt.Fprintf(c, "%d %x %v", n, hash.Sum(nil)[:6], err)
		})
		const period = 17 * time.Second
		to := &tcpproxy.DialProxy{Addr: back.Addr().String(), KeepAlivePeriod: period, DialContext: e.DialContext}
		seen := make(chan net.Conn, 10)
		p := &tcpproxy.Proxy{ListenFunc: func(string, string) (net.Listener, error) { return front, nil }}
		p.AddRoute("x", target(func(c net.Conn) {
			to.HandleConn(c)
			seen <- c
		}))
		if err := p.Start(); err != nil {
			e.T.Fatal(err)
		}
		for range 3 {
			c := mustDial(e, front.Addr().String())
			c.Write(make([]byte, 2<<20))
			closeWrite(c)
			answer, err := io.ReadAll(c)
			e.Log("%s %v", answer, err)
			c.Close()
			<-seen
		}
		idle := mustDial(e, front.Addr().String())
		e.Until("the proxy has connected", func() bool { return len(e.Conns()) == 8 })
		e.Until("KeepAlivePeriod is set, or lost", func() bool {
			under, err := sockopt.Unwrap(e.Conns()[7])
			if err != nil {
				return false
			}
			d, err := sockopt.KeepAliveIdle.Get(under)
			return err == nil && (d == period) == (e.Form == forms.Net || e.Form == forms.Plain)
		})
		idle.Close()
		<-seen
		p.Close()
		p.Wait()
	})
}

// TestXNet has golang.org/x/net limit a listener, and set an option by its own means.
func TestXNet(t *testing.T) {
	withoutTimeouts := forms.All[:4] // a TimeoutConn is no connection that ipv4 knows
	forms.CompareForms(t, "golang.org/x/net/netutil and ipv4", withoutTimeouts, func(e *forms.Env) {
		l := netutil.LimitListener(e.Listen(), 2)
		acceptAll(e, l, echo)
		c := mustDial(e, l.Addr().String())
		p := ipv4.NewConn(c)
		e.Err("set", p.SetTOS(0x10))
		tos, err := p.TOS()
		e.Log("TOS %#x %v", tos, err)
		same, err := exchange(c, []byte("hello"))
		e.Log("%t %v", same, err)
	})
}

// TestWrappers checks what the library finds below connections of others.
func TestWrappers(t *testing.T) {
	e := &forms.Env{Form: forms.Conn, T: t}
	l := netutil.LimitListener(e.Listen(), 2)
	accepted := make(chan net.Conn, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			t.Error(err)
		}
		accepted <- c
	}()
	defer l.Close()
	c := mustDial(e, l.Addr().String())
	limited := <-accepted
	defer limited.Close()
	client := tls.Client(c, testnet.ClientTLS(t))
	for name, tt := range map[string]struct {
		c     net.Conn
		found bool
	}{
		"tls.Conn":         {client, true},
		"proxyproto.Conn":  {proxyproto.NewConn(c), false},
		"LimitListener":    {limited, false},
		"TLS over limited": {tls.Server(limited, testnet.ServerTLS(t)), false},
	} {
		under, err := sockopt.Unwrap(tt.c)
		if (err == nil) != tt.found || tt.found && under != c.(*streamsock.Conn) {
			t.Errorf("%s: Unwrap: %T, %v", name, under, err)
		}
		if l, err := streamsock.CheckConn(tt.c); tt.found != (l == streamsock.Idle && err == nil) {
			t.Errorf("%s: CheckConn: %v, %v", name, l, err)
		}
		if _, err := streamsock.Wrap(tt.c); err == nil {
			t.Errorf("%s: Wrap finds a connection whose bytes are not those of the socket", name)
		}
	}
}

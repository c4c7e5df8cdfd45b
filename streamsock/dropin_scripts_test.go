// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"slices"
	"syscall"
	"time"

	"example.com/streamsock/internal/testnet"
)

func endOfFile(s *session) {
	client, server := s.pair()
	io.WriteString(server, "last words")
	s.tell("close", server.Close())
	b, err := io.ReadAll(client)
	s.tell("read all", string(b), err)
	n, err := client.Read(make([]byte, 1))
	s.tell("read", n, err)
	n, err = client.Read(nil)
	s.tell("read nothing", n, err)
}

func halfClose(s *session) {
	client, server := s.pair()
	io.WriteString(client, "all of it")
	s.tell("close write", client.CloseWrite())
	b := make([]byte, 100)
	n, err := io.ReadFull(server, b)
	s.tell("read to the end", n, err)
	more, err := server.Read(b[n:])
	s.tell("server", string(b[:n]), more, err)

	n, err = client.Write([]byte("no more"))
	s.tell("write after close write", n, err)
	io.WriteString(server, "answer")
	s.tell("server's close write", server.CloseWrite())
	answer, err := io.ReadAll(client)
	s.tell("all", len(answer), err)
	more, err = client.Read(b)
	s.tell("client", string(answer), more, err)
}

func closeRead(s *session) {
	client, _ := s.pair()
	s.tell("close read", client.(interface{ CloseRead() error }).CloseRead())
	n, err := client.Read(make([]byte, 1))
	s.tell("read", n, err)
}

func deadlines(s *session) {
	client, server := s.pair()
	past := time.Unix(1, 0)
	b := make([]byte, 64<<10)

	s.tell("set past", client.SetDeadline(past))
	n, err := client.Read(b)
	s.tell("read past", n, err)
	n, err = client.Write(b)
	s.tell("write past", n, err)

	s.tell("set soon", client.SetReadDeadline(time.Now().Add(10*time.Millisecond)))
	_, err = client.Read(b)
	s.tell("read soon", err)
	s.tell("set write soon", client.SetWriteDeadline(time.Now().Add(10*time.Millisecond)))
	for err = nil; err == nil; { // until the buffers on the way are full
		_, err = client.Write(b)
	}
	s.tell("write soon", err)

	s.tell("set none", client.SetDeadline(time.Time{}))
	io.WriteString(server, "ok")
	n, err = io.ReadFull(client, b[:2])
	s.tell("read again", n, err)
}

// closeWakes closes a connection that is being read.
func closeWakes(s *session) {
	client, _ := s.pair()
	done := make(chan error)
	go func() {
		_, err := client.Read(make([]byte, 1))
		done <- err
	}()
	s.tell("close", client.Close())
	s.tell("read", next(s, done))
}

// emptyBuffers reads into nothing while nothing is there to read.
func emptyBuffers(s *session) {
	client, server := s.pair()
	if runtime.GOOS == "windows" { // where even that waits until something is
		io.WriteString(server, "x")
	}
	n, err := client.Read(nil)
	s.tell("read nil", n, err)
	n, err = client.Read([]byte{})
	s.tell("read empty", n, err)
	n, err = client.Write(nil)
	s.tell("write nil", n, err)
	n, err = client.Write([]byte{})
	s.tell("write empty", n, err)
}

func setters(s *session) {
	client, _ := s.tcpPair()
	s.tell("SetLinger", client.SetLinger(-1))
	s.tell("SetNoDelay", client.SetNoDelay(false))
	s.tell("SetKeepAlive", client.SetKeepAlive(true))
	s.tell("SetKeepAlivePeriod", client.SetKeepAlivePeriod(time.Minute))
	s.tell("SetKeepAliveConfig", client.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Idle: time.Minute, Interval: -1, Count: -1}))
	s.tell("SetKeepAliveConfig, refused", client.SetKeepAliveConfig(net.KeepAliveConfig{Enable: true, Count: 1 << 20}))
	s.tell("SetReadBuffer", client.SetReadBuffer(64<<10))
	s.tell("SetWriteBuffer", client.SetWriteBuffer(64<<10))
	multipath, err := client.MultipathTCP()
	s.tell("MultipathTCP", multipath, err)
}

func dialRefused(s *session) {
	client, _ := s.pair()
	// A port that a client has is one that no process listens on.
	c, err := s.dial(s.network, client.LocalAddr().String())
	s.tell("dial", c, err)
}

func dialBadAddress(s *session) {
	for _, address := range badAddresses {
		c, err := s.dial(s.network, address)
		s.tell("dial "+address, c, err)
	}
	for _, d := range []struct{ network, address string }{
		{"tcp4", "[::1]:80"},
		{"tcp6", "127.0.0.1:80"},
	} {
		c, err := s.dial(d.network, d.address)
		s.tell("dial "+d.network+" "+d.address, c, err)
	}
}

var badAddresses = []string{
	"127.0.0.1",
	"127.0.0.1:80:80",
	"127.0.0.1:99999",
	"127.0.0.1:-1",
	"127.0.0.1:no-such-port",
	"[::1:80",
	"[::1]",
	"::1:80",
	"[127.0.0.1]x:80",
}

func dialUnknownHost(s *session) {
	dial := s.dialer(&net.Dialer{Resolver: &net.Resolver{PreferGo: true, Dial: dialNXDomain}})
	c, err := dial(s.Context(), s.network, "no-such-host.invalid.:80")
	s.tell("dial", c, err)
	var de *net.DNSError
	s.tell("found", errors.As(err, &de))
	if de != nil {
		s.tell("name", de.Name, fmt.Sprintf("not found=%t", de.IsNotFound))
	}
}

// dialNXDomain connects to a name server without any name. It sends a question
// back as the answer, with the bits for that: what a resolver gets over a
// stream is two bytes of length, two of identity and two of flags.
func dialNXDomain(context.Context, string, string) (net.Conn, error) {
	resolver, server := net.Pipe()
	go func() {
		defer server.Close()
		b := make([]byte, 2+512)
		n, err := server.Read(b)
		if err != nil || n < 6 {
			return
		}
		b[4], b[5] = 0x81, 0x83 // response, recursion desired and available, NXDOMAIN
		server.Write(b[:n])
	}()
	return resolver, nil
}

func dialCancelled(s *session) {
	l := s.mustListen()
	ctx, cancel := context.WithCancel(s.Context())
	c, err := s.dialer(&net.Dialer{})(ctx, s.network, l.Addr().String())
	if err != nil {
		s.Fatal(err)
	}
	defer c.Close()
	cancel()
	_, err = c.Write(make([]byte, 1))
	s.tell("write after", err)

	none, err := s.dialer(&net.Dialer{})(ctx, s.network, l.Addr().String())
	s.tell("before", none, err)

	ctx, cancel = context.WithCancel(s.Context())
	defer cancel()
	lookUp := func(ctx context.Context, _, _ string) (net.Conn, error) {
		cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	}
	dial := s.dialer(&net.Dialer{Resolver: &net.Resolver{PreferGo: true, Dial: lookUp}})
	none, err = dial(ctx, s.network, "host.invalid.:80")
	s.tell("during", none, err)
}

func dialTimeout(s *session) {
	l := s.mustListen()
	for _, d := range []*net.Dialer{
		{Timeout: -1}, // 1 may not be over yet when it connects, by a coarse clock
		{Deadline: time.Unix(1, 0)},
	} {
		c, err := s.dialer(d)(s.Context(), s.network, l.Addr().String())
		s.tell("dial", c, err)
	}
	ctx, cancel := context.WithDeadline(s.Context(), time.Unix(1, 0))
	defer cancel()
	c, err := s.dialer(&net.Dialer{})(ctx, s.network, l.Addr().String())
	s.tell("dial", c, err)

	lookUp := func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	dial := s.dialer(&net.Dialer{
		Timeout:  10 * time.Millisecond,
		Resolver: &net.Resolver{PreferGo: true, Dial: lookUp},
	})
	c, err = dial(s.Context(), s.network, "host.invalid.:80")
	s.tell("look up", c, err)
}

var errControl = errors.New("refused by Control")

func dialerControl(s *session) {
	l := s.mustListen()
	var seen []string
	fail := func(network, address string, _ syscall.RawConn) error {
		seen = append(seen, network+" "+mask(address))
		return errControl
	}
	c, err := s.dialer(&net.Dialer{Control: fail})(s.Context(), s.network, l.Addr().String())
	s.tell("dial", c, err)
	c, err = s.dialer(&net.Dialer{
		Control: fail,
		ControlContext: func(context.Context, string, string, syscall.RawConn) error {
			return nil
		},
	})(s.Context(), s.network, l.Addr().String())
	s.tell("ControlContext wins", err)
	if err == nil {
		c.Close()
	}
	s.tell("seen", seen)
}

func dialerLocalAddr(s *session) {
	l := s.mustListen()
	host := l.Addr().(*net.TCPAddr).IP
	c, err := s.dialer(&net.Dialer{LocalAddr: &net.UDPAddr{IP: host}})(s.Context(), s.network, l.Addr().String())
	s.tell("wrong type", c, err)
	c, err = s.dialer(&net.Dialer{LocalAddr: l.Addr()})(s.Context(), s.network, l.Addr().String())
	s.tell("taken", c, err)
	c, err = s.dialer(&net.Dialer{LocalAddr: &net.TCPAddr{IP: host}})(s.Context(), s.network, l.Addr().String())
	s.tell("right", err)
	if err == nil {
		s.tell("host", c.LocalAddr().(*net.TCPAddr).IP)
		c.Close()
	}
}

func listenErrors(s *session) {
	l := s.mustListen()
	other, err := s.listen(s.network, l.Addr().String())
	s.tell("in use", other, err)
	for _, address := range badAddresses {
		other, err := s.listen(s.network, address)
		s.tell("listen "+address, other, err)
	}
	other, err = s.listen("tcp4", "[::1]:0")
	s.tell("wrong family", other, err)
	other, err = s.listen("tcp4", "192.0.2.1:0")
	s.tell("not ours", other, err)
}

func listenControl(s *session) {
	var seen []string
	lc := &net.ListenConfig{Control: func(network, address string, _ syscall.RawConn) error {
		seen = append(seen, network+" "+mask(address))
		return errControl
	}}
	l, err := s.listenConfig(lc)(s.Context(), s.network, testnet.Loopback(s, s.network))
	s.tell("listen", l, err)
	s.tell("seen", slices.Compact(seen)) // package net tries multipath TCP first
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package streamsock_test

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// acceptWays are the ways to accept a connection.
var acceptWays = map[string]func(context.Context, *streamsock.Listener) (*streamsock.Conn, error){
	"AcceptStream": func(_ context.Context, l *streamsock.Listener) (*streamsock.Conn, error) { return l.AcceptStream() },
	"AcceptContext": func(ctx context.Context, l *streamsock.Listener) (*streamsock.Conn, error) {
		return l.AcceptContext(ctx)
	},
	"TryAccept": func(ctx context.Context, l *streamsock.Listener) (*streamsock.Conn, error) {
		for {
			c, err := l.TryAccept()
			if err != streamsock.ErrWouldBlock || ctx.Err() != nil {
				return c, err
			}
			time.Sleep(time.Millisecond)
		}
	},
}

// TestAcceptWays checks that the connections are the same in all ways, and
// those of package net.
func TestAcceptWays(t *testing.T) {
	for name, nlc := range map[string]net.ListenConfig{
		"zero":   {},
		"off":    {KeepAlive: -1},
		"idle":   {KeepAlive: time.Minute},
		"config": {KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 7 * time.Second, Interval: 3 * time.Second, Count: 2}},
		"half":   {KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: -1, Interval: -1, Count: 3}},
	} {
		nlc.SetMultipathTCP(false)
		like, err := nlc.Listen(t.Context(), "tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer like.Close()
		dialTo(t, like)
		want, err := like.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer want.Close()
		l := listen(t, &streamsock.ListenConfig{NetConfig: &nlc}, "tcp4")
		for way, accept := range acceptWays {
			t.Run(name+"/"+way, func(t *testing.T) {
				peer := dialTo(t, l)
				c, err := accept(patient(t), l)
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				sameOptions(t, c, want.(*net.TCPConn))
				put(t, peer, c, []byte("data"))
				take(t, c, []byte("data"))
				if c.RemoteAddr().String() != peer.LocalAddr().String() {
					t.Errorf("the peer is %v, want %v", c.RemoteAddr(), peer.LocalAddr())
				}
			})
		}
	}
}

// TestAcceptWaysOptions checks that ConnOptions are set in all ways, and a
// connection is closed on which one cannot be.
func TestAcceptWaysOptions(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{ConnOptions: []sockopt.Setting{sockopt.NoDelay.To(false)}}, "tcp4")
	for way, accept := range acceptWays {
		dialTo(t, l)
		c, err := accept(patient(t), l)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if on, err := c.NoDelay(); on || err != nil {
			t.Errorf("%s: NoDelay %t, %v", way, on, err)
		}
	}
}

// TestTryAcceptEnds checks what TryAccept and AcceptContext return without a
// connection.
func TestTryAcceptEnds(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	fails := func(what string, c *streamsock.Conn, err, want error) {
		t.Helper()
		if c != nil || !errors.Is(err, want) {
			t.Errorf("%s: %v, %v, want %v", what, c, err, want)
		}
		if e, ok := errors.AsType[*net.OpError](err); want != streamsock.ErrWouldBlock && want != syscall.EINVAL && (!ok || e.Op != "accept" || e.Net != "tcp4" || e.Addr != l.Addr()) {
			t.Errorf("%s: %#v", what, err)
		}
	}
	c, err := l.TryAccept()
	fails("TryAccept", c, err, streamsock.ErrWouldBlock)
	ctx, cancel := context.WithCancel(t.Context())
	accepting := doing(func() error {
		c, err := l.AcceptContext(ctx)
		fails("AcceptContext", c, err, context.Canceled)
		return nil
	})
	accepting.blocks(t)
	cancel()
	accepting.ends(t, 0, nil)

	peer := dialTo(t, l) // an ended context and a past deadline take nothing
	c, err = l.AcceptContext(ctx)
	fails("AcceptContext again", c, err, context.Canceled)
	l.SetDeadline(longAgo)
	c, err = l.AcceptContext(t.Context())
	fails("past the deadline", c, err, os.ErrDeadlineExceeded)
	if c, err := l.TryAccept(); err != nil {
		t.Errorf("TryAccept past the deadline: %v", err)
	} else {
		if c.RemoteAddr().String() != peer.LocalAddr().String() {
			t.Errorf("the peer is %v, want %v", c.RemoteAddr(), peer.LocalAddr())
		}
		c.Close()
	}

	l.SetDeadline(time.Time{})
	accepting = doing(func() error {
		c, err := l.AcceptContext(t.Context())
		isTimeout(t, err)
		if c != nil {
			t.Error("there is a connection")
		}
		return nil
	})
	accepting.blocks(t)
	l.SetDeadline(longAgo)
	accepting.ends(t, 0, nil)

	l.SetDeadline(time.Time{})
	accepting = doing(func() error {
		c, err := l.AcceptContext(t.Context())
		fails("closed", c, err, net.ErrClosed)
		return nil
	})
	accepting.blocks(t)
	l.Close()
	accepting.ends(t, 0, nil)
	c, err = l.TryAccept()
	fails("TryAccept after Close", c, err, net.ErrClosed)
	if _, want := l.AcceptStream(); err == nil || err.Error() != want.Error() {
		t.Errorf("TryAccept after Close: %q, and AcceptStream: %q", err, want)
	}
	c, err = l.AcceptContext(t.Context())
	fails("AcceptContext after Close", c, err, net.ErrClosed)
	if err := l.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Close again: %v", err)
	}
	var zero streamsock.Listener
	c, err = zero.TryAccept()
	fails("zero", c, err, syscall.EINVAL)
}

// TestAcceptTogether has several goroutines accept in all ways: each connection goes
// to one of them.
func TestAcceptTogether(t *testing.T) {
	const conns = 60
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	got := make(chan string, conns)
	var accepters sync.WaitGroup
	for _, accept := range acceptWays {
		for range 2 {
			accepters.Go(func() {
				for {
					c, err := accept(ctx, l)
					if err != nil {
						return
					}
					got <- c.RemoteAddr().String()
					c.Close()
				}
			})
		}
	}
	want := make(map[string]bool)
	for range conns {
		want[dialTo(t, l).LocalAddr().String()] = true
	}
	for range conns {
		if peer := next(t, got); !want[peer] {
			t.Errorf("%s is accepted twice", peer)
		} else {
			delete(want, peer)
		}
	}
	cancel()
	l.Close()
	accepters.Wait()
}

// TestListenConfigWrap wraps a listener that is there.
func TestListenConfigWrap(t *testing.T) {
	nl, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer nl.Close()
	lc := streamsock.ListenConfig{
		NetConfig:   &net.ListenConfig{KeepAlive: 42 * time.Second},
		Options:     []sockopt.Setting{sockopt.ReadBuffer.To(64 << 10)},
		ConnOptions: []sockopt.Setting{sockopt.NoDelay.To(false)},
		Plain:       true,
	}
	l, err := lc.Wrap(nl.(*net.TCPListener))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := sockopt.ReadBuffer.Get(nl.(*net.TCPListener)); n > 256<<10 || err != nil {
		t.Errorf("ReadBuffer is %d, %v", n, err)
	}
	dialTo(t, nl)
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	tcp := c.(*net.TCPConn)
	if on, err := sockopt.NoDelay.Get(tcp); on || err != nil {
		t.Errorf("NoDelay is %t, %v", on, err)
	}
	if idle, err := sockopt.KeepAliveIdle.Get(tcp); idle != 42*time.Second && !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("KeepAliveIdle is %v, %v", idle, err)
	}
	off := streamsock.ListenConfig{NetConfig: &net.ListenConfig{KeepAlive: -1}}
	if l, err = off.Wrap(nl.(*net.TCPListener)); err != nil {
		t.Fatal(err)
	}
	if k := acceptedKeepAlive(t, l); k.Enable {
		t.Error("KeepAlive is on and should be off")
	}
	for _, l := range []*net.TCPListener{nil, {}} {
		if w, err := lc.Wrap(l); w != nil || !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("of a nil or zero listener: %v, %v", w, err)
		}
	}
	t.Run("BadOption", func(t *testing.T) {
		bad := streamsock.ListenConfig{Options: []sockopt.Setting{sockopt.New("NoSuch", 6, 9999, sockopt.IntCodec()).To(1)}}
		if w, err := bad.Wrap(nl.(*net.TCPListener)); w != nil || err == nil {
			t.Errorf("with an option that there is not: %v, %v", w, err)
		}
	})
}

// TestBacklog listens with a backlog on addresses of all forms. The connections are
// those of a listener without one.
func TestBacklog(t *testing.T) {
	contraryNet := net.ListenConfig{KeepAlive: -1}
	contraryNet.SetMultipathTCP(false)
	for _, tt := range []struct {
		network, address string
		lc               net.ListenConfig
	}{
		{"tcp4", "127.0.0.1:0", net.ListenConfig{}},
		{"tcp4", "127.0.0.1:0", contraryNet},
		{"tcp4", "127.0.0.1:0", net.ListenConfig{KeepAlive: time.Minute}},
		{"tcp4", ":0", net.ListenConfig{}},
		{"tcp", "localhost:0", net.ListenConfig{}},
		{"tcp", "0.0.0.0:0", net.ListenConfig{}},
		{"tcp", ":0", net.ListenConfig{}},
		{"tcp6", "[::1]:0", net.ListenConfig{}},
		{"tcp6", ":0", net.ListenConfig{}},
	} {
		t.Run(tt.network+" "+tt.address, func(t *testing.T) {
			testnet.Loopback(t, tt.network) // or skip
			plain := streamsock.ListenConfig{NetConfig: &tt.lc, Options: []sockopt.Setting{sockopt.ReadBuffer.To(64 << 10)}}
			short := plain
			short.Backlog = 300
			like, err := plain.Listen(t.Context(), tt.network, tt.address)
			if err != nil {
				t.Fatal(err)
			}
			defer like.Close()
			l, err := short.Listen(t.Context(), tt.network, tt.address)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			sameOptions(t, l, like)
			if got, want := addrPort(l.Addr()), addrPort(like.Addr()); got.Addr() != want.Addr() || got.Port() == 0 {
				t.Errorf("it listens at %v, want %v", got, want)
			}
			var conns [2]*streamsock.Conn
			for i, l := range []*streamsock.Listener{l, like} {
				host := "127.0.0.1"
				if tt.network == "tcp6" {
					host = "::1"
				}
				if ip := addrPort(l.Addr()).Addr(); !ip.IsUnspecified() {
					host = ip.String()
				}
				c, err := net.Dial("tcp", net.JoinHostPort(host, strconv.Itoa(int(addrPort(l.Addr()).Port()))))
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				if conns[i], err = l.AcceptContext(patient(t)); err != nil {
					t.Fatal(err)
				}
				defer conns[i].Close()
			}
			sameOptions(t, conns[0], conns[1])

			_, err = short.Listen(t.Context(), tt.network, l.Addr().String())
			if e, ok := err.(*net.OpError); !ok || e.Op != "listen" || !answers(err, syscall.EADDRINUSE) {
				t.Errorf("%v, want EADDRINUSE", err)
			}
		})
	}
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	_, err := (&streamsock.ListenConfig{Backlog: 5}).Wrap(l.TCPListener)
	if !sys.CanRelisten && !errors.Is(err, errors.ErrUnsupported) || sys.CanRelisten && err != nil {
		t.Errorf("of a listener that is there: %v", err)
	}
}

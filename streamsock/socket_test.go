// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package streamsock_test

import (
	"context"
	"errors"
	"io"
	"math"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

var (
	loopback4 = netip.MustParseAddrPort("127.0.0.1:0")
	loopback6 = netip.MustParseAddrPort("[::1]:0")
)

// TestSocketOptions checks that options that are set before, in either way,
// hold on the connection.
func TestSocketOptions(t *testing.T) {
	settings := append([]sockopt.Setting{sockopt.ReuseAddr.To(true), sockopt.Linger.To(sockopt.Lingering{On: true, Timeout: 3 * time.Second})}, contrary...)
	for _, network := range []string{"tcp4", "tcp6", "tcp"} {
		t.Run(network, func(t *testing.T) {
			on := network
			if on == "tcp" {
				on = "tcp4"
			}
			l := listen(t, &streamsock.ListenConfig{}, on)
			fresh := newSocket(t, network)
			for _, s := range settings {
				if v, err := s.Info().Get(fresh); v == s.Value() || err != nil {
					t.Errorf("%s is %v at first, %v", s.Info().Name, v, err)
				}
			}
			if err := sockopt.Apply(fresh, settings...); err != nil {
				t.Fatal(err)
			}
			for _, s := range []*streamsock.Socket{fresh, newSocket(t, network, settings...)} {
				for _, o := range settings {
					if v, err := o.Info().Get(s); v != o.Value() || err != nil {
						t.Errorf("%s is %v before, %v", o.Info().Name, v, err)
					}
				}
				c, err := s.Connect(patient(t), addrPort(l.Addr()))
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				for _, o := range settings {
					if v, err := o.Info().Get(c); v != o.Value() || err != nil {
						t.Errorf("%s is %v on the connection, %v", o.Info().Name, v, err)
					}
				}
			}
		})
	}
}

// TestSocketDefaults checks that without options the connection is as package
// net makes it.
func TestSocketDefaults(t *testing.T) {
	for _, network := range []string{"tcp4", "tcp6"} {
		t.Run(network, func(t *testing.T) {
			l := listen(t, &streamsock.ListenConfig{}, network)
			c, err := newSocket(t, network).Connect(patient(t), addrPort(l.Addr()))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			nc, err := net.Dial(network, l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer nc.Close()
			sameOptions(t, c, nc.(*net.TCPConn))
		})
	}
}

// TestSocketForms connects with addresses of all forms.
func TestSocketForms(t *testing.T) {
	port4 := addrPort(listen(t, &streamsock.ListenConfig{}, "tcp4").Addr()).Port()
	port6, no6 := uint16(80), error(nil)
	if l, err := streamsock.Listen("tcp6", loopback6.String()); err != nil {
		no6 = err
	} else {
		defer l.Close()
		port6 = addrPort(l.Addr()).Port()
	}
	both, err := sockopt.V6Only.Get(newSocket(t, "tcp"))
	if err != nil {
		t.Log("the system has no sockets of both kinds: ", err)
	} else if both {
		t.Error(`"tcp" is for IPv6 alone`)
	}
	if no6 != nil {
		t.Logf("not with IPv6: %v", no6)
	} else if only, err := sockopt.V6Only.Get(newSocket(t, "tcp6")); !only || err != nil {
		t.Errorf(`"tcp6": V6Only is %t, %v`, only, err)
	}
	for _, tt := range []struct {
		network, host string
		port          uint16
		want          string // of the address in the error
	}{
		{"tcp4", "127.0.0.1", port4, ""},
		{"tcp4", "::ffff:127.0.0.1", port4, ""},
		{"tcp4", "::1", port6, "non-IPv4 address"},
		{"tcp6", "::1", port6, ""},
		{"tcp6", "127.0.0.1", port4, "non-IPv6 address"},
		{"tcp6", "::ffff:127.0.0.1", port4, "non-IPv6 address"},
		{"tcp6", "fe80::1%no such zone", port6, "unknown zone"},
		{"tcp", "127.0.0.1", port4, ""},
		{"tcp", "::ffff:127.0.0.1", port4, ""},
		{"tcp", "::1", port6, ""},
		{"tcp4", "", 0, "no address"},
		{"tcp", "", 0, "no address"},
	} {
		if needs6 := tt.network == "tcp6" || tt.host == "::1" && tt.want == ""; needs6 && no6 != nil {
			continue
		}
		if tt.network == "tcp" && tt.host == "::1" && err != nil {
			continue
		}
		s := newSocket(t, tt.network)
		var ip netip.Addr
		if tt.host != "" {
			ip = netip.MustParseAddr(tt.host)
		}
		addr := netip.AddrPortFrom(ip, tt.port)
		c, err := s.Connect(patient(t), addr)
		if tt.want != "" {
			bindErr := s.Bind(addr)
			for op, err := range map[string]error{"connect": err, "bind": bindErr} {
				e, ok := err.(*net.OpError)
				var a *net.AddrError
				if !ok || e.Op != op || e.Net != tt.network || !errors.As(err, &a) || a.Err != tt.want {
					t.Errorf("%s %s: %v", tt.network, addr, err)
				}
			}
			if err := s.Close(); err != nil {
				t.Errorf("%s %s: a wrong address closes it: %v", tt.network, addr, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s %s: %v", tt.network, addr, err)
			continue
		}
		want := netip.AddrPortFrom(ip.Unmap(), tt.port).String()
		if got := c.RemoteAddr().String(); got != want {
			t.Errorf("%s %s: the remote address is %s", tt.network, addr, got)
		}
		if got := s.LocalAddr().String(); got != c.LocalAddr().String() {
			t.Errorf("%s %s: the local address is %s, of the connection %s", tt.network, addr, got, c.LocalAddr())
		}
		c.Close()
	}
}

// TestSocketZone connects by way of an address that is good on one interface
// only, if the machine has one.
func TestSocketZone(t *testing.T) {
	zone := linkLocal(t)
	l, err := streamsock.Listen("tcp6", netip.AddrPortFrom(zone, 0).String())
	if err != nil {
		t.Skip(err)
	}
	defer l.Close()
	for _, network := range []string{"tcp6", "tcp"} {
		s := newSocket(t, network)
		if err := s.Bind(netip.AddrPortFrom(zone, 0)); err != nil {
			t.Fatal(err)
		}
		if got := addrPort(s.LocalAddr()).Addr(); got != zone {
			t.Errorf("it is bound to %v, want %v", got, zone)
		}
		c, err := s.Connect(patient(t), addrPort(l.Addr()))
		if err != nil {
			t.Fatal(err)
		}
		if got := c.RemoteAddr().String(); got != l.Addr().String() {
			t.Errorf("it is connected to %s, want %v", got, l.Addr())
		}
		c.Close()
	}
}

// linkLocal returns an address that has a zone.
func linkLocal(t *testing.T) netip.Addr {
	t.Helper()
	interfaces, err := net.Interfaces()
	if err != nil {
		t.Skip(err)
	}
	for _, i := range interfaces {
		addrs, _ := i.Addrs()
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is6() && p.Addr().IsLinkLocalUnicast() {
				return p.Addr().WithZone(i.Name)
			}
		}
	}
	t.Skip("no interface has a link-local address")
	return netip.Addr{}
}

// TestSocketBind checks that a connection is made from the port that was bound.
func TestSocketBind(t *testing.T) {
	for network, ip := range map[string]netip.AddrPort{"tcp4": loopback4, "tcp6": loopback6} {
		t.Run(network, func(t *testing.T) {
			l := listen(t, &streamsock.ListenConfig{}, network)
			s := newSocket(t, network)
			if a := addrPort(s.LocalAddr()); !a.Addr().IsUnspecified() || a.Port() != 0 {
				t.Errorf("the address is %v at first", a)
			}
			if err := s.Bind(ip); err != nil {
				t.Fatal(err)
			}
			bound := addrPort(s.LocalAddr())
			if bound.Addr() != ip.Addr() || bound.Port() == 0 {
				t.Errorf("it is bound to %v", bound)
			}
			c, err := s.Connect(patient(t), addrPort(l.Addr()))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			peer, err := l.AcceptStream()
			if err != nil {
				t.Fatal(err)
			}
			defer peer.Close()
			if addrPort(c.LocalAddr()) != bound || addrPort(peer.RemoteAddr()) != bound {
				t.Errorf("it is %v, the peer sees %v, want %v", c.LocalAddr(), peer.RemoteAddr(), bound)
			}

			other := newSocket(t, network)
			err = other.Bind(addrPort(l.Addr()))
			e, ok := err.(*net.OpError)
			if !ok || !answers(err, syscall.EADDRINUSE) || e.Op != "bind" || e.Addr.String() != l.Addr().String() {
				t.Errorf("%#v, want EADDRINUSE", err)
			}
			if err := other.Bind(ip); err != nil {
				t.Errorf("after an error: %v", err)
			}
		})
	}
}

// TestSocketRefused checks the form of the error, immediate or later, and that
// the socket is closed then.
func TestSocketRefused(t *testing.T) {
	addr := unused(t)
	check := func(s *streamsock.Socket, err error) {
		t.Helper()
		e, ok := err.(*net.OpError)
		var call *os.SyscallError
		if !ok || !answers(err, syscall.ECONNREFUSED) || !errors.As(e.Err, &call) {
			t.Fatalf("%#v, want ECONNREFUSED", err)
		}
		if e.Op != "connect" || e.Net != "tcp4" || e.Addr.String() != addr.String() || call.Syscall != "connect" {
			t.Errorf("%#v, of %s", e, call.Syscall)
		}
		gone(t, s)
	}
	s := newSocket(t, "tcp4")
	c, err := s.Connect(patient(t), addr)
	if c != nil {
		t.Fatal("connected")
	}
	check(s, err)

	s = newSocket(t, "tcp4")
	if err = s.StartConnect(addr); err == nil {
		_, err = promptly(t, finish(context.Background(), s))
	}
	check(s, err)
}

// TestSocketTwice checks that a connection is started once, and what a socket
// is before and after it has become a connection.
func TestSocketTwice(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	s := newSocket(t, "tcp4")
	if _, err := s.FinishConnect(t.Context()); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("FinishConnect before StartConnect: %v", err)
	}
	if err := s.StartConnect(addrPort(l.Addr())); err != nil {
		t.Fatal(err)
	}
	if err := s.StartConnect(addrPort(l.Addr())); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("StartConnect again: %v", err)
	}
	if err := s.Bind(loopback4); err == nil {
		t.Error("Bind after StartConnect succeeds")
	}
	if l, err := s.Listen(1); err == nil {
		l.Close()
		t.Error("Listen after StartConnect succeeds")
	}
	rc, err := s.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.FinishConnect(patient(t))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	gone(t, s)
	if err := rc.Control(func(uintptr) {}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the raw connection: %v", err)
	}

	peer, err := l.AcceptStream()
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	if _, err := c.Write([]byte("abc")); err != nil {
		t.Error(err)
	}
	take(t, peer, []byte("abc"))
	c.SetReadDeadline(past)
	if _, err := promptly(t, func() (int, error) { return c.Read(make([]byte, 1)) }); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
	c.Close()
	takeRest(t, peer, nil) // no other descriptor keeps it open
}

// TestPollSetConnecting waits for attempts to connect.
func TestPollSetConnecting(t *testing.T) {
	s := newPollSet(t)
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	good := newSocket(t, "tcp4")
	bad := newSocket(t, "tcp4")
	defer bad.Close()
	refused := unused(t)
	if err := good.StartConnect(addrPort(l.Addr())); err != nil {
		t.Fatal(err)
	}
	startErr := bad.StartConnect(refused)
	for _, socket := range []*streamsock.Socket{good, bad} {
		if err := s.Add(socket, streamsock.Writable); err != nil && (socket == good || startErr == nil) {
			t.Fatal(err)
		}
	}
	for s.Len() > 0 {
		ready, err := s.Poll(patient(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range ready {
			c, err := r.Socket.(*streamsock.Socket).FinishConnect(t.Context())
			if r.Socket == good && err != nil || r.Socket == bad && !answers(err, syscall.ECONNREFUSED) {
				t.Errorf("%v, %v", c, err)
			}
			if c != nil {
				c.Close()
			}
			if s.Has(r.Socket) {
				t.Error("a socket that has become a connection is a member")
				s.Remove(r.Socket)
			}
		}
	}
}

// TestSocketConcurrent connects many sockets concurrently.
func TestSocketConcurrent(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	const n = 200
	together := make(chan struct{}, 100) // fewer than any queue of a listener
	var wg sync.WaitGroup
	wg.Go(func() {
		for range n {
			peer, err := l.AcceptStream()
			if err != nil {
				t.Error(err)
				return
			}
			peer.Write([]byte("hello"))
			peer.Close()
		}
	})
	ctx := patient(t)
	for range n {
		together <- struct{}{}
		wg.Go(func() {
			defer func() { <-together }()
			s, err := streamsock.NewSocket("tcp4", contrary...)
			if err != nil {
				t.Error(err)
				return
			}
			c, err := s.Connect(ctx, addrPort(l.Addr()))
			if err != nil {
				t.Error(err)
				s.Close()
				return
			}
			defer c.Close()
			checkContrary(t, c)
			c.SetReadDeadline(time.Now().Add(patience))
			if got, err := io.ReadAll(c); string(got) != "hello" || err != nil {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
	wg.Wait()
}

// TestSocketRace has FinishConnect and Close meet: one of them gets the socket,
// and the other returns net.ErrClosed.
func TestSocketRace(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	var peers sync.WaitGroup
	peers.Go(func() {
		for {
			peer, err := l.AcceptStream()
			if err != nil {
				return
			}
			peer.Close()
		}
	})
	for range 100 {
		s := newSocket(t, "tcp4")
		if err := s.StartConnect(addrPort(l.Addr())); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var got [2]*streamsock.Conn
		var errs [3]error
		for i := range got {
			wg.Go(func() { got[i], errs[i] = s.FinishConnect(patient(t)) })
		}
		wg.Go(func() { errs[2] = s.Close() })
		wg.Wait()
		won := 0
		for i, err := range errs {
			switch {
			case err == nil:
				won++
			case !errors.Is(err, net.ErrClosed):
				t.Errorf("%d: %v", i, err)
			}
			if i < len(got) && got[i] != nil {
				got[i].Close()
			}
		}
		if won != 1 {
			t.Errorf("%d have got it", won)
		}
	}
	l.Close()
	peers.Wait()
}

// TestSocketListen checks that the connections of the listener are as the
// socket was.
func TestSocketListen(t *testing.T) {
	for network, addr := range map[string]netip.AddrPort{"tcp4": loopback4, "tcp6": loopback6} {
		for name, opts := range map[string][]sockopt.Setting{"contrary": contrary, "as net.Listen": {sockopt.ReuseAddr.To(true)}} {
			t.Run(network+"/"+name, func(t *testing.T) {
				testnet.Loopback(t, network) // skips
				s := newSocket(t, network, opts...)
				if err := s.Bind(addr); err != nil {
					t.Fatal(err)
				}
				bound := s.LocalAddr().String()
				l, err := s.Listen(16)
				if err != nil {
					t.Fatal(err)
				}
				defer l.Close()
				if l.Addr().String() != bound || s.LocalAddr().String() != bound {
					t.Errorf("it listens at %v, and the socket returns %v, want %s", l.Addr(), s.LocalAddr(), bound)
				}
				gone(t, s)
				_, c := connect(t, l, l.AcceptStream)
				if name == "contrary" {
					checkContrary(t, c)
					return
				}
				plain := listen(t, &streamsock.ListenConfig{}, network)
				_, like := connect(t, plain, plain.AcceptStream)
				sameOptions(t, c, like)
			})
		}
	}
	l, err := newSocket(t, "tcp4").Listen(1)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if a := addrPort(l.Addr()); !a.Addr().IsUnspecified() || a.Port() == 0 {
		t.Errorf("without Bind it listens at %v", a)
	}
}

// TestAcceptSkipsUnconnected has an option fail on connections, the first one too,
// because they are not what the option needs. The peer can cause that, so that it
// must not be an error of Accept.
func TestAcceptSkipsUnconnected(t *testing.T) {
	acceptSkips(t, errno(syscall.ENOTCONN, 10057), false, true, false, true, false)
}

// TestSocketBacklogRange checks that a backlog is not cut to an int of C.
func TestSocketBacklogRange(t *testing.T) {
	s := newSocket(t, "tcp4")
	backlogs := []int{-1, math.MinInt}
	if math.MaxInt > math.MaxInt32 {
		wide := int64(1) << 32
		backlogs = append(backlogs, int(wide), int(wide)+1, int(wide)>>1, math.MaxInt)
	}
	for _, n := range backlogs {
		l, err := s.Listen(n)
		if e, ok := err.(*net.OpError); l != nil || !ok || e.Op != "listen" || !errors.Is(err, os.ErrInvalid) {
			t.Errorf("%d: %v, %v, want os.ErrInvalid", n, l, err)
		}
	}
	l, err := s.Listen(math.MaxInt32)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	for _, n := range append(backlogs, 1) {
		if _, err := s.Listen(n); !errors.Is(err, net.ErrClosed) {
			t.Errorf("%d, after Listen: %v, want net.ErrClosed", n, err)
		}
	}
}

// TestSocketListenKeepAlive checks that keep-alive is off on the listener, and
// the same on the connections as on the socket.
func TestSocketListenKeepAlive(t *testing.T) {
	for _, on := range []bool{true, false} {
		s := newSocket(t, "tcp4")
		if got, err := sockopt.KeepAlive.Get(s); !got || err != nil {
			t.Errorf("on the socket it is %t, %v", got, err)
		}
		if err := sockopt.KeepAlive.Set(s, on); err != nil {
			t.Fatal(err)
		}
		if err := s.Bind(loopback4); err != nil {
			t.Fatal(err)
		}
		l, err := s.Listen(16)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if got, err := sockopt.KeepAlive.Get(l); got || err != nil {
			t.Errorf("%t: on the listener it is %t, %v", on, got, err)
		}
		_, c := connect(t, l, l.AcceptStream)
		if got, err := c.KeepAlive(); got != on || err != nil {
			t.Errorf("%t: on the connection it is %t, %v", on, got, err)
		}
	}
	// A socket that cannot listen stays as it was.
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	s := newSocket(t, "tcp4")
	if err := s.StartConnect(addrPort(l.Addr())); err != nil {
		t.Fatal(err)
	}
	if l, err := s.Listen(1); err == nil {
		l.Close()
		t.Fatal("Listen after StartConnect succeeds")
	}
	c, err := s.FinishConnect(patient(t))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if on, err := c.KeepAlive(); !on || err != nil {
		t.Errorf("after Listen has failed it is %t, %v", on, err)
	}
}

// TestSocketDual checks that options of the Internet Protocol, set on a socket
// for both families, hold for IPv4 connections too.
func TestSocketDual(t *testing.T) {
	want := map[string]sockopt.Setting{"TrafficClass": sockopt.TrafficClass.To(0x28), "HopLimit": sockopt.HopLimit.To(33)}
	holds := func(what string, c syscall.Conn) {
		t.Helper()
		for name, s := range want {
			if v, err := s.Info().Get(c); v != s.Value() || err != nil {
				t.Errorf("%s: %s is %v, %v, want %v", what, name, v, err, s.Value())
			}
		}
	}
	probe := newSocket(t, "tcp")
	if only, err := sockopt.V6Only.Get(probe); only || err != nil {
		t.Skip("no sockets of both families")
	}
	i := sockopt.HopLimit.Info() // whose numbers are those of the spelling for IPv4
	if err := sockopt.New(i.Sys, i.Level, i.Number, sockopt.IntCodec()).Set(probe, 33); err != nil {
		t.Skipf("the system has no options of IPv4 on such a socket: %v", err)
	}
	if err := sockopt.Apply(probe, want["TrafficClass"]); errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	dual := func() *streamsock.Socket {
		t.Helper()
		s := newSocket(t, "tcp", want["TrafficClass"])
		if err := sockopt.Apply(s, want["HopLimit"]); err != nil {
			t.Fatal(err)
		}
		return s
	}
	plain := listen(t, &streamsock.ListenConfig{}, "tcp4")
	c, err := dual().Connect(patient(t), addrPort(plain.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	holds("Connect", c)

	l, err := dual().Listen(16)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	nc, err := net.Dial("tcp", netip.AddrPortFrom(loopback4.Addr(), addrPort(l.Addr()).Port()).String())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	s, err := l.AcceptStream()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if runtime.GOOS == "linux" { // where connections inherit them
		holds("Listen", s)
	}
}

// TestSocketBadOption checks that an option that fails leaves nothing open,
// which TestMain sees.
func TestSocketBadOption(t *testing.T) {
	s, err := streamsock.NewSocket("tcp4", sockopt.NoDelay.To(false), sockopt.UserTimeout.To(-1))
	e, ok := err.(*net.OpError)
	if s != nil || !ok || e.Op != "socket" || e.Net != "tcp4" || !strings.Contains(err.Error(), "UserTimeout") {
		t.Errorf("%v, %#v", s, err)
	}
	for _, network := range []string{"", "udp", "unix"} {
		s, err := streamsock.NewSocket(network)
		var unknown net.UnknownNetworkError
		if s != nil || !errors.As(err, &unknown) {
			t.Errorf("%q: %v, %v", network, s, err)
		}
	}
}

// TestSocketZero checks that the zero Socket returns errors.
func TestSocketZero(t *testing.T) {
	var s streamsock.Socket
	_, connectErr := s.Connect(t.Context(), loopback4)
	_, finishErr := s.FinishConnect(t.Context())
	_, listenErr := s.Listen(1)
	for name, err := range map[string]error{
		"Bind":          s.Bind(loopback4),
		"Connect":       connectErr,
		"FinishConnect": finishErr,
		"Listen":        listenErr,
		"Close":         s.Close(),
	} {
		if err == nil {
			t.Errorf("%s succeeds", name)
		}
	}
	if a := s.LocalAddr(); a != nil {
		t.Errorf("LocalAddr is %v", a)
	}
}

// TestFileConn checks that a connection that is adopted works and has the
// options that it had, and that the original still has them.
func TestFileConn(t *testing.T) {
	client, server, f := filePair(t)
	before := wrap(t, client)
	c, err := streamsock.FileConn(f)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	checkContrary(t, c)
	checkContrary(t, before)
	sameOptions(t, c, before)
	if c.LocalAddr().String() != client.LocalAddr().String() || c.RemoteAddr().String() != client.RemoteAddr().String() {
		t.Errorf("it is %v-%v", c.LocalAddr(), c.RemoteAddr())
	}
	client.Close()
	f.Close()
	reader := begin(func() (int, error) { return c.Read(make([]byte, 1)) })
	reader.blocks(t)
	server.Write([]byte("x"))
	reader.ends(t, 1, nil)
	c.Close()
	takeRest(t, server, nil)
}

// TestFileConnBlocking adopts a descriptor in blocking mode.
func TestFileConnBlocking(t *testing.T) {
	_, server, f := filePair(t)
	f.Fd() // which puts it into that mode
	c, err := streamsock.FileConn(f)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	checkContrary(t, c)
	c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	if _, err := promptly(t, func() (int, error) { return c.Read(make([]byte, 1)) }); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
	if _, err := c.Write([]byte("abc")); err != nil {
		t.Error(err)
	}
	take(t, server, []byte("abc"))
}

// TestFileConnRefuses has files that are not connections.
func TestFileConnRefuses(t *testing.T) {
	dir := t.TempDir()
	regular, err := os.Create(filepath.Join(dir, "regular"))
	if err != nil {
		t.Fatal(err)
	}
	defer regular.Close()
	closed, err := os.Create(filepath.Join(dir, "closed"))
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	client, server, f := filePair(t)
	ul, err := net.Listen("unix", socketPath(t))
	if err != nil {
		t.Fatal(err)
	}
	defer ul.Close()
	uc, err := net.Dial("unix", ul.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer uc.Close()
	udp, err := net.Dial("udp", "127.0.0.1:9")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")

	for name, tt := range map[string]struct {
		f              *os.File
		conn, listener error
	}{
		"nil":           {nil, os.ErrInvalid, os.ErrInvalid},
		"closed":        {closed, nil, nil},
		"regular":       {regular, syscall.ENOTSOCK, syscall.ENOTSOCK},
		"unix":          {fileFor(t, uc.(*net.UnixConn)), errors.ErrUnsupported, errors.ErrUnsupported},
		"unix listener": {fileFor(t, ul.(*net.UnixListener)), errors.ErrUnsupported, errors.ErrUnsupported},
		"udp":           {fileFor(t, udp.(*net.UDPConn)), errors.ErrUnsupported, errors.ErrUnsupported},
		"listener":      {fileFor(t, l), os.ErrInvalid, errNone},
		"connection":    {f, errNone, os.ErrInvalid},
	} {
		c, err := streamsock.FileConn(tt.f)
		if tt.conn == errNone {
			if err != nil {
				t.Errorf("FileConn(%s): %v", name, err)
			} else {
				c.Close()
			}
		} else if e, ok := err.(*net.OpError); c != nil || !ok || e.Op != "file" || tt.conn != nil && !answers(err, tt.conn) {
			t.Errorf("FileConn(%s): %v, %v, want %v", name, c, err, tt.conn)
		}
		nl, err := streamsock.FileListener(tt.f)
		if tt.listener == errNone {
			if err != nil {
				t.Errorf("FileListener(%s): %v", name, err)
			} else {
				nl.Close()
			}
		} else if e, ok := err.(*net.OpError); nl != nil || !ok || e.Op != "file" || tt.listener != nil && !answers(err, tt.listener) {
			t.Errorf("FileListener(%s): %v, %v, want %v", name, nl, err, tt.listener)
		}
	}
	checkContrary(t, client)

	server.Abort()
	until(t, "the reset arrives", func() bool {
		l, _ := client.Check()
		return l == streamsock.Closed
	})
	if c, err := streamsock.FileConn(f); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("a connection that was reset: %v, %v", c, err)
	}
}

// TestFileConnSocket adopts sockets that package net has never had: one that connects,
// one that listens, and one that does neither.
func TestFileConnSocket(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	s := newSocket(t, "tcp4", contrary...)
	f := socketFile(t, s)
	if c, err := streamsock.FileConn(f); c != nil || !errors.Is(err, os.ErrInvalid) {
		t.Errorf("a socket that is not connected: %v, %v", c, err)
	}
	if l, err := streamsock.FileListener(f); l != nil || !errors.Is(err, os.ErrInvalid) {
		t.Errorf("a socket that does not listen: %v, %v", l, err)
	}
	if err := s.StartConnect(addrPort(l.Addr())); err != nil {
		t.Fatal(err)
	}
	peer, err := l.AcceptContext(patient(t))
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	set := newPollSet(t)
	if err := set.Add(s, streamsock.Writable); err != nil {
		t.Fatal(err)
	}
	if ready, err := set.Poll(patient(t)); len(ready) != 1 || ready[0].Socket != s || ready[0].Events != streamsock.Writable {
		t.Fatalf("%v, %v, want the socket", ready, err)
	}
	s.Close()
	c, err := streamsock.FileConn(f)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	f.Close()
	checkContrary(t, c)
	if got, want := c.LocalAddr().String(), peer.RemoteAddr().String(); got != want {
		t.Errorf("the address is %s, want %s", got, want)
	}
	reader := begin(func() (int, error) { return c.Read(make([]byte, 1)) })
	reader.blocks(t)
	peer.Write([]byte("x"))
	reader.ends(t, 1, nil)
	c.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	if _, err := promptly(t, func() (int, error) { return c.Read(make([]byte, 1)) }); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
	c.Close()
	takeRest(t, peer, nil)
}

// socketFile returns a duplicate of a socket, as a file.
func socketFile(t *testing.T, s *streamsock.Socket) *os.File {
	t.Helper()
	rc, err := s.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var fd uintptr
	var dupErr error
	if err := rc.Control(func(own uintptr) { fd, dupErr = sys.Dup(own) }); err != nil || dupErr != nil {
		t.Fatal(err, dupErr)
	}
	f := os.NewFile(fd, "socket")
	t.Cleanup(func() { f.Close() })
	return f
}

// errNone means no error.
var errNone = errors.New("none")

// TestFileListener accepts from a listener that is adopted.
func TestFileListener(t *testing.T) {
	original := listen(t, &streamsock.ListenConfig{Options: contrary}, "tcp4")
	f := fileFor(t, original)
	l, err := streamsock.FileListener(f)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f.Close()
	original.Close()
	if on, err := sockopt.NoDelay.Get(l); on || err != nil {
		t.Errorf("NoDelay of the listener is %t, %v", on, err)
	}
	_, c := connect(t, l, l.AcceptStream)
	if on, err := c.NoDelay(); !on || err != nil {
		t.Errorf("NoDelay of the connection is %t, %v", on, err)
	}
}

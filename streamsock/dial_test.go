// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// contrary has every setting that package net overwrites, each contrary to
// what net sets.
var contrary = []sockopt.Setting{
	sockopt.NoDelay.To(false),
	sockopt.KeepAlive.To(false),
	sockopt.KeepAliveIdle.To(77 * time.Second),
	sockopt.KeepAliveInterval.To(7 * time.Second),
	sockopt.KeepAliveCount.To(7),
}

// contraryKeepAlive is the configuration of contrary.
var contraryKeepAlive = net.KeepAliveConfig{Enable: false, Idle: 77 * time.Second, Interval: 7 * time.Second, Count: 7}

// hasKeepAliveTimes reports whether the times of keep-alive can be set. OpenBSD
// and wine do not. To Linux it is not put as a question.
var hasKeepAliveTimes = runtime.GOOS == "linux" || asksKeepAliveTimes()

func asksKeepAliveTimes() bool {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return true
	}
	defer l.Close()
	_, err = sockopt.KeepAliveIdle.Get(l.(*net.TCPListener))
	return !errors.Is(err, errors.ErrUnsupported)
}

func init() {
	if !hasKeepAliveTimes {
		contrary = contrary[:2]
		contraryKeepAlive = net.KeepAliveConfig{Enable: false, Idle: -1, Interval: -1, Count: -1}
	}
}

func TestDialOptions(t *testing.T) {
	for _, network := range []string{"tcp4", "tcp6"} {
		t.Run(network, func(t *testing.T) {
			l := listen(t, &streamsock.ListenConfig{}, network)
			for name, nd := range map[string]*net.Dialer{
				"zero":              nil,
				"KeepAlive off":     {KeepAlive: -1},
				"KeepAliveConfig":   {KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: time.Hour, Interval: time.Hour, Count: 3}},
				"with own Control":  {Control: func(_, _ string, _ syscall.RawConn) error { return nil }},
				"with LocalAddr":    {LocalAddr: &net.TCPAddr{IP: l.Addr().(*net.TCPAddr).IP}},
				"no Happy Eyeballs": {FallbackDelay: -1},
			} {
				t.Run(name, func(t *testing.T) {
					d := streamsock.Dialer{NetDialer: nd, Options: append(contrary, sockopt.OOBInline.To(true))}
					c, err := d.DialStream(t.Context(), network, l.Addr().String())
					if err != nil {
						t.Fatal(err)
					}
					defer c.Close()
					checkContrary(t, c)
					if on, err := c.OOBInline(); !on || err != nil {
						t.Errorf("OOBInline is %t, %v", on, err)
					}
				})
			}
		})
	}
}

// TestDialDefaults checks that without options a connection is as package net
// makes it.
func TestDialDefaults(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	c, err := streamsock.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	nc, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	for i := range sockopt.All() {
		switch i.Name {
		case "Cookie", "MemInfo", "Timestamp", "IncomingCPU", "CCInfo":
			continue // differ between any two connections
		}
		got, err := i.Get(c)
		want, netErr := i.Get(nc.(*net.TCPConn))
		if (err == nil) != (netErr == nil) {
			t.Errorf("%s: %v, package net %v", i.Name, err, netErr)
			continue
		}
		if b, ok := got.([]byte); ok {
			got, want = string(b), string(want.([]byte))
		}
		if got != want {
			t.Errorf("%s is %v, package net makes it %v", i.Name, got, want)
		}
	}
}

func TestDialForms(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	address := l.Addr().String()
	off := sockopt.NoDelay.To(false)
	d := &streamsock.Dialer{Options: []sockopt.Setting{off}}
	for name, dial := range map[string]func() (net.Conn, error){
		"Dial":               func() (net.Conn, error) { return streamsock.Dial("tcp", address, off) },
		"DialTimeout":        func() (net.Conn, error) { return streamsock.DialTimeout("tcp", address, time.Minute, off) },
		"DialContext":        func() (net.Conn, error) { return streamsock.DialContext(t.Context(), "tcp", address, off) },
		"Dialer.Dial":        func() (net.Conn, error) { return d.Dial("tcp", address) },
		"Dialer.DialContext": func() (net.Conn, error) { return d.DialContext(t.Context(), "tcp", address) },
		"Dialer.DialStream":  func() (net.Conn, error) { return d.DialStream(t.Context(), "tcp", address) },
	} {
		c, err := dial()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if on, err := c.(*streamsock.Conn).NoDelay(); on || err != nil {
			t.Errorf("%s: NoDelay is %t, %v", name, on, err)
		}
		c.Close()
	}
}

// TestDialNil checks that a failed dial returns a nil net.Conn, not one that
// contains a nil pointer.
func TestDialNil(t *testing.T) {
	var d streamsock.Dialer
	for _, network := range []string{"tcp", "udp", "bogus"} {
		if c, err := d.Dial(network, "127.0.0.1:http:80"); c != nil || err == nil {
			t.Errorf("%s: %#v, %v", network, c, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if c, err := d.DialContext(ctx, "tcp", "127.0.0.1:1"); c != nil || err == nil {
		t.Errorf("%#v, %v", c, err)
	}
}

func TestDialTimeout(t *testing.T) {
	c, err := streamsock.DialTimeout("tcp", "127.0.0.1:1", 1)
	if e, ok := err.(net.Error); c != nil || !ok || !e.Timeout() {
		t.Errorf("%v, %v, want a timeout", c, err)
	}
}

func TestDialUserControl(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "value")
	var called []string
	see := func(who string, rc syscall.RawConn) error {
		// The options are set later: linger is still off.
		rc.Control(func(uintptr) {})
		called = append(called, who)
		return nil
	}
	nd := &net.Dialer{
		Control: func(_, _ string, rc syscall.RawConn) error { return see("Control", rc) },
	}
	order := sockopt.New("NODELAY", sockopt.NoDelay.Info().Level, sockopt.NoDelay.Info().Number, recorder{&called})
	d := streamsock.Dialer{NetDialer: nd, Options: []sockopt.Setting{order.To(0)}}
	dial := func() {
		t.Helper()
		c, err := d.DialContext(ctx, "tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
	dial()
	if got := strings.Join(called, " "); got != "Control option option" {
		t.Errorf("called %q, want Control, then the option before and after connecting", got)
	}
	if nd.ControlContext != nil {
		t.Error("the user's dialer was changed")
	}

	called = nil
	nd.ControlContext = func(ctx context.Context, _, _ string, rc syscall.RawConn) error {
		if ctx.Value(key{}) != "value" {
			t.Error("ControlContext has not the user's context")
		}
		return see("ControlContext", rc)
	}
	dial()
	if got := strings.Join(called, " "); got != "ControlContext option option" {
		t.Errorf("called %q; ControlContext goes before Control", got)
	}

	called = nil
	refused := errors.New("refused by the user")
	nd.ControlContext = func(context.Context, string, string, syscall.RawConn) error { return refused }
	if _, err := d.Dial("tcp", l.Addr().String()); !errors.Is(err, refused) || len(called) != 0 {
		t.Errorf("%v, called %v", err, called)
	}
}

// A recorder is a codec of an int that records its calls.
type recorder struct{ calls *[]string }

func (r recorder) Size() int { return 4 }

func (r recorder) Append(b []byte, v int) ([]byte, error) {
	*r.calls = append(*r.calls, "option")
	return binary.NativeEndian.AppendUint32(b, uint32(v)), nil
}

func (r recorder) Parse(b []byte) (int, error) { return 0, nil }

// TestDialBadOption checks that an option that fails leaves nothing open: no
// connection reaches the server.
func TestDialBadOption(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	address := l.Addr().String()
	bogus := sockopt.New("BOGUS", sockopt.NoDelay.Info().Level, 0x7fff, sockopt.IntCodec())
	for name, s := range map[string]sockopt.Setting{
		"BOGUS":          bogus.To(1),
		"UserTimeout":    sockopt.UserTimeout.To(-1),
		"KeepAliveCount": sockopt.KeepAliveCount.To(0),
	} {
		c, err := streamsock.Dial("tcp", address, sockopt.NoDelay.To(false), s)
		e, ok := err.(*net.OpError)
		if c != nil || !ok || e.Op != "dial" || e.Addr.String() != address {
			t.Errorf("%s: %v, %#v", name, c, err)
			continue
		}
		if !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), address) {
			t.Errorf("%v names not both %s and %s", err, name, address)
		}
	}
	if err := l.SetDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if c, err := l.Accept(); err == nil {
		t.Errorf("%v reached the server", c.RemoteAddr())
	}
}

// A fuse is a codec that fails from its second use on.
type fuse struct{ used *atomic.Int32 }

func (f fuse) Size() int { return 4 }

func (f fuse) Append(b []byte, v int) ([]byte, error) {
	if f.used.Add(1) > 1 {
		return nil, errors.New("the fuse is blown")
	}
	return binary.NativeEndian.AppendUint32(b, uint32(v)), nil
}

func (f fuse) Parse([]byte) (int, error) { return 0, nil }

// TestDialLateFailure has an option fail when it is applied again to the
// established connection. The connection must be closed.
func TestDialLateFailure(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	i := sockopt.NoDelay.Info()
	s := sockopt.New("FUSE", i.Level, i.Number, fuse{new(atomic.Int32)}).To(0)
	c, err := streamsock.Dial("tcp", l.Addr().String(), s)
	e, ok := err.(*net.OpError)
	if c != nil || !ok || e.Op != "dial" || e.Addr.String() != l.Addr().String() || !strings.Contains(err.Error(), "FUSE") {
		t.Fatalf("%v, %#v", c, err)
	}
	l.SetDeadline(time.Now().Add(patience))
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	server.SetReadDeadline(time.Now().Add(patience))
	if n, err := server.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("the server reads %d, %v, want EOF", n, err)
	}
}

// TestDialConcurrent uses one Dialer from many goroutines, and by a name that
// has several addresses where the machine knows one, so that package net calls
// the control function several times concurrently.
func TestDialConcurrent(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	d := streamsock.Dialer{NetDialer: &net.Dialer{FallbackDelay: 1}, Options: contrary}
	host := "localhost"
	if addrs, err := net.LookupHost(host); !slices.Contains(addrs, "127.0.0.1") {
		t.Logf("%s is %v, %v", host, addrs, err)
		host = "127.0.0.1"
	}
	ctx := patient(t)
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			c, err := d.DialStream(ctx, "tcp", net.JoinHostPort(host, port))
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			checkContrary(t, c)
		})
	}
	wg.Wait()
}

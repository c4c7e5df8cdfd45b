// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"encoding/binary"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// TestAcceptKeepAlive checks that a connection has the keep-alive that package
// net would give it, although most of it comes from the listener.
func TestAcceptKeepAlive(t *testing.T) {
	testnet.Loopback(t, "tcp4") // skips
	for _, lc := range []net.ListenConfig{
		{},
		{KeepAlive: -1},
		{KeepAlive: 30 * time.Second},
		{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 40 * time.Second, Interval: 5 * time.Second, Count: 3}},
		{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: -1, Interval: -1, Count: 4}},
		{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: -1, Interval: -1, Count: -1}},
		{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 40000 * time.Second}}, // more than Linux takes
	} {
		for _, multipath := range []bool{false, true} {
			nl, err := lc.Listen(t.Context(), "tcp4", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer nl.Close()
			config := streamsock.ListenConfig{NetConfig: &lc, Multipath: multipath}
			l, err := config.Listen(t.Context(), "tcp4", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			for range 2 { // the first connection shows the behavior of the system
				if want, got := acceptedKeepAlive(t, nl), acceptedKeepAlive(t, l); got != want {
					t.Errorf("%+v, Multipath %t: %+v, with package net %+v", lc.KeepAliveConfig, multipath, got, want)
				}
			}
		}
	}
}

func TestAcceptOptions(t *testing.T) {
	for _, network := range []string{"tcp4", "tcp6"} {
		for name, lc := range map[string]*streamsock.ListenConfig{
			"ConnOptions":             {ConnOptions: contrary},
			"Options":                 {Options: contrary},
			"ConnOptions and no own":  {ConnOptions: contrary, NetConfig: &net.ListenConfig{KeepAlive: -1}},
			"ConnOptions after":       {ConnOptions: contrary, Options: []sockopt.Setting{sockopt.NoDelay.To(true)}},
			"multipath, ConnOptions":  {ConnOptions: contrary, Multipath: true},
			"multipath, both options": {ConnOptions: contrary, Options: contrary, Multipath: true},
		} {
			t.Run(network+"/"+name, func(t *testing.T) {
				l := listen(t, lc, network)
				_, c := connect(t, l, l.Accept)
				checkContrary(t, c.(*streamsock.Conn))
				_, s := connect(t, l, l.AcceptStream)
				checkContrary(t, s)
				_, tcp := connect(t, l, l.AcceptTCP)
				checkContrary(t, wrap(t, tcp))
			})
		}
	}
}

// TestListenerOptions checks that options reach the listener itself, and that
// its connections are otherwise those of package net.
func TestListenerOptions(t *testing.T) {
	l, err := streamsock.Listen("tcp", testnet.Loopback(t, "tcp4"), sockopt.OOBInline.To(true), sockopt.ReadBuffer.To(33333))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if on, err := sockopt.OOBInline.Get(l); !on || err != nil {
		t.Errorf("OOBInline is %t, %v", on, err)
	}
	if n, err := sockopt.ReadBuffer.Get(l); n != 33333 && n != 2*33333 || err != nil {
		t.Errorf("ReadBuffer is %d, %v", n, err)
	}
	_, c := connect(t, l, l.AcceptStream)
	if on, err := c.NoDelay(); !on || err != nil {
		t.Errorf("NoDelay is %t, %v", on, err)
	}
	if on, err := c.KeepAlive(); !on || err != nil {
		t.Errorf("KeepAlive is %t, %v", on, err)
	}
}

func TestMultipath(t *testing.T) {
	if p := protocol(t, listen(t, &streamsock.ListenConfig{}, "tcp4")); p != 6 {
		t.Errorf("a listener has protocol %d, want TCP", p)
	}
	other := &net.ListenConfig{}
	other.SetMultipathTCP(true)
	if p := protocol(t, listen(t, &streamsock.ListenConfig{NetConfig: other}, "tcp4")); p != 6 {
		t.Errorf("a listener without Multipath has protocol %d, want TCP", p)
	}
	lc := &streamsock.ListenConfig{Multipath: true, Options: []sockopt.Setting{sockopt.NotSentLowat.To(12345)}}
	l, err := lc.Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err) // as Linux 6.1, whose multipath sockets do not have it
	}
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if p := protocol(t, l); p == 6 {
		t.Skip("this kernel has no multipath TCP")
	}
	// The kernel does not hand this option down: golang.org/issue/74643.
	_, c := connect(t, l, l.AcceptStream)
	if n, err := sockopt.NotSentLowat.Get(c); n != 12345 || err != nil {
		t.Errorf("NotSentLowat is %d, %v, want 12345", n, err)
	}
	// An option that the socket cannot have.
	lc.Options = []sockopt.Setting{sockopt.UserTimeout.To(time.Second)}
	l, err = lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if e, ok := err.(*net.OpError); l != nil || !ok || e.Op != "listen" || !errors.Is(err, errors.ErrUnsupported) ||
		!strings.Contains(err.Error(), "UserTimeout") || !strings.Contains(err.Error(), "127.0.0.1:") {
		t.Errorf("%v, %#v", l, err)
	}
}

func TestListenUserControl(t *testing.T) {
	var called []string
	nc := &net.ListenConfig{Control: func(network, address string, _ syscall.RawConn) error {
		called = append(called, network)
		return nil
	}}
	i := sockopt.NoDelay.Info()
	lc := &streamsock.ListenConfig{
		NetConfig: nc,
		Options:   []sockopt.Setting{sockopt.New("NODELAY", i.Level, i.Number, recorder{&called}).To(0)},
	}
	listen(t, lc, "tcp4")
	if got := strings.Join(called, " "); got != "tcp4 option" {
		t.Errorf("called %q, want the user's Control, then the option", got)
	}
	refused := errors.New("refused by the user")
	nc.Control = func(string, string, syscall.RawConn) error { return refused }
	called = nil
	if l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0"); !errors.Is(err, refused) || l != nil || len(called) != 0 {
		t.Errorf("%v, %v, called %v", l, err, called)
	}
}

func TestListenNetwork(t *testing.T) {
	for _, network := range []string{"udp", "unix", "bogus", ""} {
		l, err := streamsock.Listen(network, "127.0.0.1:0")
		e, ok := err.(*net.OpError)
		if l != nil || !ok || e.Op != "listen" || e.Net != network {
			t.Errorf("%q: %v, %#v", network, l, err)
		}
		var unknown net.UnknownNetworkError
		if !errors.As(err, &unknown) || string(unknown) != network {
			t.Errorf("%q: %v is no net.UnknownNetworkError", network, err)
		}
	}
}

// An every codec fails at every n-th use, with the error err.
type every struct {
	n    int32
	err  error
	used *atomic.Int32
}

func (e every) Size() int { return 4 }

func (e every) Append(b []byte, v int) ([]byte, error) {
	if e.used.Add(1)%e.n == 0 {
		return nil, e.err
	}
	return binary.NativeEndian.AppendUint32(b, uint32(v)), nil
}

func (e every) Parse([]byte) (int, error) { return 0, nil }

// TestKeepAliveListener checks that keep-alive is off on a listener and on,
// with its times, on the connections; and that an error in it is one of Listen.
func TestKeepAliveListener(t *testing.T) {
	opts := []sockopt.Setting{sockopt.KeepAlive.To(true), sockopt.NoDelay.To(false)}
	want := net.KeepAliveConfig{Enable: true, Idle: -1, Interval: -1, Count: -1}
	if hasKeepAliveTimes {
		opts = append(opts, contrary[2:]...)
		want = contraryKeepAlive
		want.Enable = true
	}
	for name, lc := range map[string]*streamsock.ListenConfig{
		"Options":                {Options: opts},
		"Options and no own":     {Options: opts, NetConfig: &net.ListenConfig{KeepAlive: -1}},
		"Options, in the middle": {Options: append(opts[1:len(opts):len(opts)], opts[0], sockopt.OOBInline.To(true))},
		"multipath":              {Options: opts, Multipath: true},
	} {
		l := listen(t, lc, "tcp4")
		if on, err := sockopt.KeepAlive.Get(l); on || err != nil {
			t.Errorf("%s: on the listener it is %t, %v", name, on, err)
		}
		_, c := connect(t, l, l.AcceptStream)
		if k, err := c.KeepAliveConfig(); k != want || err != nil {
			t.Errorf("%s: on the connection it is %+v, %v, want %+v", name, k, err, want)
		}
		if on, err := c.NoDelay(); on || err != nil {
			t.Errorf("%s: NoDelay is %t, %v", name, on, err)
		}
	}

	i := sockopt.KeepAlive.Info()
	bad := sockopt.New("BAD", i.Level, i.Number, every{1, errors.New("refused by the test"), new(atomic.Int32)})
	for name, s := range map[string]sockopt.Setting{
		"KeepAliveIdle":     sockopt.KeepAliveIdle.To(-1),
		"KeepAliveInterval": sockopt.KeepAliveInterval.To(-1),
		"KeepAliveCount":    sockopt.KeepAliveCount.To(0),
		"BAD":               bad.To(1),
	} {
		l, err := streamsock.Listen("tcp4", "127.0.0.1:0", s, sockopt.KeepAlive.To(true))
		if e, ok := err.(*net.OpError); l != nil || !ok || e.Op != "listen" || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v, %v", name, l, err)
		}
	}
}

func TestAcceptClosed(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	l.Close()
	if c, err := l.Accept(); c != nil || !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept: %#v, %v", c, err)
	}
	if c, err := l.AcceptStream(); c != nil || !errors.Is(err, net.ErrClosed) {
		t.Errorf("AcceptStream: %#v, %v", c, err)
	}
	if c, err := l.AcceptTCP(); c != nil || !errors.Is(err, net.ErrClosed) {
		t.Errorf("AcceptTCP: %#v, %v", c, err)
	}
}

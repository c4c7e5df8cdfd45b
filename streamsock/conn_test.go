// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

var patience = testnet.Patience

func TestWrap(t *testing.T) {
	nc, _ := testnet.Pair(t, "tcp4")
	c := wrap(t, nc)
	if c.TCPConn != nc || c.NetConn() != net.Conn(nc) {
		t.Errorf("Wrap(%p) embeds %p", nc, c.TCPConn)
	}
	if again := wrap(t, c); again != c {
		t.Errorf("Wrap of a *Conn is %p, want %p itself", again, c)
	}
}

func TestWrapRefuses(t *testing.T) {
	nc, _ := testnet.Pair(t, "tcp4")
	p, q := net.Pipe()
	defer p.Close()
	defer q.Close()
	for _, bad := range []net.Conn{
		nil,
		(*streamsock.Conn)(nil),
		(*net.TCPConn)(nil),
		new(streamsock.Conn),
		new(net.TCPConn),
		tls.Client(nc, &tls.Config{InsecureSkipVerify: true}),
		p,
		struct{ net.Conn }{nc},
		new(net.UnixConn),
	} {
		c, err := streamsock.Wrap(bad)
		if c != nil || !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("Wrap(%T) = %v, %v", bad, c, err)
			continue
		}
		if !strings.Contains(err.Error(), fmt.Sprintf("%T", bad)) {
			t.Errorf("Wrap(%T): %v does not name the type", bad, err)
		}
	}
	_, err := streamsock.Wrap(p)
	if !strings.Contains(err.Error(), "sockopt.Unwrap") {
		t.Errorf("%v gives no advice", err)
	}
}

func TestZeroConn(t *testing.T) {
	var c streamsock.Conn
	if _, err := c.SyscallConn(); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("SyscallConn: %v, want EINVAL as from package net", err)
	}
	if _, err := c.NoDelay(); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("NoDelay: %v, want EINVAL", err)
	}
	if err := sockopt.NoDelay.Set((*streamsock.Conn)(nil), true); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("nil *Conn: %v, want EINVAL", err)
	}
}

func TestAccessors(t *testing.T) {
	for _, network := range []string{"tcp4", "tcp6"} {
		t.Run(network, func(t *testing.T) {
			c, _ := pair(t, network)
			for _, sec := range []int{5, 0, -1} {
				set(t, sec, c.SetLinger, c.Linger)
			}
			for _, on := range []bool{false, true} {
				set(t, on, c.SetNoDelay, c.NoDelay)
				set(t, on, c.SetKeepAlive, c.KeepAlive)
			}
			for _, on := range []bool{true, false} {
				set(t, on, c.SetOOBInline, c.OOBInline)
			}
			for _, k := range []net.KeepAliveConfig{
				{Enable: true, Idle: 77 * time.Second, Interval: 7 * time.Second, Count: 7},
				{Enable: false, Idle: 78 * time.Second, Interval: 8 * time.Second, Count: 8},
			} {
				if hasKeepAliveTimes {
					set(t, k, c.SetKeepAliveConfig, c.KeepAliveConfig)
				}
			}
			setBuffer(t, c.SetReadBuffer, c.ReadBuffer)
			setBuffer(t, c.SetWriteBuffer, c.WriteBuffer)
		})
	}
}

func TestAccessorsClosed(t *testing.T) {
	c, _ := pair(t, "tcp4")
	c.Close()
	for name, f := range map[string]func() error{
		"Linger":          func() error { _, err := c.Linger(); return err },
		"NoDelay":         func() error { _, err := c.NoDelay(); return err },
		"OOBInline":       func() error { _, err := c.OOBInline(); return err },
		"SetOOBInline":    func() error { return c.SetOOBInline(true) },
		"ReadBuffer":      func() error { _, err := c.ReadBuffer(); return err },
		"WriteBuffer":     func() error { _, err := c.WriteBuffer(); return err },
		"KeepAlive":       func() error { _, err := c.KeepAlive(); return err },
		"KeepAliveConfig": func() error { _, err := c.KeepAliveConfig(); return err },
	} {
		err := f()
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: %v, want net.ErrClosed", name, err)
		}
		if e, ok := err.(*net.OpError); !ok || e.Addr != c.RemoteAddr() || e.Source != c.LocalAddr() {
			t.Errorf("%s: %#v", name, err)
		}
	}
}

func TestAllocs(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	c, _ := pair(t, "tcp4")
	calls := map[string]func(){
		"SyscallConn":     func() { c.SyscallConn() },
		"Linger":          func() { c.Linger() },
		"NoDelay":         func() { c.NoDelay() },
		"OOBInline":       func() { c.OOBInline() },
		"SetOOBInline":    func() { c.SetOOBInline(true) },
		"ReadBuffer":      func() { c.ReadBuffer() },
		"WriteBuffer":     func() { c.WriteBuffer() },
		"KeepAlive":       func() { c.KeepAlive() },
		"KeepAliveConfig": func() { c.KeepAliveConfig() },
		"Get":             func() { sockopt.KeepAliveIdle.Get(c) },
		"Set bool":        func() { sockopt.NoDelay.Set(c, true) },
		"Set int":         func() { sockopt.ReadBuffer.Set(c, 1<<16) },
		"Set Duration":    func() { sockopt.KeepAliveIdle.Set(c, time.Minute) },
		"Set Linger":      func() { sockopt.Linger.Set(c, sockopt.Lingering{On: true, Timeout: time.Second}) },
	}
	if !hasKeepAliveTimes { // an error is an allocation
		delete(calls, "KeepAliveConfig")
		delete(calls, "Get")
		delete(calls, "Set Duration")
	}
	for name, f := range calls {
		if n := testing.AllocsPerRun(1000, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package streamsock_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// TestPair checks that both ends belong to one connection, with the options.
func TestPair(t *testing.T) {
	a, b, err := streamsock.Pair(sockopt.NoDelay.To(false), sockopt.KeepAlive.To(false))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	testnet.Guard(t, a, b)
	for _, c := range []*streamsock.Conn{a, b} {
		if on, err := c.NoDelay(); on || err != nil {
			t.Errorf("NoDelay is %t, %v", on, err)
		}
		if on, err := c.KeepAlive(); on || err != nil {
			t.Errorf("KeepAlive is %t, %v", on, err)
		}
	}
	a.Write([]byte("there"))
	a.CloseWrite()
	if all, err := io.ReadAll(b); string(all) != "there" || err != nil {
		t.Errorf("%q, %v", all, err)
	}
	t.Run("BadOption", func(t *testing.T) {
		bad := sockopt.New("NoSuch", 6, 9999, sockopt.IntCodec()).To(1)
		if a, b, err := streamsock.Pair(bad); a != nil || b != nil || err == nil || !strings.Contains(err.Error(), "NoSuch") {
			t.Errorf("with an option that there is not: %v, %v, %v", a, b, err)
		}
	})
}

// TestDialAddrs tries addresses until one accepts.
func TestDialAddrs(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	open := addrPort(l.Addr())
	refuses := unused(t)
	dead := netip.MustParseAddrPort("[2001:db8::1]:9") // an address for documentation
	for name, addrs := range map[string][]netip.AddrPort{
		"one":              {open},
		"second":           {refuses, open},
		"mapped":           {netip.AddrPortFrom(netip.AddrFrom16(open.Addr().As16()), open.Port())},
		"other version":    {netip.MustParseAddrPort("[::1]:1"), open},
		"unroutable first": {dead, refuses, open},
		"invalid first":    {{}, open},
	} {
		d := streamsock.Dialer{NetDialer: &net.Dialer{Timeout: patience, FallbackDelay: time.Millisecond}}
		c, err := d.DialAddrs(t.Context(), addrs)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if a := addrPort(c.RemoteAddr()); a.Port() != open.Port() || a.Addr().Unmap() != open.Addr() {
			t.Errorf("%s: connected to %v", name, a)
		}
		c.Close()
	}
}

// TestDialAddrsFails checks that all errors are returned.
func TestDialAddrsFails(t *testing.T) {
	var d streamsock.Dialer
	if c, err := d.DialAddrs(t.Context(), nil); c != nil || !errors.Is(err, os.ErrInvalid) {
		t.Errorf("no addresses: %v, %v", c, err)
	}
	first, second := unused(t), unused(t)
	six := netip.MustParseAddrPort("[::1]:1")
	for _, delay := range []time.Duration{0, -1, time.Millisecond} {
		d.NetDialer = &net.Dialer{FallbackDelay: delay}
		c, err := d.DialAddrs(t.Context(), []netip.AddrPort{first, six, {}, second})
		if c != nil || !answers(err, syscall.ECONNREFUSED) {
			t.Errorf("%v, %v", c, err)
		}
		for _, part := range []string{first.String(), six.String(), second.String(), "invalid"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("the error does not name %s: %v", part, err)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if c, err := d.DialAddrs(ctx, []netip.AddrPort{first, six}); c != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v, %v", c, err)
	}
	d.NetDialer = &net.Dialer{Timeout: time.Nanosecond}
	if c, err := d.DialAddrs(t.Context(), []netip.AddrPort{first, six}); c != nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with a timeout that is over: %v, %v", c, err)
	}
	t.Run("BadOption", func(t *testing.T) {
		d := streamsock.Dialer{Options: []sockopt.Setting{sockopt.New("NoSuch", 6, 9999, sockopt.IntCodec()).To(1)}}
		if c, err := d.DialAddrs(t.Context(), []netip.AddrPort{first, six}); c != nil || !strings.Contains(err.Error(), "NoSuch") {
			t.Errorf("with an option that there is not: %v, %v", c, err)
		}
	})
}

// TestDialAddrsParallel uses a first address that does not respond: the second
// family is tried after FallbackDelay, and the loser leaves nothing.
func TestDialAddrsParallel(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	testnet.Loopback(t, "tcp6") // skips
	stuck := make(chan struct{})
	d := streamsock.Dialer{NetDialer: &net.Dialer{
		FallbackDelay: 10 * time.Millisecond,
		ControlContext: func(ctx context.Context, network, _ string, _ syscall.RawConn) error {
			if network == "tcp6" {
				<-ctx.Done()
				close(stuck)
			}
			return nil
		},
	}}
	start := time.Now()
	c, err := d.DialAddrs(patient(t), []netip.AddrPort{netip.MustParseAddrPort("[::1]:1"), addrPort(l.Addr())})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if took := time.Since(start); took < 10*time.Millisecond || took > patience/2 {
		t.Errorf("it took %v", took)
	}
	next(t, stuck)
}

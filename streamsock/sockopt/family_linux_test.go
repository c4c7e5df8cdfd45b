// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
)

// dualListener returns a listener for IPv4 and IPv6, and the port.
func dualListener(t *testing.T, s ...Setting) (*net.TCPListener, string) {
	t.Helper()
	testnet.Loopback(t, "tcp6")
	lc := net.ListenConfig{Control: Control(s...)}
	lc.SetMultipathTCP(false)
	l, err := lc.Listen(t.Context(), "tcp", "[::]:0")
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, os.ErrPermission) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return l.(*net.TCPListener), port
}

// TestDualInherited checks that connections of a listener for both families
// have its options, whatever the family of the peer.
func TestDualInherited(t *testing.T) {
	skipHole(t, MinHopLimit.Info())
	settings := []Setting{TrafficClass.To(0xb8), HopLimit.To(33), MinHopLimit.To(7), MTUDiscover.To(PMTUDiscDont)}
	l, port := dualListener(t, settings...)
	for _, host := range []string{"127.0.0.1", "::1"} {
		c, err := net.Dial("tcp", net.JoinHostPort(host, port))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		a := accept(t, l)
		for _, s := range settings {
			if v, err := s.Info().Get(a); v != s.Value() || err != nil {
				t.Errorf("%s: %s is %v, %v, want %v", host, s.Info().Name, v, err, s.Value())
			}
		}
	}
}

// TestDualMinHopLimit checks that packets of both families that have passed a
// router do not reach a listener that accepts those of neighbors only.
func TestDualMinHopLimit(t *testing.T) {
	skipHole(t, MinHopLimit.Info())
	_, port := dualListener(t, MinHopLimit.To(255))
	for _, host := range []string{"127.0.0.1", "::1"} {
		unanswered(t, net.JoinHostPort(host, port), HopLimit.To(64))
		if _, err := dialFor(t, 10*time.Second, net.JoinHostPort(host, port), HopLimit.To(255)); err != nil {
			t.Errorf("%s: with 255 hops: %v", host, err)
		}
	}
}

// TestMD5Dual gives a listener for both families the key of an IPv4 peer, in both
// forms of the address, and takes it away.
func TestMD5Dual(t *testing.T) {
	skipHole(t, MD5SigExt.Info())
	for _, form := range []string{"127.0.0.1/32", "::ffff:127.0.0.1/128", "127.0.0.0/8", "::ffff:127.0.0.0/104"} {
		peer := netip.MustParsePrefix(form)
		key := MD5SigExt.To(MD5Key{peer, "secret"})
		l, port := dualListener(t, key)
		address := net.JoinHostPort("127.0.0.1", port)
		if _, err := dialFor(t, 10*time.Second, address, key); err != nil {
			t.Errorf("%v: with the key: %v", form, err)
		}
		unanswered(t, address)
		if err := MD5SigExt.Set(l, MD5Key{Peer: peer}); err != nil {
			t.Errorf("%v: to remove the key: %v", form, err)
		}
		if _, err := dialFor(t, 10*time.Second, address); err != nil {
			t.Errorf("%v: after the key was removed: %v", form, err)
		}
	}
}

// TestOnePort checks that a range of ports may be a single one.
func TestOnePort(t *testing.T) {
	skipHole(t, LocalPortRange.Info())
	one := PortRange{40000, 40000}
	c := fresh(t, "tcp4")
	setErr := LocalPortRange.Set(c, one)
	got, getErr := LocalPortRange.Get(c)
	if errors.Is(setErr, errors.ErrUnsupported) {
		t.Skip(setErr)
	}
	if setErr != nil || getErr != nil || got != one {
		t.Errorf("%v, %v, %v", setErr, got, getErr)
	}
}

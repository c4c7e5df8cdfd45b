// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
)

// dialWith connects to the listener with settings made before.
func dialWith(t *testing.T, l net.Listener, s ...Setting) (*net.TCPConn, error) {
	t.Helper()
	return dialFor(t, 10*time.Second, l.Addr().String(), s...)
}

// TestMD5 connects with a key, which cannot be read back, and without.
func TestMD5(t *testing.T) {
	skipHole(t, MD5SigExt.Info())
	for _, network := range []string{"tcp4", "tcp6"} {
		addr := netip.MustParseAddrPort(testnet.Loopback(t, network)).Addr()
		peer := netip.PrefixFrom(addr, addr.BitLen())
		key := MD5SigExt.To(MD5Key{peer, "secret"})
		l, err := listen(t, network, key)
		if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, os.ErrPermission) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := dialWith(t, l, key); err != nil {
			t.Errorf("%s: with the key: %v", network, err)
		}
		for name, s := range map[string]Setting{
			"without a key":    {},
			"with another key": MD5SigExt.To(MD5Key{peer, "other"}),
		} {
			t.Log(network, name)
			unanswered(t, l.Addr().String(), s)
		}
	}
}

func listen(t *testing.T, network string, s ...Setting) (net.Listener, error) {
	t.Helper()
	lc := net.ListenConfig{Control: Control(s...)}
	lc.SetMultipathTCP(false)
	l, err := lc.Listen(t.Context(), network, testnet.Loopback(t, network))
	if err == nil {
		t.Cleanup(func() { l.Close() })
	}
	return l, err
}

func TestSavedSyn(t *testing.T) {
	skipHole(t, SavedSyn.Info())
	l := listener(t, "tcp4", SaveSyn.To(true))
	if _, err := dialWith(t, l); err != nil {
		t.Fatal(err)
	}
	c := accept(t, l)
	syn, err := SavedSyn.Get(c)
	if err != nil {
		t.Fatal(err)
	}
	// An IPv4 header and a TCP header with the flag SYN, and those of ECN if the
	// system asks for it.
	if len(syn) < 40 || syn[0]>>4 != 4 || syn[20+13]&^0xc0 != 0x02 {
		t.Errorf("the first packet is % x", syn)
	}
	if again, err := SavedSyn.Get(c); len(again) != 0 || err != nil {
		t.Errorf("read again: % x, %v; the system gives it once", again, err)
	}
}

func TestFastOpenKey(t *testing.T) {
	skipHole(t, FastOpenKey.Info())
	l := listener(t, "tcp4")
	key := []byte("0123456789abcdef")
	before, err := FastOpenKey.Get(l)
	if err != nil || bytes.Equal(before, key) {
		t.Fatalf("% x, %v before", before, err)
	}
	if err := FastOpenKey.Set(l, key); err != nil {
		t.Fatal(err)
	}
	if got, err := FastOpenKey.Get(l); !bytes.Equal(got, key) || err != nil {
		t.Errorf("% x, %v, want % x", got, err, key)
	}
}

// TestMapped has an IPv4 connection on a socket of the IPv6 family. Its
// packets are IPv4, so the traffic class is that of IPv4.
func TestMapped(t *testing.T) {
	testnet.Loopback(t, "tcp6")
	l, err := net.Listen("tcp", "[::]:0")
	if err != nil {
		t.Skip(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if c, err := net.Dial("tcp4", net.JoinHostPort("127.0.0.1", port)); err != nil {
		t.Fatal(err)
	} else {
		defer c.Close()
	}
	c := accept(t, l)
	if family, err := Domain.Get(c); family != syscall.AF_INET6 || err != nil {
		t.Skipf("the family is %d, %v; package net may have listened on IPv4 alone", family, err)
	}
	if err := TrafficClass.Set(c, 0xb8); err != nil {
		t.Fatal(err)
	}
	v4 := New("IP_TOS", syscall.IPPROTO_IP, syscall.IP_TOS, IntCodec())
	v6 := New("IPV6_TCLASS", syscall.IPPROTO_IPV6, syscall.IPV6_TCLASS, IntCodec())
	if n, err := v4.Get(c); n != 0xb8 || err != nil {
		t.Errorf("IP_TOS is %#x, %v", n, err)
	}
	if n, err := v6.Get(c); n == 0xb8 || err != nil {
		t.Errorf("IPV6_TCLASS is %#x, %v", n, err)
	}
	if n, err := TrafficClass.Get(c); n != 0xb8 || err != nil {
		t.Errorf("TrafficClass is %#x, %v", n, err)
	}
}

// TestFamily checks that a socket of each family gets its own spelling.
func TestFamily(t *testing.T) {
	spellings := map[string]Option[int]{
		"tcp4": New("IP_TTL", syscall.IPPROTO_IP, syscall.IP_TTL, IntCodec()),
		"tcp6": New("IPV6_UNICAST_HOPS", syscall.IPPROTO_IPV6, syscall.IPV6_UNICAST_HOPS, IntCodec()),
	}
	for _, network := range []string{"tcp4", "tcp6"} { // the latter may skip
		spelling := spellings[network]
		c, _ := testnet.Pair(t, network)
		if err := HopLimit.Set(c, 33); err != nil {
			t.Fatal(err)
		}
		if n, err := spelling.Get(c); n != 33 || err != nil {
			t.Errorf("%s: %v is %d, %v", network, spelling.Info().Name, n, err)
		}
		if err := HopLimit.Set(c, -1); err != nil {
			t.Fatal(err)
		}
		if n, err := HopLimit.Get(c); n == 33 || n < 1 || err != nil {
			t.Errorf("%s: -1 made it %d, %v, want the system's", network, n, err)
		}
	}
}

// TestByteOrder checks that an option in network byte order is the number that
// the program has.
func TestByteOrder(t *testing.T) {
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		t.Skip(err)
	}
	c, _ := testnet.Pair(t, "tcp4")
	if err := UnicastInterface.Set(c, lo.Index); errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	bytes4 := New("IP_UNICAST_IF", syscall.IPPROTO_IP, 50, BytesCodec(4))
	if b, err := bytes4.Get(c); err != nil || len(b) != 4 || int(b[3]) != lo.Index {
		t.Errorf("the system has % x, %v, want %d as a big-endian number", b, err, lo.Index)
	}
	if n, err := UnicastInterface.Get(c); n != lo.Index || err != nil {
		t.Errorf("%d, %v, want %d", n, err, lo.Index)
	}
}

// TestGetBuffer gets an option whose value the kernel reads before it writes it,
// after other values: it must not depend on them.
func TestGetBuffer(t *testing.T) {
	zeroCopy := New("TCP_ZEROCOPY_RECEIVE", syscall.IPPROTO_TCP, 35, BytesCodec(20))
	none := New("NONE", syscall.IPPROTO_TCP, 9999, BytesCodec(20))
	_, c := testnet.Pair(t, "tcp4")
	if _, err := zeroCopy.Get(c); err != nil {
		t.Skip(err)
	}
	for range 20 {
		if err := none.Set(c, bytes.Repeat([]byte{0xff}, 20)); err == nil {
			t.Fatal("there is no such option")
		}
		if b, err := zeroCopy.Get(c); err != nil || !bytes.Equal(b, make([]byte, len(b))) {
			t.Fatalf("%v, %v", b, err)
		}
	}
}

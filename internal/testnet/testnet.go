// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package testnet holds what the tests of several packages share.
package testnet

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// Main runs the tests of a package and fails them if they leave a goroutine
// or a descriptor behind. Call it from TestMain:
//
//	func TestMain(m *testing.M) { testnet.Main(m) }
func Main(m *testing.M) {
	warmUp()
	before := descriptors()
	code := m.Run()
	if code == 0 {
		if err := leaks(before); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// warmUp makes package net open what it keeps open: the poller.
func warmUp() {
	if l, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
		l.Close()
	}
}

func leaks(before []string) error {
	if err := goleak.Find(); err != nil {
		return fmt.Errorf("goroutines leaked: %w", err)
	}
	// Sockets first: the garbage collector would close those that were lost.
	if err := await(before, sockets, func() {}); err != nil {
		return err
	}
	// It also closes the pipes that package net keeps for splice.
	return await(before, func(open []string) []string { return open }, runtime.GC)
}

// await waits until no more descriptors of a kind are open than before.
func await(before []string, kind func([]string) []string, prod func()) error {
	var after []string
	for range 100 {
		prod()
		if after = descriptors(); len(kind(after)) <= len(kind(before)) {
			return nil
		}
		time.Sleep(10 * time.Millisecond) // the kernel says no event when a descriptor goes
	}
	return fmt.Errorf("descriptors leaked:\nbefore %q\nafter  %q", before, after)
}

// descriptors returns what the process has open, or nothing where /proc does
// not tell.
func descriptors() []string {
	entries, _ := os.ReadDir("/proc/self/fd")
	var open []string
	for _, e := range entries {
		if target, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil {
			open = append(open, e.Name()+" "+target)
		}
	}
	return open
}

// sockets returns those descriptors that are sockets.
func sockets(open []string) []string {
	return slices.DeleteFunc(slices.Clone(open), func(s string) bool { return !strings.Contains(s, " socket:") })
}

// Loopback returns a loopback address with port 0 for the network, and skips
// the test if the machine has none.
func Loopback(t testing.TB, network string) string {
	t.Helper()
	address := "127.0.0.1:0"
	if network == "tcp6" {
		address = "[::1]:0"
	}
	l, err := net.Listen(network, address)
	if err != nil {
		t.Skipf("no loopback address for %s: %v", network, err)
	}
	l.Close()
	return address
}

// Pair returns the two ends of a connection of package net. The test closes
// them when it ends.
func Pair(t testing.TB, network string) (client, server *net.TCPConn) {
	t.Helper()
	lc := net.ListenConfig{}
	lc.SetMultipathTCP(false)
	l, err := lc.Listen(t.Context(), network, Loopback(t, network))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	type result struct {
		c   net.Conn
		err error
	}
	accepted := make(chan result, 1)
	go func() {
		c, err := l.Accept()
		accepted <- result{c, err}
	}()
	c, err := net.Dial(network, l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	r := <-accepted
	if r.err != nil {
		t.Fatal(r.err)
	}
	t.Cleanup(func() { r.c.Close() })
	return c.(*net.TCPConn), r.c.(*net.TCPConn)
}

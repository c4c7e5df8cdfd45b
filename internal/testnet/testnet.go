// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package testnet holds what the tests of several packages share.
package testnet

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// Patience is the time that a test waits for an event that must occur.
var Patience = patience()

// patience returns more for an emulator, which may be ten times as slow.
func patience() time.Duration {
	if os.Getenv("STREAMSOCK_EMULATOR") != "" {
		return time.Minute
	}
	return 10 * time.Second
}

// Rounds returns the number of repetitions for a test that fails only by
// chance: a quarter of n on an emulator, where most tests run on several
// systems in turn.
func Rounds(n int) int {
	if os.Getenv("STREAMSOCK_EMULATOR") != "" {
		return (n + 3) / 4
	}
	return n
}

// Main runs the tests of a package and fails them if they leave a goroutine
// or a descriptor open. Call it from TestMain:
//
//	func TestMain(m *testing.M) { testnet.Main(m) }
func Main(m *testing.M) {
	setParallel()
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

// setParallel runs more tests in parallel than there are processors, because
// they mostly wait, but limits their number by the available descriptors.
func setParallel() {
	const waiting, each = 8, 16 // tests, and descriptors of a test
	flag.Parse()
	f := flag.Lookup("test.parallel")
	n, err := strconv.Atoi(f.Value.String())
	if err != nil {
		return
	}
	if n == runtime.GOMAXPROCS(0) { // the default
		n = max(n, waiting)
	}
	f.Value.Set(strconv.Itoa(min(n, max(1, Descriptors(n*each)/each))))
}

// warmUp makes package net open its poller, which it never closes.
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
	// It also closes the pipes that are kept for splice. Go 1.26 does not run a
	// cleanup that was queued for a processor which a test has taken away since,
	// until the processor is back.
	const most = 8
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(max(most, runtime.GOMAXPROCS(0))))
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
		time.Sleep(10 * time.Millisecond) // there is no event when a descriptor is closed
	}
	return fmt.Errorf("descriptors leaked:\nbefore %q\nafter  %q", before, after)
}

// descriptors returns the open descriptors of the process, or nil if /proc does
// not report them.
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

// Descriptors returns n, or the number of descriptors that a test may open if
// the limit of the process does not allow n.
func Descriptors(n int) int {
	const others = 50 // open already, or opened by package net
	if l := limit(); l > 0 {
		n = min(n, l-others)
	}
	return n
}

// Guard ends the connections and closes the listeners of a test that takes much
// longer than [Patience], so that a blocked call returns and the test can
// report it.
func Guard(t testing.TB, closers ...io.Closer) {
	if _, ok := t.(*testing.T); !ok {
		return // the duration of a benchmark is a flag
	}
	const limit = 2
	fired := make(chan struct{})
	timer := time.AfterFunc(limit*Patience, func() {
		defer close(fired)
		t.Errorf("the test still runs after %v\n%s", limit*Patience, Stacks())
		for _, c := range closers {
			end(c)
		}
	})
	t.Cleanup(func() {
		if !timer.Stop() {
			<-fired
		}
	})
}

// end shuts c down, which wakes all goroutines that wait for c. Close of a
// connection of package net would wake only those in its methods.
func end(c io.Closer) {
	if c, ok := c.(interface {
		CloseRead() error
		CloseWrite() error
	}); ok {
		c.CloseRead()
		c.CloseWrite()
		return
	}
	c.Close()
}

// Stacks returns the stacks of all goroutines.
func Stacks() []byte {
	b := make([]byte, 1<<20)
	return b[:runtime.Stack(b, true)]
}

// Promptly calls f in its own goroutine, and fails the test if f does not return.
func Promptly(t testing.TB, f func()) {
	t.Helper()
	returned := make(chan struct{})
	go func() {
		f()
		close(returned)
	}()
	select {
	case <-returned:
	case <-time.After(Patience):
		t.Fatalf("a call hangs\n%s", Stacks())
	}
}

// Loopback returns a loopback address with port 0 for the network, and skips
// the test if the machine has none. Having no descriptor left is no such reason.
func Loopback(t testing.TB, network string) string {
	t.Helper()
	address := "127.0.0.1:0"
	if network == "tcp6" {
		address = "[::1]:0"
	}
	l, err := net.Listen(network, address)
	if errors.Is(err, syscall.EMFILE) {
		t.Fatal(err)
	}
	if err != nil {
		t.Skipf("no loopback address for %s: %v", network, err)
	}
	l.Close()
	return address
}

// Pair is [Connect] with a [Guard].
func Pair(t testing.TB, network string) (client, server *net.TCPConn) {
	t.Helper()
	client, server = Connect(t, network)
	Guard(t, client, server)
	return client, server
}

// Connect returns the two ends of a connection of package net. The test closes
// them when it ends.
func Connect(t testing.TB, network string) (client, server *net.TCPConn) {
	t.Helper()
	lc := net.ListenConfig{}
	lc.SetMultipathTCP(false)
	l, err := lc.Listen(t.Context(), network, Loopback(t, network))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial(network, l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	peer, err := AcceptFrom(l, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { peer.Close() })
	return c.(*net.TCPConn), peer.(*net.TCPConn)
}

// AcceptFrom accepts the connection whose other end is client. It closes others:
// the test of another program may have dialed a port that was free a moment ago.
func AcceptFrom(l net.Listener, client net.Conn) (net.Conn, error) {
	for {
		c, err := l.Accept()
		if err != nil || c.RemoteAddr().String() == client.LocalAddr().String() {
			return c, err
		}
		c.Close()
	}
}

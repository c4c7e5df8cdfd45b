// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// The tests of this file look into /proc.

//go:build linux

package streamsock_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// TestFastPaths fails if a Conn moves bytes in a slower way than the
// *net.TCPConn that it embeds: by reads and writes of its own instead of
// writev(2), splice(2) and sendfile(2).
//
// Each way is gone three times: by a *net.TCPConn, which shows that the kernel
// distinguishes fast from slow; with a connection that is only a net.Conn and
// nothing else, which shows that the test does; and by a Conn.
func TestFastPaths(t *testing.T) {
	skipUnlessCounted(t)
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			plain := w.cost(t, asItIs)
			if plain.exceeds(w.limit) {
				t.Skipf("inconclusive: a *net.TCPConn needs %v", plain)
			}
			slow := w.cost(t, hide)
			if !slow.exceeds(w.limit) {
				t.Fatalf("inconclusive: a struct{ net.Conn } needs only %v", slow)
			}
			got := w.cost(t, wrapOrPanic)
			if got.exceeds(w.limit) {
				t.Error("a *Conn is slow")
			}
			t.Logf("*net.TCPConn: %v\nstruct{ net.Conn }: %v\n*Conn: %v", plain, slow, got)
		})
	}
}

// The ways by which package net moves bytes fast. One is not here: io.CopyN
// from a Conn to a file, which is slow on purpose; see CopyN.
var ways = []struct {
	name  string
	cost  func(*testing.T, wrapFunc) cost
	limit cost // maximum
}{
	{"Buffers to Conn", route{10_000, fromBuffers, toConn, io.Copy}.cost, gathered},
	{"Conn to Conn", route{load, fromConn, toConn, io.Copy}.cost, spliced},
	{"Conn to TCPConn", route{load, fromConn, toTCPConn, io.Copy}.cost, spliced},
	{"TCPConn to Conn", route{load, fromTCPConn, toConn, io.Copy}.cost, spliced},
	{"TCPConn to Conn, CopyN", route{load, fromTCPConn, toConn, copyLoad}.cost, spliced},
	{"Conn to UnixConn", route{load, fromConn, toUnixConn, io.Copy}.cost, spliced},
	{"UnixConn to Conn", route{load, fromUnixConn, toConn, io.Copy}.cost, spliced},
	{"Conn to File", route{load, fromConn, toFile, io.Copy}.cost, spliced},
	{"File to Conn", route{load, fromFile, toConn, io.Copy}.cost, sent},
	{"File to Conn, CopyN", route{load, fromFile, toConn, copyLoad}.cost, sent},
	{"File to http response", costOfHTTP, sent},
}

// Io.Copy's own buffer has 32 KiB: for the load it needs at least 128 reads
// and as many writes.
const load = 4 << 20

var (
	// gathered is for a hundred slices of a hundred bytes by writev(2).
	gathered = cost{rchar: 1000, wchar: 11_000, syscr: 10, syscw: 10}

	// spliced is for the load by splice(2), which is not counted, and so for
	// other work of the thread.
	spliced = cost{rchar: 64 << 10, wchar: 64 << 10, syscr: 16, syscw: 16}

	// sent is for the load by sendfile(2), which counts as a read and a write
	// though its bytes do not pass through user space. A handful of calls is
	// the cost; more if the receiver is slow.
	sent = cost{rchar: load + 64<<10, wchar: load + 64<<10, syscr: 64, syscw: 64}
)

// A cost is the kernel's count of reads and writes of a thread; see
// proc_pid_io(5).
type cost struct {
	rchar, wchar int64 // bytes
	syscr, syscw int64 // calls
}

func (c cost) exceeds(limit cost) bool {
	return c.rchar > limit.rchar || c.wchar > limit.wchar || c.syscr > limit.syscr || c.syscw > limit.syscw
}

func (c cost) String() string {
	return fmt.Sprintf("%d reads of %d bytes and %d writes of %d bytes", c.syscr, c.rchar, c.syscw, c.wchar)
}

func counters() (c cost, err error) {
	b, err := os.ReadFile("/proc/thread-self/io")
	if err != nil {
		return c, err
	}
	_, err = fmt.Sscanf(string(b), "rchar: %d\nwchar: %d\nsyscr: %d\nsyscw: %d\n", &c.rchar, &c.wchar, &c.syscr, &c.syscw)
	return c, err
}

// A wrapFunc makes the connection to be tested of one of package net.
type wrapFunc func(*net.TCPConn) net.Conn

func hide(c *net.TCPConn) net.Conn { return struct{ net.Conn }{c} }

// A route is where bytes arrive from, where they go to, and how.
type route struct {
	size int
	from func(t *testing.T, wrap wrapFunc, data []byte) io.Reader
	to   func(t *testing.T, wrap wrapFunc) (w io.Writer, received func() []byte)
	copy func(io.Writer, io.Reader) (int64, error)
}

func copyLoad(w io.Writer, r io.Reader) (int64, error) { return io.CopyN(w, r, load) }

// cost copies with connections from wrap and checks the data.
func (r route) cost(t *testing.T, wrap wrapFunc) cost {
	t.Helper()
	data := randomBytes(r.size)
	src := r.from(t, wrap, data)
	dst, received := r.to(t, wrap)
	var n int64
	var copyErr error
	c, err := costOf(func() { n, copyErr = r.copy(dst, src) })
	if err != nil {
		t.Fatal(err)
	}
	if n != int64(len(data)) || copyErr != nil {
		t.Errorf("copied %d bytes of %d: %v", n, len(data), copyErr)
	}
	if got := received(); !bytes.Equal(got, data) {
		t.Errorf("%d bytes of %d arrived, or they differ", len(got), len(data))
	}
	return c
}

func fromBuffers(_ *testing.T, _ wrapFunc, data []byte) io.Reader {
	buffers := net.Buffers(slices.Collect(slices.Chunk(data, len(data)/100)))
	return &buffers
}

// collect reads all data from r. The function that it returns closes w, the
// other end, and returns that.
func collect(t *testing.T, w io.Closer, r io.Reader) (received func() []byte) {
	var b []byte
	all := make(chan error, 1)
	go func() {
		var err error
		b, err = io.ReadAll(r)
		all <- err
	}()
	return func() []byte {
		w.Close()
		if err := next(t, all); err != nil {
			t.Errorf("collect: %v", err)
		}
		return b
	}
}

// costOfHTTP returns the cost for a handler of package http to respond with a
// file.
func costOfHTTP(t *testing.T, wrap wrapFunc) cost {
	t.Helper()
	data := randomBytes(load)
	f := fromFile(t, nil, data)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	type result struct {
		cost
		err error
	}
	results := make(chan result, 1)
	server := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(load)) // otherwise it is sent in chunks
		c, err := costOf(func() { io.Copy(w, f) })
		results <- result{c, err}
	})}
	defer server.Close()
	go server.Serve(acceptFunc{l, func() (net.Conn, error) {
		c, err := l.Accept()
		if err != nil {
			return nil, err
		}
		return wrap(c.(*net.TCPConn)), nil
	}})

	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	resp, err := client.Get("http://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes of %d arrived, or they differ: %v", len(got), len(data), err)
	}
	answered := next(t, results)
	if answered.err != nil {
		t.Error(answered.err)
	}
	return answered.cost
}

// TestFailureClosesSocket fails if a call that fails leaves its socket open. It
// keeps the collector away, which closes the connections of package net that
// are unreferenced: by the time that TestMain looks, they may be gone.
func TestFailureClosesSocket(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	l := listenHere(t)
	taken, refused := l.Addr().String(), dialTo(t, l).LocalAddr().String()
	bad := sockopt.UserTimeout.To(-1)
	choosy := &streamsock.ListenConfig{ConnOptions: []sockopt.Setting{bad}}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()

	before := sockets(t)
	for name, call := range map[string]func() error{
		"dial udp":          func() error { return second(streamsock.Dial("udp", taken)) },
		"dial unix":         func() error { return second(streamsock.Dial("unix", taken)) },
		"dial refused":      func() error { return second(streamsock.Dial("tcp", refused)) },
		"dial cancelled":    func() error { return second(streamsock.DialContext(cancelled, "tcp", taken)) },
		"dial bad option":   func() error { return second(streamsock.Dial("tcp", taken, bad)) },
		"dial bad address":  func() error { return second(streamsock.Dial("tcp", "127.0.0.1")) },
		"listen udp":        func() error { return second(streamsock.Listen("udp", "127.0.0.1:0")) },
		"listen taken":      func() error { return second(streamsock.Listen("tcp", taken)) },
		"listen option":     func() error { return second(streamsock.Listen("tcp", "127.0.0.1:0", bad)) },
		"listen for option": func() error { return second(choosy.Listen(t.Context(), "tcp", "127.0.0.1:0")) },
	} {
		if err := call(); err == nil {
			t.Errorf("%s succeeds", name)
		}
		for _, s := range sockets(t) {
			if !slices.Contains(before, s) {
				t.Errorf("%s leaves %s", name, s)
				before = append(before, s) // once is enough
			}
		}
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
)

// A clients is a run of "sockcat -lk", to which a test connects.
type clients struct {
	t       *testing.T
	stdin   *io.PipeWriter
	stdout  lines // the result of each write
	stderr  lines
	address string
	stop    func() int // ends the command by ^C and returns its status
}

func serveClients(t *testing.T, flags ...string) *clients {
	t.Helper()
	r, w := io.Pipe()
	c := &clients{t: t, stdin: w, stdout: make(lines, 1000), stderr: make(lines, 1000)}
	ctx, cancel := context.WithCancelCause(context.Background())
	status := make(chan int, 1)
	go func() {
		status <- runContext(ctx, append([]string{"-lkv"}, append(flags, "127.0.0.1", "0")...), r, c.stdout, c.stderr)
	}()
	c.stop = func() int {
		cancel(interruption{os.Interrupt})
		w.Close()
		select {
		case got := <-status:
			return got
		case <-time.After(patience):
			t.Fatal("the command does not end")
			return -1
		}
	}
	address, ok := strings.CutPrefix(c.line(), "listening on ")
	if !ok {
		t.Fatal("it does not print where it listens")
	}
	c.address = address
	return c
}

func (c *clients) line() string {
	c.t.Helper()
	select {
	case line := <-c.stderr:
		return strings.TrimSuffix(line, "\n")
	case <-time.After(patience):
		c.t.Fatal("nothing on standard error")
		return ""
	}
}

// next returns the next output.
func (c *clients) next() string {
	c.t.Helper()
	select {
	case text := <-c.stdout:
		return text
	case <-time.After(patience):
		c.t.Fatal("nothing on standard output")
		return ""
	}
}

// connect connects and waits until the server reports it.
func (c *clients) connect() *net.TCPConn {
	c.t.Helper()
	nc, err := net.DialTimeout("tcp4", c.address, patience)
	if err != nil {
		c.t.Fatal(err)
	}
	nc.SetDeadline(time.Now().Add(patience))
	c.t.Cleanup(func() { nc.Close() })
	return nc.(*net.TCPConn)
}

// TestKeep has several concurrent clients: each receives what is typed, and what they send
// is written. The end of one does not affect the others.
func TestKeep(t *testing.T) {
	c := serveClients(t)
	var all []*net.TCPConn
	for _, label := range []string{"#1", "#2", "#3"} {
		nc := c.connect()
		if got, want := c.line(), label+" connection from "+nc.LocalAddr().String()+" to "+c.address; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		io.WriteString(nc, label)
		if got := c.next(); got != label { // so that it has joined
			t.Errorf("wrote %q, want %q", got, label)
		}
		all = append(all, nc)
	}
	io.WriteString(c.stdin, "to all")
	for _, nc := range all {
		buf := make([]byte, 6)
		if _, err := io.ReadFull(nc, buf); err != nil || string(buf) != "to all" {
			t.Errorf("read %q, %v", buf, err)
		}
	}
	all[1].CloseWrite() // which ends the connection
	if rest, err := io.ReadAll(all[1]); len(rest) > 0 || err != nil {
		t.Errorf("read %q, %v", rest, err)
	}
	if got := c.line(); got != "#2 sockcat: the peer closed its side of the connection" {
		t.Error(got)
	}
	if got := c.line(); !strings.HasPrefix(got, "#2 sent ") {
		t.Error(got)
	}
	all[0].SetLinger(0)
	all[0].Close()
	for got := ""; !strings.Contains(got, "#1 sockcat: read"); { // after the summary
		got = c.line()
	}
	io.WriteString(c.stdin, "rest")
	buf := make([]byte, 4)
	if _, err := io.ReadFull(all[2], buf); err != nil || string(buf) != "rest" {
		t.Errorf("read %q, %v", buf, err)
	}
	if status := c.stop(); status != 130 {
		t.Errorf("status %d", status)
	}
}

// TestKeepInput sends the file to each client, and takes all that it sends.
func TestKeepInput(t *testing.T) {
	name := tempFile(t, 100_000)
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	c := serveClients(t, "--input", name)
	for range 3 {
		nc := c.connect()
		got, err := io.ReadAll(nc)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("read %d bytes, %v", len(got), err)
		}
		io.WriteString(nc, "thanks")
		if got := c.next(); got != "thanks" {
			t.Errorf("wrote %q", got)
		}
		nc.Close()
	}
	c.stop()
}

// TestKeepLimit serves one client at a time.
func TestKeepLimit(t *testing.T) {
	c := serveClients(t, "--max-conns", "1", "--recv-only")
	first := c.connect()
	io.WriteString(first, "1")
	if got := c.next(); got != "1" {
		t.Errorf("wrote %q", got)
	}
	second := c.connect()
	io.WriteString(second, "2")
	select {
	case text := <-c.stdout:
		t.Errorf("wrote %q of the second client", text)
	case <-time.After(50 * time.Millisecond):
	}
	first.Close()
	if got := c.next(); got != "2" {
		t.Errorf("wrote %q", got)
	}
	c.stop()
}

// TestKeepTLS: a client that does not speak TLS does no harm to the next.
func TestKeepTLS(t *testing.T) {
	both := writeCertificate(t)
	c := serveClients(t, "-d", "--tls", "--cert", both, "--key", both)
	bad := c.connect()
	io.WriteString(bad, "hello, this is not TLS\n")
	io.ReadAll(bad)
	good := tls.Client(c.connect(), testnet.ClientTLS(t))
	io.WriteString(good, "good")
	if got := c.next(); got != "good" {
		t.Errorf("wrote %q", got)
	}
	good.Close()
	c.stop()
	var said []string
	for len(c.stderr) > 0 {
		said = append(said, c.line())
	}
	if !slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, "#1 sockcat: tls: ") }) {
		t.Errorf("%q", said)
	}
}

// TestKeepOutputClosed: the server ends when its output is closed.
func TestKeepOutputClosed(t *testing.T) {
	stderr := make(lines, 100)
	status := make(chan int, 1)
	go func() { status <- run([]string{"-lkd", "127.0.0.1", "0"}, nil, closedPipe(t), stderr) }()
	address := strings.TrimSpace(strings.TrimPrefix(<-stderr, "listening on "))
	c, err := net.Dial("tcp4", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "line\n")
	wantStatus(t, status, 141)
}

// A failingListener fails some times, then accepts a connection, then fails for
// good.
type failingListener struct {
	failures int
	c        net.Conn
}

func (l *failingListener) Accept() (net.Conn, error) {
	if l.failures--; l.failures != 0 {
		return nil, os.ErrPermission // such as EMFILE
	}
	return l.c, nil
}

func (l *failingListener) Close() error                { return nil }
func (l *failingListener) Addr() net.Addr              { return nil }
func (l *failingListener) SetDeadline(time.Time) error { return nil }

// TestEachFailures: a listener that recovers continues, and another one ends.
func TestEachFailures(t *testing.T) {
	defer hurry(t.Name())()
	_, server := pair(t)
	l := &listener{deadlineListener: &failingListener{failures: 3, c: server}}
	served := 0
	err := l.each(t.Context(), 1, func(c socket, n int, done func()) {
		served++
		if c != socket(server) || n != 1 {
			t.Errorf("connection %d is %v", n, c)
		}
		done()
	})
	if err != os.ErrPermission || served != 1 {
		t.Errorf("%d connections, %v", served, err)
	}
}

// TestServeHex: each row of the dump has the number of its client, and offsets of that
// client's data.
func TestServeHex(t *testing.T) {
	name := filepath.Join(t.TempDir(), "dump")
	c := serveClients(t, "--hex="+name)
	for range 2 {
		nc := c.connect()
		io.WriteString(nc, "abc")
		if got := c.next(); got != "abc" {
			t.Errorf("wrote %q", got)
		}
		nc.Close()
	}
	c.stop()
	got, err := os.ReadFile(name)
	row := hexRow('<', 0, []byte("abc")) + "\n"
	if want := "#1 " + row + "#2 " + row; string(got) != want || err != nil {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}

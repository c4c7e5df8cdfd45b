// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

// closedPipe returns a closed standard output.
func closedPipe(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Skip(err)
	}
	r.Close()
	t.Cleanup(func() { w.Close() })
	return w
}

// sockets returns the sockets of the process, or nil if /proc does not report
// them.
func sockets() []string {
	entries, _ := os.ReadDir("/proc/self/fd")
	var open []string
	for _, e := range entries {
		if target, _ := os.Readlink("/proc/self/fd/" + e.Name()); strings.HasPrefix(target, "socket:") {
			open = append(open, target)
		}
	}
	return open
}

// tempFile makes a file of the given size.
func tempFile(t *testing.T, size int) string {
	t.Helper()
	b := make([]byte, size)
	rand.NewChaCha8([32]byte{}).Read(b)
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func pair(t *testing.T) (client, server *streamsock.Conn) {
	t.Helper()
	nc, ns := testnet.Pair(t, "tcp")
	client, err := streamsock.Wrap(nc)
	if err != nil {
		t.Fatal(err)
	}
	server, err = streamsock.Wrap(ns)
	if err != nil {
		t.Fatal(err)
	}
	return client, server
}

// open opens a file of the given size.
func open(t *testing.T, size int) *os.File {
	t.Helper()
	f, err := os.Open(tempFile(t, size))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// run runs the command without anything that interrupts it.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return runContext(context.Background(), args, stdin, stdout, stderr)
}

func wantStatus(t *testing.T, status chan int, want int) {
	t.Helper()
	select {
	case got := <-status:
		if got != want {
			t.Errorf("status %d, want %d", got, want)
		}
	case <-time.After(patience):
		t.Fatal("the command does not end")
	}
}

// sockcat runs the command with nothing on standard input.
func sockcat(args ...string) (status int, stdout, stderr string) {
	defer hurry("sockcat " + strings.Join(args, " "))()
	var out, err bytes.Buffer
	status = run(args, strings.NewReader(""), &out, &err)
	return status, out.String(), err.String()
}

// checkFailure runs the command, which must end with the status and print the
// wanted word in one line.
func checkFailure(t *testing.T, args string, status int, want string) {
	t.Helper()
	words := strings.FieldsFunc(args, func(r rune) bool { return r == ' ' }) // a newline is kept
	got, stdout, stderr := sockcat(words...)
	stderr = withoutAddress(stderr)
	if got != status || stdout != "" {
		t.Errorf("sockcat %q: status %d, want %d; stdout %q, stderr %q", args, got, status, stdout, stderr)
	}
	if !strings.HasPrefix(stderr, "sockcat: ") || !strings.Contains(stderr, want) ||
		strings.Count(stderr, "\n") != 1 || !strings.HasSuffix(stderr, "\n") {
		t.Errorf("sockcat %q: stderr %q is not one line that contains %q", args, stderr, want)
	}
}

// hurry ends the process, with the stacks of all goroutines, unless stop is
// called in time. It is for calls without a deadline.
func hurry(what string) (stop func() bool) {
	return time.AfterFunc(patience, func() {
		debug.SetTraceback("all")
		panic(what + " does not end")
	}).Stop
}

// newSession runs the command without waiting for it.
func newSession(t *testing.T, args ...string) *session {
	t.Helper()
	stdout := &sink{done: make(chan struct{})}
	s := newSessionTo(t, stdout, args...)
	s.stdout = stdout
	return s
}

// connectSession starts "sockcat HOST PORT" and accepts the connection.
func connectSession(t *testing.T, flags ...string) *session {
	t.Helper()
	stdout := &sink{done: make(chan struct{})}
	s := connectSessionTo(t, stdout, flags...)
	s.stdout = stdout
	return s
}

// connectSessionTo is connectSession with a standard output of its own.
func connectSessionTo(t *testing.T, stdout io.Writer, flags ...string) *session {
	t.Helper()
	var lc net.ListenConfig
	lc.SetMultipathTCP(false) // as package sockopt wants it for MaxSegment
	l, err := lc.Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	defer l.Close()
	l.(*net.TCPListener).SetDeadline(time.Now().Add(patience))
	host, port, _ := net.SplitHostPort(l.Addr().String())
	s := newSessionTo(t, stdout, append(flags, host, port)...)
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	s.setPeer(c)
	return s
}

// listenSession starts "sockcat -l HOST 0" and connects to it.
func listenSession(t *testing.T, flags ...string) *session {
	t.Helper()
	s := newSession(t, append(append([]string{"-l"}, flags...), "127.0.0.1", "0")...)
	address, ok := strings.CutPrefix(s.line(), "listening on ")
	if !ok {
		t.Fatal("no line with the listening address")
	}
	c, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		t.Fatal(err)
	}
	s.setPeer(c)
	return s
}

// noise returns more than the buffers of a connection hold.
func noise() []byte {
	b := make([]byte, 8<<20)
	rand.NewChaCha8([32]byte{}).Read(b)
	return b
}

func readPage(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasSuffix(b, []byte("</html>\n")) {
		t.Errorf("the page ends with %q", b[max(0, len(b)-100):])
	}
	return string(b)
}

// urgentSession is a session whose peer can send urgent bytes.
func urgentSession(t *testing.T, flags ...string) (*session, *streamsock.Conn) {
	t.Helper()
	s := connectSession(t, append([]string{"--urgent"}, flags...)...)
	peer, err := streamsock.Wrap(s.peer)
	if err != nil {
		t.Fatal(err)
	}
	return s, peer
}

// writeCertificate writes the certificate of tests, with its key, to a file.
func writeCertificate(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "both.pem")
	if err := os.WriteFile(name, testnet.Certificate(t), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// roundTrip sends through a TLS session and back, each direction to its end.
func roundTrip(t *testing.T, s *session, peer *tls.Conn) {
	t.Helper()
	question, answer := noise(), noise()[1:]
	go func() {
		s.stdin.Write(question)
		s.stdin.Close()
	}()
	got, err := io.ReadAll(peer)
	if err != nil || !bytes.Equal(got, question) {
		t.Fatalf("the peer read %d bytes, %v", len(got), err)
	}
	if _, err := peer.Write(answer); err != nil {
		t.Fatal(err)
	}
	peer.Close()
	if status := s.wait(); status != 0 {
		t.Errorf("status %d: %s", status, s.rest())
	}
	if !bytes.Equal(s.stdout.Bytes(), answer) {
		t.Errorf("%d bytes on standard output", s.stdout.Len())
	}
}

// unixPath returns a name for a Unix socket, which may not be long.
func unixPath(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

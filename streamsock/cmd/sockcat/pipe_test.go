// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/streamsock/sockopt"
)

// A session is a run of the command that is connected to a peer of package
// net, both in the hands of a test.
type session struct {
	t      *testing.T
	peer   *net.TCPConn
	stdin  *io.PipeWriter
	stdout *sink
	stderr lines
	status chan int
}

// patience is the time for an event that must occur. An emulated processor
// takes as long as it takes.
var patience = func() time.Duration {
	if os.Getenv("STREAMSOCK_EMULATOR") != "" {
		return time.Minute
	}
	return 15 * time.Second
}()

// lines is a standard error that can be waited for.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

// A sink is a standard output that reports when it has received everything. io.Copy calls
// ReadFrom, which returns at the end of what the peer sends.
type sink struct {
	bytes.Buffer
	done chan struct{}
}

func (s *sink) ReadFrom(r io.Reader) (int64, error) {
	defer close(s.done)
	return s.Buffer.ReadFrom(r)
}

func (s *sink) wait(t *testing.T) {
	t.Helper()
	select {
	case <-s.done:
	case <-time.After(patience):
		t.Fatal("standard output has no end")
	}
}

// newSessionTo is newSession with a standard output of its own.
func newSessionTo(t *testing.T, stdout io.Writer, args ...string) *session {
	t.Helper()
	r, w := io.Pipe()
	s := &session{
		t:      t,
		stdin:  w,
		stderr: make(lines, 100),
		status: make(chan int, 1),
	}
	go func() {
		s.status <- run(args, r, stdout, s.stderr)
		r.Close() // as the end of a process does
	}()
	t.Cleanup(func() { w.Close() })
	return s
}

// line returns the next line of standard error.
func (s *session) line() string {
	s.t.Helper()
	select {
	case line := <-s.stderr:
		return strings.TrimSuffix(line, "\n")
	case <-time.After(patience):
		s.t.Fatal("nothing on standard error")
		return ""
	}
}

// rest returns the current content of standard error.
func (s *session) rest() string {
	var all strings.Builder
	for {
		select {
		case line := <-s.stderr:
			all.WriteString(line)
		default:
			return all.String()
		}
	}
}

// wait waits for the command and returns its status.
func (s *session) wait() int {
	s.t.Helper()
	select {
	case status := <-s.status:
		return status
	case <-time.After(patience):
		s.t.Fatal("the command does not end")
		return -1
	}
}

func (s *session) setPeer(c net.Conn) {
	c.SetDeadline(time.Now().Add(patience))
	s.peer = c.(*net.TCPConn)
	s.t.Cleanup(func() { c.Close() })
}

// forBoth runs a test with the command as client and as server.
func forBoth(t *testing.T, test func(t *testing.T, s *session)) {
	t.Run("connect", func(t *testing.T) { test(t, connectSession(t)) })
	t.Run("listen", func(t *testing.T) { test(t, listenSession(t)) })
}

// TestInputEndsFirst: the peer sees the end of standard input, and what it
// sends after that is written.
func TestInputEndsFirst(t *testing.T) {
	forBoth(t, func(t *testing.T, s *session) {
		question, answer := noise(), noise()[1:]
		go func() {
			s.stdin.Write(question)
			s.stdin.Close()
		}()
		got, err := io.ReadAll(s.peer)
		if err != nil || !bytes.Equal(got, question) {
			t.Fatalf("peer read %d bytes, %v", len(got), err)
		}
		if _, err := s.peer.Write(answer); err != nil {
			t.Fatal(err)
		}
		s.peer.Close()
		if status := s.wait(); status != 0 {
			t.Errorf("status %d: %s", status, s.rest())
		}
		if !bytes.Equal(s.stdout.Bytes(), answer) {
			t.Errorf("%d bytes on standard output", s.stdout.Len())
		}
	})
}

// TestPeerEndsFirst: the end of the peer's data leaves the other direction
// open.
func TestPeerEndsFirst(t *testing.T) {
	forBoth(t, func(t *testing.T, s *session) {
		io.WriteString(s.peer, "goodbye")
		s.peer.CloseWrite()
		s.stdout.wait(t)
		if got := s.stdout.String(); got != "goodbye" {
			t.Errorf("standard output is %q", got)
		}
		late := noise()
		go func() {
			s.stdin.Write(late)
			s.stdin.Close()
		}()
		got, err := io.ReadAll(s.peer)
		if err != nil || !bytes.Equal(got, late) {
			t.Errorf("peer read %d bytes, %v", len(got), err)
		}
		if status := s.wait(); status != 0 {
			t.Errorf("status %d: %s", status, s.rest())
		}
	})
}

// TestPeerResets: a reset ends the command although standard input is open.
func TestPeerResets(t *testing.T) {
	forBoth(t, func(t *testing.T, s *session) {
		io.WriteString(s.stdin, "x") // it is connected and copies
		if _, err := io.ReadFull(s.peer, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		s.peer.SetLinger(0)
		s.peer.Close()
		if status := s.wait(); status != 1 {
			t.Errorf("status %d", status)
		}
		if line := s.line(); !strings.HasPrefix(line, "sockcat: read") {
			t.Errorf("standard error is %q", line)
		}
	})
}

// TestPeerGone: when the peer does not receive standard input, the command
// ends although that is open.
func TestPeerGone(t *testing.T) {
	forBoth(t, func(t *testing.T, s *session) {
		s.peer.Close()
		s.stdout.wait(t)
		go func() { // until the command has ended, and its end of the pipe
			for {
				if _, err := io.WriteString(s.stdin, "anybody there?"); err != nil {
					return
				}
			}
		}()
		if status := s.wait(); status != 1 {
			t.Errorf("status %d", status)
		}
		if line := s.line(); !strings.HasPrefix(line, "sockcat: ") {
			t.Errorf("standard error is %q", line)
		}
	})
}

// TestBrokenInput: an input that cannot be read counts as the end, and as a
// failure.
func TestBrokenInput(t *testing.T) {
	forBoth(t, func(t *testing.T, s *session) {
		io.WriteString(s.stdin, "hello")
		s.stdin.CloseWithError(os.ErrPermission)
		if got, err := io.ReadAll(s.peer); err != nil || string(got) != "hello" {
			t.Errorf("peer read %q, %v", got, err)
		}
		io.WriteString(s.peer, "answer")
		s.peer.Close()
		if status := s.wait(); status != 1 || s.stdout.String() != "answer" {
			t.Errorf("status %d, standard output %q", status, s.stdout.String())
		}
		if line := s.line(); !strings.Contains(line, os.ErrPermission.Error()) {
			t.Errorf("standard error is %q", line)
		}
	})
}

// TestFiles copies from file to file, where the kernel's copies are used into
// play.
func TestFiles(t *testing.T) {
	defer hurry(t.Name())()
	in, err := os.Open(tempFile(t, 5<<20))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	name := filepath.Join(t.TempDir(), "out")
	out, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()

	stderr := make(lines, 100)
	status := make(chan int, 1)
	go func() { status <- run([]string{"-l", "127.0.0.1", "0"}, in, out, stderr) }()
	address := strings.TrimSpace(strings.TrimPrefix(<-stderr, "listening on "))
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	if _, err := io.Copy(c, c); err != nil { // an echo
		t.Fatal(err)
	}
	c.Close()
	if got := <-status; got != 0 {
		t.Fatalf("status %d: %s", got, <-stderr)
	}
	sent, _ := os.ReadFile(in.Name())
	back, _ := os.ReadFile(name)
	if !bytes.Equal(sent, back) {
		t.Errorf("sent %d bytes, got other %d back", len(sent), len(back))
	}
}

// finish ends both directions and checks that all went well.
func (s *session) finish() {
	s.t.Helper()
	s.stdin.Close()
	s.peer.CloseWrite()
	if status := s.wait(); status != 0 {
		s.t.Errorf("status %d: %s", status, s.rest())
	}
}

func TestVerbose(t *testing.T) {
	t.Run("connect", func(t *testing.T) {
		s := connectSession(t, "-v")
		want := fmt.Sprintf("connected to %v from %v", s.peer.LocalAddr(), s.peer.RemoteAddr())
		if got := s.line(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		s.finish()
	})
	t.Run("listen", func(t *testing.T) {
		s := listenSession(t, "-v")
		want := fmt.Sprintf("connection from %v to %v", s.peer.LocalAddr(), s.peer.RemoteAddr())
		if got := s.line(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		s.finish()
	})
}

// TestQuiet checks that nothing is printed unless a flag asks for it.
func TestQuiet(t *testing.T) {
	s := connectSession(t)
	s.finish()
	if len(s.stderr) > 0 {
		t.Errorf("standard error is %q", s.rest())
	}
}

// TestSettings gives options by both of their names.
func TestSettings(t *testing.T) {
	if len(usable([]sockopt.Setting{sockopt.NoDelay.To(false), sockopt.KeepAliveIdle.To(77 * time.Second)})) < 2 {
		t.Skip("no such options") // TCP_KEEPIDLE exists since Windows 10 1709
	}
	flags := []string{"-v", "-o", "NoDelay=off", "-o", sockopt.KeepAliveIdle.Info().Sys + "=77s"}
	for name, start := range map[string]func(*testing.T, ...string) *session{
		"connect": connectSession,
		"listen":  listenSession,
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, flags...)
			s.line() // the connection
			if got := s.line(); got != "NoDelay (TCP_NODELAY) is false" {
				t.Error(got)
			}
			if got := s.line(); !strings.HasPrefix(got, "KeepAliveIdle (") || !strings.HasSuffix(got, ") is 1m17s") {
				t.Error(got)
			}
			s.finish()
		})
	}
}

// TestSettingsBeforeHandshake checks by the peer's eyes that an option of the
// handshake was set in time: the maximum segment size.
func TestSettingsBeforeHandshake(t *testing.T) {
	if i := sockopt.MaxSegment.Info(); i.Access&sockopt.Writable == 0 || !i.Supported || runtime.GOOS != "linux" {
		t.Skip("not known to work here")
	}
	for name, start := range map[string]func(*testing.T, ...string) *session{
		"connect": connectSession,
		"listen":  listenSession,
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, "-o", "MaxSegment=1000")
			got, err := sockopt.MaxSegment.Get(s.peer)
			if err != nil || got > 1000 {
				t.Errorf("the peer's segments have %d bytes, %v", got, err)
			}
			s.finish()
		})
	}
}

// TestListenerSetting checks that an option that the listener must have is
// set there: two can listen on one port.
func TestListenerSetting(t *testing.T) {
	if !sockopt.ReusePort.Info().Supported {
		t.Skip("no ReusePort")
	}
	lc := net.ListenConfig{Control: sockopt.Control(sockopt.ReusePort.To(true))}
	lc.SetMultipathTCP(false)
	l, err := lc.Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	checkFailure(t, "-l 127.0.0.1 "+port, 1, "listen")

	s := newSession(t, "-l", "-v", "-w", "1ms", "-o", "ReusePort=on", "127.0.0.1", port)
	if got := s.line(); got != "listening on 127.0.0.1:"+port {
		t.Error(got)
	}
	if status := s.wait(); status != 1 {
		t.Errorf("status %d", status)
	}
	if got := s.line(); !strings.Contains(got, "timeout") {
		t.Error(got)
	}
}

func TestSplit(t *testing.T) {
	for i := range sockopt.All() {
		s, err := i.Parse("1")
		if err != nil {
			continue
		}
		listener, conn := split([]sockopt.Setting{s})
		onListener := i.When == sockopt.BeforeBind || i.When == sockopt.BeforeConnect || i.When == sockopt.OnListener
		if len(listener)+len(conn) != 1 || (len(listener) == 1) != onListener {
			t.Errorf("%s, to be set %v: %v on the listener, %v on connections", i.Name, i.When, listener, conn)
		}
	}
}

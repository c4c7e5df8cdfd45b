// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

// TestSendOnly: the command ends when the peer has everything, although the
// peer keeps its side open, and the peer's data is discarded.
func TestSendOnly(t *testing.T) {
	s := connectSession(t, "--send-only")
	text := noise()
	go func() {
		s.stdin.Write(text)
		s.stdin.Close()
	}()
	io.WriteString(s.peer, "discarded")
	if got, err := io.ReadAll(s.peer); err != nil || !bytes.Equal(got, text) {
		t.Errorf("the peer read %d bytes, %v", len(got), err)
	}
	if status := s.wait(); status != 0 || s.stdout.Len() > 0 {
		t.Errorf("status %d, wrote %d bytes", status, s.stdout.Len())
	}
}

// TestRecvOnly: standard input is not read, the peer sees no end before its own, and
// the command ends with the peer's side.
func TestRecvOnly(t *testing.T) {
	for _, flag := range []string{"-d", "--recv-only"} {
		s := connectSession(t, flag) // its input stays open
		io.WriteString(s.peer, "data")
		s.peer.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		if n, err := s.peer.Read(make([]byte, 1)); n > 0 || !isTimeout(err) {
			t.Errorf("%s: the peer read %d bytes, %v", flag, n, err)
		}
		s.peer.CloseWrite()
		if status := s.wait(); status != 0 || s.stdout.String() != "data" {
			t.Errorf("%s: status %d, wrote %q", flag, status, s.stdout.String())
		}
	}
}

// TestQuit: the command ends some time after its input, whatever the peer does.
func TestQuit(t *testing.T) {
	for _, arg := range []string{"0", "20ms"} {
		s := connectSession(t, "-q", arg)
		text := noise()
		go func() {
			s.stdin.Write(text)
			s.stdin.Close()
		}()
		got, err := io.ReadAll(s.peer)
		if err != nil || !bytes.Equal(got, text) {
			t.Errorf("-q %s: the peer read %d bytes, %v", arg, len(got), err)
		}
		if status := s.wait(); status != 0 {
			t.Errorf("-q %s: status %d", arg, status)
		}
	}
	s := connectSession(t, "-q", "-1", "-N")
	s.stdin.Close()
	if _, err := io.ReadAll(s.peer); err != nil {
		t.Error(err)
	}
	io.WriteString(s.peer, "late")
	s.finish()
	if s.stdout.String() != "late" {
		t.Errorf("wrote %q", s.stdout.String())
	}
}

// TestIdle: a connection on which nothing moves ends, well if all was sent, and
// with a failure if the peer does not take it.
func TestIdle(t *testing.T) {
	s := connectSession(t, "-v", "-w", "1")
	s.line() // connected
	start := time.Now()
	for time.Since(start) < 1500*time.Millisecond {
		time.Sleep(100 * time.Millisecond) // moves in time
		s.write("x")
		s.expect("x")
	}
	if got := s.line(); got != "sockcat: timed out: idle for 1s" {
		t.Error(got)
	}
	if status := s.wait(); status != 0 {
		t.Errorf("status %d", status)
	}

	s = connectSession(t, "-w", fmt.Sprint(patience/50)) // more than until the first byte
	peer, err := streamsock.Wrap(s.peer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := peer.Unacked(); errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	go func() {
		for { // until the buffers are full
			if _, err := s.stdin.Write(noise()); err != nil {
				return
			}
		}
	}()
	got := s.line()
	if status := s.wait(); status != 1 || !strings.Contains(got, "not acknowledged") {
		t.Errorf("status %d, %q", status, got)
	}
}

// TestIdleSlow: a connection is not idle while a slow peer receives, although a Write
// is blocked for longer than -w until the send buffer has enough room.
func TestIdleSlow(t *testing.T) {
	for _, flag := range []string{"", "--input"} {
		t.Run("stdin"+flag, func(t *testing.T) {
			text := noise()
			args := []string{"-w", "1"}
			if flag != "" {
				name := filepath.Join(t.TempDir(), "file")
				if err := os.WriteFile(name, text, 0o600); err != nil {
					t.Fatal(err)
				}
				args = append(args, flag, name)
			}
			s := connectSession(t, args...)
			peer, err := streamsock.Wrap(s.peer)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := peer.Unacked(); errors.Is(err, errors.ErrUnsupported) {
				t.Skip(err)
			}
			if flag == "" {
				go func() {
					s.stdin.Write(text)
					s.stdin.Close()
				}()
			}
			s.peer.SetReadBuffer(32 << 10) // acknowledges often
			got := make([]byte, 0, len(text))
			for start := time.Now(); time.Since(start) < 1500*time.Millisecond; time.Sleep(20 * time.Millisecond) {
				n, err := io.ReadFull(s.peer, got[len(got):len(got)+4<<10])
				if got = got[:len(got)+n]; err != nil {
					t.Fatal(err)
				}
			}
			rest, err := io.ReadAll(s.peer)
			if got = append(got, rest...); err != nil || !bytes.Equal(got, text) {
				t.Errorf("the peer read %d bytes of %d, %v", len(got), len(text), err)
			}
			s.finish()
		})
	}
}

// TestIdleRate: a connection is not idle while --rate sends a block that takes longer
// than -w.
func TestIdleRate(t *testing.T) {
	name := tempFile(t, 3000)
	for _, flags := range [][]string{nil, {"--escape", "~"}, {"--input", name}} {
		t.Run(strings.Join(flags[:min(len(flags), 1)], ""), func(t *testing.T) {
			t.Parallel() // each takes 1.5 seconds
			s := connectSession(t, append([]string{"-w", "1", "--rate", "2k"}, flags...)...)
			go func() {
				io.WriteString(s.stdin, strings.Repeat("x", 3000))
				s.stdin.Close()
			}()
			if got, err := io.ReadAll(s.peer); err != nil || len(got) != 3000 {
				t.Errorf("the peer read %d bytes, %v", len(got), err)
			}
			s.finish()
		})
	}
}

// TestCRLF: each end of a line is CR LF, also of one that has a CR already.
func TestCRLF(t *testing.T) {
	s := connectSession(t, "-C")
	for _, part := range []string{"a\nb\r\nc\r", "\nd\n\n", "e"} {
		s.write(part)
	}
	s.expect("a\r\nb\r\nc\r\nd\r\n\r\ne")
	s.finish()
}

// TestRate moves more than a rate allows in an instant.
func TestRate(t *testing.T) {
	s := connectSession(t, "-v", "--rate", "100k")
	s.line() // connected
	start := time.Now()
	go io.WriteString(s.stdin, strings.Repeat("x", 30e3))
	s.expect(strings.Repeat("x", 30e3))
	io.WriteString(s.peer, strings.Repeat("y", 30e3))
	s.finish()
	if took := time.Since(start); took < 400*time.Millisecond { // of 600 ms, less what is sent immediately
		t.Errorf("took %v", took)
	}
	if s.stdout.String() != strings.Repeat("y", 30e3) {
		t.Errorf("wrote %d bytes", s.stdout.Len())
	}
	var last string
	for len(s.stderr) > 0 {
		last = s.line()
	}
	if !regexp.MustCompile(`^sent 30.0kB \([0-9.]+kB/s\), received 30.0kB \([0-9.]+kB/s\) in [0-9.]+s$`).MatchString(last) {
		t.Error(last)
	}
}

func TestParseRate(t *testing.T) {
	for arg, want := range map[string]float64{"100": 100, "500k": 5e5, "2.5M": 2.5e6, "1GB/s": 1e9, "7B": 7} {
		if got, err := parseRate(arg); got != want || err != nil {
			t.Errorf("parseRate(%q) is %v, %v", arg, got, err)
		}
	}
	for _, arg := range []string{"", "k", "-1", "0", "NaN", "+Inf", "1T", "fast", "1e-300", "1e-20G"} {
		if got, err := parseRate(arg); err == nil {
			t.Errorf("parseRate(%q) is %v", arg, got)
		}
	}
}

// TestHex dumps both directions to standard error, and to a file.
func TestHex(t *testing.T) {
	want := []string{
		`> 00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|`,
		`> 00000010  0a                                                |.|`,
		`< 00000000  1b 5b 32 4a                                       |.[2J|`,
	}
	exchange := func(s *session) {
		s.write("0123456789abcdef\n")
		s.expect("0123456789abcdef\n")
		io.WriteString(s.peer, "\x1b[2J")
		s.finish()
		if s.stdout.String() != "\x1b[2J" {
			t.Errorf("wrote %q", s.stdout.String())
		}
	}
	s := connectSession(t, "--hex")
	exchange(s)
	if got := s.rest(); got != strings.Join(want, "\n")+"\n" {
		t.Errorf("standard error is\n%s", got)
	}
	name := filepath.Join(t.TempDir(), "dump")
	s = connectSession(t, "--hex="+name)
	exchange(s)
	if got, err := os.ReadFile(name); string(got) != strings.Join(want, "\n")+"\n" || err != nil {
		t.Errorf("%v, the file is\n%s", err, got)
	}
}

// unusedPort returns a port that systems do not give to sockets by themselves, so that the
// listener of a session does not get it.
func unusedPort(t *testing.T) string {
	t.Helper()
	const first, number = 20_000, 10_000
	for {
		port := strconv.Itoa(first + rand.IntN(number))
		l, err := net.Listen("tcp4", "127.0.0.1:"+port)
		if err == nil {
			l.Close()
			return port
		}
		if !streamsock.IsAddrInUse(err) {
			t.Skip(err)
		}
	}
}

// TestSource connects from an address and a port of choice, and listens there.
func TestSource(t *testing.T) {
	port := unusedPort(t)
	s := connectSession(t, "-n", "-s", "127.0.0.1", "-p", port)
	if got := s.peer.RemoteAddr().String(); got != "127.0.0.1:"+port {
		t.Errorf("the peer sees %s", got)
	}
	s.finish()

	for _, args := range []string{"-lvp 0 -s 127.0.0.1", "-lvp 0 127.0.0.1", "-lvs 127.0.0.1 0"} {
		s := newSession(t, strings.Fields(args)...)
		address, ok := strings.CutPrefix(s.line(), "listening on 127.0.0.1:")
		if !ok {
			t.Fatalf("%s: it does not listen there", args)
		}
		c, err := net.Dial("tcp4", "127.0.0.1:"+address)
		if err != nil {
			t.Fatal(err)
		}
		s.setPeer(c)
		s.finish()
	}
}

// TestPeerClosedSaid: -v reports what happened.
func TestPeerClosedSaid(t *testing.T) {
	s := connectSession(t, "-v")
	s.line() // connected
	s.peer.CloseWrite()
	if got := s.line(); got != "sockcat: the peer closed its side of the connection" {
		t.Error(got)
	}
	s.finish()
	if got := s.line(); !strings.HasPrefix(got, "sent 0B ") {
		t.Error(got)
	}
}

// TestTypedToNobody: input after the peer has closed the connection does not
// vanish silently, and input while the peer still reads arrives.
func TestTypedToNobody(t *testing.T) {
	s := connectSession(t, "-v", "--escape", "~")
	for range 2 {
		s.line() // connected, the escape character
	}
	s.peer.CloseWrite()
	s.line() // closed its side
	s.write("read\n")
	s.expect("read\n")
	s.peer.Close()
	for { // until the peer's system has answered
		if _, err := io.WriteString(s.stdin, "lost\n"); err != nil {
			break
		}
	}
	if status := s.wait(); status != 1 {
		t.Errorf("status %d", status)
	}
	s.line() // the summary
	if got := s.line(); got != `sockcat: the peer closed the connection; not delivered: "lost\n"` {
		t.Error(got)
	}
}

// TestEndsWithPeer: a server on a terminal ends with its peer, as nc does.
func TestEndsWithPeer(t *testing.T) {
	defer hurry(t.Name())()
	client, server := pair(t)
	l := &link{sock: server, con: newConsole(io.Discard)}
	l.escape, l.endsWithPeer = noEscape, true
	l.stack(server)
	io.WriteString(client, "data")
	client.CloseWrite()
	r, w := io.Pipe() // a terminal without input
	defer w.Close()
	var stdout bytes.Buffer
	if err := l.join(t.Context(), r, &stdout); err != nil || stdout.String() != "data" {
		t.Errorf("%q, %v", stdout.String(), err)
	}
}

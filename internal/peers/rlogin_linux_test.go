// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"errors"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"example.com/streamsock/streamsock"
)

// TestRlogind has a server send its urgent byte at login, without a relay and through a
// Relayer. A Relayer without Urgent does not pass it on.
func TestRlogind(t *testing.T) {
	t.Run("no relay", func(t *testing.T) { testRlogin(t, rlogind(t), true) })
	for _, urgent := range []bool{true, false} {
		t.Run("relay, Urgent "+strconv.FormatBool(urgent), func(t *testing.T) {
			out := rlogind(t)
			l := listen(t)
			c := dial(t, l.Addr().String())
			in := accept(t, l)
			startRelay(t, &streamsock.Relayer{Urgent: urgent}, in, out)
			testRlogin(t, c, urgent)
		})
	}
}

// testRlogin logs in, and checks that the server's urgent byte arrives or that
// there is no out-of-band mark.
func testRlogin(t *testing.T, c *streamsock.Conn, urgent bool) {
	t.Helper()
	user := talk{t, c}
	if !urgent {
		if err := c.SetOOBInline(true); err != nil { // so that no mark is skipped
			t.Fatal(err)
		}
		user.rw = unmarked{c, t}
	}
	user.say("\x00local\x00root\x00dumb/9600\x00") // RFC 1282
	if urgent {
		// The server is two processes by then, and each sends the byte: if the
		// second one has arrived, the first is an ordinary byte or lost.
		if before := toMark(t, c); before != "\x00" && before != "\x00\x80" {
			t.Errorf("before the mark %q", before)
		}
		wantUrgent(t, c, 0x80) // it asks for the size of the window
	}
	user.hear("ready\r\n")
	user.say("hello\r")
	user.hear("line hello\r\n")
}

// unmarked is a connection with OOBInline on which no out-of-band mark may arrive.
type unmarked struct {
	*streamsock.Conn
	t *testing.T
}

func (u unmarked) Read(p []byte) (int, error) {
	if _, err := u.Peek(p[:1]); err != nil {
		return 0, err
	}
	if marked(u.t, u.Conn) {
		u.t.Errorf("a mark arrives")
	}
	return u.Conn.Read(p)
}

// rlogind connects to a server.
func rlogind(t *testing.T) *streamsock.Conn {
	t.Helper()
	needRoot(t)
	path := program(t, "in.rlogind")
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	pam, bin := t.TempDir(), t.TempDir()
	copySource(t, "rlogin", pam, 0o644)
	login := copySource(t, "login.sh", bin, 0o755)
	script := copySource(t, "rlogind.sh", bin, 0o755)
	return rlogin(t, func() *exec.Cmd {
		cmd := exec.Command("/bin/sh", script, pam, login, path)
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
		return cmd
	})
}

// rlogin connects to an rlogind from a privileged port, as it demands.
func rlogin(t *testing.T, cmd func() *exec.Cmd) *streamsock.Conn {
	t.Helper()
	port := 1023
	for ; port > 512; port-- {
		l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
		if err == nil {
			l.Close()
			break
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			t.Fatal(err)
		}
	}
	return inetd(t, streamsock.Dialer{NetDialer: &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}}}, cmd())
}

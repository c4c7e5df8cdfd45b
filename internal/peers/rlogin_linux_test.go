// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"errors"
	"net"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"example.com/streamsock/streamsock"
)

// TestRlogind has a server send its urgent byte at login.
func TestRlogind(t *testing.T) {
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
	c := rlogin(t, func() *exec.Cmd {
		cmd := exec.Command("/bin/sh", script, pam, login, path)
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
		return cmd
	})
	user := talk{t, c}
	user.say("\x00local\x00root\x00dumb/9600\x00") // RFC 1282
	// The server is two processes by then, and each sends the byte: if the
	// second one has come, the first is an ordinary byte or lost.
	if before := toMark(t, c); before != "\x00" && before != "\x00\x80" {
		t.Errorf("in front of the mark %q", before)
	}
	wantUrgent(t, c, 0x80) // it asks for the size of the window
	user.hear("ready\r\n")
	user.say("hello\r")
	user.hear("line hello\r\n")
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

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// checkUnix has both directions end.
func checkUnix(t *testing.T, s *session, peer *net.UnixConn) {
	t.Helper()
	peer.SetDeadline(time.Now().Add(patience))
	question, answer := noise(), noise()[1:]
	go func() {
		s.stdin.Write(question)
		s.stdin.Close()
	}()
	if got, err := io.ReadAll(peer); err != nil || !bytes.Equal(got, question) {
		t.Errorf("the peer read %d bytes, %v", len(got), err)
	}
	if _, err := peer.Write(answer); err != nil {
		t.Error(err)
	}
	peer.Close()
	if status := s.wait(); status != 0 || !bytes.Equal(s.stdout.Bytes(), answer) {
		t.Errorf("status %d, wrote %d bytes: %s", status, s.stdout.Len(), s.rest())
	}
}

func TestUnix(t *testing.T) {
	t.Run("connect", func(t *testing.T) {
		path := unixPath(t)
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Skip(err)
		}
		defer l.Close()
		report := filepath.Join(t.TempDir(), "page.html")
		s := newSession(t, "-U", "-v", "-o", "ReadBuffer=100000", "--report", report, path)
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if got := s.line(); got != "connected to "+path+" from an unnamed socket" {
			t.Error(got)
		}
		if got := s.line(); !strings.HasPrefix(got, "ReadBuffer (SO_RCVBUF) is ") {
			t.Error(got)
		}
		checkUnix(t, s, c.(*net.UnixConn))
		if page := readPage(t, report); !strings.Contains(page, "a Unix socket") {
			t.Error(page)
		}
	})
	t.Run("listen", func(t *testing.T) {
		path := unixPath(t)
		if l, err := net.Listen("unix", path); err != nil {
			t.Skip(err)
		} else {
			l.Close()
		}
		s := newSession(t, "-lUv", path)
		if got := s.line(); got != "listening on "+path {
			t.Error(got)
		}
		c, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		checkUnix(t, s, c.(*net.UnixConn))
		if _, err := os.Stat(path); err == nil {
			t.Error("the socket is left")
		}
	})
}

// TestUnixEscapes: escapes of TCP are rejected, and ~a ends the connection.
func TestUnixEscapes(t *testing.T) {
	path := unixPath(t)
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Skip(err)
	}
	defer l.Close()
	s := newSession(t, "-U", path, "--escape", "~")
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s.write("~u!\n")
	if got := s.line(); got != "sockcat: "+errNotTCP.Error() {
		t.Error(got)
	}
	s.write("~s\n")
	if got := s.line(); !strings.Contains(got, "to "+path+": ") {
		t.Error(got)
	}
	s.write("~a\n")
	if status := s.wait(); status != 0 {
		t.Errorf("status %d: %s", status, s.rest())
	}
}

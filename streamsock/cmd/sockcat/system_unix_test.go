// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package main

import (
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSIGPIPE runs a process, because the system sends one a signal for a write
// to a closed standard output. It must end like the command, after it has
// written the report.
func TestSIGPIPE(t *testing.T) {
	defer hurry(t.Name())()
	self, err := os.Executable()
	if err != nil {
		t.Skip(err)
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	defer l.Close()
	host, port, _ := net.SplitHostPort(l.Addr().String())
	page := filepath.Join(t.TempDir(), "page.html")
	for name, args := range map[string][]string{
		"plain":  {host, port},
		"report": {"--report", page, host, port},
	} {
		var stderr strings.Builder
		cmd := exec.Command(self, args...)
		cmd.Env = append(os.Environ(), asSockcat+"=1")
		cmd.Stdout, cmd.Stderr = closedPipe(t), &stderr
		stdin, err := cmd.StdinPipe() // open until the end
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Skip(err)
		}
		t.Cleanup(func() { cmd.Process.Kill() })
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(patience))
		for err == nil {
			_, err = io.WriteString(c, "line\n")
		}
		c.Close()
		cmd.Wait()
		stdin.Close()
		if status := cmd.ProcessState.ExitCode(); status != 141 || stderr.Len() > 0 {
			t.Errorf("%s: %v, standard error %q", name, cmd.ProcessState, stderr.String())
		}
	}
	readPage(t, page)
}

func TestReasonUnix(t *testing.T) {
	for want, err := range map[string]error{"refused": syscall.ECONNREFUSED, "unreachable": syscall.EHOSTUNREACH} {
		if got := reason(&net.OpError{Op: "dial", Err: err}); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}

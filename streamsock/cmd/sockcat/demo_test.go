// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

func TestDemo(t *testing.T) {
	status, stdout, stderr := sockcat("demo")
	if status != 0 || stderr != "" {
		t.Fatalf("status %d, stderr %q", status, stderr)
	}
	if !strings.HasSuffix(stdout, "sha256 ok\n") {
		t.Errorf("no checksum in the last line:\n%s", stdout)
	}
	rows := make(map[string][]string)
	for line := range strings.Lines(stdout) {
		if f := strings.Fields(line); len(f) > 0 {
			rows[f[0]] = f
		}
	}
	for _, s := range dialOptions {
		i := s.Info()
		row := rows[i.Name]
		switch {
		case row == nil:
			t.Errorf("%s is missing in:\n%s", i.Name, stdout)
		case !i.Supported:
			if !strings.Contains(strings.Join(row, " "), notHere) {
				t.Errorf("%s is not marked: %q", i.Name, row)
			}
		case row[1] != i.Sys:
			t.Errorf("%s is not called %s: %q", i.Name, i.Sys, row)
		}
	}
	// Those that package net has a different opinion on.
	if len(usable([]sockopt.Setting{sockopt.KeepAliveIdle.To(time.Minute)})) > 0 {
		if got := fmt.Sprint(rows["KeepAliveIdle"]); got != fmt.Sprintf("[KeepAliveIdle %s 1m0s 1m0s 2m0s 2m0s]", sockopt.KeepAliveIdle.Info().Sys) {
			t.Error(got)
		}
	}
	if sockopt.NoDelay.Info().Supported {
		if got := fmt.Sprint(rows["NoDelay"]); got != "[NoDelay TCP_NODELAY false false false false]" {
			t.Error(got)
		}
	}
}

// TestDemoSockets checks that the demo closes its sockets itself. The leak
// check at the end follows a garbage collection, which closes them too.
func TestDemoSockets(t *testing.T) {
	before := sockets()
	status, _, stderr := sockcat("demo")
	if status != 0 {
		t.Fatal(stderr)
	}
	if after := sockets(); len(after) > len(before) {
		t.Errorf("sockets before %v, after %v", before, after)
	}
}

func TestDemoFile(t *testing.T) {
	for _, size := range []int{0, 1, 5 << 20} {
		name := tempFile(t, size)
		status, stdout, stderr := sockcat("demo", "--file", name)
		want := fmt.Sprintf("copied: %s, %d bytes there and back in ", filepath.Base(name), size)
		if status != 0 || stderr != "" || !strings.Contains(stdout, want) || !strings.HasSuffix(stdout, "sha256 ok\n") {
			t.Errorf("%d bytes: status %d, stderr %q, stdout:\n%s", size, status, stderr, stdout)
		}
	}
}

// TestTransferMismatch checks that the checksum is looked at.
func TestTransferMismatch(t *testing.T) {
	defer hurry(t.Name())()
	client, server := pair(t)
	f := open(t, 1000)
	if _, err := f.Seek(1, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	want, err := checksum(f) // of all but the first byte
	if err != nil {
		t.Fatal(err)
	}
	n, err := transfer(client, server, f, want)
	if err == nil || n != 1000 || !strings.Contains(err.Error(), "sha256") {
		t.Errorf("transfer returned %d, %v", n, err)
	}
}

// TestTransferBroken checks that an error anywhere ends everything.
func TestTransferBroken(t *testing.T) {
	for name, spoil := range map[string]func(client, server *streamsock.Conn, f *os.File){
		"client": func(c, _ *streamsock.Conn, _ *os.File) { c.Close() },
		"server": func(_, s *streamsock.Conn, _ *os.File) { s.Close() },
		"file":   func(_, _ *streamsock.Conn, f *os.File) { f.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			defer hurry(t.Name())()
			client, server := pair(t)
			f := open(t, 5<<20)
			spoil(client, server, f)
			_, err := transfer(client, server, f, digest{})
			if err == nil || strings.Contains(err.Error(), "sha256") {
				t.Errorf("transfer returned %v", err)
			}
		})
	}
}

func TestTogether(t *testing.T) {
	defer hurry(t.Name())()
	r, w := io.Pipe()
	failure := errors.New("failure")
	err := together([]io.Closer{r, w},
		func() error { return nil },
		func() error { return failure },
		func() error { _, err := r.Read(make([]byte, 1)); return err },
	)
	if err != failure {
		t.Errorf("together returned %v", err)
	}
}

// TestUsable checks that options that the system rejects, in whichever way, are
// left out and shown.
func TestUsable(t *testing.T) {
	good := []sockopt.Setting{sockopt.NoDelay.To(false)}
	var bad []sockopt.Setting
	for i := range sockopt.All() {
		if s, err := i.Parse("1"); err == nil && !i.Supported {
			bad = append(bad, s)
		}
	}
	bad = append(bad, sockopt.Congestion.To("no-such-thing"))
	got := usable(append(bad, good...))
	if sockopt.NoDelay.Info().Supported && (len(got) != 1 || got[0] != good[0]) {
		t.Errorf("usable returned %v", got)
	}

	defer func(s []sockopt.Setting) { dialOptions = s }(dialOptions)
	dialOptions = append(bad, good...)
	status, stdout, stderr := sockcat("demo")
	if status != 0 || stderr != "" {
		t.Fatalf("status %d, stderr %q", status, stderr)
	}
	for _, s := range bad {
		if i := s.Info(); !i.Supported && !strings.Contains(stdout, i.Name+" ") {
			t.Errorf("%s is missing in:\n%s", i.Name, stdout)
		}
	}
	if !sockopt.FunctionBlock.Info().Supported && !strings.Contains(stdout, notHere) {
		t.Errorf("nothing is marked as lacking in:\n%s", stdout)
	}
}

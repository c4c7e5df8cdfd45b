// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// interrupted is a run that a test interrupts.
func interrupted(t *testing.T, args ...string) (stderr lines, interrupt func(os.Signal), status chan int) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(context.Background())
	r, w := io.Pipe()
	t.Cleanup(func() { w.Close() })
	stderr, status = make(lines, 100), make(chan int, 1)
	go func() { status <- runContext(ctx, args, r, io.Discard, stderr) }()
	return stderr, func(s os.Signal) { cancel(interruption{s}) }, status
}

// TestInterrupt checks that the connection is closed, the report written and
// nothing said.
func TestInterrupt(t *testing.T) {
	defer hurry(t.Name())()
	for sig, want := range map[os.Signal]int{os.Interrupt: 130, syscall.SIGTERM: 143} {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Skip(err)
		}
		defer l.Close()
		host, port, _ := net.SplitHostPort(l.Addr().String())
		name := filepath.Join(t.TempDir(), "page.html")
		before := len(sockets())
		stderr, interrupt, status := interrupted(t, "--report", name, "--stat", "1h", host, port)
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(patience))
		if line := waitFor(t, name); line != nil {
			t.Fatal(line)
		}
		interrupt(sig)
		wantStatus(t, status, want)
		if _, err := io.ReadAll(c); err != nil {
			t.Errorf("the peer does not see the end but %v", err)
		}
		if page := readPage(t, name); !strings.Contains(page, "ended by: "+sig.String()) {
			t.Error(page)
		}
		<-stderr // the header
		if line := <-stderr; !liveLine.MatchString(strings.TrimSuffix(line, "\n")) || len(stderr) > 0 {
			t.Errorf("standard error has %q", line)
		}
		c.Close()
		if after := len(sockets()); after > before {
			t.Errorf("%d sockets before, %d after", before, after)
		}
	}
}

// waitFor waits until the command has made its report file, which it does when
// it is connected.
func waitFor(t *testing.T, name string) (err error) {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if _, err = os.Stat(name); err == nil {
			return nil
		}
	}
	return err
}

// TestInterruptEarly interrupts before a connection is established.
func TestInterruptEarly(t *testing.T) {
	stderr, interrupt, status := interrupted(t, "-l", "127.0.0.1", "0")
	select {
	case <-stderr: // it listens
	case <-time.After(patience):
		t.Fatal("it does not listen")
	}
	interrupt(os.Interrupt)
	wantStatus(t, status, 130)
	if len(stderr) > 0 {
		t.Errorf("standard error has %q", <-stderr)
	}
	_, interrupt, status = interrupted(t, "-l", "-w", "1h", "127.0.0.1", "0")
	interrupt(os.Interrupt)
	wantStatus(t, status, 130)
}

// TestInterruptHandshake interrupts while the peer keeps TLS waiting.
func TestInterruptHandshake(t *testing.T) {
	defer hurry(t.Name())()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	defer l.Close()
	host, port, _ := net.SplitHostPort(l.Addr().String())
	_, interrupt, status := interrupted(t, "--tls", host, port)
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	if _, err := c.Read(make([]byte, 1)); err != nil { // the beginning of the handshake
		t.Fatal(err)
	}
	interrupt(os.Interrupt)
	wantStatus(t, status, 130)
}

// TestInterruptDemo interrupts the demo at its beginning.
func TestInterruptDemo(t *testing.T) {
	defer hurry(t.Name())()
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(interruption{os.Interrupt})
	if status := runContext(ctx, []string{"demo"}, nil, io.Discard, io.Discard); status != 130 {
		t.Errorf("status %d", status)
	}
}

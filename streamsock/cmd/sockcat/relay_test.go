// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

// A relaying is a run of "sockcat relay".
type relaying struct {
	t       *testing.T
	stderr  lines
	address string
	stop    func()
}

// relayTo starts a relay to the target, on a port of its choice or the address.
func relayTo(t *testing.T, listen, target string, flags ...string) *relaying {
	t.Helper()
	ctx, cancel := context.WithCancelCause(context.Background())
	r := &relaying{t: t, stderr: make(lines, 100)}
	status := make(chan int, 1)
	args := append(append([]string{"relay"}, flags...), listen, target)
	go func() { status <- runContext(ctx, args, nil, io.Discard, r.stderr) }()
	r.stop = func() {
		cancel(interruption{os.Interrupt})
		wantStatus(t, status, 130)
	}
	address, ok := strings.CutPrefix(r.line(), "listening on ")
	if !ok {
		t.Fatal("it does not print where it listens")
	}
	r.address = address
	return r
}

func (r *relaying) line() string {
	r.t.Helper()
	select {
	case line := <-r.stderr:
		return strings.TrimSuffix(line, "\n")
	case <-time.After(patience):
		r.t.Fatal("nothing on standard error")
		return ""
	}
}

func (r *relaying) dial() *net.TCPConn {
	r.t.Helper()
	c, err := net.DialTimeout("tcp4", r.address, patience)
	if err != nil {
		r.t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(patience))
	r.t.Cleanup(func() { c.Close() })
	return c.(*net.TCPConn)
}

// serveEcho returns the address of a server that sends back what it receives.
func serveEcho(t *testing.T, network, address string, config *tls.Config) string {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.SetDeadline(time.Now().Add(patience))
			end := c.(stream)
			if config != nil {
				end = tls.Server(c, config)
			}
			go func() {
				defer c.Close()
				io.Copy(end, end)
				end.CloseWrite()
			}()
		}
	}()
	return l.Addr().String()
}

// checkEcho sends through c and reads the same back, to the end.
func checkEcho(t *testing.T, c stream) {
	t.Helper()
	text := noise()
	go func() {
		c.Write(text)
		c.CloseWrite()
	}()
	if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, text) {
		t.Errorf("read %d bytes, %v", len(got), err)
	}
	c.Close()
}

func TestRelay(t *testing.T) {
	both := writeCertificate(t)
	listenTLS := []string{"--listen-tls", "--listen-cert", both, "--listen-key", both}
	targetTLS := []string{"--target-tls", "--target-ca", both}
	for name, tt := range map[string]struct {
		flags   []string
		network string
		config  *tls.Config
	}{
		"TCP":        {nil, "tcp4", nil},
		"options":    {[]string{"-o", "NoDelay=off", "--listen-option", "ReuseAddr=on", "--target-option", "KeepAlive=on", "--reset"}, "tcp4", nil},
		"Unix":       {nil, "unix", nil},
		"listen TLS": {listenTLS, "tcp4", nil},
		"target TLS": {targetTLS, "tcp4", testnet.ServerTLS(t)},
		"TLS":        {append(append([]string{"-v"}, listenTLS...), targetTLS...), "tcp4", testnet.ServerTLS(t)},
		"Unix TLS":   {append(targetTLS, "--target-servername", "127.0.0.1"), "unix", testnet.ServerTLS(t)},
	} {
		t.Run(name, func(t *testing.T) {
			address, target := "127.0.0.1:0", ""
			if tt.network == "unix" {
				address = unixPath(t)
				target = "unix:"
			}
			target += serveEcho(t, tt.network, address, tt.config)
			r := relayTo(t, "127.0.0.1:0", target, tt.flags...)
			defer r.stop()
			c := r.dial()
			if strings.Contains(strings.Join(tt.flags, " "), "--listen-tls") {
				checkEcho(t, tls.Client(c, testnet.ClientTLS(t)))
			} else {
				checkEcho(t, c)
			}
			if name == "TLS" {
				if got := r.line(); !strings.HasSuffix(got, " over TCP") || strings.Count(got, "TLS 1.3 (") != 2 {
					t.Error(got)
				}
			}
			want := regexp.MustCompile(`^#1 127\.0\.0\.1:[0-9]+ -> .+: 8\.39MB out, 8\.39MB in, [0-9.]+s$`)
			if got := r.line(); !want.MatchString(got) {
				t.Errorf("%q", got)
			}
		})
	}
}

// TestRelayUnix listens on a Unix socket.
func TestRelayUnix(t *testing.T) {
	path := unixPath(t)
	target := serveEcho(t, "tcp4", "127.0.0.1:0", nil)
	if l, err := net.Listen("unix", path); err != nil {
		t.Skip(err)
	} else {
		l.Close()
	}
	r := relayTo(t, "unix:"+path, target)
	defer r.stop()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	checkEcho(t, c.(*net.UnixConn))
	if got := r.line(); !strings.HasPrefix(got, "#1 an unnamed socket -> 127.0.0.1:") {
		t.Error(got)
	}
}

// TestRelayUrgent: an urgent byte is one for the target too.
func TestRelayUrgent(t *testing.T) {
	if onWine {
		t.Skip("urgent bytes are not reported")
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	defer l.Close()
	r := relayTo(t, "127.0.0.1:0", l.Addr().String(), "--urgent")
	defer r.stop()
	client, err := streamsock.Wrap(r.dial())
	if err != nil {
		t.Fatal(err)
	}
	nc, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	server, err := streamsock.Wrap(nc)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(client, "ab")
	if err := client.SendUrgent('!'); errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := server.WaitUrgent(ctx); err != nil {
		t.Fatal(err)
	}
	if b, err := server.ReadUrgent(); b != '!' || err != nil {
		t.Errorf("received %q, %v", b, err)
	}
}

// TestRelayIdle ends a session in which nothing moves, and keeps others.
func TestRelayIdle(t *testing.T) {
	r := relayTo(t, "127.0.0.1:0", serveEcho(t, "tcp4", "127.0.0.1:0", nil), "--idle", "200ms")
	defer r.stop()
	if rest, err := io.ReadAll(r.dial()); len(rest) > 0 || err != nil {
		t.Errorf("read %d bytes, %v", len(rest), err)
	}
	if got := r.line(); !strings.Contains(got, ": 0B out, 0B in, ") || !strings.HasSuffix(got, ": "+streamsock.ErrIdle.Error()) {
		t.Error(got)
	}
}

// TestRelayRefused: a session without a target is reported, and the next one works.
func TestRelayRefused(t *testing.T) {
	path := unixPath(t)
	r := relayTo(t, "127.0.0.1:0", "unix:"+path, "--max-conns", "1")
	defer r.stop()
	if rest, _ := io.ReadAll(r.dial()); len(rest) > 0 {
		t.Errorf("read %d bytes", len(rest))
	}
	if got := r.line(); !strings.HasPrefix(got, "#1 ") || !strings.Contains(got, path) {
		t.Error(got)
	}
	serveEcho(t, "unix", path, nil)
	checkEcho(t, r.dial())
	if got := r.line(); !strings.HasPrefix(got, "#2 ") || !strings.Contains(got, "8.39MB out") {
		t.Error(got)
	}
}

// TestRelayInterrupted: an interruption ends the sessions.
func TestRelayInterrupted(t *testing.T) {
	r := relayTo(t, "127.0.0.1:0", serveEcho(t, "tcp4", "127.0.0.1:0", nil))
	c := r.dial()
	io.WriteString(c, "x")
	if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	r.stop()
	if rest, err := io.ReadAll(c); len(rest) > 0 || err != nil {
		t.Errorf("read %q, %v", rest, err)
	}
	if got := r.line(); !strings.Contains(got, ": 1B out, 1B in, ") {
		t.Error(got)
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

// TestRelays has the same exchange go through a Relayer, socat and haproxy: the
// bytes both ways, the end of one side that the other gets while it still
// answers, and a reset. What they do with the reset differs; ours must pass it
// on.
func TestRelays(t *testing.T) {
	for _, relay := range []struct {
		name  string
		start func(t *testing.T, server string) (address string)
		reset bool // it is to pass on
	}{
		{"ours", ownRelay, true},
		{"socat", socatRelay, false},
		{"haproxy", haproxyRelay, false},
	} {
		t.Run(relay.name, func(t *testing.T) {
			question, answer := random(1), random(2)
			server, heard := answering(t, answer)
			address := relay.start(t, server)

			c := dialPatiently(t, address)
			go func() {
				io.WriteString(c, question)
				c.CloseWrite()
			}()
			c.SetReadDeadline(time.Now().Add(patience))
			got, err := io.ReadAll(c)
			if err != nil {
				t.Error(err)
			}
			wantSame(t, "the answer", string(got), answer)
			h := <-heard
			wantSame(t, "the question", h.question, question)
			if h.err != nil {
				t.Error(h.err)
			}

			c = dialPatiently(t, address)
			io.WriteString(c, "abc")
			<-heard // it has arrived
			c.Abort()
			h = <-heard
			t.Logf("a reset is reported as %v", h.err)
			if relay.reset && !errors.Is(h.err, syscall.ECONNRESET) {
				t.Errorf("a reset is reported as %v", h.err)
			}
		})
	}
}

// What a server has received to the end or, from one that begins with "abc", at
// once.
type heard struct {
	question string
	err      error
}

// answering starts a server that answers when the peer has ended its side. To
// a Conn that begins with "abc" it says so and waits for the end.
func answering(t *testing.T, answer string) (address string, all <-chan heard) {
	t.Helper()
	l, err := streamsock.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	t.Cleanup(func() { l.Close(); serving.Wait() })
	out := make(chan heard, 10)
	serving.Go(func() {
		for {
			c, err := l.AcceptStream()
			if err != nil {
				return
			}
			c.SetDeadline(time.Now().Add(patience))
			first := make([]byte, 3)
			if _, err := io.ReadFull(c, first); err != nil {
				c.Close() // it was only to see whether the relay listens
				continue
			}
			if string(first) == "abc" {
				out <- heard{question: "abc"}
			}
			rest, err := io.ReadAll(c)
			io.WriteString(c, answer)
			c.CloseWrite()
			out <- heard{string(first) + string(rest), err}
			c.Close()
		}
	})
	return l.Addr().String(), out
}

func dialPatiently(t *testing.T, address string) *streamsock.Conn {
	t.Helper()
	for start := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		c, err := streamsock.Dial("tcp4", address)
		if err == nil {
			t.Cleanup(func() { c.Close() })
			return c
		}
		if time.Since(start) > patience {
			t.Fatal(err)
		}
	}
}

func ownRelay(t *testing.T, server string) string {
	t.Helper()
	l, err := streamsock.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var relaying sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() { l.Close(); cancel(); relaying.Wait() })
	relaying.Go(func() {
		r := &streamsock.Relayer{Reset: true}
		for {
			in, err := l.AcceptStream()
			if err != nil {
				return
			}
			out, err := streamsock.Dial("tcp4", server)
			if err != nil {
				in.Close()
				continue
			}
			relaying.Go(func() { r.Relay(ctx, in, out) })
		}
	})
	return l.Addr().String()
}

func socatRelay(t *testing.T, server string) string {
	t.Helper()
	port := freePort(t)
	start(t, exec.Command(program(t, "socat"), "-t20", "TCP-LISTEN:"+port+",bind=127.0.0.1,reuseaddr,fork", "TCP:"+server))
	return net.JoinHostPort("127.0.0.1", port)
}

func haproxyRelay(t *testing.T, server string) string {
	t.Helper()
	address := net.JoinHostPort("127.0.0.1", freePort(t))
	name := filepath.Join(t.TempDir(), "haproxy.cfg")
	text := "defaults\n mode tcp\n timeout connect 10s\n timeout client 20s\n timeout server 20s\n" +
		"listen relay\n bind " + address + "\n server one " + server + "\n"
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, exec.Command(program(t, "haproxy"), "-db", "-f", name))
	return address
}

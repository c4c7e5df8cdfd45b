// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package streamsock_test

import (
	"io"
	"net"
	"os"
	"syscall"
	"testing"

	"example.com/streamsock/streamsock"
)

func init() {
	pollKinds = append(pollKinds, []pollKind{
		{"UnixConn", func(t *testing.T) (syscall.Conn, io.WriteCloser) { c, peer := ourUnixPair(t); return c, peer }},
		{"net.UnixConn", func(t *testing.T) (syscall.Conn, io.WriteCloser) {
			c, peer := unixPair(t)
			return c.(*net.UnixConn), peer
		}},
		{"os.File", func(t *testing.T) (syscall.Conn, io.WriteCloser) {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { r.Close(); w.Close() })
			return r, w
		}},
		{"net.UnixListener", func(t *testing.T) (syscall.Conn, io.WriteCloser) {
			l, err := net.Listen("unix", socketPath(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { l.Close() })
			return l.(*net.UnixListener), &dialling{l.Addr(), nil}
		}},
	}...)
}

// TestPollSetConnecting waits for attempts to connect.
func TestPollSetConnecting(t *testing.T) {
	s := newPollSet(t)
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	good := newSocket(t, "tcp4")
	bad := newSocket(t, "tcp4")
	defer bad.Close()
	refused := unused(t)
	if err := good.StartConnect(addrPort(l.Addr())); err != nil {
		t.Fatal(err)
	}
	startErr := bad.StartConnect(refused)
	for _, socket := range []*streamsock.Socket{good, bad} {
		if err := s.Add(socket, streamsock.Writable); err != nil && (socket == good || startErr == nil) {
			t.Fatal(err)
		}
	}
	for s.Len() > 0 {
		ready, err := s.Poll(patient(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range ready {
			c, err := r.Socket.(*streamsock.Socket).FinishConnect(t.Context())
			if r.Socket == good && err != nil || r.Socket == bad && !answers(err, syscall.ECONNREFUSED) {
				t.Errorf("%v, %v", c, err)
			}
			if c != nil {
				c.Close()
			}
			if s.Has(r.Socket) {
				t.Error("a socket that has become a connection is a member")
				s.Remove(r.Socket)
			}
		}
	}
}

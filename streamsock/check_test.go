// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

func remains(t testing.TB, c *streamsock.Conn, want streamsock.Liveness, wantErr error) {
	t.Helper()
	got, err := c.Check()
	if got != want || !errors.Is(err, wantErr) {
		t.Errorf("Check: %v, %v, want %v, %v", got, err, want, wantErr)
	}
}

// TestCheck brings connections into each state, calls Check many times, and
// verifies that this has no effect.
func TestCheck(t *testing.T) {
	for _, network := range []string{"tcp4", "tcp6"} {
		for _, tt := range []struct {
			name string
			test func(t *testing.T, c, peer *streamsock.Conn)
		}{
			{"idle", func(t *testing.T, c, peer *streamsock.Conn) {
				becomes(t, c, streamsock.Idle, nil)
				put(t, peer, c, []byte("later"))
				take(t, c, []byte("later"))
				becomes(t, c, streamsock.Idle, nil)
			}},
			{"data", func(t *testing.T, c, peer *streamsock.Conn) {
				put(t, peer, c, []byte("data"))
				becomes(t, c, streamsock.Pending, nil)
				take(t, c, []byte("dat"))
				becomes(t, c, streamsock.Pending, nil)
				take(t, c, []byte("a"))
				becomes(t, c, streamsock.Idle, nil)
			}},
			{"FIN", func(t *testing.T, c, peer *streamsock.Conn) {
				peer.CloseWrite()
				becomes(t, c, streamsock.HalfClosed, nil)
				readsTo(t, c, io.EOF)
				becomes(t, c, streamsock.HalfClosed, nil)
				put(t, c, peer, []byte("it still listens"))
				take(t, peer, []byte("it still listens"))
				becomes(t, peer, streamsock.Idle, nil)
			}},
			{"RST", func(t *testing.T, c, peer *streamsock.Conn) {
				abortConn(peer.TCPConn)
				becomes(t, c, streamsock.Closed, streamsock.ErrBroken)
				readsTo(t, c, syscall.ECONNRESET)
				if runtime.GOOS != "windows" { // which reports it each time
					becomes(t, c, streamsock.Closed, io.EOF) // the error has been returned
				}
			}},
			{"after CloseWrite", func(t *testing.T, c, peer *streamsock.Conn) {
				c.CloseWrite()
				becomes(t, c, streamsock.Idle, nil)
				put(t, peer, c, []byte("answer"))
				becomes(t, c, streamsock.Pending, nil)
				take(t, c, []byte("answer"))
			}},
			{"expired deadline", func(t *testing.T, c, peer *streamsock.Conn) {
				c.SetDeadline(past)
				becomes(t, c, streamsock.Idle, nil)
				put(t, peer, c, []byte("data"))
				becomes(t, c, streamsock.Pending, nil)
				c.SetDeadline(time.Time{})
				take(t, c, []byte("data"))
			}},
			{"during Read", func(t *testing.T, c, peer *streamsock.Conn) {
				p := make([]byte, 10)
				reading := begin(func() (int, error) { return c.Read(p) })
				reading.blocks(t)
				if _, err := promptly(t, func() (int, error) { l, err := c.Check(); return int(l), err }); err != nil {
					t.Error(err)
				}
				becomes(t, c, streamsock.Idle, nil)
				if len(reading.done) > 0 {
					t.Error("the Read has ended")
				}
				peer.Write([]byte("data"))
				reading.ends(t, 4, nil)
			}},
			{"during Write", func(t *testing.T, c, peer *streamsock.Conn) {
				const much = 32 << 20
				writing := begin(func() (int, error) { return c.Write(make([]byte, much)) })
				writing.blocks(t)
				becomes(t, c, streamsock.Idle, nil)
				put(t, peer, c, []byte("data"))
				becomes(t, c, streamsock.Pending, nil)
				c.Close()
				if _, err := writing.end(t); !errors.Is(err, net.ErrClosed) {
					t.Errorf("Write: %v", err)
				}
			}},
			{"after Close", func(t *testing.T, c, peer *streamsock.Conn) {
				put(t, peer, c, []byte("data"))
				c.Close()
				becomes(t, c, streamsock.Closed, net.ErrClosed)
			}},
		} {
			t.Run(network+"/"+tt.name, func(t *testing.T) {
				c, peer := checkPair(t, network)
				tt.test(t, c, peer)
			})
		}
	}
}

// TestCheckTLS checks below a tls.Conn. The server's session ticket is there
// from the beginning, and must still be there for the first Read.
func TestCheckTLS(t *testing.T) {
	skipUnlessChecked(t)
	l, config := listenHere(t), testnet.ServerTLS(t)
	said, goOn := make(chan error, 1), make(chan bool)
	serveOne(t, l, func(c net.Conn) error {
		s := tls.Server(c, config)
		said <- s.Handshake()
		<-goOn
		if _, err := s.Write([]byte("hello")); err != nil {
			return err
		}
		return s.Close()
	})
	resume := sync.OnceFunc(func() { close(goOn) })
	t.Cleanup(resume)
	clientConfig := testnet.ClientTLS(t)
	clientConfig.ClientSessionCache = tls.NewLRUClientSessionCache(1) // or it asks for no ticket
	c := tls.Client(dialTo(t, l), clientConfig)
	if err := errors.Join(c.Handshake(), next(t, said)); err != nil {
		t.Fatal(err)
	}
	connBecomes(t, c, streamsock.Pending, nil)
	for range 100 {
		connBecomes(t, c, streamsock.Pending, nil)
	}
	resume()
	if !onWine { // which reports the end only after the last byte
		connBecomes(t, c, streamsock.HalfClosed, nil)
	}
	b, err := io.ReadAll(c)
	if string(b) != "hello" || err != nil {
		t.Errorf("%q, %v after the session ticket", b, err)
	}
	connBecomes(t, c, streamsock.HalfClosed, nil)
	c.Close()
	connBecomes(t, c, streamsock.Closed, net.ErrClosed)
}

// TestCheckConnRefuses calls it for connections without a socket.
func TestCheckConnRefuses(t *testing.T) {
	p, q := net.Pipe()
	defer p.Close()
	defer q.Close()
	for _, c := range []net.Conn{nil, p, (*streamsock.Conn)(nil), struct{ net.Conn }{p}} {
		if l, err := streamsock.CheckConn(c); l != 0 || !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("CheckConn(%T): %v, %v", c, l, err)
		}
	}
	var zero streamsock.Conn
	if l, err := zero.Check(); l != 0 || !errors.Is(err, syscall.EINVAL) {
		t.Errorf("of a zero Conn: %v, %v", l, err)
	}
}

// TestCheckErrors checks that errors are like those of package net.
func TestCheckErrors(t *testing.T) {
	c, peer := checkPair(t, "tcp4")
	abortConn(peer.TCPConn)
	becomes(t, c, streamsock.Closed, streamsock.ErrBroken)
	_, broken := c.Check()
	local, remote := c.LocalAddr(), c.RemoteAddr()
	c.Close()
	_, closed := c.Check()
	for _, err := range []error{broken, closed} {
		e, ok := err.(*net.OpError)
		if !ok || e.Op != "check" || e.Net != "tcp" || e.Source != local || e.Addr != remote {
			t.Errorf("%#v", err)
		}
	}
}

func TestLivenessString(t *testing.T) {
	for want, l := range map[string]streamsock.Liveness{
		"Idle": streamsock.Idle, "Pending": streamsock.Pending,
		"HalfClosed": streamsock.HalfClosed, "Closed": streamsock.Closed,
		"Liveness(0)": 0, "Liveness(5)": 5, "Liveness(255)": 255,
	} {
		if l.String() != want {
			t.Errorf("%d is %q, want %q", uint8(l), l, want)
		}
	}
}

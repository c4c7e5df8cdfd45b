// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// closing returns nettest's stop function for the connections. The tests close
// some of them themselves, so that it may be the second Close.
func closing(t *testing.T, conns ...net.Conn) func() {
	return func() {
		for _, c := range conns {
			if err := c.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
				t.Errorf("close: %v", err)
			}
		}
	}
}

// pair returns the two ends of a connection, wrapped.
func pair(t testing.TB, network string) (client, server *streamsock.Conn) {
	t.Helper()
	c, s := testnet.Pair(t, network)
	return wrap(t, c), wrap(t, s)
}

// patient returns a context for an event that must happen.
func patient(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// next returns the next value of a channel.
func next[T any](t testing.TB, ch <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-ch:
	case <-time.After(patience):
		t.Fatalf("nothing arrives\n%s", testnet.Stacks())
	}
	return v
}

// socketPath returns an address for a Unix socket. The name of t.TempDir may be
// too long for one.
func socketPath(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	name := filepath.Join(folder, "socket")
	const most = 103 // bytes on macOS and the BSDs; 107 on Linux
	if len(name) > most {
		t.Skipf("%s is too long for the address of a Unix socket", name)
	}
	return name
}

func wrap(t testing.TB, nc net.Conn) *streamsock.Conn {
	t.Helper()
	c, err := streamsock.Wrap(nc)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// set checks that a getter reports what the setter set, and something else
// before.
func set[T comparable](t *testing.T, v T, setter func(T) error, getter func() (T, error)) {
	t.Helper()
	if before, err := getter(); err != nil || before == v {
		t.Errorf("%v, %v before setting it to %v", before, err, v)
	}
	if err := setter(v); err != nil {
		t.Error(err)
	}
	if after, err := getter(); err != nil || after != v {
		t.Errorf("%v, %v after setting it to %v", after, err, v)
	}
}

// setBuffer accepts a larger buffer than requested.
func setBuffer(t *testing.T, setter func(int) error, getter func() (int, error)) {
	t.Helper()
	const size = 33333
	if before, err := getter(); err != nil || before == size || before == 2*size {
		t.Errorf("%d, %v before setting it to %d", before, err, size)
	}
	if err := setter(size); err != nil {
		t.Error(err)
	}
	if after, err := getter(); err != nil || after != size && after != 2*size {
		t.Errorf("%d, %v after setting it to %d", after, err, size)
	}
}

// checkContrary checks that the settings are as requested.
func checkContrary(t *testing.T, c *streamsock.Conn) {
	t.Helper()
	if on, err := c.NoDelay(); on || err != nil {
		t.Errorf("NoDelay is %t, %v", on, err)
	}
	if k, err := c.KeepAliveConfig(); k != contraryKeepAlive || err != nil {
		t.Errorf("KeepAliveConfig is %+v, %v, want %+v", k, err, contraryKeepAlive)
	}
}

func listen(t *testing.T, lc *streamsock.ListenConfig, network string) *streamsock.Listener {
	t.Helper()
	l, err := lc.Listen(t.Context(), network, testnet.Loopback(t, network))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	testnet.Guard(t, l)
	return l
}

// acceptedKeepAlive returns the keep-alive of the next connection that l accepts.
func acceptedKeepAlive(t *testing.T, l net.Listener) net.KeepAliveConfig {
	t.Helper()
	c, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	w, err := streamsock.Wrap(s)
	if err != nil {
		t.Fatal(err)
	}
	k, err := w.KeepAliveConfig()
	if err != nil {
		t.Skip(err)
	}
	return k
}

// ends returns the two ends of a connection.
func ends() (client, server *streamsock.Conn) {
	l, err := streamsock.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	client, err = streamsock.Dial("tcp", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	server, err = l.AcceptStream()
	if err != nil {
		log.Fatal(err)
	}
	return client, server
}

// selfSigned returns the configurations of a server and of a client that trusts it.
func selfSigned() (server, client *tls.Config) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"server"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		log.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		log.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	server = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	return server, &tls.Config{RootCAs: roots, ServerName: "server"}
}

// echoOne serves one connection of the listener.
func echoOne(l net.Listener) {
	c, err := l.Accept()
	if err != nil {
		return
	}
	defer c.Close()
	io.Copy(c, c)
}

// connect dials the listener and returns the connection and the listener's
// end of it, by the given way to accept.
func connect[C net.Conn](t *testing.T, l *streamsock.Listener, accept func() (C, error)) (net.Conn, C) {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	testnet.Guard(t, l, c.(*net.TCPConn))
	s, err := accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return c, s
}

// protocol returns the protocol of a socket: 6 for TCP, 262 for MPTCP.
func protocol(t *testing.T, c syscall.Conn) int {
	t.Helper()
	p, err := sockopt.Protocol.Get(c)
	if err != nil {
		t.Skip(err)
	}
	return p
}

// acceptSkips has an option fail with the error on those connections that are to
// be skipped, every second one, and be reported or not.
func acceptSkips(t *testing.T, err error, reported bool, skip ...bool) {
	t.Helper()
	i := sockopt.NoDelay.Info()
	used := new(atomic.Int32) // by Listen too
	if !skip[0] {
		used.Add(1)
	}
	sometimes := sockopt.New("SOMETIMES", i.Level, i.Number, every{2, err, used})
	reports := 0
	l := listen(t, &streamsock.ListenConfig{
		ConnOptions: []sockopt.Setting{sometimes.To(0)},
		Refused:     func(*net.TCPConn, error) { reports++ },
	}, "tcp4")
	l.SetDeadline(time.Now().Add(30 * time.Second))
	var clients []net.Conn
	for range skip {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		clients = append(clients, c)
	}
	for n, c := range clients {
		if skip[n] {
			continue
		}
		s, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if got, want := s.RemoteAddr().String(), c.LocalAddr().String(); got != want {
			t.Errorf("accepted %s, want %s, the number %d", got, want, n)
		}
	}
	for n, c := range clients {
		if !skip[n] {
			continue
		}
		c.SetReadDeadline(time.Now().Add(30 * time.Second))
		if got, err := c.Read(make([]byte, 1)); got != 0 || err != io.EOF {
			t.Errorf("number %d, which is skipped, reads %d, %v, want EOF", n, got, err)
		}
	}
	if most := len(skip) / 2; reports > most || reported && reports < most-1 || !reported && reports > 0 {
		t.Errorf("%d reports for %d connections", reports, len(skip))
	}
}

// isTimeout checks that err is a timeout of package net.
func isTimeout(t testing.TB, err error) {
	t.Helper()
	oe, ok := err.(*net.OpError)
	if !ok || !oe.Timeout() || !os.IsTimeout(err) || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%#v, want a *net.OpError with os.ErrDeadlineExceeded", err)
	}
}

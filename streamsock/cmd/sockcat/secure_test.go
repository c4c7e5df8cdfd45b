// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock/sockopt"
)

// TestTLS joins to a TLS peer, with options, the live line and a report of the
// TCP connection below.
func TestTLS(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.html")
	flags := []string{"--tls", "-v", "--stat", "1h", "--report", page}
	if len(usable([]sockopt.Setting{sockopt.KeepAliveIdle.To(77 * time.Second)})) > 0 {
		flags = append(flags, "-o", "KeepAliveIdle=77s")
	}
	test := func(t *testing.T, s *session, peer *tls.Conn) {
		roundTrip(t, s, peer)
		var all strings.Builder
		for len(s.stderr) > 0 {
			all.WriteString(s.line() + "\n")
		}
		for _, want := range []string{"TLS 1.3 (", " over TCP", "out/s ", "report written"} {
			if !strings.Contains(all.String(), want) {
				t.Errorf("%q is not in:\n%s", want, all.String())
			}
		}
		if len(flags) > 6 && !strings.Contains(all.String(), ") is 1m17s") {
			t.Errorf("the option is not in:\n%s", all.String())
		}
		if page := readPage(t, page); !strings.Contains(page, "TLS 1.3 (") || !strings.Contains(page, "<b>8.39MB</b>") {
			t.Error(page)
		}
	}
	t.Run("connect", func(t *testing.T) {
		s := connectSession(t, append(flags, "--tls-insecure")...)
		test(t, s, tls.Server(s.peer, testnet.ServerTLS(t)))
	})
	t.Run("listen", func(t *testing.T) {
		both := writeCertificate(t)
		s := listenSession(t, append(flags, "--cert", both, "--key", both)...)
		test(t, s, tls.Client(s.peer, testnet.ClientTLS(t)))
	})
}

// TestTLSUnknown: a certificate of an unknown authority is a failure.
func TestTLSUnknown(t *testing.T) {
	s := connectSession(t, "--tls")
	if err := tls.Server(s.peer, testnet.ServerTLS(t)).Handshake(); err == nil {
		t.Error("the handshake succeeds")
	}
	if status := s.wait(); status != 1 {
		t.Errorf("status %d", status)
	}
	if got := s.line(); !strings.Contains(got, "certificate") {
		t.Error(got)
	}
}

// TestTLSNames has a certificate whose names would control the terminal in which
// the error is read.
func TestTLSNames(t *testing.T) {
	const name = "\x1b]0;title\x07\x1b[2J\x1b[31mCONNECTION OK\x1b[0m\r\n"
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		DNSNames:     []string{name},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Skip(err) // this version of Go has an opinion on names
	}
	if _, err := net.LookupHost("localhost"); err != nil {
		t.Skip(err)
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	defer l.Close()
	l.(*net.TCPListener).SetDeadline(time.Now().Add(patience))
	_, port, _ := net.SplitHostPort(l.Addr().String())
	s := newSession(t, "-4", "--tls", "localhost", port) // an error about an address has no names
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	s.setPeer(c)
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	if err := tls.Server(s.peer, config).Handshake(); err == nil {
		t.Error("the handshake succeeds")
	}
	if status := s.wait(); status != 1 {
		t.Errorf("status %d", status)
	}
	got := s.line()
	if strings.ContainsFunc(got, unprintable) {
		t.Errorf("standard error is %q", got)
	}
	if !strings.Contains(got, `\x1b]0;title`) {
		t.Skipf("this system finds another fault, or does not name the names: %q", got)
	}
}

// TestTLSTimeout: -w is for the handshake too.
func TestTLSTimeout(t *testing.T) {
	s := connectSession(t, "--tls", "-w", "1s") // which is for the connection too
	if status := s.wait(); status != 1 {
		t.Errorf("status %d", status)
	}
}

// TestTLSCut: the end of the connection in the middle of a record of TLS is a
// failure. (Between two, crypto/tls takes it for the end of the stream.)
func TestTLSCut(t *testing.T) {
	s := connectSession(t, "--tls", "--tls-insecure")
	peer := tls.Server(s.peer, testnet.ServerTLS(t))
	if _, err := io.WriteString(peer, "hello"); err != nil {
		t.Fatal(err)
	}
	s.peer.Write([]byte{23, 3, 3}) // the beginning of a record
	s.peer.CloseWrite()
	if status := s.wait(); status != 1 || s.stdout.String() != "hello" {
		t.Errorf("status %d, %q", status, s.stdout.String())
	}
}

func TestTLSEscapes(t *testing.T) {
	s := connectSession(t, "--tls", "--tls-insecure", "--escape", "~")
	peer := tls.Server(s.peer, testnet.ServerTLS(t))
	go s.stdin.Write([]byte("~u!\nab\n~f\n"))
	if got, err := io.ReadAll(peer); err != nil || string(got) != "ab\n" {
		t.Errorf("the peer read %q, %v", got, err)
	}
	if got := s.line(); !strings.Contains(got, errUrgentTLS.Error()) {
		t.Error(got)
	}
	peer.Close()
	if status := s.wait(); status != 0 {
		t.Errorf("status %d", status)
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bufio"
	"crypto/tls"
	"io"
	"strings"
	"testing"

	"example.com/streamsock/internal/testnet"
)

// starttlsScripts is what a server sends and receives before TLS begins: what it receives
// begins with a ">".
var starttlsScripts = map[string]string{
	"ftp":      "220-Welcome\r\n with a line more\r\nand another\r\n\r\n220 here\r\n>AUTH TLS\r\n234 go on\r\n",
	"imap":     "* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n>a STARTTLS\r\n* CAPABILITY IMAP4rev1\r\na OK begin\r\n",
	"postgres": ">\x00\x00\x00\x08\x04\xd2\x16\x2fS",
	"smtp":     "220 mail.example.com ESMTP\r\n>EHLO localhost\r\n250-mail.example.com\r\n250-SIZE 1000\r\n250 starttls\r\n>STARTTLS\r\n220 2.0.0 go on\r\n",
}

// speak plays the server's part of a script.
func speak(t *testing.T, c io.ReadWriter, script string) {
	t.Helper()
	for script != "" {
		said, ok := strings.CutPrefix(script, ">")
		if !ok {
			text, rest, _ := strings.Cut(script, ">")
			io.WriteString(c, text)
			if script = ""; rest != "" {
				script = ">" + rest
			}
			continue
		}
		n := strings.Index(said, "\n") + 1
		if n == 0 {
			n = 8
		}
		heard := make([]byte, n)
		if _, err := io.ReadFull(c, heard); err != nil || string(heard) != said[:n] {
			t.Errorf("the server received %q, %v, want %q", heard, err, said[:n])
			return
		}
		script = said[n:]
	}
}

func TestStartTLS(t *testing.T) {
	for protocol, script := range starttlsScripts {
		t.Run(protocol, func(t *testing.T) {
			s := connectSession(t, "--starttls", protocol, "--ca", writeCertificate(t))
			speak(t, s.peer, script)
			roundTrip(t, s, tls.Server(s.peer, testnet.ServerTLS(t)))
		})
	}
	if len(starttlsScripts) != len(starttls) {
		t.Error("a protocol has no test")
	}
}

// TestStartTLSRefused: the error contains the server's reply, in one line.
func TestStartTLSRefused(t *testing.T) {
	for name, tt := range map[string]struct{ protocol, script, want string }{
		"ftp":      {"ftp", "220 here\r\n>AUTH TLS\r\n502 what?\x1b[2J\r\n", `the server replied "502 what?\x1b[2J"`},
		"code":     {"smtp", "554 no service\r\n", `the server replied "554 no service"`},
		"within":   {"ftp", "220-x\r\ntext\r\n421 no\r\n", `the server replied "421 no"`},
		"imap":     {"imap", "* OK ready\r\n>a STARTTLS\r\na BAD unknown\r\n", `the server replied "a BAD unknown"`},
		"bye":      {"imap", "* BYE\r\n", `the server replied "* BYE"`},
		"postgres": {"postgres", ">\x00\x00\x00\x08\x04\xd2\x16\x2fN", `the server replied "N"`},
		"offer":    {"smtp", "220 x\r\n>EHLO localhost\r\n250 HELP\r\n", "does not offer it"},
		"end":      {"smtp", "220-x\r\n", "unexpected EOF"},
		"line":     {"smtp", strings.Repeat("x", maxLine), errTooLong.Error()},
		"lines":    {"imap", "* OK ready\r\n>a STARTTLS\r\n" + strings.Repeat("* x\r\n", maxLines), errTooLong.Error()},
		"replies":  {"smtp", strings.Repeat("220-x\r\n", maxLines), errTooLong.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			s := connectSession(t, "--starttls", tt.protocol)
			speak(t, s.peer, tt.script)
			s.peer.CloseWrite()
			if status := s.wait(); status != 1 {
				t.Errorf("status %d", status)
			}
			got := s.line()
			if !strings.HasPrefix(got, "sockcat: starttls "+tt.protocol+": ") || !strings.Contains(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// TestStartTLSWait: -w applies before TLS too.
func TestStartTLSWait(t *testing.T) {
	s := connectSession(t, "--starttls", "smtp", "-w", "1")
	if status := s.wait(); status != 1 {
		t.Errorf("status %d", status)
	}
}

// TestTLSVerified checks the peer's certificate, and prints it.
func TestTLSVerified(t *testing.T) {
	s := connectSession(t, "--tls", "-v", "--ca", writeCertificate(t), "--alpn", "other,echo", "--tls-min", "1.3")
	config := testnet.ServerTLS(t)
	config.NextProtos = []string{"echo"}
	roundTrip(t, s, tls.Server(s.peer, config))
	said := s.rest()
	for _, want := range []string{"TLS 1.3 (TLS_", "\nALPN: echo\n", "\ncertificate: subject CN=127.0.0.1, issuer CN=127.0.0.1\n",
		"\ncertificate: valid until ", "\ncertificate: for 127.0.0.1, ::1\n"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in:\n%s", want, said)
		}
	}
}

// TestTLSAdvice: the error of a handshake names the way out.
func TestTLSAdvice(t *testing.T) {
	ca := writeCertificate(t)
	for name, tt := range map[string]struct {
		flags []string
		want  string
	}{
		"name":    {[]string{"--ca", ca, "--servername", "example.com"}, "--servername NAME expects another name"},
		"unknown": {nil, "--ca FILE trusts another authority"},
	} {
		s := connectSession(t, append(tt.flags, "--tls")...)
		if err := tls.Server(s.peer, testnet.ServerTLS(t)).Handshake(); err == nil {
			t.Errorf("%s: the handshake succeeds", name)
		}
		if status := s.wait(); status != 1 {
			t.Errorf("%s: status %d", name, status)
		}
		if got := s.line(); !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	s := connectSession(t, "--tls")
	io.WriteString(s.peer, "220 this is not TLS\r\n")
	s.wait()
	if got := s.line(); !strings.Contains(got, "--starttls PROTOCOL switches to it") {
		t.Error(got)
	}
	s = connectSession(t, "--tls", "--tls-min", "1.3")
	config := testnet.ServerTLS(t)
	config.MaxVersion = tls.VersionTLS12
	tls.Server(s.peer, config).Handshake()
	s.wait()
	if got := s.line(); !strings.Contains(got, "version") {
		t.Error(got)
	}
}

// TestClientCertificate: with --client-ca, a peer without a certificate is refused.
func TestClientCertificate(t *testing.T) {
	both := writeCertificate(t)
	flags := []string{"--tls", "--cert", both, "--key", both, "--client-ca", both}
	s := listenSession(t, append(flags, "-v")...)
	config := testnet.ClientTLS(t)
	config.Certificates = testnet.ServerTLS(t).Certificates
	roundTrip(t, s, tls.Client(s.peer, config))
	if said := s.rest(); !strings.Contains(said, "\ncertificate: subject CN=127.0.0.1") {
		t.Error(said)
	}

	s = listenSession(t, flags...)
	peer := tls.Client(s.peer, testnet.ClientTLS(t))
	peer.Handshake()
	if _, err := bufio.NewReader(peer).ReadByte(); err == nil {
		t.Error("a peer without a certificate is accepted")
	}
	if status := s.wait(); status != 1 {
		t.Errorf("status %d", status)
	}
	if got := s.line(); !strings.Contains(got, "certificate") {
		t.Error(got)
	}
}

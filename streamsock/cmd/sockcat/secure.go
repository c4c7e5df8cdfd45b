// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"example.com/streamsock/streamsock"
)

// A secure contains the flags for TLS.
type secure struct {
	prefix       string // of the names of the flags, such as "listen-"
	on, insecure bool
	cert, key    string // names of files
	ca, clientCA string // names of files
	serverName   string
	alpn         []string
	least        uint16 // version, 0 for that of crypto/tls
	starttls     string // protocol
	config       *tls.Config
}

// group returns the flags of a command that is a client or a server.
func (s *secure) group() group {
	return group{"flags for TLS", sorted(append(s.clientFlags(), s.serverFlags()...))}
}

func (s *secure) clientFlags() []flag {
	return []flag{
		s.alpnFlag(),
		{long: s.prefix + "ca", arg: "FILE", help: "trust the certificate authorities in FILE (PEM) instead of the system's", set: setString(&s.ca)},
		s.certFlag(),
		s.keyFlag(),
		{long: s.prefix + "servername", arg: "NAME", help: "send NAME to the server, and verify its certificate against NAME (HOST)", set: setString(&s.serverName)},
		{long: s.prefix + "starttls", arg: "PROTOCOL", choices: slices.Sorted(maps.Keys(starttls)), help: "begin without TLS, and switch with STARTTLS of ftp, imap, postgres or smtp", set: s.setStartTLS},
		s.tlsFlag(),
		{long: s.prefix + "tls-insecure", help: "accept any certificate", set: setTrue(&s.insecure)},
		s.leastFlag(),
	}
}

func (s *secure) serverFlags() []flag {
	return []flag{
		s.alpnFlag(),
		s.certFlag(),
		{long: s.prefix + "client-ca", arg: "FILE", help: "require a certificate of each client, issued by an authority in FILE (PEM)", set: setString(&s.clientCA)},
		s.keyFlag(),
		s.tlsFlag(),
		s.leastFlag(),
	}
}

func (s *secure) alpnFlag() flag {
	return flag{long: s.prefix + "alpn", arg: "NAMES", help: "offer these application protocols, such as h2,http/1.1", set: func(arg string) error { s.alpn = strings.Split(arg, ","); return nil }}
}

func (s *secure) certFlag() flag {
	return flag{long: s.prefix + "cert", arg: "FILE", help: "use the certificates in FILE (PEM); required for a server", set: setString(&s.cert)}
}

func (s *secure) keyFlag() flag {
	return flag{long: s.prefix + "key", arg: "FILE", help: "use the private key in FILE (PEM) with --" + s.prefix + "cert", set: setString(&s.key)}
}

func (s *secure) tlsFlag() flag {
	return flag{long: s.prefix + "tls", help: "use TLS; a client verifies that HOST matches the certificate", set: setTrue(&s.on)}
}

func (s *secure) leastFlag() flag {
	return flag{long: s.prefix + "tls-min", arg: "VERSION", choices: slices.Sorted(maps.Keys(tlsVersions)), help: "accept no version below VERSION, one of 1.0, 1.1, 1.2 and 1.3 (1.2)", set: s.setLeast}
}

func (s *secure) setStartTLS(arg string) error {
	s.starttls, s.on = arg, true
	return nil
}

var tlsVersions = map[string]uint16{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

func (s *secure) setLeast(arg string) error {
	s.least = tlsVersions[arg]
	return nil
}

// check returns an error for flags that exclude each other. A client compares
// the server name with the certificate.
func (s *secure) check(server bool, name string) error {
	text := ""
	switch {
	case !s.on && (s.insecure || s.cert != "" || s.key != "" || s.ca != "" || s.clientCA != "" || s.serverName != "" || s.alpn != nil || s.least != 0):
		text = "the other flags for TLS need --tls"
	case !s.on:
		return nil
	case (s.cert == "") != (s.key == ""):
		text = "--cert and --key need each other"
	case server && s.cert == "":
		text = "--tls of a server needs --cert and --key"
	case server && (s.insecure || s.ca != "" || s.serverName != "" || s.starttls != ""):
		text = "--ca, --servername, --starttls and --tls-insecure are not for a server (--client-ca is)"
	case !server && s.clientCA != "":
		text = "--client-ca is for a server (--ca is for a client)"
	case !server && name == "" && s.serverName == "" && !s.insecure:
		text = "--tls on a Unix socket needs --servername or --tls-insecure"
	default:
		return nil
	}
	return errors.New(strings.ReplaceAll(text, "--", "--"+s.prefix))
}

// load reads the files that the flags name.
func (s *secure) load(server string) (err error) {
	if !s.on {
		return nil
	}
	s.config = &tls.Config{ServerName: server, InsecureSkipVerify: s.insecure, NextProtos: s.alpn, MinVersion: s.least}
	if s.serverName != "" {
		s.config.ServerName = s.serverName
	}
	if s.ca != "" {
		if s.config.RootCAs, err = loadPool(s.ca); err != nil {
			return err
		}
	}
	if s.clientCA != "" {
		s.config.ClientAuth = tls.RequireAndVerifyClientCert
		if s.config.ClientCAs, err = loadPool(s.clientCA); err != nil {
			return err
		}
	}
	if s.cert == "" {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(s.cert, s.key)
	s.config.Certificates = []tls.Certificate{pair}
	return err
}

// loadPool returns the certificates in a file.
func loadPool(name string) (*x509.CertPool, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(b) {
		return nil, fmt.Errorf("%s has no certificates in PEM", name)
	}
	return pool, nil
}

// over returns the stream on top of the connection: TLS, if that is wanted.
func (s *secure) over(ctx context.Context, c socket, listen bool) (stream, error) {
	if !s.on {
		return c, nil
	}
	if s.starttls != "" {
		if err := startTLS(ctx, c, s.starttls); err != nil {
			return nil, fmt.Errorf("starttls %s: %w", s.starttls, err)
		}
	}
	t := tls.Client(c, s.config)
	if listen {
		t = tls.Server(c, s.config)
	}
	if err := t.HandshakeContext(ctx); err != nil {
		return nil, advise(err)
	}
	return t, nil
}

// advise adds advice for the user to an error of the handshake.
func advise(err error) error {
	var name x509.HostnameError
	var record tls.RecordHeaderError
	var verify *tls.CertificateVerificationError
	switch {
	case errors.As(err, &name):
		return fmt.Errorf("%w (--servername NAME expects another name, --tls-insecure accepts any certificate)", err)
	case errors.As(err, &verify):
		return fmt.Errorf("%w (--ca FILE trusts another authority, --tls-insecure accepts any certificate)", err)
	case errors.As(err, &record):
		return fmt.Errorf("%w (the peer does not speak TLS here; --starttls PROTOCOL switches to it)", err)
	}
	return err
}

// protocol returns the name of the protocol of a stream.
func protocol(s stream) string {
	switch s := s.(type) {
	case *tls.Conn:
		state := s.ConnectionState()
		return tls.VersionName(state.Version) + " (" + tls.CipherSuiteName(state.CipherSuite) + ") over " + protocol(s.NetConn().(stream))
	case *streamsock.UnixConn:
		return "a Unix socket"
	}
	return "TCP"
}

// certificate returns lines about the peer's certificate and the protocol agreed on.
func (s *secure) certificate(c *tls.Conn) []string {
	var lines []string
	state := c.ConnectionState()
	if state.NegotiatedProtocol != "" {
		lines = append(lines, "ALPN: "+state.NegotiatedProtocol)
	}
	if len(state.PeerCertificates) == 0 {
		return lines
	}
	cert := state.PeerCertificates[0]
	verified := ""
	if s.insecure {
		verified = " (not verified)"
	}
	lines = append(lines,
		fmt.Sprintf("certificate: subject %s, issuer %s%s", orNone(cert.Subject.String()), orNone(cert.Issuer.String()), verified),
		fmt.Sprintf("certificate: valid until %s (%s)", cert.NotAfter.UTC().Format("2006-01-02 15:04 MST"), remaining(time.Until(cert.NotAfter))))
	var names []string
	names = append(names, cert.DNSNames...)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) > 0 {
		lines = append(lines, "certificate: for "+strings.Join(names, ", "))
	}
	return lines
}

func orNone(name string) string {
	if name == "" {
		return "none"
	}
	return name
}

// remaining returns the time that a certificate is still valid.
func remaining(d time.Duration) string {
	switch days := int(d / (24 * time.Hour)); {
	case d < 0:
		return "expired"
	case days > 1:
		return plural(days, "day")
	}
	return clock(d)
}

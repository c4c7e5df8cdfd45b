// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"crypto/tls"

	"example.com/streamsock/streamsock"
)

// A secure is what the flags say about TLS.
type secure struct {
	on, insecure bool
	cert, key    string // names of files
	config       *tls.Config
}

func (s *secure) group() group {
	return group{"flags for TLS", []flag{
		{long: "cert", arg: "FILE", help: "use the certificates in FILE (PEM), which -l needs", set: setString(&s.cert)},
		{long: "key", arg: "FILE", help: "use the private key in FILE (PEM) with --cert", set: setString(&s.key)},
		{long: "tls", help: "use TLS; HOST must match the certificate of the peer", set: setTrue(&s.on)},
		{long: "tls-insecure", help: "accept any certificate", set: setTrue(&s.insecure)},
	}}
}

// check checks the flags, and reads the files that they name. The server name
// is what a client compares with the certificate.
func (s *secure) check(c *command, listen bool, server string) error {
	switch {
	case !s.on && (s.insecure || s.cert != "" || s.key != ""):
		return c.usagef("--tls-insecure, --cert and --key need --tls")
	case !s.on:
		return nil
	case (s.cert == "") != (s.key == ""):
		return c.usagef("--cert and --key need each other")
	case listen && s.cert == "":
		return c.usagef("-l --tls needs --cert and --key")
	case listen && s.insecure:
		return c.usagef("--tls-insecure is not for -l, which asks for no certificate")
	}
	s.config = &tls.Config{ServerName: server, InsecureSkipVerify: s.insecure}
	if s.cert == "" {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(s.cert, s.key)
	s.config.Certificates = []tls.Certificate{pair}
	return err
}

// over returns the stream on top of the connection: TLS, if that is wanted.
func (s *secure) over(ctx context.Context, c socket, listen bool) (stream, error) {
	if !s.on {
		return c, nil
	}
	t := tls.Client(c, s.config)
	if listen {
		t = tls.Server(c, s.config)
	}
	if err := t.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return t, nil
}

// protocol returns the name of what a stream speaks.
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

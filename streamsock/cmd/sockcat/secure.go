// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"crypto/tls"
	"flag"

	"example.com/streamsock/streamsock"
)

// A secure is what the flags say about TLS.
type secure struct {
	on, insecure bool
	cert, key    string // names of files
	config       *tls.Config
}

// flags defines the flags.
func (s *secure) flags(fs *flag.FlagSet) {
	fs.BoolVar(&s.on, "tls", false, "")
	fs.BoolVar(&s.insecure, "tls-insecure", false, "")
	fs.StringVar(&s.cert, "cert", "", "")
	fs.StringVar(&s.key, "key", "", "")
}

// check checks the flags, and reads the files that they name. The server name
// is what a client compares with the certificate.
func (s *secure) check(fs *flag.FlagSet, listen bool, server string) error {
	switch {
	case !s.on && (s.insecure || s.cert != "" || s.key != ""):
		return usagef(fs, "-tls-insecure, -cert and -key need -tls")
	case !s.on:
		return nil
	case (s.cert == "") != (s.key == ""):
		return usagef(fs, "-cert and -key need each other")
	case listen && s.cert == "":
		return usagef(fs, "-l -tls needs -cert and -key")
	case listen && s.insecure:
		return usagef(fs, "-tls-insecure is not for -l, which asks for no certificate")
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
func (s *secure) over(ctx context.Context, c *streamsock.Conn, listen bool) (stream, error) {
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
	if t, ok := s.(*tls.Conn); ok {
		state := t.ConnectionState()
		return tls.VersionName(state.Version) + " (" + tls.CipherSuiteName(state.CipherSuite) + ") over TCP"
	}
	return "TCP"
}

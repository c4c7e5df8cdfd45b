// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
)

// overTLS returns both ends of a dialog over TLS.
func overTLS(t *testing.T) (client, server *Conn) {
	t.Helper()
	c, s := testnet.Pair(t, "tcp")
	config := testnet.ClientTLS(t)
	config.ServerName = "127.0.0.1"
	client, server = New(tls.Client(c, config)), New(tls.Server(s, testnet.ServerTLS(t)))
	for _, c := range []*Conn{client, server} {
		c.SetDeadline(time.Now().Add(patience))
	}
	return client, server
}

// TestLayers has a dialog over connections that have no socket of their own.
func TestLayers(t *testing.T) {
	for name, make := range map[string]func(t *testing.T) (client, server *Conn){
		"TLS": overTLS,
		"pipe": func(t *testing.T) (client, server *Conn) {
			c, s := net.Pipe()
			t.Cleanup(func() { c.Close(); s.Close() })
			return New(c), New(s)
		},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := make(t)
			served := running(func() error {
				line, err := server.ReadMessage()
				if line != "HELLO there" || err != nil {
					t.Errorf("%q, %v", line, err)
				}
				server.SendMessage("250-first")
				server.SendMessage("250 second")
				server.SendTelnet(NOP)
				b := []byte("raw")
				_, err = server.Write(b)
				return errors.Join(err, server.Close())
			})
			if err := client.SendMessage("HELLO", "there"); err != nil {
				t.Fatal(err)
			}
			code, text, err := client.ReadStatus()
			if code != 250 || text != "first\nsecond" || err != nil {
				t.Errorf("%d %q, %v", code, text, err)
			}
			b := []byte{0, 0}
			if n, err := client.Peek(b[:1]); n != 1 || b[0] != byte(IAC) || err != nil {
				t.Errorf("Peek: %x, %v", b[:n], err)
			}
			if _, err := io.ReadFull(client, b); b[0] != byte(IAC) || b[1] != byte(NOP) || err != nil {
				t.Errorf("command %x, %v", b, err)
			}
			all, err := io.ReadAll(client)
			if string(all) != "raw" || err != nil {
				t.Errorf("%q, %v", all, err)
			}
			if err := <-served; err != nil {
				t.Error(err)
			}
			client.Close()
		})
	}
}

func running(f func() error) <-chan error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	return done
}

// TestLayersUrgent checks that calls that need the socket return an error.
func TestLayersUrgent(t *testing.T) {
	client, server := net.Pipe()
	defer client.Close()
	defer server.Close()
	c := New(client)
	_, atMarkErr := c.AtMark()
	_, synchErr := c.ReadSynch(context.Background())
	for what, err := range map[string]error{
		"SetOOBInline": c.SetOOBInline(true),
		"AtMark":       atMarkErr,
		"SendSynch":    c.SendSynch(),
		"ReadSynch":    synchErr,
		"CloseWrite":   c.CloseWrite(),
	} {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if c.Stream() != nil || c.NetConn() != client {
		t.Errorf("%v, %v", c.Stream(), c.NetConn())
	}
}

// TestLayersDeadline checks that a deadline in the middle of a line loses
// nothing of it.
func TestLayersDeadline(t *testing.T) {
	client, server := overTLS(t)
	handshake := running(func() error { return server.conn.(*tls.Conn).Handshake() })
	if _, err := client.Write([]byte("half a ")); err != nil {
		t.Fatal(err)
	}
	if err := <-handshake; err != nil {
		t.Fatal(err)
	}
	server.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	if line, err := server.ReadMessage(); line != "" || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("%q, %v", line, err)
	}
	server.SetReadDeadline(time.Now().Add(patience))
	client.Write([]byte("line\r\n"))
	if line, err := server.ReadMessage(); line != "half a line" || err != nil {
		t.Errorf("%q, %v", line, err)
	}
	client.Close()
	server.Close()
}

// TestNewTCPConn checks that a connection of package net has urgent data.
func TestNewTCPConn(t *testing.T) {
	c, _ := testnet.Pair(t, "tcp")
	d := New(c)
	if d.Stream() == nil || d.Stream().TCPConn != c {
		t.Errorf("%v", d.Stream())
	}
}

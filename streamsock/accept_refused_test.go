// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// TestConnOptionNever checks that an option that no connection can have makes
// Listen and Wrap fail, and that the error names it.
func TestConnOptionNever(t *testing.T) {
	nl, err := net.Listen("tcp4", testnet.Loopback(t, "tcp4"))
	if err != nil {
		t.Fatal(err)
	}
	defer nl.Close()
	good := sockopt.NoDelay.To(false)
	for name, bad := range map[string]sockopt.Setting{
		"BOGUS":         sockopt.New("BOGUS", sockopt.NoDelay.Info().Level, 0x7fff, sockopt.IntCodec()).To(1),
		"KeepAliveIdle": sockopt.KeepAliveIdle.To(-1),
	} {
		for network, address := range map[string]string{"tcp": "localhost:0", "tcp4": "127.0.0.1:0"} {
			lc := streamsock.ListenConfig{ConnOptions: []sockopt.Setting{good, bad, good}}
			l, err := lc.Listen(t.Context(), network, address)
			if e, ok := err.(*net.OpError); l != nil || !ok || e.Op != "listen" || e.Net != network || e.Addr == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s on %s: %v, %v", name, network, l, err)
			}
			if w, err := lc.Wrap(nl.(*net.TCPListener)); w != nil || err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s, Wrap: %v, %v", name, w, err)
			}
		}
	}
}

// refusingListener returns a listener with an option that fails on each connection, for
// a reason that may be the peer's, and the errors that it reports.
func refusingListener(t *testing.T) (l *streamsock.Listener, refused <-chan error) {
	t.Helper()
	i, reports := sockopt.NoDelay.Info(), make(chan error, 10)
	bad := sockopt.New("BAD", i.Level, i.Number, every{1, errors.New("refused by the test"), new(atomic.Int32)})
	l = listen(t, &streamsock.ListenConfig{
		ConnOptions: []sockopt.Setting{bad.To(1)},
		Refused: func(c *net.TCPConn, err error) {
			if oe, ok := err.(*net.OpError); !ok || oe.Op != "accept" || oe.Addr != c.RemoteAddr() || c.SetNoDelay(true) != nil {
				err = fmt.Errorf("Refused has %#v of %v", err, c.RemoteAddr())
			}
			reports <- err
		},
	}, "tcp4")
	return l, reports
}

// TestAcceptRefused checks that an option that fails on a connection ends that
// connection, is reported, and does not end the loop of a server.
func TestAcceptRefused(t *testing.T) {
	l, refused := refusingListener(t)
	accepting := doing(func() error {
		_, err := l.Accept()
		return err
	})
	for range 3 {
		c := dialTo(t, l)
		if err := next(t, refused); !strings.Contains(err.Error(), "BAD") || !strings.Contains(err.Error(), c.LocalAddr().String()) {
			t.Error(err)
		}
		c.SetReadDeadline(time.Now().Add(patience))
		if n, err := c.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("the client reads %d, %v, want EOF", n, err)
		}
	}
	l.Close()
	accepting.ends(t, 0, net.ErrClosed)
}

// TestAcceptRefusedLog checks that package log prints an error that is not
// reported otherwise.
func TestAcceptRefusedLog(t *testing.T) {
	var printed bytes.Buffer
	defer log.SetOutput(log.Writer())
	log.SetOutput(&printed)
	i := sockopt.NoDelay.Info()
	bad := sockopt.New("BAD", i.Level, i.Number, every{2, errors.New("refused by the test"), new(atomic.Int32)})
	l := listen(t, &streamsock.ListenConfig{ConnOptions: []sockopt.Setting{bad.To(0)}}, "tcp4") // which uses it once
	gone := dialTo(t, l)
	dialTo(t, l)
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if text := printed.String(); !strings.Contains(text, "streamsock: accept tcp ") || !strings.Contains(text, gone.LocalAddr().String()) || !strings.Contains(text, "BAD") {
		t.Errorf("printed %q", text)
	}
}

// TestAcceptBroken has a peer reset its connection before it is accepted, while
// options cannot be applied. Accept closes it without a word.
func TestAcceptBroken(t *testing.T) {
	l, refused := refusingListener(t)
	gone, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := gone.(*net.TCPConn).SetLinger(0); err != nil {
		t.Fatal(err)
	}
	gone.Close()
	alive, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer alive.Close()
	accepting := doing(func() error {
		_, err := l.Accept()
		if err != nil && onWine && strings.Contains(err.Error(), "acceptex") { // of package net
			_, err = l.Accept()
		}
		return err
	})
	if e, ok := next(t, refused).(*net.OpError); !ok || e.Addr.String() != alive.LocalAddr().String() {
		t.Errorf("%v, want the error of %v, not of %v", e, alive.LocalAddr(), gone.LocalAddr())
	}
	l.Close()
	accepting.ends(t, 0, net.ErrClosed)
}

// TestAcceptSkips has an option fail on some connections only. Accept must
// close them and continue to the next: which connections they are, the peer may
// choose.
func TestAcceptSkips(t *testing.T) {
	acceptSkips(t, errors.New("refused by the test"), true, false, true, false, true, false)
	acceptSkips(t, errors.New("refused by the test"), true, true, false, true, false)
}

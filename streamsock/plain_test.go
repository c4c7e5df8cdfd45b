// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"errors"
	"math"
	"net"
	"os"
	"testing"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
	"example.com/streamsock/streamsock/tcpinfo"
)

// TestPlain checks that connections of package net have the options.
func TestPlain(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{Plain: true, ConnOptions: []sockopt.Setting{sockopt.NoDelay.To(false)}}, "tcp4")
	d := streamsock.Dialer{Plain: true, Options: []sockopt.Setting{sockopt.NoDelay.To(false)}}
	dialled, err := d.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer dialled.Close()
	fromListener, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer fromListener.Close()
	for what, c := range map[string]net.Conn{"dialled": dialled, "accepted": fromListener} {
		tcp, ok := c.(*net.TCPConn)
		if !ok {
			t.Errorf("%s: a %T", what, c)
			continue
		}
		if on, err := sockopt.NoDelay.Get(tcp); on && err == nil {
			t.Errorf("%s: NoDelay is on", what)
		}
	}
	if c, err := d.DialStream(t.Context(), "tcp4", l.Addr().String()); err != nil {
		t.Error(err)
	} else {
		c.Close()
	}
	if c, err := d.Dial("udp", "127.0.0.1:9"); c != nil || err == nil {
		t.Errorf("udp: %v, %v", c, err)
	}
}

// TestBacklogOut checks that a backlog that listen(2) cannot be given is an
// error.
func TestBacklogOut(t *testing.T) {
	for _, n := range []int{-1, math.MinInt, math.MaxInt} {
		if n == math.MaxInt32 {
			continue // of a 32-bit system
		}
		lc := streamsock.ListenConfig{Backlog: n}
		l, err := lc.Listen(t.Context(), "tcp4", "127.0.0.1:0")
		if l != nil || !errors.Is(err, os.ErrInvalid) {
			t.Errorf("Backlog %d: %v, %v", n, l, err)
		}
	}
	lc := streamsock.ListenConfig{Backlog: 5}
	l, err := lc.Listen(t.Context(), "tcp4", "127.0.0.1:0")
	switch {
	case err == nil:
		defer l.Close()
		if i, err := tcpinfo.Get(l); err == nil && i.Has(tcpinfo.FieldMaxBacklog) && i.MaxBacklog != 5 {
			t.Errorf("the backlog is %d, want 5", i.MaxBacklog)
		}
	case !errors.Is(err, errors.ErrUnsupported):
		t.Error(err)
	}
}

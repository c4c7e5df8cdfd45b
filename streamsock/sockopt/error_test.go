// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package sockopt

import (
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
)

// TestErrorNesting checks the structure of an error of an option: that of
// package net, with an *Error in between.
func TestErrorNesting(t *testing.T) {
	c, _ := testnet.Pair(t, "tcp4")
	bogus := New("BOGUS", NoDelay.Info().Level, 0x7fff, IntCodec())
	for op, err := range map[string]error{
		"get": second(bogus.Get(c)),
		"set": bogus.Set(c, 1),
	} {
		e, ok := err.(*net.OpError)
		if !ok {
			t.Fatalf("%s: %T, want *net.OpError: %v", op, err, err)
		}
		if e.Op != op || e.Net != "tcp" || e.Source != c.LocalAddr() || e.Addr != c.RemoteAddr() {
			t.Errorf("%s: %+v", op, e)
		}
		o, ok := e.Err.(*Error)
		if !ok || o.Op != op || o.Option != "BOGUS" {
			t.Fatalf("%s: %#v, want *Error", op, e.Err)
		}
		s, ok := o.Err.(*os.SyscallError)
		if !ok || s.Syscall != op+"sockopt" {
			t.Fatalf("%s: %#v, want *os.SyscallError", op, o.Err)
		}
		if _, ok := s.Err.(syscall.Errno); !ok {
			t.Errorf("%s: %#v, want syscall.Errno", op, s.Err)
		}
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: %v is not errors.ErrUnsupported", op, err)
		}
		if e.Timeout() || e.Temporary() {
			t.Errorf("%s: Timeout %t, Temporary %t", op, e.Timeout(), e.Temporary())
		}
	}
}

// A noControl is a raw connection that does not call the function.
type noControl struct{ syscall.RawConn }

func (noControl) Control(func(fd uintptr)) error { return nil }

// TestNotCalled checks that an option of a raw connection that has no
// descriptor is an error, and not the value of the option that was read before.
func TestNotCalled(t *testing.T) {
	c, _ := testnet.Pair(t, "tcp4")
	if err := KeepAliveIdle.Set(c, 77*time.Second); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		t.Fatal(err)
	}
	for range 4 { // the pool may have several
		if _, err := KeepAlive.Get(c); err != nil {
			t.Fatal(err)
		}
		if v, err := KeepAlive.Get(rawOnly{noControl{}}); err == nil {
			t.Fatalf("Get: %v, want an error", v)
		}
		if err := KeepAlive.Set(rawOnly{noControl{}}, true); err == nil {
			t.Fatal("Set: no error")
		}
	}
}

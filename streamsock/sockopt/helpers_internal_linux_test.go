// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"errors"
	"net"
	"testing"
	"time"
)

// skipHole skips the test of an option that the emulator gets wrong.
func skipHole(t *testing.T, i Info) {
	t.Helper()
	if hole(i) {
		t.Skip("a hole of the emulator")
	}
}

// accept returns the next connection of the listener.
func accept(t *testing.T, l net.Listener) *net.TCPConn {
	t.Helper()
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c.(*net.TCPConn)
}

// dialFor connects to the address, within a time, with settings made before.
func dialFor(t *testing.T, timeout time.Duration, address string, s ...Setting) (*net.TCPConn, error) {
	t.Helper()
	d := net.Dialer{Control: Control(s...), Timeout: timeout}
	c, err := d.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { c.Close() })
	return c.(*net.TCPConn), nil
}

// unanswered checks that an attempt to connect gets no answer.
func unanswered(t *testing.T, address string, s ...Setting) {
	t.Helper()
	var e net.Error
	if _, err := dialFor(t, 200*time.Millisecond, address, s...); !errors.As(err, &e) || !e.Timeout() {
		t.Errorf("%s, with %v: %v, want a timeout", address, s, err)
	}
}

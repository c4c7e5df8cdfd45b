// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt_test

import (
	"errors"
	"fmt"
	"log"
	"net"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock/sockopt"
)

// TestVerify finds options with another value, and options that cannot be read.
func TestVerify(t *testing.T) {
	c, _ := testnet.Pair(t, "tcp4")
	if on, err := sockopt.NoDelay.Get(c); err != nil || !on {
		t.Skipf("NoDelay is %t, %v", on, err)
	}
	noSuch := sockopt.New("NoSuch", 6, 9999, sockopt.IntCodec())
	got := sockopt.Verify(c,
		sockopt.NoDelay.To(false),
		sockopt.KeepAlive.To(true),
		sockopt.Setting{},
		sockopt.NoDelay.To(true), // counts instead of the first
		sockopt.KeepAlive.To(false),
		noSuch.To(7),
	)
	if len(got) != 2 {
		t.Fatalf("%v", got)
	}
	if m := got[0]; m.Setting != sockopt.KeepAlive.To(false) || m.Got != true || m.Err != nil || m.String() != "KeepAlive=false is true" {
		t.Errorf("%v", m)
	}
	if m := got[1]; m.Setting != noSuch.To(7) || m.Got != nil || m.Err == nil || !strings.HasPrefix(m.String(), "NoSuch=7: ") {
		t.Errorf("%v", m)
	}
	if got := sockopt.Verify(c); got != nil {
		t.Errorf("nothing: %v", got)
	}
	c.Close()
	if got := sockopt.Verify(c, sockopt.NoDelay.To(true)); len(got) != 1 || !errors.Is(got[0].Err, net.ErrClosed) {
		t.Errorf("closed: %v", got)
	}
}

// A program logs which of its settings the kernel has changed.
func ExampleVerify() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	settings := []sockopt.Setting{sockopt.NoDelay.To(false), sockopt.Linger.To(sockopt.Lingering{On: true, Timeout: time.Second})}
	d := net.Dialer{Control: sockopt.Control(settings...)}
	c, err := d.Dial("tcp", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	for _, m := range sockopt.Verify(c.(*net.TCPConn), settings...) {
		fmt.Println(m) // package net has set NoDelay again
	}
	// Output: NoDelay=false is true
}

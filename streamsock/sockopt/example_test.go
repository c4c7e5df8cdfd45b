// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"time"

	"example.com/streamsock/streamsock/sockopt"
)

// Options are set and read on a connection of package net.
func Example() {
	c, done := dial(&net.Dialer{})
	defer done()

	on, err := sockopt.NoDelay.Get(c)
	fmt.Println(on, err)
	if err := sockopt.NoDelay.Set(c, false); err != nil {
		log.Fatal(err)
	}
	on, err = sockopt.NoDelay.Get(c)
	fmt.Println(on, err)
	// Output:
	// true <nil>
	// false <nil>
}

// A time is rounded up to the unit of the system.
func ExampleOption_Set() {
	c, done := dial(&net.Dialer{})
	defer done()

	err := sockopt.Linger.Set(c, sockopt.Lingering{On: true, Timeout: 1500 * time.Millisecond})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(sockopt.Linger.Get(c))
	// Output: 2s <nil>
}

// Options are set by package net's dialer before the handshake.
func ExampleControl() {
	c, done := dial(&net.Dialer{
		Control: sockopt.Control(
			sockopt.OOBInline.To(true),
			sockopt.Linger.To(sockopt.Lingering{On: true, Timeout: 3 * time.Second}),
		),
	})
	defer done()

	fmt.Println(sockopt.OOBInline.Get(c))
	fmt.Println(sockopt.Linger.Get(c))
	// Output:
	// true <nil>
	// 3s <nil>
}

func ExampleApply() {
	c, done := dial(&net.Dialer{})
	defer done()

	err := sockopt.Apply(c,
		sockopt.KeepAlive.To(true),
		sockopt.OOBInline.To(true),
		sockopt.UserTimeout.To(-time.Second))
	var e *sockopt.Error
	if errors.As(err, &e) {
		fmt.Println(e.Option, "failed")
	}
	fmt.Println(sockopt.OOBInline.Get(c)) // the preceding settings remain applied
	// Output:
	// UserTimeout failed
	// true <nil>
}

// A program distinguishes an option that the system does not support from other
// errors.
func ExampleError() {
	c, done := dial(&net.Dialer{})
	defer done()

	tcp := sockopt.NoDelay.Info().Level
	err := sockopt.New("TCP_NONSENSE", tcp, 0x7fff, sockopt.IntCodec()).Set(c, 1)
	fmt.Println(errors.Is(err, errors.ErrUnsupported))
	// Output: true
}

// Options of the TCP connection under TLS.
func ExampleUnwrap() {
	c, done := dial(&net.Dialer{})
	defer done()
	var conn net.Conn = tls.Client(c, &tls.Config{ServerName: "example.com"})

	sc, err := sockopt.Unwrap(conn)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(sockopt.NoDelay.Get(sc))
	// Output: true <nil>
}

// A program reads options as text, from a flag or a file.
func ExampleLookup() {
	c, done := dial(&net.Dialer{})
	defer done()

	info, ok := sockopt.Lookup("so_keepalive")
	if !ok {
		log.Fatal("no such option")
	}
	s, err := info.Parse("off")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s)
	if err := sockopt.Apply(c, s); err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.Get(c))
	// Output:
	// KeepAlive=false
	// false <nil>
}

func ExampleAll() {
	for i := range sockopt.All() {
		if i.Name == "NoDelay" {
			fmt.Println(i.Name, i.Type, i.Access, i.When)
		}
	}
	// Output: NoDelay bool read-write any time
}

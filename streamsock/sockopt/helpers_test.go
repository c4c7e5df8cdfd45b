// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt_test

import (
	"log"
	"net"
)

// dial connects to a listener on this machine.
func dial(d *net.Dialer) (*net.TCPConn, func()) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	c, err := d.Dial("tcp", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	return c.(*net.TCPConn), func() { c.Close(); l.Close() }
}

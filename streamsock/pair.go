// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"

	"example.com/streamsock/streamsock/sockopt"
)

// Pair returns two Conns that are connected to each other over the loopback
// interface, for tests and examples. The options are set on both before they
// are connected. Pair uses IPv4, or IPv6 if IPv4 is not available.
func Pair(opts ...sockopt.Setting) (a, b *Conn, err error) {
	a, b, err = pairOf("tcp4", "127.0.0.1:0", opts)
	if err != nil {
		var err6 error
		if a, b, err6 = pairOf("tcp6", "[::1]:0", opts); err6 == nil {
			return a, b, nil
		}
	}
	return a, b, err
}

func pairOf(network, address string, opts []sockopt.Setting) (a, b *Conn, err error) {
	lc := ListenConfig{Options: opts}
	l, err := lc.Listen(context.Background(), network, address)
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	if a, err = Dial(network, l.Addr().String(), opts...); err != nil {
		return nil, nil, err
	}
	for {
		if b, err = l.AcceptStream(); err != nil {
			a.Close()
			return nil, nil, err
		}
		if b.RemoteAddr().String() == a.LocalAddr().String() {
			return a, b, nil
		}
		b.Close() // another client has connected to the port
	}
}

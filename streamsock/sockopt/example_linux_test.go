// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux

package sockopt_test

import (
	"fmt"
	"net"

	"example.com/streamsock/streamsock/sockopt"
)

// busyPoll is an option defined by its numbers, in a file for Linux only.
var busyPoll = sockopt.New("SO_BUSY_POLL", 1, 46, sockopt.IntCodec())

func ExampleNew() {
	c, done := dial(&net.Dialer{})
	defer done()

	fmt.Println(busyPoll.Get(c))
	// Output: 0 <nil>
}

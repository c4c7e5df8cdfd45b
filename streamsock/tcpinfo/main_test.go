// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo

import (
	"flag"
	"net"
	"os"
	"runtime"
	"testing"

	"example.com/streamsock/internal/testnet"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if mayLack && flag.Lookup("test.skip").Value.String() == "" && !tells() {
		// Examples cannot skip themselves.
		flag.Set("test.skip", "^Example(Get|Info_Update)")
	}
	testnet.Main(m)
}

// mayLack is whether this is a system that need not have what the package is
// about. On a real Linux, the examples run.
var mayLack = runtime.GOOS != "linux" || os.Getenv("STREAMSOCK_EMULATOR") == "qemu-user"

// tells reports whether the system tells the state of a connection.
func tells() bool {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return false
	}
	defer l.Close()
	i, err := Get(l.(*net.TCPListener))
	return err == nil && i.State == Listen
}

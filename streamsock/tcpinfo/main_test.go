// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo

import (
	"flag"
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

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

func TestMain(m *testing.M) {
	if os.Getenv("STREAMSOCK_PEERS") != "1" {
		fmt.Println("skipped: these are for .ci/run peers, and want STREAMSOCK_PEERS=1")
		return
	}
	testnet.Main(m)
}

// patience is the time that a test waits for a program.
const patience = 20 * time.Second

const sources = "../../testdata/peers"

// native skips the test where programs of the machine would not start our test
// binary, because the emulator would be in between.
func native(t *testing.T) {
	t.Helper()
	if e := os.Getenv("STREAMSOCK_EMULATOR"); e != "" {
		t.Skipf("peers are not for %s", e)
	}
}

// grace is the time for a program to end by itself.
const grace = 2 * time.Second

// A talk contains the input and output of a program.
type talk struct {
	t *testing.T
	// rw ends by its deadline.
	rw io.ReadWriter
}

// say writes text to the program.
func (k talk) say(text string) {
	k.t.Helper()
	if _, err := io.WriteString(k.rw, text); err != nil {
		k.t.Fatalf("write %q: %v", text, err)
	}
}

// hear reads until the program has written want, and not more. It returns
// what was read.
func (k talk) hear(want string) string {
	k.t.Helper()
	var heard strings.Builder
	b := make([]byte, 1)
	for !strings.HasSuffix(heard.String(), want) {
		if _, err := io.ReadFull(k.rw, b); err != nil {
			k.t.Fatalf("%v before %q, after %q", err, want, heard.String())
		}
		heard.Write(b)
	}
	return heard.String()
}

// pipes are the standard input and output of a program.
type pipes struct {
	io.Reader
	io.Writer
}

// own sets the deadline of a connection, and closes it when the test ends.
func own(t *testing.T, c *streamsock.Conn) {
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
}

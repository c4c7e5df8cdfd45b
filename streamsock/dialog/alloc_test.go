// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !race

package dialog

import (
	"io"
	"testing"
)

// TestAllocs has the one allocation that is the text that is returned.
func TestAllocs(t *testing.T) {
	c, peer := pair(t)
	name := "some.domain.example"
	heard := make([]byte, 100)
	p := make([]byte, 10)
	n := testing.AllocsPerRun(100, func() {
		if err := c.SendMessage("EHLO", name); err != nil {
			t.Fatal(err)
		}
		if err := c.SendTelnet(WILL, 1); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAtLeast(peer, heard, len("EHLO \r\nxxx")+len(name)); err != nil {
			t.Fatal(err)
		}
		peer.Write(greeting)
		if code, _, err := c.ReadStatus(); code != 250 || err != nil {
			t.Fatal(code, err)
		}
		if _, err := c.Read(p); err != nil {
			t.Fatal(err)
		}
	})
	if n != 1 {
		t.Errorf("%v allocations", n)
	}
}

var greeting = []byte("250-some.domain.example at your service\r\n250 PIPELINING\r\nraw")

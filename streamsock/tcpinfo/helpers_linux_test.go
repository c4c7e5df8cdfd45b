// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo_test

import (
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock/tcpinfo"
)

// await calls Get until the result is as expected, because there is no event
// when an acknowledgment arrives.
func await(tb testing.TB, c syscall.Conn, what string, ok func(*tcpinfo.Info) bool) *tcpinfo.Info {
	tb.Helper()
	end := time.Now().Add(patience)
	for {
		i := mustGet(tb, c)
		if ok(i) {
			return i
		}
		if time.Now().After(end) {
			tb.Fatalf("no %s: %v", what, i)
		}
		time.Sleep(time.Millisecond)
	}
}

// move sends n bytes and reads them.
func move(tb testing.TB, from, to net.Conn, n int) {
	tb.Helper()
	sent := make(chan error, 1)
	go func() {
		_, err := from.Write(make([]byte, n))
		sent <- err
	}()
	if _, err := io.ReadFull(to, make([]byte, n)); err != nil {
		tb.Fatal(err)
	}
	if err := <-sent; err != nil {
		tb.Fatal(err)
	}
}

func mustGet(tb testing.TB, c syscall.Conn) *tcpinfo.Info {
	tb.Helper()
	i, err := tcpinfo.Get(c)
	if err != nil {
		tb.Fatal(err)
	}
	return i
}

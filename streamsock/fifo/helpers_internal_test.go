// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package fifo

import (
	"runtime/debug"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

// hurry ends the process with the stacks of all goroutines if the test does not
// end, as with a buffer that was left locked.
func hurry(t *testing.T) {
	timer := time.AfterFunc(patience, func() {
		debug.SetTraceback("all")
		panic(t.Name() + " does not end")
	})
	t.Cleanup(func() { timer.Stop() })
}

func conns(t *testing.T) (a, b *streamsock.Conn) {
	t.Helper()
	client, server := testnet.Pair(t, "tcp")
	a, err := streamsock.Wrap(client)
	if err != nil {
		t.Fatal(err)
	}
	b, err = streamsock.Wrap(server)
	if err != nil {
		t.Fatal(err)
	}
	a.SetDeadline(time.Now().Add(10 * time.Second))
	b.SetDeadline(time.Now().Add(10 * time.Second))
	return a, b
}

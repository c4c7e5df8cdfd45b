// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"io"
	"testing"

	"example.com/streamsock/streamsock"
)

// TestCloseOnExec checks that a child process inherits no descriptor: none of a
// connection, of a set, of waiting goroutines, and none of a pipe that a copy
// uses.
func TestCloseOnExec(t *testing.T) {
	before := inherited(t)
	s := newPollSet(t)
	feeder, src := msgPair(t)
	dst, sink := msgPair(t)
	if err := s.Add(sink, streamsock.Readable); err != nil {
		t.Fatal(err)
	}
	waiting := beginWait(t.Context(), t, sink)
	copying := begin(func() (int64, error) { return io.Copy(dst, src) })
	put(t, feeder, sink, []byte("abc"))
	copying.blocks(t)
	for name := range inherited(t) {
		if !before[name] {
			t.Errorf("a child inherits %s", name)
		}
	}
	feeder.CloseWrite()
	copying.ends(t, 3, nil)
	dst.CloseWrite()
	waiting.ends(t, 0, io.EOF)
}

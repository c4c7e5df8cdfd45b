// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"syscall"
	"testing"

	"example.com/streamsock/streamsock"
)

// TestDupCloseOnExec checks that programs which are started do not get a
// duplicate.
func TestDupCloseOnExec(t *testing.T) {
	before := inherited(t)
	c, _ := msgPair(t)
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	for _, dup := range []func() (uintptr, error){c.Dup, l.Dup} {
		fd, err := dup()
		if err != nil {
			t.Fatal(err)
		}
		defer syscall.Close(int(fd))
	}
	for name := range inherited(t) {
		if !before[name] {
			t.Errorf("a child inherits %s", name)
		}
	}
}

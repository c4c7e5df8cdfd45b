// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog

import (
	"errors"
	"testing"
)

// TestReadSynchUnsupported checks that ReadSynch does not wait for an event
// that is not reported, and that the following data can be read.
func TestReadSynchUnsupported(t *testing.T) {
	c, peer := pair(t)
	if err := c.SetOOBInline(true); err != nil {
		t.Fatal(err)
	}
	if _, err := New(peer).stream.Write([]byte("abc\r\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := c.ReadSynch(t.Context()); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("ReadSynch: %v", err)
	}
	if _, err := c.AtMark(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("AtMark: %v", err)
	}
	if line, err := c.ReadMessage(); line != "abc" || err != nil {
		t.Errorf("ReadMessage: %q, %v", line, err)
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"errors"
	"os"
	"testing"
	"time"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock"
)

// TestWaitDeadlines has Wait wait for room and for bytes while deadlines are set.
// Those for reading count unless only room is waited for, those for writing if it
// is, the earlier one of both, and they count when they are changed.
func TestWaitDeadlines(t *testing.T) {
	const soon = 30 * time.Millisecond
	for _, c := range []struct {
		name        string
		want        streamsock.Events
		read, write time.Duration // from now on; not set if 0
		ends        bool
	}{
		{"read before write", readable | writable, soon, long, true},
		{"write before read", readable | writable, long, soon, true},
		{"only read", readable | writable, soon, 0, true},
		{"only write", readable | writable, 0, soon, true},
		{"read, for room", writable, soon, 0, false},
		{"write, for room", writable, long, soon, true},
		{"read, for bytes", readable, soon, long, true},
		{"write, for bytes", readable, 0, soon, false},
		{"write, for the end", peerClosed, 0, soon, false},
		{"read, for an urgent byte", urgent, soon, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.want == peerClosed && !sys.CanSeeFIN {
				t.Skip("the system does not report the peer's FIN")
			}
			t.Parallel()
			ours := fullConn(t)
			set := func(d time.Duration, set func(time.Time) error) {
				if d == 0 {
					return
				}
				if err := set(time.Now().Add(d)); err != nil {
					t.Error(err)
				}
			}
			wait := func() *call {
				return begin(func() (int, error) { got, err := ours.Wait(t.Context(), c.want); return int(got), err })
			}
			after := func(w *call) {
				t.Helper()
				if c.ends {
					w.ends(t, 0, os.ErrDeadlineExceeded)
					return
				}
				time.Sleep(2 * soon)
				w.blocks(t)
				if len(w.done) > 0 {
					t.Error("it ends")
				}
			}
			set(c.read, ours.SetReadDeadline)
			set(c.write, ours.SetWriteDeadline)
			after(wait())
			ours.SetDeadline(time.Time{})

			w := wait()
			w.blocks(t)
			set(c.read, ours.SetReadDeadline)
			set(c.write, ours.SetWriteDeadline)
			after(w)
			if !c.ends {
				return
			}
			if _, err := ours.Wait(t.Context(), c.want); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error(err)
			}
			ours.SetDeadline(time.Now().Add(long))
			w = wait()
			w.blocks(t)
			ours.SetDeadline(past)
			w.ends(t, 0, os.ErrDeadlineExceeded)
		})
	}
}

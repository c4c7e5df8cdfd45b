// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !race

package fifo

import "testing"

func TestAllocs(t *testing.T) {
	hurry(t)
	a, c := conns(t)
	b := New(64)
	calls := 0
	b.OnReadable = func(bool) { calls++ }
	b.OnWritable = func(bool) { calls++ }
	p := make([]byte, 70)
	n := testing.AllocsPerRun(100, func() {
		b.Write(p)
		b.Peek(p)
		b.Read(p[:40])
		b.Write(p[:30])
		b.UsedSegments()
		if n, err := b.Drain(a); n != 54 || err != nil { // two segments
			t.Fatal(n, err)
		}
		b.FreeSegments()
		for b.Len() < 54 {
			if _, err := b.Fill(c); err != nil {
				t.Fatal(err)
			}
		}
		b.Discard(100)
	})
	if n != 0 || calls == 0 {
		t.Errorf("%v allocations, %d calls", n, calls)
	}
}

func BenchmarkWriteRead(b *testing.B) {
	f := New(4096)
	f.OnReadable = func(bool) {}
	p := make([]byte, 1000)
	b.ReportAllocs()
	for b.Loop() {
		f.Write(p)
		f.Read(p)
	}
}

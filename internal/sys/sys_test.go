// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"slices"
	"strconv"
	"testing"
)

func TestLoad(t *testing.T) {
	list := func(lengths ...int) [][]byte {
		var bufs [][]byte
		for _, n := range lengths {
			bufs = append(bufs, make([]byte, n))
		}
		return bufs
	}
	many := make([]int, 20)
	for i := range many {
		many[i] = 1
	}
	for _, tt := range []struct {
		name string
		bufs [][]byte
		off  int
		want []int
	}{
		{"nothing", nil, 0, nil},
		{"empty slices", list(0, 0), 0, nil},
		{"one", list(5), 0, []int{5}},
		{"behind an offset", list(5, 3), 2, []int{3, 3}},
		{"first is done", list(5, 3), 5, []int{3}},
		{"empty in between", list(0, 1, 0, 2, 0), 0, []int{1, 2}},
		{"more than one call takes", list(many...), 0, many[:16]},
	} {
		got, total := load(nil, tt.bufs, tt.off, 16, func(b []byte) int { return len(b) })
		sum := 0
		for _, n := range tt.want {
			sum += n
		}
		if !slices.Equal(got, tt.want) || total != sum {
			t.Errorf("%s: %v, %d in all, want %v, %d", tt.name, got, total, tt.want, sum)
		}
	}
}

// TestLoadHuge has more bytes than one system call accepts. No code touches
// them, so they take no memory.
func TestLoadHuge(t *testing.T) {
	if strconv.IntSize == 32 {
		t.Skip("the address space is too small")
	}
	big := make([]byte, maxBytes-10)
	got, total := load(nil, [][]byte{big, big}, 0, 16, func(b []byte) int { return len(b) })
	if want := []int{maxBytes - 10, 10}; !slices.Equal(got, want) || total != maxBytes {
		t.Errorf("%v, %d in all, want %v", got, total, want)
	}
	got, total = load(nil, [][]byte{big, big}, maxBytes-20, 16, func(b []byte) int { return len(b) })
	if want := []int{10, maxBytes - 10}; !slices.Equal(got, want) || total != maxBytes {
		t.Errorf("after an offset: %v, %d in all, want %v", got, total, want)
	}
}

func TestSwap(t *testing.T) {
	b := []byte{1, 2, 3, 4}
	swap(b)
	swap(b)
	if !slices.Equal(b, []byte{1, 2, 3, 4}) {
		t.Errorf("swapped twice: %v", b)
	}
}

func TestLookup(t *testing.T) {
	if r := Lookup("NoSuchOption"); r != nil {
		t.Errorf("%+v", r)
	}
	for name := range table {
		r := Lookup(name)
		if r == nil || r.Name == "" || r.Width == 0 {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

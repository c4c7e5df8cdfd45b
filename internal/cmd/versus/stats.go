// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"fmt"
	"slices"
	"strings"
)

// A spread contains the median, minimum and maximum of several rounds.
type spread struct{ median, least, most float64 }

// spreadOf returns the spread of numbers, of which there is at least one.
func spreadOf(v []float64) spread {
	v = slices.Sorted(slices.Values(v))
	n := len(v)
	return spread{(v[(n-1)/2] + v[n/2]) / 2, v[0], v[n-1]}
}

// text returns the median in a format, with the minimum and the maximum in parentheses.
// Only the median has the format's unit.
func (s spread) text(format string) string {
	number, _, _ := strings.Cut(format, " ")
	return fmt.Sprintf(format+" ("+number+"–"+number+")", s.median, s.least, s.most)
}

// has reports whether the contestant did the work.
func (r row) has(name string) bool { return len(r.took[name]) > 0 }

// ratio returns the speed of streamsock divided by the other's, or the other's memory
// divided by that of streamsock. Both figures are from the same round.
func (r row) ratio(other string) spread {
	var v []float64
	for round, theirs := range r.took[other] {
		v = append(v, theirs/r.took[ours][round])
	}
	return spreadOf(v)
}

// met reports whether the aim is reached.
func (r row) met(a aim) bool { return r.ratio(a.other).median >= a.ratio }

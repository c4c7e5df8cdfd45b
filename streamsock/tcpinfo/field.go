// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo

import (
	"fmt"
	"iter"
	"strings"
	"time"
)

// A Field identifies a field of [Info], for [Info.Has].
type Field uint8

// String returns the name of the field in [Info], such as "RTT", or "unknown".
func (f Field) String() string {
	if f == 0 || f >= fieldEnd {
		return "unknown"
	}
	return fields[f].name
}

// A presence is a set of fields.
type presence [(fieldEnd + 63) / 64]uint64

func (p *presence) add(f Field) { p[f/64] |= 1 << (f % 64) }

func (p *presence) remove(f Field) { p[f/64] &^= 1 << (f % 64) }

func (p *presence) has(f Field) bool { return p[f/64]&(1<<(f%64)) != 0 }

// Has reports whether the field f is available.
func (i *Info) Has(f Field) bool { return f < fieldEnd && i.has.has(f) }

// All returns an iterator over the available fields and their values, in the
// order of Info. A value is an int64, a [time.Duration], a bool, a [State], a
// [CAState] or a [FastOpen].
func (i *Info) All() iter.Seq2[Field, any] {
	return func(yield func(Field, any) bool) {
		for f := Field(1); f < fieldEnd; f++ {
			if i.has.has(f) && !yield(f, i.value(f)) {
				return
			}
		}
	}
}

func (i *Info) value(f Field) any {
	switch p := fields[f].at(i).(type) {
	case *int64:
		return *p
	case *time.Duration:
		return *p
	case *bool:
		return *p
	case *State:
		return *p
	case *CAState:
		return *p
	case *FastOpen:
		return *p
	default:
		panic("tcpinfo: a field of another type")
	}
}

// String returns the available fields and their values, in the form
// "RTT=1.5ms", separated by spaces.
func (i *Info) String() string {
	var b strings.Builder
	for f, v := range i.All() {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%v=%v", f, v)
	}
	return b.String()
}

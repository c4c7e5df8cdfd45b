// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"strings"
	"time"
)

// A layout is the structure of one system.
type layout struct {
	system  string
	members []member

	// finish interprets members that depend on others.
	finish func(*Info)
}

// A member is one member of the structure and its meaning.
type member struct {
	name  string // as in the kernel; a name that begins with "__" has no meaning
	width int    // in bytes; for a bit-field, that of its storage unit
	bits  int    // of a bit-field; otherwise 0

	// least is the minimum size in bytes of a structure with the member, if it
	// is not the end of the member.
	least int

	// field and unit are those of a member for a field of Info, and absent
	// reports which of its values mean that there is none.
	field  Field
	unit   unit
	absent func(uint64) bool

	// set is for a member with another meaning.
	set func(*Info, uint64)

	off, shift int // set by newLayout
}

// A unit is the unit of a member, for a time in nanoseconds.
type unit int64

const (
	each         unit = 0
	microseconds      = unit(time.Microsecond)
	milliseconds      = unit(time.Millisecond)
	segments     unit = -1 // of Info.SndMSS bytes
)

// newLayout assigns offsets to the members as C does. The alignment is the same
// on all machines: 8-byte integers of these structures are at multiples of 8
// even where a compiler would accept multiples of 4.
func newLayout(system string, finish func(*Info), members []member) *layout {
	end, used := 0, 0 // of the structure, and of bits in a storage unit at its end
	for i := range members {
		m := &members[i]
		if m.bits == 0 || used == 0 || used+m.bits > 8*m.width {
			end, used = (end+m.width-1)/m.width*m.width+m.width, 0
		}
		m.off, m.shift = end-m.width, used
		used += m.bits
	}
	return &layout{system, members, finish}
}

// layouts contains the structures of all systems on every system, so that one
// system can parse the structure of another.
var layouts = []*layout{darwin, freebsd, linux, netbsd, openbsd, windows}

func layoutOf(system string) *layout {
	for _, l := range layouts {
		if l.system == system {
			return l
		}
	}
	return nil
}

// Parse parses a structure from another source. The system must be "darwin",
// "freebsd", "linux", "netbsd", "openbsd" or "windows", and order is the byte
// order of the machine on which the structure was obtained. The structure is
// struct tcp_info, on macOS struct tcp_connection_info and on Windows
// TCP_INFO_v0 to v2. It may have any length, which determines the available
// fields. Bytes after the first 512 are ignored.
//
// If the system is not one of these, the error wraps [errors.ErrUnsupported].
// If order is nil, it wraps [os.ErrInvalid].
func Parse(system string, order binary.ByteOrder, b []byte) (*Info, error) {
	l := layoutOf(system)
	if l == nil {
		return nil, fmt.Errorf("tcpinfo: unknown system %q: %w", system, errors.ErrUnsupported)
	}
	if order == nil {
		return nil, fmt.Errorf("tcpinfo: nil byte order: %w", os.ErrInvalid)
	}
	i := new(Info)
	i.parse(l, isBig(order), b)
	return i, nil
}

func isBig(order binary.ByteOrder) bool { return order.Uint16([]byte{0, 1}) == 1 }

func (i *Info) parse(l *layout, big bool, b []byte) {
	*i = Info{}
	i.Sys.layout, i.Sys.big = l, big
	i.Sys.n = copy(i.Sys.data[:], b)
	for k := range l.members {
		m := &l.members[k]
		v, ok := i.Sys.member(m)
		switch {
		case !ok || m.absent != nil && m.absent(v):
		case m.set != nil:
			m.set(i, v)
		case m.field != 0:
			i.store(m.field, v, m.unit)
		}
	}
	if l.finish != nil {
		l.finish(i)
	}
	i.tidy()
}

// store gives a field a value in the unit of the kernel.
func (i *Info) store(f Field, v uint64, u unit) {
	n := int64(min(v, math.MaxInt64))
	switch p := fields[f].at(i).(type) {
	case *int64:
		if u == segments {
			if n = times(n, i.SndMSS); i.SndMSS == 0 {
				return
			}
		}
		*p = n
	case *time.Duration:
		*p = time.Duration(times(n, int64(u)))
	case *bool:
		*p = n != 0
	}
	i.has.add(f)
}

// times multiplies non-negative numbers and limits the result to the largest
// number.
func times(n, m int64) int64 {
	if m != 0 && n > math.MaxInt64/m {
		return math.MaxInt64
	}
	return n * m
}

// set gives a field a value that is in its own unit.
func (i *Info) set(f Field, v int64) { i.store(f, uint64(v), each) }

// forget makes a field absent.
func (i *Info) forget(f Field) {
	i.has.remove(f)
	switch p := fields[f].at(i).(type) {
	case *int64:
		*p = 0
	case *time.Duration:
		*p = 0
	case *bool:
		*p = false
	case *State:
		*p = 0
	case *CAState:
		*p = 0
	case *FastOpen:
		*p = 0
	}
}

// tidy makes fields absent that have no meaning without another field.
func (i *Info) tidy() {
	if i.State == Listen {
		for f := range fieldEnd {
			if f != 0 && f != FieldState && f != FieldBacklog && f != FieldMaxBacklog {
				i.forget(f)
			}
		}
	}
	if !i.WindowScale {
		i.forget(FieldSndWScale)
		i.forget(FieldRcvWScale)
	}
	if !i.Has(FieldRTT) {
		i.forget(FieldRTTVar)
	}
	if !i.Has(FieldDeliveryRate) {
		i.forget(FieldDeliveryRateAppLimited)
	}
}

// A Raw is the structure returned by the kernel. Like Info, it can be copied.
// The zero Raw has no bytes.
type Raw struct {
	layout *layout
	big    bool
	n      int
	data   [512]byte
}

// System returns the GOOS of the structure, such as "linux", or "" for the zero
// Raw.
func (r *Raw) System() string {
	if r.layout == nil {
		return ""
	}
	return r.layout.system
}

// Bytes returns the bytes of the structure. The slice refers to the memory of r
// and changes with it.
func (r *Raw) Bytes() []byte { return r.data[:r.n:r.n] }

// Members returns an iterator over the members of the structure that the kernel
// has returned, in order: their names in the kernel, such as "tcpi_rto", and
// their values in the kernel's units.
func (r *Raw) Members() iter.Seq2[string, uint64] {
	return func(yield func(string, uint64) bool) {
		if r.layout == nil {
			return
		}
		for k := range r.layout.members {
			m := &r.layout.members[k]
			if strings.HasPrefix(m.name, "__") {
				continue
			}
			if v, ok := r.member(m); ok && !yield(m.name, v) {
				return
			}
		}
	}
}

// Member returns the value of one of [Raw.Members] and reports whether it is
// present.
func (r *Raw) Member(name string) (value uint64, ok bool) {
	for n, v := range r.Members() {
		if n == name {
			return v, true
		}
	}
	return 0, false
}

// member returns the value of a member, if the structure contains all of its
// bytes.
func (r *Raw) member(m *member) (uint64, bool) {
	if r.n < m.off+m.width || r.n < m.least {
		return 0, false
	}
	v := r.integer(r.data[m.off : m.off+m.width])
	if m.bits == 0 {
		return v, true
	}
	// C allocates bit-fields from the end of the storage unit that comes first
	// in memory: the low end on little-endian machines, the high end on others.
	shift := m.shift
	if r.big {
		shift = 8*m.width - m.shift - m.bits
	}
	return v >> shift & (1<<m.bits - 1), true
}

func (r *Raw) integer(b []byte) uint64 {
	var order binary.ByteOrder = binary.LittleEndian
	if r.big {
		order = binary.BigEndian
	}
	switch len(b) {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(order.Uint16(b))
	case 4:
		return uint64(order.Uint32(b))
	default:
		return order.Uint64(b)
	}
}

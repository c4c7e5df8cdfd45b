// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"example.com/streamsock/internal/sys"
)

// A Codec converts the value of an option to the bytes passed to setsockopt(2),
// and from the bytes returned by getsockopt(2).
type Codec[T any] interface {
	// Size returns the size of the buffer to pass to getsockopt.
	Size() int

	// Append appends the encoding of v to b. If v is not a valid value of the
	// option, it returns an error, which should wrap [os.ErrInvalid].
	Append(b []byte, v T) ([]byte, error)

	// Parse decodes the bytes returned by getsockopt, which may be fewer than
	// Size. It must not retain b.
	Parse(b []byte) (T, error)
}

// BoolCodec returns a codec for boolean options, encoded as a C int with the
// value 1 or 0. Any non-zero value decodes as true. A single byte is accepted
// too, because some systems return one.
func BoolCodec() Codec[bool] { return boolCodec{} }

// IntCodec returns a codec for a C int of 32 bits.
func IntCodec() Codec[int] { return integer[int]{width: 4, lo: math.MinInt32, hi: math.MaxInt32} }

// Uint32Codec returns a codec for a C unsigned int of 32 bits.
func Uint32Codec() Codec[uint32] { return integer[uint32]{width: 4, hi: math.MaxUint32} }

// Uint64Codec returns a codec for a 64-bit unsigned integer. Parse also accepts
// 32 bits, and decodes all ones, which mean no limit, as all ones in 64 bits.
func Uint64Codec() Codec[uint64] { return integer[uint64]{width: 8, hi: math.MaxUint64} }

// DurationCodec returns a codec for a time that is encoded as a C int in the
// given unit. Values are rounded up to the unit. Negative values are rejected.
func DurationCodec(unit time.Duration) Codec[time.Duration] { return duration{unit: unit} }

// StringCodec returns a codec for a string of fewer than size bytes, which the
// system returns terminated by a NUL byte.
func StringCodec(size int) Codec[string] { return text{size: size} }

// BytesCodec returns a codec for at most size uninterpreted bytes.
func BytesCodec(size int) Codec[[]byte] { return raw{size} }

// errValue returns the error of a value v that the option cannot have.
func errValue(v any, why string) error {
	return fmt.Errorf("value %v %s: %w", v, why, os.ErrInvalid)
}

// errRange returns the error of a value v that the system does not accept.
func errRange(v any, row *sys.Row) error {
	var ranges []string
	for _, r := range row.Ranges {
		lo, hi := inUnits(row, r.Min), inUnits(row, r.Max)
		if lo == hi {
			ranges = append(ranges, lo)
		} else {
			ranges = append(ranges, "["+lo+", "+hi+"]")
		}
	}
	return errValue(v, strings.TrimSpace("out of range "+strings.Join(ranges, " or ")))
}

// inUnits formats a number of the row, which may be a time.
func inUnits(row *sys.Row, n int) string {
	if row.Unit == 0 {
		return strconv.Itoa(n)
	}
	return (time.Duration(n) * row.Unit).String()
}

type boolCodec struct{}

func (boolCodec) Size() int { return 4 }

func (boolCodec) Append(b []byte, v bool) ([]byte, error) {
	var n uint32
	if v {
		n = 1
	}
	return binary.NativeEndian.AppendUint32(b, n), nil
}

func (boolCodec) Parse(b []byte) (bool, error) {
	n, err := parseInt(b)
	return n != 0, err
}

// parseInt decodes a signed integer of the size of b.
func parseInt(b []byte) (int64, error) {
	switch len(b) {
	case 1:
		return int64(b[0]), nil
	case 4:
		return int64(int32(binary.NativeEndian.Uint32(b))), nil
	case 8:
		return int64(binary.NativeEndian.Uint64(b)), nil
	}
	return 0, errShort
}

// appendInt appends the low width bytes of n.
func appendInt(b []byte, n int64, width int) []byte {
	switch width {
	case 2:
		return binary.NativeEndian.AppendUint16(b, uint16(n))
	case 8:
		return binary.NativeEndian.AppendUint64(b, uint64(n))
	}
	return binary.NativeEndian.AppendUint32(b, uint32(n))
}

// An integer codec encodes values from lo to hi in width bytes.
type integer[T ~int | ~uint8 | ~uint32 | ~uint64] struct {
	width  int
	lo, hi T
}

func (c integer[T]) Size() int { return c.width }

func (c integer[T]) Append(b []byte, v T) ([]byte, error) {
	if v < c.lo || v > c.hi {
		return nil, errValue(v, fmt.Sprintf("out of range [%v, %v]", c.lo, c.hi))
	}
	// All ones mean "no limit", whatever the width.
	if c.width == 4 && isUnsigned[T]() && uint64(v) > math.MaxUint32 && v != ^T(0) {
		return nil, errValue(v, "does not fit the system's 32 bits")
	}
	return appendInt(b, int64(v), c.width), nil
}

func (c integer[T]) Parse(b []byte) (T, error) {
	n, err := parseInt(b)
	if n < -1 && len(b) == 4 && isUnsigned[T]() {
		n = int64(uint32(n))
	}
	return T(n), err
}

func isUnsigned[T ~int | ~uint8 | ~uint32 | ~uint64]() bool { return ^T(0) > 0 }

// A duration codec encodes a number of units. If negative is true, the system
// has a meaning for negative numbers, and any negative duration is encoded as
// one.
type duration struct {
	unit     time.Duration
	negative bool
}

func (c duration) Size() int { return 4 }

func (c duration) Append(b []byte, v time.Duration) ([]byte, error) {
	n, err := c.units(v, math.MaxInt32)
	if err != nil {
		return nil, err
	}
	return appendInt(b, n, 4), nil
}

// units returns v in units, rounded up.
func (c duration) units(v time.Duration, most int64) (int64, error) {
	if v < 0 {
		if c.negative {
			return -1, nil
		}
		return 0, errValue(v, "is negative")
	}
	n := int64(v / c.unit)
	if time.Duration(n)*c.unit != v {
		n++
	}
	if n > most {
		return 0, errValue(v, fmt.Sprintf("exceeds %d × %v", most, c.unit))
	}
	return n, nil
}

func (c duration) Parse(b []byte) (time.Duration, error) {
	n, err := parseInt(b)
	if n < 0 {
		return -1, err
	}
	return time.Duration(n) * c.unit, err
}

// A text codec encodes a string of fewer than size bytes, which may be empty
// unless it is a name.
type text struct {
	size int
	name bool
}

func (c text) Size() int { return c.size }

func (c text) Append(b []byte, v string) ([]byte, error) {
	if c.name && v == "" {
		return nil, errValue(`""`, "is not a name")
	}
	if len(v) >= c.size {
		return nil, errValue(fmt.Sprintf("%q", v), fmt.Sprintf("longer than %d bytes", c.size-1))
	}
	if strings.IndexByte(v, 0) >= 0 {
		return nil, errValue(fmt.Sprintf("%q", v), "contains a NUL byte")
	}
	return append(b, v...), nil
}

func (c text) Parse(b []byte) (string, error) { return cstring(b), nil }

// cstring returns b up to its first NUL byte.
func cstring(b []byte) string {
	s, _, _ := strings.Cut(string(b), "\x00")
	return s
}

type raw struct{ size int }

func (c raw) Size() int { return c.size }

func (c raw) Append(b []byte, v []byte) ([]byte, error) {
	if len(v) > c.size {
		return nil, errValue(fmt.Sprintf("of %d bytes", len(v)), fmt.Sprintf("longer than %d bytes", c.size))
	}
	return append(b, v...), nil
}

func (c raw) Parse(b []byte) ([]byte, error) { return append([]byte(nil), b...), nil }

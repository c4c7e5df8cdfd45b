// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"cmp"
	"encoding"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"example.com/streamsock/internal/sys"
)

//go:generate go run ../../internal/cmd/optmatrix ../..

// An Info describes an option on the system on which the program runs.
type Info struct {
	Name      string   // name in this package, such as "UserTimeout"
	Sys       string   // C name on this system, such as "TCP_USER_TIMEOUT"; that for IPv4 if there are two; empty if there is none
	Level     int      // second argument of setsockopt(2) for Sys
	Number    int      // third argument of setsockopt(2) for Sys
	Type      string   // Go type of the value, such as "time.Duration"
	Access    Access   // whether it can be read and set on this system
	When      When     // when to set it
	Supported bool     // whether this package supports the option on this system
	Platforms []string // the systems on which this package supports it, sorted; must not be modified

	def untyped
}

// untyped is implemented by a definition of any value type.
type untyped interface {
	Info() Info
	isCalled(name string) bool
	getAny(c syscall.Conn) (any, error)
	parse(value string) (Setting, error)
}

// Get is like [Option.Get], for programs that determine the option at run time.
// The value has the type named by Type.
func (i Info) Get(c syscall.Conn) (any, error) {
	if i.def == nil {
		return nil, &Error{Op: "get", Option: i.Name, Err: errors.ErrUnsupported}
	}
	return i.def.getAny(c)
}

// Parse is like [Option.To], for programs that read the value as text, such as
// a command-line flag. It accepts true, false, on and off for a bool, the
// syntax of [time.ParseDuration] for a time.Duration, hexadecimal digits for
// bytes, the syntax of [strconv.ParseInt] with base 0 for numbers, and the
// syntax of the UnmarshalText method for other types. If the text is not a
// valid value of the option, the error wraps [os.ErrInvalid].
func (i Info) Parse(value string) (Setting, error) {
	if i.def == nil {
		return Setting{}, &Error{Op: "set", Option: i.Name, Err: errors.ErrUnsupported}
	}
	return i.def.parse(value)
}

// All returns an iterator over the descriptions of all options of this package,
// sorted by name. It includes those that this system does not support.
func All() iter.Seq[Info] {
	return func(yield func(Info) bool) {
		for _, d := range sorted() {
			if !yield(d.Info()) {
				return
			}
		}
	}
}

// Lookup returns the option with the given name, which may be its name in this
// package, a C name on this system, or one of the other names listed at the end
// of the package documentation, such as "NoDelay", "TCP_NODELAY" or "Nagle". It
// ignores case.
func Lookup(name string) (Info, bool) {
	for alias, option := range aliases {
		if strings.EqualFold(name, alias) {
			name = option
		}
	}
	for _, d := range defined {
		if d.isCalled(name) {
			return d.Info(), true
		}
	}
	return Info{}, false
}

// Access is a set of bits that specify whether an option can be read and set.
type Access uint8

const (
	Readable Access = 1 << iota // getsockopt(2)
	Writable                    // setsockopt(2)
)

// String returns "read-only", "write-only" or "read-write".
func (a Access) String() string {
	switch a {
	case Readable:
		return "read-only"
	case Writable:
		return "write-only"
	case Readable | Writable:
		return "read-write"
	}
	return "none"
}

// When is the time in the life of a socket at which to set an option. Some
// systems enforce it; see the option.
type When uint8

const (
	AnyTime       When = iota // on any socket, at any time
	BeforeBind                // before the local address is assigned: in the options of a dialer or listener
	BeforeConnect             // before the handshake: in the options of a dialer, or inherited from the listener
	OnListener                // on a listener
	OnConnection              // on a connected socket
)

// String returns a description such as "before bind".
func (w When) String() string {
	return [...]string{"any time", "before bind", "before connect", "on a listener", "on a connection"}[w]
}

// defined contains the options of this package. It grows while the package's
// variables are initialized and does not change afterwards.
var defined []untyped

// sorted returns the options by name.
func sorted() []untyped {
	return slices.SortedFunc(slices.Values(defined), func(a, b untyped) int {
		return cmp.Compare(a.Info().Name, b.Info().Name)
	})
}

// define returns an option of this package. The codec is a function of the row
// of this system, which is the zero Row if the system lacks the option.
func define[T any](name string, when When, access Access, codec func(sys.Row) Codec[T]) *definition[T] {
	d := &definition[T]{name: name, row: sys.Lookup(name), access: access, when: when}
	var row sys.Row
	if d.row != nil {
		row = *d.row
		d.codec = codec(row)
	}
	switch row.Access {
	case sys.ReadOnly:
		d.access &^= Writable
	case sys.WriteOnly:
		d.access &^= Readable
	}
	defined = append(defined, d)
	return d
}

// Constructors of the options of this package, by type.

func boolOption(name string, when When) Option[bool] {
	return custom[bool](name, when, boolCodec{})
}

func intOption(name string, when When, lo, hi int) Option[int] {
	return number(name, when, lo, hi)
}

func number[T ~int | ~uint8 | ~uint32 | ~uint64](name string, when When, lo, hi T) Option[T] {
	return Option[T]{define(name, when, Readable|Writable, func(r sys.Row) Codec[T] {
		return integer[T]{r.Width, lo, hi}
	})}
}

func durationOption(name string, when When, c duration) Option[time.Duration] {
	return Option[time.Duration]{define(name, when, Readable|Writable, func(r sys.Row) Codec[time.Duration] {
		c.unit = r.Unit
		return c
	})}
}

func enumOption[T ~int](name string, when When) Option[T] {
	return Option[T]{define(name, when, Readable|Writable, func(r sys.Row) Codec[T] {
		return enum[T]{r.Values}
	})}
}

func custom[T any](name string, when When, c Codec[T]) Option[T] {
	return Option[T]{define(name, when, Readable|Writable, func(sys.Row) Codec[T] { return c })}
}

func readOnly[T any](o Option[T]) ReadOnly[T] {
	o.def.access &^= Writable
	return ReadOnly[T](o)
}

// maxInt is the largest value of a C int.
const maxInt = math.MaxInt32

// Info returns a description of the option.
func (d *definition[T]) Info() Info {
	if d == nil {
		return Info{}
	}
	i := Info{
		Name:      d.name,
		Type:      reflect.TypeFor[T]().String(),
		Access:    d.access,
		When:      d.when,
		Supported: d.row != nil,
		Platforms: d.platforms(),
		def:       d,
	}
	if d.row != nil {
		i.Sys, i.Level, i.Number = d.row.Name, d.row.Level, d.row.Number
	}
	return i
}

// platforms returns the systems that have the option. All calls return the same
// slice.
func (d *definition[T]) platforms() []string {
	if list := d.systems.Load(); list != nil {
		return *list
	}
	list := slices.Clip(strings.Fields(platforms[d.name]))
	d.systems.Store(&list)
	return list
}

// isCalled reports whether name is a name of the option, ignoring case.
func (d *definition[T]) isCalled(name string) bool {
	if strings.EqualFold(name, d.name) {
		return true
	}
	for row := d.row; row != nil; row = row.V6 {
		if strings.EqualFold(name, row.Name) {
			return true
		}
	}
	return false
}

func (d *definition[T]) getAny(c syscall.Conn) (any, error) { return Option[T]{d}.Get(c) }

func (d *definition[T]) parse(value string) (Setting, error) {
	v, err := parseValue[T](value)
	if err != nil {
		return Setting{}, d.fail("set", err)
	}
	if d.row != nil {
		if _, err := d.encode(nil, v); err != nil {
			return Setting{}, d.failSet(d.row, v, err)
		}
	}
	return Option[T]{d}.To(v), nil
}

// parseValue is the inverse of format, as far as format shows the value.
func parseValue[T any](s string) (v T, err error) {
	switch p := any(&v).(type) {
	case *bool:
		*p, err = parseBool(s)
	case *string:
		*p = s
	case *time.Duration:
		*p, err = time.ParseDuration(s)
	case *[]byte:
		*p, err = hex.DecodeString(s)
	case encoding.TextUnmarshaler:
		if err = p.UnmarshalText([]byte(s)); err != nil {
			return v, fmt.Errorf("%w: %w", err, os.ErrInvalid)
		}
	default:
		err = parseNumber(reflect.ValueOf(&v).Elem(), s)
	}
	if err != nil {
		return v, errValue(strconv.Quote(s), fmt.Sprintf("not a valid %v", reflect.TypeFor[T]()))
	}
	return v, nil
}

func parseBool(s string) (bool, error) {
	switch s {
	case "on":
		return true, nil
	case "off":
		return false, nil
	}
	return strconv.ParseBool(s)
}

func parseNumber(v reflect.Value, s string) (err error) {
	switch {
	case v.CanInt():
		var n int64
		n, err = strconv.ParseInt(s, 0, v.Type().Bits())
		v.SetInt(n)
	case v.CanUint():
		var n uint64
		n, err = strconv.ParseUint(s, 0, v.Type().Bits())
		v.SetUint(n)
	default:
		err = errors.ErrUnsupported // a struct without a text form
	}
	return err
}

// format formats a value. Of bytes, which may be a secret, it shows only the
// number.
func format(v any) string {
	if b, ok := v.([]byte); ok {
		return fmt.Sprintf("[%d bytes]", len(b))
	}
	return fmt.Sprint(v)
}

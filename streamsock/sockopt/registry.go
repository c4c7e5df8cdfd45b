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

// An Info describes an option on the system that the program runs on.
type Info struct {
	Name      string   // name in this package, such as "UserTimeout"
	Sys       string   // C name on this system, such as "TCP_USER_TIMEOUT"; of two names that for IPv4; empty if there is none
	Level     int      // second argument of setsockopt(2) on this system
	Number    int      // third argument of setsockopt(2) on this system
	Type      string   // Go type of the value, such as "time.Duration"
	Access    Access   // what this system lets a program do with it
	When      When     // when it is to be set
	Supported bool     // whether this package knows the option on this system
	Platforms []string // the systems on which this package knows it, sorted; not to be changed

	def untyped
}

// untyped is what a definition can do, whatever the type of its values.
type untyped interface {
	Info() Info
	isCalled(name string) bool
	getAny(c syscall.Conn) (any, error)
	parse(value string) (Setting, error)
}

// Get is [Option.Get] for programs that learn the option's name when they
// run. The value has the type that Type names.
func (i Info) Get(c syscall.Conn) (any, error) {
	if i.def == nil {
		return nil, &Error{Op: "get", Option: i.Name, Err: errors.ErrUnsupported}
	}
	return i.def.getAny(c)
}

// Parse is [Option.To] for programs that get options as text, such as
// command-line flags. It accepts true, false, on and off for a bool, what
// [time.ParseDuration] accepts for a time.Duration, hexadecimal digits for
// bytes, what [strconv.ParseInt] accepts with base 0 for numbers, and for the
// other types what their UnmarshalText method accepts. A text or value that
// the option cannot have is an error for which errors.Is(err, [os.ErrInvalid])
// holds.
func (i Info) Parse(value string) (Setting, error) {
	if i.def == nil {
		return Setting{}, &Error{Op: "set", Option: i.Name, Err: errors.ErrUnsupported}
	}
	return i.def.parse(value)
}

// All returns a description of every option of this package, also of those
// that this system lacks, sorted by name.
func All() iter.Seq[Info] {
	return func(yield func(Info) bool) {
		for _, d := range sorted() {
			if !yield(d.Info()) {
				return
			}
		}
	}
}

// Lookup returns the option that has the name in this package, in C on this system, or
// among those at the end of the package documentation that are neither, such as
// "NoDelay", "TCP_NODELAY" and "Nagle". Case does not count.
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

// Access says what a program can do with an option.
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

// When says at which time of a socket's life an option is to be set. The
// system enforces it, or does not; see the option.
type When uint8

const (
	AnyTime       When = iota // on any socket, at any time
	BeforeBind                // before the address is chosen: in a dialer's or listener's options
	BeforeConnect             // before the connection: in a dialer's options, or inherited from the listener
	OnListener                // on a listener
	OnConnection              // on a connected socket
)

// String returns the constant in words.
func (w When) String() string {
	return [...]string{"any time", "before bind", "before connect", "on a listener", "on a connection"}[w]
}

// defined holds the options of this package. It grows while the package's
// variables are initialized and does not change after that.
var defined []untyped

// sorted returns the options by name.
func sorted() []untyped {
	return slices.SortedFunc(slices.Values(defined), func(a, b untyped) int {
		return cmp.Compare(a.Info().Name, b.Info().Name)
	})
}

// define makes an option of this package. The codec is a function of this
// system's row, which is nil if the system lacks the option.
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

// The constructors of the options of this package, by type.

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

// maxInt is the largest value of an int of C.
const maxInt = math.MaxInt32

// Info describes the option.
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

// platforms returns the systems that have the option, always the same slice.
func (d *definition[T]) platforms() []string {
	if list := d.systems.Load(); list != nil {
		return *list
	}
	list := slices.Clip(strings.Fields(platforms[d.name]))
	d.systems.Store(&list)
	return list
}

// isCalled reports whether name is one of the option's, in any case.
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

// parseValue is the inverse of format, as far as that shows the value.
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
		return v, errValue(strconv.Quote(s), fmt.Sprintf("is not a %v", reflect.TypeFor[T]()))
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

// format returns the text of a value; of bytes, which may be a secret, only
// how many they are.
func format(v any) string {
	if b, ok := v.([]byte); ok {
		return fmt.Sprintf("[%d bytes]", len(b))
	}
	return fmt.Sprint(v)
}

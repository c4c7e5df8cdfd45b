// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"cmp"
	"errors"
	"math"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
)

// An Option is a socket option whose value has type T. It is a small comparable
// value. The zero Option is not usable; its methods return an error wrapping
// [errors.ErrUnsupported].
type Option[T any] struct{ def *definition[T] }

// Get returns the value of the option on c.
//
// If IPv4 and IPv6 have different options, Get reads the one that applies to
// the packets of c. On an IPv6 socket without a local address, such as a
// listener on all addresses, that is the IPv6 option.
//
// The error wraps an *[Error]. It is a *[net.OpError] if c has addresses, as
// the connections and listeners of package net do.
func (o Option[T]) Get(c syscall.Conn) (T, error) {
	rc, err := rawConn(c)
	if err != nil {
		var zero T
		return zero, o.def.fail("get", err)
	}
	v, err := o.def.get(rc)
	if err != nil {
		return v, opError("get", c, err)
	}
	return v, nil
}

// Set sets the option to v on c. If v is outside of the range that is
// documented for this system, Set returns an error wrapping [os.ErrInvalid]
// without setting the option.
//
// If IPv4 and IPv6 have different options, Set sets the one that applies to the
// packets of c. On an IPv6 socket without a local address that is not [V6Only],
// such as a listener on all addresses, Set sets both, and the value also
// applies to IPv4 peers. On macOS, the BSDs, Solaris and AIX, an IPv6 socket
// does not accept IPv4 options, and the value applies to IPv6 peers only.
//
// The error wraps an *[Error]. It is a *[net.OpError] if c has addresses, as
// the connections and listeners of package net do.
func (o Option[T]) Set(c syscall.Conn, v T) error {
	rc, err := rawConn(c)
	if err != nil {
		return o.def.fail("set", err)
	}
	if err := o.def.set(rc, v, false); err != nil {
		return opError("set", c, err)
	}
	return nil
}

// To returns a Setting of the option with the value v, for [Apply], [Control]
// or a dialer. If v is not a valid value, applying the setting fails.
func (o Option[T]) To(v T) Setting { return Setting{bound[T]{o.def, v}} }

// Info returns a description of the option.
func (o Option[T]) Info() Info { return o.def.Info() }

// A ReadOnly is an option that can be read but not set.
type ReadOnly[T any] struct{ def *definition[T] }

// Get returns the value of the option on c. Its errors are those of
// [Option.Get].
func (o ReadOnly[T]) Get(c syscall.Conn) (T, error) { return Option[T](o).Get(c) }

// Info returns a description of the option.
func (o ReadOnly[T]) Info() Info { return o.def.Info() }

// New returns a user-defined option with the level and number to pass to
// setsockopt(2) and the codec of its value. The name is used in errors. Since
// the numbers depend on the system, define the option in a file with a build
// constraint.
//
// If level, number or the size of a value does not fit a C int, Get and Set
// return an error wrapping [os.ErrInvalid].
func New[T any](name string, level, number int, codec Codec[T]) Option[T] {
	return Option[T]{&definition[T]{
		name:   name,
		row:    &sys.Row{Name: name, Level: level, Number: number},
		codec:  codec,
		access: Readable | Writable,
	}}
}

// A definition contains what all copies of an option share.
type definition[T any] struct {
	name   string
	row    *sys.Row // nil if this system lacks the option
	codec  Codec[T]
	access Access
	when   When

	systems atomic.Pointer[[]string] // of platforms
}

func (d *definition[T]) get(rc syscall.RawConn) (v T, err error) {
	if !d.can(Readable) {
		return v, d.fail("get", errors.ErrUnsupported)
	}
	t := optionCalls.Get().(*optionCall)
	b, err := t.get(rc, d.row, d.codec.Size())
	if err == nil {
		v, err = d.codec.Parse(b)
	}
	if err != nil {
		err = d.failAs("get", t.used, err)
	}
	optionCalls.Put(t)
	return v, err
}

// set sets the option. If only6 is true, a socket without an address will be
// used for IPv6 only.
func (d *definition[T]) set(rc syscall.RawConn, v T, only6 bool) error {
	if !d.can(Writable) {
		return d.fail("set", errors.ErrUnsupported)
	}
	t := optionCalls.Get().(*optionCall)
	b, err := d.encode(t.buf[:0], v)
	if err == nil {
		err = t.set(rc, d.row, b, only6)
	} else {
		t.name(rc, d.row)
	}
	if err != nil {
		err = d.failSet(t.used, v, err)
	}
	optionCalls.Put(t)
	return err
}

// failSet is like failAs for set, whose error may be caused by the value.
func (d *definition[T]) failSet(used *sys.Row, v T, err error) error {
	if err == os.ErrInvalid {
		err = errRange(v, cmp.Or(used, d.row))
	}
	return d.failAs("set", used, err)
}

// encode appends the bytes of v to b. The error is [os.ErrInvalid] for a value
// that the codec accepts and the system does not.
func (d *definition[T]) encode(b []byte, v T) ([]byte, error) {
	b, err := d.codec.Append(b, v)
	if err == nil && !d.row.Accepts(b) {
		err = os.ErrInvalid
	}
	return b, err
}

// can reports whether the system supports this access to the option.
func (d *definition[T]) can(a Access) bool { return d != nil && d.row != nil && d.access&a != 0 }

func (d *definition[T]) fail(op string, err error) error {
	if d == nil {
		return &Error{Op: op, Option: "the zero Option", Err: err}
	}
	return d.failAs(op, d.row, err)
}

// failAs is like fail for the spelling of the option that was used, or nil.
func (d *definition[T]) failAs(op string, used *sys.Row, err error) error {
	e := &Error{Op: op, Option: d.name, Err: err}
	if used = cmp.Or(used, d.row); used != nil {
		e.Sys = used.Name
	}
	return e
}

// rawConn returns the raw connection of c.
func rawConn(c syscall.Conn) (syscall.RawConn, error) {
	if c == nil {
		return nil, os.ErrInvalid
	}
	return c.SyscallConn()
}

// An optionCall is one call of getsockopt(2) or setsockopt(2). Pooled, because a
// closure and a buffer for each call would be three allocations.
type optionCall struct {
	visit func(fd uintptr) // bound method value do
	kind  callKind
	row   *sys.Row
	only6 bool // see sys.Row.Set
	buf   []byte
	n     int
	used  *sys.Row // the spelling of row that was used, if known
	err   error
}

// A callKind is the purpose of an optionCall.
type callKind uint8

const (
	toGet  callKind = iota
	toSet           // call setsockopt
	toName          // find the spelling that Set would use
)

var optionCalls = sync.Pool{New: func() any {
	t := &optionCall{buf: make([]byte, 0, 64)}
	t.visit = t.do
	return t
}}

func (t *optionCall) do(fd uintptr) {
	switch t.kind {
	case toSet:
		t.used, t.err = t.row.Set(fd, t.buf, t.only6)
	case toGet:
		if t.n, t.err = t.row.Get(fd, t.buf); t.err == nil {
			return
		}
		fallthrough
	case toName:
		t.used = t.row.Spelling(fd)
	}
}

// run calls do with the descriptor of rc. A foreign RawConn may have none.
func (t *optionCall) run(rc syscall.RawConn) error {
	t.err = errNoDescriptor
	return rc.Control(t.visit)
}

// get returns the bytes that the system wrote into a buffer of the given size.
// They are valid until t is used again.
func (t *optionCall) get(rc syscall.RawConn, row *sys.Row, size int) ([]byte, error) {
	t.used = nil
	if size < 0 || size > math.MaxInt32 || !fits(row) {
		return nil, errNumber
	}
	if cap(t.buf) < size {
		t.buf = make([]byte, size)
	}
	t.kind, t.row, t.buf = toGet, row, t.buf[:size]
	clear(t.buf) // for some options, such as TCP_ZEROCOPY_RECEIVE, the kernel reads the buffer
	if err := t.run(rc); err != nil {
		return nil, err
	}
	if t.err != nil {
		return nil, neterr.Syscall("getsockopt", t.err)
	}
	return t.buf[:t.n], nil
}

func (t *optionCall) set(rc syscall.RawConn, row *sys.Row, b []byte, only6 bool) error {
	t.used = nil
	if len(b) > math.MaxInt32 || !fits(row) {
		return errNumber
	}
	t.kind, t.row, t.buf, t.only6 = toSet, row, b, only6
	if err := t.run(rc); err != nil {
		return err
	}
	if t.err != nil {
		return neterr.Syscall("setsockopt", t.err)
	}
	return nil
}

// name sets used to the spelling of the option that applies to the socket.
func (t *optionCall) name(rc syscall.RawConn, row *sys.Row) {
	t.used = nil
	if row.V6 != nil {
		t.kind, t.row = toName, row
		_ = rc.Control(t.visit)
	}
}

// fits reports whether the numbers of an option created by New fit a C int.
func fits(row *sys.Row) bool {
	return int(int32(row.Level)) == row.Level && int(int32(row.Number)) == row.Number
}

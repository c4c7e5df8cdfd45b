// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"errors"
	"os"
	"sync"
	"syscall"

	"example.com/streamsock/internal/sys"
)

// An Option is one socket option whose value is a T. It is a small comparable
// value that any number of goroutines may use. The zero Option is of no use:
// its methods answer an error for which errors.Is(err, errors.ErrUnsupported)
// holds.
type Option[T any] struct{ def *definition[T] }

// Get asks the system for the value that the option has on c.
//
// The error is a *[net.OpError] if c has addresses, as every connection and
// listener of package net does, and holds an *[Error].
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

// Set gives the option the value v on c. A value that the option cannot have
// is refused before the system is asked, with an error for which
// errors.Is(err, [os.ErrInvalid]) holds; what else can be wrong, the system
// says.
//
// The error is a *[net.OpError] if c has addresses, as every connection and
// listener of package net does, and holds an *[Error].
func (o Option[T]) Set(c syscall.Conn, v T) error {
	rc, err := rawConn(c)
	if err != nil {
		return o.def.fail("set", err)
	}
	if err := o.def.set(rc, v); err != nil {
		return opError("set", c, err)
	}
	return nil
}

// To binds the option to a value, for [Apply], [Control] or a dialer. It does
// not fail: a value that the option cannot have is reported when the setting
// is applied.
func (o Option[T]) To(v T) Setting { return Setting{bound[T]{o.def, v}} }

// Info describes the option.
func (o Option[T]) Info() Info { return o.def.Info() }

// A ReadOnly is an option that no system lets a program set.
type ReadOnly[T any] struct{ def *definition[T] }

// Get asks the system for the value that the option has on c. Its errors are
// those of [Option.Get].
func (o ReadOnly[T]) Get(c syscall.Conn) (T, error) { return Option[T](o).Get(c) }

// Info describes the option.
func (o ReadOnly[T]) Info() Info { return o.def.Info() }

// New makes an option of your own from the two numbers that setsockopt(2)
// takes and the codec of its value. The name is for error messages. The
// option belongs to the system that it is written for: put it into a file
// with a build constraint.
func New[T any](name string, level, number int, codec Codec[T]) Option[T] {
	return Option[T]{&definition[T]{
		name:   name,
		row:    &sys.Row{Name: name, Level: level, Number: number},
		codec:  codec,
		access: Readable | Writable,
	}}
}

// A definition is what all copies of an option share.
type definition[T any] struct {
	name   string
	row    *sys.Row // nil if this system lacks the option
	codec  Codec[T]
	access Access
	when   When
}

func (d *definition[T]) get(rc syscall.RawConn) (v T, err error) {
	if !d.can(Readable) {
		return v, d.fail("get", errors.ErrUnsupported)
	}
	t := trips.Get().(*trip)
	b, err := t.get(rc, d.row, d.codec.Size())
	if err == nil {
		v, err = d.codec.Parse(b)
	}
	trips.Put(t)
	if err != nil {
		return v, d.fail("get", err)
	}
	return v, nil
}

func (d *definition[T]) set(rc syscall.RawConn, v T) error {
	if !d.can(Writable) {
		return d.fail("set", errors.ErrUnsupported)
	}
	t := trips.Get().(*trip)
	b, err := d.codec.Append(t.buf[:0], v)
	if err == nil {
		err = t.set(rc, d.row, b)
	}
	trips.Put(t)
	if err != nil {
		return d.fail("set", err)
	}
	return nil
}

// can reports whether this system lets a program use the option so.
func (d *definition[T]) can(a Access) bool { return d != nil && d.row != nil && d.access&a != 0 }

func (d *definition[T]) fail(op string, err error) error {
	e := &Error{Op: op, Err: err}
	if d == nil {
		e.Option = "the zero Option"
		return e
	}
	e.Option = d.name
	if d.row != nil {
		e.Sys = d.row.Name
	}
	return e
}

// rawConn returns c's way to its descriptor.
func rawConn(c syscall.Conn) (syscall.RawConn, error) {
	if c == nil {
		return nil, os.ErrInvalid
	}
	return c.SyscallConn()
}

// A trip is one visit to the system inside [syscall.RawConn.Control]. Its
// function is made once and its memory is used again, because a closure and
// a buffer for each visit would be three allocations.
type trip struct {
	visit func(fd uintptr) // the method below
	row   *sys.Row
	write bool
	buf   []byte
	n     int
	err   error
}

var trips = sync.Pool{New: func() any {
	t := &trip{buf: make([]byte, 0, 64)}
	t.visit = t.do
	return t
}}

func (t *trip) do(fd uintptr) {
	if t.write {
		t.err = t.row.Set(fd, t.buf)
	} else {
		t.n, t.err = t.row.Get(fd, t.buf)
	}
}

// get returns what the system wrote into a buffer of the given size. The
// bytes are valid until the trip's next use.
func (t *trip) get(rc syscall.RawConn, row *sys.Row, size int) ([]byte, error) {
	if cap(t.buf) < size {
		t.buf = make([]byte, size)
	}
	t.buf = t.buf[:size]
	t.row, t.write = row, false
	if err := rc.Control(t.visit); err != nil {
		return nil, err
	}
	if t.err != nil {
		return nil, sysError("getsockopt", t.err)
	}
	return t.buf[:t.n], nil
}

func (t *trip) set(rc syscall.RawConn, row *sys.Row, b []byte) error {
	t.row, t.write, t.buf = row, true, b
	if err := rc.Control(t.visit); err != nil {
		return err
	}
	if t.err != nil {
		return sysError("setsockopt", t.err)
	}
	return nil
}

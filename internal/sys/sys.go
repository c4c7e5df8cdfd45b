// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package sys is the seam between streamsock and the operating systems: the
// tables that say how each system spells each socket option, and the system
// calls that package net does not make.
//
// Every function exists on every GOOS. Where the system has no such thing it
// answers [errors.ErrUnsupported]. Errors are bare: a [syscall.Errno], without
// the name of the call, the option or the address, which the callers add.
//
// This is the only package of the module that imports golang.org/x/sys or
// unsafe.
package sys

import (
	"encoding/binary"
	"time"
)

// A Row says how this system spells one option.
type Row struct {
	Name   string // C name
	Level  int    // protocol level, the second argument of setsockopt
	Number int    // option number, the third argument of setsockopt

	// V6 is the spelling for an IPv6 socket; nil where it does not differ.
	V6 *Row

	// Unit is what an option that is a time counts.
	Unit time.Duration

	// Width is the size in bytes of the integer, and of each of the two
	// integers of struct linger; 0 means 4, the int of C.
	Width int

	// BigEndian says that the integer is in network byte order.
	BigEndian bool

	// Values holds the numbers of an enumeration, indexed by our own.
	Values []int

	// Access is zero for an option that can be read and written.
	Access Access
}

// Access says what cannot be done with an option.
type Access uint8

const (
	ReadOnly  Access = iota + 1 // setsockopt fails
	WriteOnly                   // getsockopt fails
)

// Lookup returns the row of the option that the Go name stands for, or nil if
// this system does not have it.
func Lookup(name string) *Row {
	r, ok := table[name]
	if !ok {
		return nil
	}
	if r.Width == 0 {
		r.Width = 4
	}
	return &r
}

// Get reads the option into b and returns the length that the system reports,
// or len(b) where it reports none.
func (r *Row) Get(fd uintptr, b []byte) (n int, err error) {
	r = r.spelling(fd)
	n, err = getsockopt(fd, r.Level, r.Number, b)
	if err == nil && r.BigEndian {
		swap(b[:n])
	}
	return n, err
}

// Set writes the option. It may reorder the bytes of b.
func (r *Row) Set(fd uintptr, b []byte) error {
	r = r.spelling(fd)
	if r.BigEndian {
		swap(b)
	}
	return setsockopt(fd, r.Level, r.Number, b)
}

// spelling returns the row that holds for the family of the socket.
func (r *Row) spelling(fd uintptr) *Row {
	if r.V6 != nil && isIPv6(fd) {
		return r.V6
	}
	return r
}

// swap turns a 4-byte integer from native into network byte order, and back.
func swap(b []byte) {
	if len(b) == 4 {
		binary.BigEndian.PutUint32(b, binary.NativeEndian.Uint32(b))
	}
}

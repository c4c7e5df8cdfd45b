// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package sys is the interface of streamsock to the operating systems: tables
// of the name and number of each socket option on each system, and the system
// calls that package net does not make.
//
// Every function exists on every GOOS. If the system lacks the feature, it
// returns [errors.ErrUnsupported]. Errors are bare: a [syscall.Errno], without
// the name of the call, the option or the address, which the callers add.
//
// This is the only package of the module that imports golang.org/x/sys or
// unsafe.
//
// # Raw system calls
//
// On Linux, calls that never block are made without notifying the scheduler,
// which would cost more than the call. The processor is not available to other
// goroutines meanwhile, and a garbage collection waits. That is bounded by what
// the kernel does: some microseconds for an option or an ioctl, and for copying
// at most 64 KiB when receiving or 16 KiB when sending; see shortRecv in
// msg_linux.go. It is not bounded if the memory of the caller is not resident,
// such as that of a file on a slow disk that is mapped: the kernel then waits
// for the page, as any access to that memory by a goroutine does.
//
// # What a new system needs
//
// One file for each subject; other.go has all the stubs of a system without
// sockets, windows_other.go, linux_other.go and socket_other.go those of
// single features. The subjects are: table (the options), getset and family
// (getsockopt and setsockopt), errno, can (what works), msg and queue (sending and
// receiving), ask and poll (events of one descriptor), poller and waker (of many), kqueue
// (both, on macOS and the BSDs), afd (both, on Windows),
// checkpeer and peer (the peer), socket and dup, sendfile, unacked, rights and
// peercred (Unix sockets), tcpinfo.
package sys

import (
	"encoding/binary"
	"os"
	"time"
)

// A Row describes one option on this system.
type Row struct {
	Name   string // C name
	Level  int    // protocol level, the second argument of setsockopt
	Number int    // option number, the third argument of setsockopt

	// V6 is the spelling for an IPv6 socket; nil where it does not differ.
	V6 *Row

	// Unit is the unit of an option that is a time.
	Unit time.Duration

	// Width is the size in bytes of the integer, and of each of the two
	// integers of struct linger; 0 means 4, a C int.
	Width int

	// BigEndian means that the integer is in network byte order.
	BigEndian bool

	// Values contains the numbers of an enumeration, indexed by those of this
	// package.
	Values []int

	// Ranges contains the only numbers that the system accepts, in ascending
	// order; nil if there is no such limit. For struct linger the number is the
	// time.
	Ranges []Range

	// Fit, if not nil, adapts the bytes of a value to the socket before they
	// are written.
	Fit func(fd uintptr, b []byte) ([]byte, error)

	// Access is zero for an option that can be read and written.
	Access Access
}

// Access specifies whether an option cannot be read or set.
type Access uint8

const (
	ReadOnly  Access = iota + 1 // setsockopt fails
	WriteOnly                   // getsockopt fails
)

// Lookup returns the row of the option with the Go name, or nil if this system
// lacks it.
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

// A Range is a set of consecutive numbers.
type Range struct {
	Min, Max int // both included
}

// Accepts reports whether the system accepts the number in b, which is the
// option's value in bytes, on sockets of at least one family.
func (r *Row) Accepts(b []byte) bool {
	return len(r.Ranges) == 0 || r.inRange(b) || r.V6 != nil && (len(r.V6.Ranges) == 0 || r.V6.inRange(b))
}

func (r *Row) inRange(b []byte) bool {
	if len(b) < 4 {
		return true // no number
	}
	n := int(int32(binary.NativeEndian.Uint32(b[len(b)-4:]))) // the last integer
	for _, x := range r.Ranges {
		if x.Min <= n && n <= x.Max {
			return true
		}
	}
	return false
}

// A family is the versions of the Internet Protocol that a socket uses, and so
// the spellings of the options that govern it.
type family uint8

const (
	ipv4   family = iota // an IPv4 socket, or another whose packets are IPv4
	ipv6                 // an IPv6 socket whose packets are IPv6
	either               // an IPv6 socket without an address: both, unless it is for IPv6 only
)

// Spelling returns the row by which the option is read on the socket.
func (r *Row) Spelling(fd uintptr) *Row {
	if r.V6 != nil && familyOf(fd) != ipv4 {
		return r.V6
	}
	return r
}

// Get reads the option into b and returns the length that the system reports,
// or len(b) where it reports none.
func (r *Row) Get(fd uintptr, b []byte) (n int, err error) {
	r = r.Spelling(fd)
	n, err = getsockopt(fd, r.Level, r.Number, b)
	if err == nil && r.BigEndian {
		swap(b[:n])
	}
	return n, err
}

// Set writes the option and returns the row that it used, of two the one that
// failed or the last. On a socket that may use both versions of the Internet
// Protocol it writes both spellings, unless the caller knows that the socket is
// going to have an IPv6 address. The error is [os.ErrInvalid] for a number that
// Accepts allows and a spelling that must be used does not. Set may change b.
func (r *Row) Set(fd uintptr, b []byte, only6 bool) (used *Row, err error) {
	if r.V6 == nil && r.Fit == nil && !r.BigEndian { // as most are
		return r, setsockopt(fd, r.Level, r.Number, b)
	}
	if r.Fit != nil {
		if b, err = r.Fit(fd, b); err != nil {
			return r, err
		}
	}
	if r.V6 == nil {
		return r, r.set(fd, b)
	}
	f := familyOf(fd)
	if f == ipv4 || f == either && !only6 && !isV6Only(fd) {
		// IPv4 first: it accepts no more than IPv6, so that a rejected value
		// changes nothing.
		if err := r.set(fd, b); err != nil || f == ipv4 {
			return r, err
		}
	}
	return r.V6, r.V6.set(fd, b)
}

// set writes the option in this row's spelling.
func (r *Row) set(fd uintptr, b []byte) error {
	if len(r.Ranges) > 0 && !r.inRange(b) {
		return os.ErrInvalid
	}
	if !r.BigEndian {
		return setsockopt(fd, r.Level, r.Number, b)
	}
	swap(b)
	err := setsockopt(fd, r.Level, r.Number, b)
	swap(b) // the other spelling may be native
	return err
}

// isV6Only reports whether an IPv6 socket is for IPv6 only.
func isV6Only(fd uintptr) bool {
	var b [4]byte
	r := table["V6Only"]
	_, err := getsockopt(fd, r.Level, r.Number, b[:])
	return err != nil || b != [4]byte{}
}

// swap turns a 4-byte integer from native into network byte order, and back.
func swap(b []byte) {
	if len(b) == 4 {
		binary.BigEndian.PutUint32(b, binary.NativeEndian.Uint32(b))
	}
}

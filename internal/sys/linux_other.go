// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !linux

package sys

import "errors"

// HasRecv reports whether Recv and Send are implemented; otherwise package
// net's system calls are used.
const HasRecv = false

// InheritsKeepAlive reports whether a connection inherits the keep-alive times
// of its listener.
const InheritsKeepAlive = false

// HasInputAtMark reports whether a receive at the out-of-band mark returns something.
func HasInputAtMark(fd uintptr) bool { return false }

// HoldsNoMore reports whether no more than n bytes can arrive before something is read.
func HoldsNoMore(fd uintptr, n int) bool { return false }

// IsReadShut reports whether the receiving side is shut down. Only Linux is
// asked, where the data received before a shutdown of this side stays readable.
func IsReadShut(fd uintptr) bool { return false }

// RepeatInput makes the system report again that data is available.
func RepeatInput(fd uintptr) {}

// Recv receives into p.
func Recv(fd uintptr, p []byte, flags int, repeat bool) (int, error) { return 0, errors.ErrUnsupported }

// Send sends p.
func Send(fd uintptr, p []byte, flags int) (int, error) { return 0, errors.ErrUnsupported }

// Unsent returns the number of bytes written and not yet sent.
func Unsent(fd uintptr) (int, error) { return 0, errors.ErrUnsupported }

// LacksUrgent reports whether the socket has no urgent data, as those of
// multipath TCP, which package net makes only on Linux.
func LacksUrgent(fd uintptr) bool { return false }

// HasInput reports whether a receive on a socket that is reported as readable
// returns something. Only Linux is known to report more.
func HasInput(fd uintptr) bool { return true }

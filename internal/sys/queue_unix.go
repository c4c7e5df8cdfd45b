// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix && !linux

package sys

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

const fionread = 0x4004667f // sys/filio.h: _IOR('f', 127, int)

// Queued returns the number of bytes that can be read.
func Queued(fd uintptr) (int, error) { return cInt(unix.IoctlGetInt(int(fd), fionread)) }

// AtMark reports whether the next byte to read is the one after the urgent
// byte, or the urgent byte itself if it is received inline.
func AtMark(fd uintptr) (bool, error) {
	n, err := cInt(unix.IoctlGetInt(int(fd), unix.SIOCATMARK))
	return n != 0, err
}

// cInt returns the C int that an ioctl wrote into a Go int, of which it is the
// first half in memory.
func cInt(n int, err error) (int, error) {
	var b [8]byte
	binary.NativeEndian.PutUint64(b[:], uint64(n))
	return int(int32(binary.NativeEndian.Uint32(b[:]))), err
}

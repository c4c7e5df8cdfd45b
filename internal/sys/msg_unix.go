// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix && !linux

package sys

import "golang.org/x/sys/unix"

// Flags of Recvmsg and Sendmsg; 0 where the system lacks it.
const (
	MsgDontRoute = unix.MSG_DONTROUTE
	MsgMore      = 0
	MsgOOB       = unix.MSG_OOB
	MsgPeek      = unix.MSG_PEEK
	MsgTrunc     = 0 // does not discard here
)

// MaxVec is the number of slices that one system call accepts: IOV_MAX, which
// is 16 on aix and solaris and 1024 elsewhere.
const MaxVec = 16

// A Vec is a list of slices for one system call. Its memory is reused.
type Vec struct{ list [][]byte }

// Load loads as many of the slices as one system call accepts, without empty
// ones, starting at byte off of the first, and returns their total size.
func (v *Vec) Load(bufs [][]byte, off int) (total int) {
	v.list, total = load(v.list, bufs, off, MaxVec, func(b []byte) []byte { return b })
	return total
}

// Clear drops the references to the slices.
func (v *Vec) Clear() { clear(v.list) }

// Recvmsg receives into the slices of v. It does not block, because package net
// has made the socket non-blocking.
func Recvmsg(fd uintptr, v *Vec, flags int) (int, error) {
	n, _, _, _, err := unix.RecvmsgBuffers(int(fd), v.list, nil, flags)
	return max(n, 0), err
}

// Sendmsg sends the slices of v. It does not block.
func Sendmsg(fd uintptr, v *Vec, flags int) (int, error) {
	n, err := unix.SendmsgBuffers(int(fd), v.list, nil, nil, flags)
	return max(n, 0), err
}

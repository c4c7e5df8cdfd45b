// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"encoding/binary"
	"errors"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Flags of Recvmsg and Sendmsg; 0 where the system lacks it.
const (
	MsgDontRoute = 0x4 // winsock2.h
	MsgMore      = 0
	MsgOOB       = windows.MSG_OOB
	MsgPeek      = windows.MSG_PEEK
	MsgTrunc     = 0
)

// MaxVec is the number of slices that one system call accepts. Windows
// documents no limit; that of wine is the limit of the host system less one.
const MaxVec = 1023

// A Vec is a list of slices for one system call. Its memory is reused.
type Vec struct {
	bufs []windows.WSABuf
	size [4]byte // of the send buffer
}

// Load loads as many of the slices as one system call accepts, without empty
// ones, starting at byte off of the first, and returns their total size.
func (v *Vec) Load(bufs [][]byte, off int) (total int) {
	v.bufs, total = load(v.bufs, bufs, off, MaxVec, wsabuf)
	return total
}

func wsabuf(b []byte) windows.WSABuf { return windows.WSABuf{Len: uint32(len(b)), Buf: &b[0]} }

// Clear drops the references to the slices.
func (v *Vec) Clear() { clear(v.bufs) }

// Recvmsg receives into the slices of v. It does not block if Prepare was
// called for the socket. If there is no urgent byte it returns WSAEINVAL, like
// other systems. Windows itself returns WSAEWOULDBLOCK, and does not report
// that an urgent byte was announced.
func Recvmsg(fd uintptr, v *Vec, flags int) (int, error) {
	var n uint32
	f := uint32(flags)
	err := windows.WSARecv(windows.Handle(fd), unsafe.SliceData(v.bufs), uint32(len(v.bufs)), &n, &f, nil, nil)
	if flags&MsgOOB != 0 && IsAgain(err) {
		err = windows.WSAEINVAL
	}
	return int(n), err
}

// Sendmsg sends the slices of v, and at most as many bytes as the send buffer
// holds. It does not block if Prepare was called for the socket: the system
// then accepts all data of a call, however much, or none.
func Sendmsg(fd uintptr, v *Vec, flags int) (int, error) {
	const least = 1 << 10 // the size of the buffer may be 0
	limit := uint32(least)
	if _, err := getsockopt(fd, windows.SOL_SOCKET, windows.SO_SNDBUF, v.size[:]); err == nil {
		limit = max(limit, binary.NativeEndian.Uint32(v.size[:]))
	}
	v.cut(limit)
	var n uint32
	err := windows.WSASend(windows.Handle(fd), unsafe.SliceData(v.bufs), uint32(len(v.bufs)), &n, uint32(flags), nil, nil)
	return int(n), err
}

// cut shortens the slices to a number of bytes.
func (v *Vec) cut(limit uint32) {
	for i := range v.bufs {
		b := &v.bufs[i]
		if b.Len >= limit {
			b.Len = limit
			clear(v.bufs[i+1:])
			v.bufs = v.bufs[:i+1]
			return
		}
		limit -= b.Len
	}
}

// Codes of WSAIoctl, winsock2.h.
const (
	fionbio  = 0x8004667e
	fionread = 0x4004667f
)

// NeedsPrepare reports whether Prepare has an effect.
const NeedsPrepare = true

// Prepare makes calls of Recvmsg and Sendmsg non-blocking. A socket of package
// net is in blocking mode, which does not affect the overlapped calls of
// package net.
func Prepare(fd uintptr) error {
	on := uint32(1)
	var n uint32
	return windows.WSAIoctl(windows.Handle(fd), fionbio, (*byte)(unsafe.Pointer(&on)), 4, nil, 0, &n, nil, 0)
}

// Queued returns the number of bytes that can be read.
func Queued(fd uintptr) (int, error) { return ioctlInt(fd, fionread) }

// AtMark is not supported. SIOCATMARK does not report the place of an urgent
// byte: it is FALSE from the arrival of an urgent byte until it is received,
// however much data precedes it, and always TRUE with OOBInline.
func AtMark(fd uintptr) (bool, error) { return false, errors.ErrUnsupported }

// HidesUrgent reports whether an urgent byte of the socket is not reported,
// because it is received inline.
func HidesUrgent(fd uintptr) bool {
	var on [4]byte
	_, err := getsockopt(fd, windows.SOL_SOCKET, so_OOBINLINE, on[:])
	return err == nil && on != [4]byte{}
}

func ioctlInt(fd uintptr, request uint32) (int, error) {
	var value, n uint32
	err := windows.WSAIoctl(windows.Handle(fd), request, nil, 0, (*byte)(unsafe.Pointer(&value)), 4, &n, nil, 0)
	return int(value), err
}

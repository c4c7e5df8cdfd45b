// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"encoding/binary"
	"errors"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Flags of Recvmsg and Sendmsg; 0 where the system lacks it.
const (
	MsgDontRoute = unix.MSG_DONTROUTE
	MsgMore      = unix.MSG_MORE
	MsgOOB       = unix.MSG_OOB
	MsgPeek      = unix.MSG_PEEK
	MsgTrunc     = unix.MSG_TRUNC // of TCP: discard received data
)

// MaxVec is the number of slices that one system call accepts: IOV_MAX.
const MaxVec = 1024

// HasRecv reports whether Recv and Send are implemented; otherwise package
// net's system calls are used.
const HasRecv = true

// For a call of at most this number of bytes, the scheduler is not notified as
// by package syscall, which would cost more than the call. The call takes some
// microseconds, and longer if memory of the caller must be read from a disk
// first. A garbage collection may have to wait for it.
const (
	shortRecv = 64 << 10
	shortSend = 16 << 10
)

// A Vec is a list of slices for one system call. Its memory is reused.
type Vec struct {
	iov   []unix.Iovec
	msg   unix.Msghdr
	total int
}

// Load loads as many of the slices as one system call accepts, without empty
// ones, starting at byte off of the first, and returns their total size.
func (v *Vec) Load(bufs [][]byte, off int) int {
	v.iov, v.total = load(v.iov, bufs, off, MaxVec, iovec)
	return v.total
}

func iovec(b []byte) unix.Iovec {
	v := unix.Iovec{Base: &b[0]}
	v.SetLen(len(b))
	return v
}

// Clear drops the references to the slices.
func (v *Vec) Clear() {
	clear(v.iov)
	v.msg = unix.Msghdr{}
}

// Recvmsg receives into the slices of v. It does not block. A receive that
// would block although data is available is repeated; see retries.
func Recvmsg(fd uintptr, v *Vec, flags int) (int, error) {
	n, err := v.call(unix.SYS_RECVMSG, fd, flags, shortRecv)
	for i := 0; err == unix.EAGAIN && mayRepeat(fd, flags, i); i++ {
		n, err = v.call(unix.SYS_RECVMSG, fd, flags, shortRecv)
	}
	switch {
	case err != nil:
	case flags&MsgTrunc != 0:
		raceRead(fd, v, 0)
	default:
		raceRead(fd, v, n)
	}
	return n, err
}

// Recv is like Recvmsg for one slice, which is not empty. It repeats a receive
// only if repeat is true.
func Recv(fd uintptr, p []byte, flags int, repeat bool) (int, error) {
	for i := 0; ; i++ {
		n, err := call(unix.SYS_RECVFROM, fd, p, flags, shortRecv)
		switch {
		case err == unix.EAGAIN && repeat && mayRepeat(fd, flags, i):
			continue
		case err != nil:
		case flags&MsgTrunc != 0:
			raceReceived(fd, nil)
		default:
			raceReceived(fd, p[:n])
		}
		return n, err
	}
}

// mayRepeat reports whether a receive that would block must be repeated, after
// i repetitions. That is the case at the out-of-band mark; the position of a
// peek, which has its own offset, is unknown.
func mayRepeat(fd uintptr, flags, i int) bool {
	switch {
	case flags&MsgOOB != 0 || i == retries:
		return false
	case i > 0:
		return HasInputAtMark(fd)
	case flags&MsgPeek == 0 && !isAtMark(fd):
		return false
	}
	return PollsIn(fd)
}

// HasInputAtMark reports whether the socket is at the out-of-band mark and a
// receive returns data.
func HasInputAtMark(fd uintptr) bool {
	return isAtMark(fd) && PollsIn(fd) && HasInput(fd)
}

// RepeatInput makes the kernel report again that data is available, also to an
// edge-triggered poller: since 4.18, Linux does so when SO_RCVLOWAT is set.
func RepeatInput(fd uintptr) {
	if n, err := getsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVLOWAT); err == nil {
		_ = setsockopt(fd, unix.SOL_SOCKET, unix.SO_RCVLOWAT, binary.NativeEndian.AppendUint32(nil, uint32(n)))
	}
}

func isAtMark(fd uintptr) bool {
	marked, err := AtMark(fd)
	return err == nil && marked
}

// PollsIn reports whether poll(2) reports POLLIN.
func PollsIn(fd uintptr) bool {
	words, err := ppoll(fd, unix.POLLIN)
	return err == nil && words&unix.POLLIN != 0
}

// Sendmsg sends the slices of v. It does not block, and raises no signal.
func Sendmsg(fd uintptr, v *Vec, flags int) (int, error) {
	raceWrite(fd, v)
	return v.call(unix.SYS_SENDMSG, fd, flags|unix.MSG_NOSIGNAL, shortSend)
}

// Send is like Sendmsg for one slice, which is not empty.
func Send(fd uintptr, p []byte, flags int) (int, error) {
	raceSent(p)
	return call(unix.SYS_SENDTO, fd, p, flags|unix.MSG_NOSIGNAL, shortSend)
}

func call(trap, fd uintptr, p []byte, flags, short int) (int, error) {
	var n uintptr
	var e syscall.Errno
	flags |= unix.MSG_DONTWAIT
	if len(p) <= short && !raceEnabled {
		n, _, e = unix.RawSyscall6(trap, fd, uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), uintptr(flags), 0, 0)
	} else {
		n, _, e = unix.Syscall6(trap, fd, uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), uintptr(flags), 0, 0)
	}
	if e != 0 {
		return 0, e
	}
	return int(n), nil
}

func (v *Vec) call(trap, fd uintptr, flags, short int) (int, error) {
	v.msg.Iov = unsafe.SliceData(v.iov)
	v.msg.SetIovlen(len(v.iov))
	var n uintptr
	var e syscall.Errno
	if v.total <= short && !raceEnabled {
		n, _, e = unix.RawSyscall(trap, fd, uintptr(unsafe.Pointer(&v.msg)), uintptr(flags|unix.MSG_DONTWAIT))
	} else {
		n, _, e = unix.Syscall(trap, fd, uintptr(unsafe.Pointer(&v.msg)), uintptr(flags|unix.MSG_DONTWAIT))
	}
	if e != 0 {
		return 0, e
	}
	return int(n), nil
}

// Queued returns the number of bytes that can be read.
func Queued(fd uintptr) (int, error) { return ioctlInt(fd, unix.TIOCINQ) }

// Unacked returns the number of bytes written and not yet acknowledged.
func Unacked(fd uintptr) (int, error) { return queued(fd, unix.TIOCOUTQ) }

// Unsent returns the number of bytes written and not yet sent.
func Unsent(fd uintptr) (int, error) { return queued(fd, unix.SIOCOUTQNSD) }

// queued returns the number of bytes that an ioctl of the send queue reports,
// without the FIN, which counts as one.
func queued(fd, request uintptr) (int, error) {
	n, err := ioctlInt(fd, request)
	if err == unix.ENOTTY {
		err = errors.ErrUnsupported
	}
	if n > 0 && hasEnded(fd) {
		n--
	}
	return n, err
}

// hasEnded reports whether this side has sent its FIN and the peer has not
// acknowledged it.
func hasEnded(fd uintptr) bool {
	switch state, err := tcpState(fd); {
	case err != nil: // of a Unix socket
		return false
	default:
		return state == tcpFinWait1 || state == tcpClosing || state == tcpLastAck
	}
}

// AtMark reports whether the next byte to read is the one after the urgent
// byte, or the urgent byte itself if it is received inline.
func AtMark(fd uintptr) (bool, error) {
	n, err := ioctlInt(fd, unix.SIOCATMARK)
	if err == unix.ENOTTY {
		err = errors.ErrUnsupported // see LacksUrgent
	}
	return n != 0, err
}

// LacksUrgent reports whether the socket has no urgent data: it sends urgent
// data as ordinary data, or rejects it, and receives ordinary data as urgent.
// That is the case for sockets of multipath TCP, and for all of gVisor; neither
// has an out-of-band mark.
func LacksUrgent(fd uintptr) bool {
	_, err := ioctlInt(fd, unix.SIOCATMARK)
	return err == unix.ENOTTY
}

// ioctlInt returns the C int that an ioctl writes. unix.IoctlGetInt passes a Go
// int, of which it is the upper half on a big-endian system.
func ioctlInt(fd, request uintptr) (int, error) {
	var n int32
	_, _, e := unix.RawSyscall(unix.SYS_IOCTL, fd, request, uintptr(unsafe.Pointer(&n)))
	if e != 0 {
		return 0, e
	}
	return int(n), nil
}

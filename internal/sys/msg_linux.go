// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
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
	MsgTrunc     = unix.MSG_TRUNC // of TCP: throw away what is received
)

// MaxVec is how many slices one system call takes: IOV_MAX.
const MaxVec = 1024

// short is the size of a message that the system handles in so little time
// that it is not worth to tell the scheduler. Giving the processor away, as
// unix.Syscall does when the call takes longer than a few microseconds, costs
// more than such a call.
const short = 16 << 10

// A Vec is a list of slices for one system call. Its memory is used again.
type Vec struct {
	iov   []unix.Iovec
	msg   unix.Msghdr
	total int
	poll  Poll
}

// Load takes as many of the slices as one system call may have, without empty
// ones, beginning at byte off of the first, and returns their size.
func (v *Vec) Load(bufs [][]byte, off int) int {
	v.iov, v.total = load(v.iov, bufs, off, MaxVec, iovec)
	return v.total
}

func iovec(b []byte) unix.Iovec {
	v := unix.Iovec{Base: &b[0]}
	v.SetLen(len(b))
	return v
}

// Clear forgets the slices, so that they can be collected.
func (v *Vec) Clear() {
	clear(v.iov)
	v.msg = unix.Msghdr{}
}

// Recvmsg receives into the slices of v. It does not wait.
//
// At the urgent mark the system answers EAGAIN while a signal is pending, such
// as those by which the runtime preempts its threads. It would not wake who
// waits then, because what there is to read has been there before.
func Recvmsg(fd uintptr, v *Vec, flags int) (int, error) {
	n, err := v.call(unix.SYS_RECVMSG, fd, flags)
	for err == unix.EAGAIN && flags&MsgOOB == 0 && v.poll.Readable(fd) {
		n, err = v.call(unix.SYS_RECVMSG, fd, flags)
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

// Sendmsg sends the slices of v. It does not wait, and raises no signal.
func Sendmsg(fd uintptr, v *Vec, flags int) (int, error) {
	raceWrite(fd, v)
	return v.call(unix.SYS_SENDMSG, fd, flags|unix.MSG_NOSIGNAL)
}

func (v *Vec) call(trap, fd uintptr, flags int) (int, error) {
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

// Queued returns how many bytes can be read.
func Queued(fd uintptr) (int, error) { return ioctlInt(fd, unix.TIOCINQ) }

// Unsent returns how many bytes were written and not yet acknowledged.
func Unsent(fd uintptr) (int, error) { return ioctlInt(fd, unix.TIOCOUTQ) }

// AtMark reports whether the next byte to read is the one behind the urgent
// byte, or that byte itself if it comes inline.
func AtMark(fd uintptr) (bool, error) {
	n, err := ioctlInt(fd, unix.SIOCATMARK)
	if err == unix.ENOTTY {
		err = errors.ErrUnsupported // see LacksUrgent
	}
	return n != 0, err
}

// LacksUrgent reports whether the socket has no urgent data: it sends what is
// to be urgent as ordinary data, or refuses to, and receives ordinary data for
// urgent. Such are the sockets of multipath TCP, and all of gVisor; neither
// knows of a mark.
func LacksUrgent(fd uintptr) bool {
	_, err := ioctlInt(fd, unix.SIOCATMARK)
	return err == unix.ENOTTY
}

// ioctlInt returns the int of C that an ioctl writes. unix.IoctlGetInt has it
// written into an int of Go, whose upper half it is on a big-endian system.
func ioctlInt(fd, request uintptr) (int, error) {
	var n int32
	_, _, e := unix.RawSyscall(unix.SYS_IOCTL, fd, request, uintptr(unsafe.Pointer(&n)))
	if e != 0 {
		return 0, e
	}
	return int(n), nil
}

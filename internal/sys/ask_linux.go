// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"encoding/binary"
	"errors"
	"unsafe"

	"golang.org/x/sys/unix"
)

// CanSeeFIN reports whether a Poll or Poller reports PeerClosed.
const CanSeeFIN = true

// A Poll checks for events of a descriptor.
type Poll struct{}

// Ask returns the wanted events that have occurred, and those that are always
// reported: PeerClosed if both directions have ended, and Broken.
//
// poll(2) alone is not sufficient. POLLRDHUP and POLLHUP can be caused by a
// shutdown of this side, POLLERR by a message in the error queue, and at the
// out-of-band mark POLLIN can be reported without data.
func (*Poll) Ask(fd uintptr, want Events) (Events, error) {
	words, err := ppoll(fd, pollWords.of(want))
	if err != nil || words == 0 {
		return 0, err
	}
	e := pollWords.events(words)
	if e&(PeerClosed|Broken) != 0 && words&unix.POLLNVAL == 0 {
		e = byPeer(fd, e)
	}
	if e&(Readable|PeerClosed|Broken) == Readable && !HasInput(fd) {
		e &^= Readable
	}
	return e, nil
}

// ppoll returns which of the events of poll(2) have occurred. Like the other
// calls of this file it never blocks, so the scheduler is not notified.
func ppoll(fd uintptr, words pollWord) (pollWord, error) {
	for {
		p := unix.PollFd{Fd: int32(fd), Events: words}
		var zero unix.Timespec
		_, _, e := unix.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&p)), 1, uintptr(unsafe.Pointer(&zero)), 0, 0, 0)
		switch e {
		case 0:
			return p.Revents, nil
		case unix.EINTR:
		default:
			return 0, e
		}
	}
}

// byPeer removes from the events what the peer has not caused, by the state of
// the connection. A socket that is not TCP has no such state: multipath TCP
// reports that of one path.
func byPeer(fd uintptr, e Events) Events {
	if protocol(fd) != unix.IPPROTO_TCP {
		return e
	}
	state, err := tcpState(fd)
	if err != nil {
		return e
	}
	if !peerHasEnded(state) {
		e &^= PeerClosed
	}
	if state != tcpClose {
		e &^= Broken
	}
	return e
}

// protocol returns the protocol of the socket, or 0.
func protocol(fd uintptr) uint32 {
	n, err := getsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PROTOCOL)
	if err != nil {
		return 0
	}
	return uint32(n)
}

// States of a TCP connection, net/tcp_states.h.
const (
	tcpFinWait1  = 4
	tcpTimeWait  = 6
	tcpClose     = 7
	tcpCloseWait = 8
	tcpLastAck   = 9
	tcpClosing   = 11
)

// tcpState returns the state of a TCP connection, the first byte of TCP_INFO.
func tcpState(fd uintptr) (byte, error) {
	var state [1]byte // tcpi_state
	_, err := getsockopt(fd, unix.IPPROTO_TCP, unix.TCP_INFO, state[:])
	return state[0], err
}

// peerHasEnded reports whether the peer's FIN has arrived or the connection is
// gone.
func peerHasEnded(state byte) bool {
	switch state {
	case tcpTimeWait, tcpClose, tcpCloseWait, tcpLastAck, tcpClosing:
		return true
	}
	return false
}

// HasInput reports whether a receive on a socket for which poll(2) reports
// POLLIN returns something. At the out-of-band mark there may be nothing after
// the urgent byte, and still the kernel reports POLLIN if the receive buffer is
// nearly full.
func HasInput(fd uintptr) bool {
	if n, err := Queued(fd); err != nil || n > 0 {
		return true
	}
	if marked, err := AtMark(fd); err != nil || !marked {
		return true // the end of the stream
	}
	if words, err := ppoll(fd, unix.POLLRDHUP); err != nil || words&unix.POLLRDHUP != 0 {
		return true // the end of the stream, see IsReadShut
	}
	switch n, err := unread(fd); {
	case err == nil:
		return n > 1 // the urgent byte counts
	case err == unix.EIO:
		return true // the end of the stream
	}
	return peeks(fd)
}

// IsReadShut reports whether the receiving side is shut down, by the peer or by
// this side.
func IsReadShut(fd uintptr) bool {
	words, err := ppoll(fd, unix.POLLRDHUP)
	return err == nil && words&unix.POLLRDHUP != 0
}

// unread returns the number of bytes that were received and not read, as Queued
// does, but beyond the out-of-band mark too. It is a field of the option
// TCP_ZEROCOPY_RECEIVE, which receives nothing without memory.
func unread(fd uintptr) (int, error) {
	var zc [20]byte // struct tcp_zerocopy_receive up to inq, which Linux has since 5.6
	n, err := getsockopt(fd, unix.IPPROTO_TCP, unix.TCP_ZEROCOPY_RECEIVE, zc[:])
	switch {
	case err != nil:
		return 0, err
	case n < len(zc):
		return 0, errors.ErrUnsupported
	}
	return int(binary.NativeEndian.Uint32(zc[16:])), nil
}

// HoldsNoMore reports whether no more than n bytes can arrive before a read,
// because the receive buffer is full, or because of the out-of-band mark.
func HoldsNoMore(fd uintptr, n int) bool {
	if off, err := getsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PEEK_OFF); err == nil && off >= 0 {
		return false // n is counted from there on
	}
	if all, err := unread(fd); err == nil && all > n {
		return true
	}
	return closesWindow(fd)
}

// closesWindow reports whether the peer may not send more data.
func closesWindow(fd uintptr) bool {
	var i unix.TCPInfo
	b := unsafe.Slice((*byte)(unsafe.Pointer(&i)), unsafe.Sizeof(i))
	n, err := getsockopt(fd, unix.IPPROTO_TCP, unix.TCP_INFO, b)
	if err != nil || i.Rcv_mss == 0 { // an emulator that does not fill it
		return false
	}
	if n >= int(unsafe.Offsetof(i.Rcv_wnd))+4 { // since Linux 6.2
		return i.Rcv_wnd == 0
	}
	var mem [2]uint32 // SK_MEMINFO_RMEM_ALLOC and SK_MEMINFO_RCVBUF
	b = unsafe.Slice((*byte)(unsafe.Pointer(&mem)), unsafe.Sizeof(mem))
	if _, err := getsockopt(fd, unix.SOL_SOCKET, unix.SO_MEMINFO, b); err != nil {
		return false
	}
	// Linux uses half of the memory for data, and closes the window if a
	// segment does not fit.
	free := int64(mem[1]) - int64(mem[0])
	return free/2 < int64(i.Rcv_mss)
}

// peeks reports whether there is data to peek at. If the connection is reset at
// that moment, the error of the next read is lost.
func peeks(fd uintptr) bool {
	if off, err := getsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PEEK_OFF); err == nil && off >= 0 {
		return true // peeking would move the offset
	}
	var b [1]byte
	for range retries {
		_, _, e := unix.RawSyscall6(unix.SYS_RECVFROM, fd, uintptr(unsafe.Pointer(&b)), 1, unix.MSG_PEEK|unix.MSG_DONTWAIT, 0, 0)
		if e != unix.EAGAIN {
			return true
		}
	}
	return false
}

// retries is the number of times that a receive is repeated if it would block
// although poll(2) reports POLLIN. At the out-of-band mark the kernel returns
// EAGAIN while a signal is pending, such as those by which the runtime preempts
// its threads, and no event follows. A second EAGAIN in a row is rare, but with
// many signals more than eight have been observed. After this number, which
// takes some tens of microseconds, there is nothing to receive, and an event
// follows when data arrives.
const retries = 64

// getsockoptInt returns the value of an option that is a C int.
func getsockoptInt(fd uintptr, level, number int) (int, error) {
	var b [4]byte
	_, err := getsockopt(fd, level, number, b[:])
	return int(int32(binary.NativeEndian.Uint32(b[:]))), err
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"encoding/binary"
	"unsafe"

	"golang.org/x/sys/unix"
)

// An Alive asks whether the peer is still there.
//
// Nothing that it calls receives, not even with MSG_PEEK: that takes away the
// error of a connection that was reset, and the next read would see the end of
// the stream instead. None of the calls wait, so they do without the
// scheduler's hand-off.
type Alive struct{}

// Ask returns what is known of the peer.
func (*Alive) Ask(fd uintptr) (Liveness, error) {
	events, err := pollPeer(fd)
	switch {
	case err != nil:
		return 0, err
	case events == 0:
		return Idle, nil
	case protocol(fd) != unix.IPPROTO_TCP:
		return byEvents(events), nil
	}
	return byState(fd, events)
}

// pollPeer returns the events of poll(2) by which the peer shows.
func pollPeer(fd uintptr) (events int16, err error) {
	for {
		p := unix.PollFd{Fd: int32(fd), Events: unix.POLLIN | unix.POLLRDHUP}
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

// protocol returns the protocol of the socket, or 0.
func protocol(fd uintptr) uint32 {
	var b [4]byte
	if _, err := getsockopt(fd, unix.SOL_SOCKET, unix.SO_PROTOCOL, b[:]); err != nil {
		return 0
	}
	return binary.NativeEndian.Uint32(b[:])
}

// byEvents takes the word of poll(2), whose POLLRDHUP and POLLHUP stand for
// what was shut down by either side. Of a multipath connection TCP_INFO would
// tell the state of one path, and of a Unix one nothing.
func byEvents(events int16) Liveness {
	switch {
	case events&(unix.POLLHUP|unix.POLLERR) == unix.POLLHUP|unix.POLLERR:
		return Lost
	case events&unix.POLLHUP != 0:
		return Ended
	case events&unix.POLLRDHUP != 0:
		return HalfClosed
	case events&unix.POLLIN != 0:
		return Pending
	}
	return Idle
}

// States of a TCP connection, net/tcp_states.h.
const (
	tcpTimeWait  = 6
	tcpClose     = 7
	tcpCloseWait = 8
	tcpLastAck   = 9
	tcpClosing   = 11
)

// byState asks for the state of the connection, which, unlike the events, says
// who has shut down what. POLLIN alone has it asked for too, because there are
// kernels without POLLRDHUP: gVisor had none in 2022.
func byState(fd uintptr, events int16) (Liveness, error) {
	var state [1]byte // tcpi_state
	if _, err := getsockopt(fd, unix.IPPROTO_TCP, unix.TCP_INFO, state[:]); err != nil {
		return 0, err
	}
	switch state[0] {
	case tcpClose:
		// POLLERR stands for the error that the next read will return. Ask
		// again, because the state is newer than the events.
		events, err := pollPeer(fd)
		switch {
		case err != nil:
			return 0, err
		case events&unix.POLLERR != 0:
			return Lost, nil
		}
		return Ended, nil
	case tcpTimeWait: // gVisor tells of it, Linux has it closed
		return Ended, nil
	case tcpCloseWait, tcpLastAck, tcpClosing:
		return HalfClosed, nil
	}
	// The peer has sent no FIN. POLLRDHUP comes from a shutdown of this side,
	// with which the socket always counts as readable, and POLLERR from a
	// message in the error queue.
	pending := events&unix.POLLIN != 0
	if events&unix.POLLRDHUP != 0 {
		pending = hasQueued(fd)
	}
	if pending {
		return Pending, nil
	}
	return Idle, nil
}

// hasQueued reports whether there is something to read. At the urgent mark the
// number of bytes is 0 whatever is behind it.
func hasQueued(fd uintptr) bool {
	if n, err := Queued(fd); err != nil || n > 0 {
		return n > 0
	}
	marked, err := AtMark(fd)
	return err == nil && marked
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import "golang.org/x/sys/unix"

// pollPeer are the words of poll(2) that report what the peer has done.
const pollPeer = unix.POLLIN | unix.POLLRDHUP

// CheckPeer returns the state of the peer.
//
// Nothing that it calls receives, not even with MSG_PEEK: that takes away the
// error of a connection that was reset, and the next read would see the end of
// the stream instead. None of the calls wait, so they do without the
// scheduler's hand-off.
func CheckPeer(fd uintptr) (Liveness, error) {
	events, err := ppoll(fd, pollPeer)
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

// byState asks for the state of the connection, which, unlike the events, says
// who has shut down what. POLLIN alone has it asked for too, because there are
// kernels without POLLRDHUP: gVisor had none in 2022.
func byState(fd uintptr, events int16) (Liveness, error) {
	state, err := tcpState(fd)
	if err != nil {
		return 0, err
	}
	switch state {
	case tcpClose:
		// POLLERR stands for the error that the next read will return. Ask
		// again, because the state is newer than the events.
		events, err := ppoll(fd, pollPeer)
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
	// The peer has sent no FIN. POLLIN may come from a shutdown of this side or
	// from an urgent byte in a full receive buffer, and POLLERR from a message in
	// the error queue.
	if events&unix.POLLIN != 0 && hasBytes(fd) {
		return Pending, nil
	}
	return Idle, nil
}

// hasBytes reports whether there are bytes to read on a connection whose peer has
// sent no FIN. If the kernel does not report what follows the out-of-band mark,
// hasBytes assumes that something does.
func hasBytes(fd uintptr) bool {
	if n, err := Queued(fd); err != nil || n > 0 {
		return n > 0
	}
	if marked, err := AtMark(fd); err != nil || !marked {
		return false
	}
	n, err := unread(fd)
	return err != nil || n > 1 // the urgent byte counts
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import "golang.org/x/sys/unix"

// pollPeer are the words of poll(2) that report what the peer has done.
const pollPeer = unix.POLLIN | unix.POLLRDHUP

// CheckPeer returns the state of the peer.
//
// It does not receive, not even with MSG_PEEK, because that consumes the error
// of a connection that was reset: the next read would return the end of the
// stream instead. The calls do not block, so the scheduler is not notified.
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

// byEvents uses the events of poll(2), whose POLLRDHUP and POLLHUP are caused
// by a shutdown of either side. For a multipath connection, TCP_INFO would
// report the state of one path, and for a Unix socket nothing.
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

// byState uses the state of the connection which, unlike the events, shows
// which side has shut down. It is also called for POLLIN alone, because some
// kernels lack POLLRDHUP, such as gVisor in 2022.
func byState(fd uintptr, events int16) (Liveness, error) {
	state, err := tcpState(fd)
	if err != nil {
		return 0, err
	}
	switch state {
	case tcpClose:
		// POLLERR means that the next read returns an error. Poll again,
		// because the state is newer than the events.
		events, err := ppoll(fd, pollPeer)
		switch {
		case err != nil:
			return 0, err
		case events&unix.POLLERR != 0:
			return Lost, nil
		}
		return Ended, nil
	case tcpTimeWait: // reported by gVisor; Linux reports Closed
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

// hasBytes reports whether there is data to read on a connection whose peer has
// not sent its FIN. If the kernel does not report what follows the out-of-band
// mark, hasBytes assumes that something does.
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

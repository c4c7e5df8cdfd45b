// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package sys

import "syscall"

// A kqueueAsk checks for events of a descriptor, with its own queue and without
// blocking. Its memory is reused.
type kqueueAsk struct {
	changes []kevent
	events  [4]kevent
	fds     [1]pollFD
}

// state returns the state of the descriptor, including an urgent byte only if
// that is wanted.
func (a *kqueueAsk) state(kernel kqueueKernel, kind *kqueueKind, fd uintptr, want Events) (s kqueueState, err error) {
	q, err := kernel.kqueue(len(a.events))
	if err != nil {
		return s, err
	}
	defer q.close()
	a.changes = kind.appendAdd(a.changes[:0], fd, want|Readable|Writable, 0)
	n, err := q.kevent(a.changes, a.events[:], false)
	if err != nil {
		return s, err
	}
	for _, e := range a.events[:n] {
		switch {
		case e.Flags&evError == 0:
			s = kind.add(s, e)
		case e.Filter == kind.read: // what is not a socket may lack the others
			return s, syscall.Errno(e.Data)
		}
	}
	if want&Urgent != 0 && !kind.hasUrgent() {
		s.urgent = a.poll(kernel, fd, Urgent)&Urgent != 0
	}
	s.urgent = s.urgent && kind.isUrgent(kernel, fd)
	return s, nil
}

// ask returns the wanted events that have occurred, and those that are always
// reported: PeerClosed if both directions have ended, and Broken.
func (a *kqueueAsk) ask(kernel kqueueKernel, kind *kqueueKind, fd uintptr, want Events) (Events, error) {
	s, err := a.state(kernel, kind, fd, want)
	switch {
	case IsExhausted(err): // no descriptor is free
		return a.poll(kernel, fd, want&(Readable|Writable)), nil
	case err != nil:
		return 0, err
	case s.readEnded && s.err == 0 && kernel.peerState(fd) == peerOpen:
		s.readEnded = false // by a shutdown of this side
	}
	return s.events(want), nil
}

// poll returns which of the events poll(2) reports.
func (a *kqueueAsk) poll(kernel kqueueKernel, fd uintptr, want Events) Events {
	a.fds[0] = pollEntry(fd, want)
	if n, err := kernel.poll(a.fds[:], 0); n <= 0 || err != nil {
		return 0
	}
	return pollAnswer(a.fds[0]) & want
}

// isUrgent reports whether an urgent byte that the kernel reports was not received yet.
// The kernel reports it until a read passes the mark.
func (k *kqueueKind) isUrgent(kernel kqueueKernel, fd uintptr) bool {
	if k.peekForgets && kernel.atMark(fd) {
		return true // perhaps not, see UrgentMemory
	}
	_, err := kernel.peekUrgent(fd)
	if IsInvalid(err) {
		return kernel.isInline(fd) // otherwise it was received
	}
	return err == nil || IsAgain(err) // announced and not arrived yet
}

// checkPeer returns the state of the peer and, with Lost, the reason.
//
// It does not receive, so that the next read returns the error.
func (a *kqueueAsk) checkPeer(kernel kqueueKernel, kind *kqueueKind, fd uintptr) (Liveness, error) {
	s, err := a.state(kernel, kind, fd, 0)
	switch {
	case IsExhausted(err): // no descriptor is free
		return a.pollPeer(kernel, fd)
	case err != nil:
		return 0, err
	case s.err != 0:
		return Lost, syscall.Errno(s.err)
	case s.readEnded && s.writeEnded && !kernel.isConnected(fd):
		return Ended, nil
	case s.readEnded && kernel.peerState(fd) != peerOpen:
		return HalfClosed, nil
	case !s.readable:
		return Idle, nil
	}
	// After a shutdown of this side it is readable too.
	if n, err := kernel.queued(fd); err != nil || n == 0 {
		return Idle, err
	}
	return Pending, nil
}

// pollPeer is checkPeer without a queue. It does not know the reason of Lost.
func (a *kqueueAsk) pollPeer(kernel kqueueKernel, fd uintptr) (Liveness, error) {
	if a.poll(kernel, fd, Readable) == 0 {
		return Idle, nil
	}
	n, err := kernel.queued(fd)
	state, connected := kernel.peerState(fd), kernel.isConnected(fd)
	switch {
	case err != nil:
		return 0, err
	case !connected && state == peerEnded:
		return Ended, nil
	case !connected:
		return Lost, nil
	case state == peerEnded || state == peerUnknown && n == 0:
		return HalfClosed, nil
	case n > 0:
		return Pending, nil
	}
	return Idle, nil // readable by a shutdown of this side
}

// A peerState is whether the peer of a connection has sent its FIN.
type peerState uint8

const (
	peerUnknown peerState = iota // the system does not report the state of the connection
	peerOpen
	peerEnded
)

// States of a TCP connection, netinet/tcp_fsm.h.
const (
	bsdEstablished = 4
	bsdCloseWait   = 5
	bsdFinWait1    = 6
	bsdClosing     = 7
	bsdLastAck     = 8
	bsdFinWait2    = 9
	bsdTimeWait    = 10
)

// bsdPeerState returns the peerState of a connection in the given state.
func bsdPeerState(state byte) peerState {
	switch state {
	case bsdEstablished, bsdFinWait1, bsdFinWait2:
		return peerOpen
	case bsdCloseWait, bsdClosing, bsdLastAck, bsdTimeWait:
		return peerEnded
	}
	return peerUnknown
}

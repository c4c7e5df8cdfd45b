// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build aix || solaris || windows

package sys

import "sync"

// A peerCheck is the memory of one CheckPeer.
type peerCheck struct {
	poll Poll
	vec  Vec
	one  [1]byte
	bufs [1][]byte
}

var peerChecks = sync.Pool{New: func() any { return new(peerCheck) }}

// CheckPeer returns the state of the peer and, with Lost, the reason, if that
// does not consume the error of the next read.
func CheckPeer(fd uintptr) (Liveness, error) {
	c := peerChecks.Get().(*peerCheck)
	defer peerChecks.Put(c)
	events, err := c.poll.Ask(fd, Readable|PeerClosed)
	switch {
	case err != nil:
		return 0, err
	case events&Broken != 0:
		return Lost, nil
	case events&(Readable|PeerClosed) == 0:
		return Idle, nil
	}
	n, err := Queued(fd)
	switch {
	case err != nil:
		return 0, err
	case events&PeerClosed != 0 && (n > 0 || IsConnected(fd)):
		return HalfClosed, nil
	case n > 0:
		return Pending, nil
	}
	return c.peek(fd)
}

// peek determines why the socket is readable, if there is no data: the end of
// the stream, or an error. Winsock repeats an error that was peeked at.
func (c *peerCheck) peek(fd uintptr) (Liveness, error) {
	if err := Prepare(fd); err != nil { // so that it does not block
		return 0, err
	}
	c.bufs[0] = c.one[:]
	c.vec.Load(c.bufs[:], 0)
	for {
		n, err := Recvmsg(fd, &c.vec, MsgPeek)
		switch {
		case IsInterrupted(err):
			continue
		case IsAgain(err): // another goroutine has read the data
			return Idle, nil
		case err != nil:
			return Lost, err
		case n > 0:
			return Pending, nil
		case IsConnected(fd):
			return HalfClosed, nil
		}
		return Ended, nil
	}
}

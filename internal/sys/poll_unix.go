// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build aix || darwin || dragonfly || freebsd || linux || netbsd || openbsd || solaris

package sys

import "golang.org/x/sys/unix"

// A Poll asks whether a descriptor is ready. Its memory is used again.
type Poll struct{ fds [1]unix.PollFd }

// Ask returns for which of the events the descriptor is ready now.
func (p *Poll) Ask(fd uintptr, want Events) (Events, error) {
	p.fds[0] = unix.PollFd{Fd: int32(fd), Events: toPoll(want)}
	for {
		n, err := unix.Poll(p.fds[:], 0)
		switch {
		case err == unix.EINTR:
		case n <= 0:
			return 0, err
		default:
			return fromPoll(p.fds[0].Revents), nil
		}
	}
}

// Readable reports whether there is something to receive, or the end. Broken
// alone does not count: it may stand for messages in the error queue.
func (p *Poll) Readable(fd uintptr) bool {
	e, err := p.Ask(fd, Readable)
	return err == nil && e&Readable != 0
}

// The system's words for the events.
var pollWords = [...]struct {
	event Events
	word  pollWord
}{
	{Readable, unix.POLLIN},
	{Writable, unix.POLLOUT},
	{Urgent, unix.POLLPRI},
	{PeerClosed, pollRDHUP | unix.POLLHUP},
	{Broken, unix.POLLERR | unix.POLLNVAL},
}

func toPoll(e Events) (words pollWord) {
	for _, p := range pollWords {
		if e&p.event != 0 {
			words |= p.word
		}
	}
	return words
}

func fromPoll(words pollWord) (e Events) {
	for _, p := range pollWords {
		if words&p.word != 0 {
			e |= p.event
		}
	}
	return e
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package sys

import "golang.org/x/sys/unix"

// pollWords are the names of the events in poll(2).
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

type pollFD = unix.PollFd

func pollEntry(fd uintptr, want Events) pollFD { return pollFD{Fd: int32(fd), Events: toPoll(want)} }

func pollAnswer(p pollFD) Events { return fromPoll(p.Revents) }

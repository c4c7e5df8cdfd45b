// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package sys

import "golang.org/x/sys/unix"

// pollWords are the names of the events in poll(2).
var pollWords = eventWords[pollWord]{
	{Readable, unix.POLLIN},
	{Writable, unix.POLLOUT},
	{Urgent, unix.POLLPRI},
	{PeerClosed, pollRDHUP | unix.POLLHUP},
	{Broken, unix.POLLERR | unix.POLLNVAL},
}

type pollFD = unix.PollFd

func pollEntry(fd uintptr, want Events) pollFD {
	return pollFD{Fd: int32(fd), Events: pollWords.of(want)}
}

func pollAnswer(p pollFD) Events { return pollWords.events(p.Revents) }

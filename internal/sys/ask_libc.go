// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build aix || solaris

package sys

import "golang.org/x/sys/unix"

// CanSeeFIN reports whether a Poll or Poller reports PeerClosed.
const CanSeeFIN = pollRDHUP != 0

// A Poll checks for events of a descriptor. Pooled by its users.
type Poll struct{ fds [1]unix.PollFd }

// Ask returns the wanted events that have occurred, and those that poll(2)
// always reports.
func (p *Poll) Ask(fd uintptr, want Events) (Events, error) {
	p.fds[0] = unix.PollFd{Fd: int32(fd), Events: pollWords.of(want)}
	for {
		n, err := unix.Poll(p.fds[:], 0)
		switch {
		case err == unix.EINTR:
		case n <= 0:
			return 0, err
		default:
			return pollWords.events(p.fds[0].Revents), nil
		}
	}
}

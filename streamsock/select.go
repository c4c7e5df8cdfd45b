// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"syscall"
)

// Select waits until one of the sockets in read is readable or can accept a
// connection, one of those in write is writable or has ended its attempt to
// connect, or one of those in except has an urgent byte. It returns all sockets
// for which that is true. Any list may be nil, and a socket may be in several
// lists. Select returns an error if ctx ends, or if a socket was closed before
// the call.
//
// The type argument C must be a type whose values can be members of a
// [PollSet]. To pass sockets of several types, use [syscall.Conn]. Select
// corresponds to select(2). It creates a PollSet for each call. To wait
// repeatedly or for many sockets, use a PollSet.
func Select[C syscall.Conn](ctx context.Context, read, write, except []C) (r, w, x []C, err error) {
	s, err := NewPollSet()
	if err != nil {
		return nil, nil, nil, err
	}
	defer s.Close()
	for _, l := range []struct {
		list  []C
		event Events
	}{{read, Readable}, {write, Writable}, {except, Urgent}} {
		for _, c := range l.list {
			if err := s.Add(c, l.event); err != nil {
				return nil, nil, nil, err
			}
		}
	}
	now, cancel := context.WithCancel(ctx)
	cancel()
	for {
		ready, err := s.Poll(ctx)
		if len(r)+len(w)+len(x) > 0 && (err != nil || len(ready) == 0) {
			return r, w, x, nil // no more sockets are ready
		}
		if err != nil {
			return nil, nil, nil, err
		}
		for _, e := range ready {
			c := e.Socket.(C)
			if e.Events&Readable != 0 {
				r = append(r, c)
			}
			if e.Events&Writable != 0 {
				w = append(w, c)
			}
			if e.Events&Urgent != 0 {
				x = append(x, c)
			}
			s.Remove(c) // a broken connection receives no more urgent bytes
		}
		if len(r)+len(w)+len(x) > 0 {
			ctx = now // check for more without blocking
		}
	}
}

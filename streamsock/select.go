// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"syscall"
)

// Select waits, as select(2) does, until one of the sockets of read can be read from
// or accept a connection, one of write can be written to or has ended its attempt to
// connect, or one of except has an urgent byte, and returns all of which that is true.
// Any list may be nil, and a socket may be in several. It returns an error when ctx
// ends, or if a socket is closed before Select is called.
//
// C is a type of which values can be members of a [PollSet], or [syscall.Conn] for
// several types. Select creates a PollSet for each call. To wait repeatedly or for
// many sockets, use one.
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
			return r, w, x, nil // that was all
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
			s.Remove(c) // a broken connection gets no urgent byte any more
		}
		if len(r)+len(w)+len(x) > 0 {
			ctx = now // see whether there are more
		}
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"example.com/streamsock/internal/sys"
)

// BUG(streamsock): Releases of gVisor that lack POLLRDHUP, as that of Debian 12,
// do not tell PeerClosed: a Wait for that alone ends with its context, by the
// deadline or by Close.

// BUG(streamsock): Windows before 11 and Server 2022 may lose an event that is waited
// for in two ways at the same time: by Wait and in a PollSet, in two PollSets, or on a
// connection and on its duplicate. This is a fault of the system, which users of wepoll
// have observed too. Any number of goroutines may call Wait.

// Events are what a connection can be ready for; see [Conn.Wait].
type Events uint8

const (
	// Readable says that a Read would not wait: bytes are there, or the end
	// of the stream, or an error.
	Readable = Events(sys.Readable)

	// Writable says that a Write of a byte would not wait.
	Writable = Events(sys.Writable)

	// Urgent says that the peer's urgent byte is there and was not received
	// yet, be it apart or, with [Conn.SetOOBInline], among the other bytes. On
	// Windows, it is not supported together with SetOOBInline.
	Urgent = Events(sys.Urgent)

	// PeerClosed says that the peer has closed its direction of the stream:
	// its FIN has come, though there may be bytes in front of it that were not
	// read yet. It also says that the connection is broken.
	PeerClosed = Events(sys.PeerClosed)
)

// Oneshot is no event: a [PollSet] reports a member with it once, and then not again
// until [PollSet.Update], broken or not. So a goroutine that serves the member need
// not remove it first.
const Oneshot Events = 1 << 7

const allEvents = Readable | Writable | Urgent | PeerClosed

// String returns the names of the events, as "Readable|Urgent".
func (e Events) String() string {
	if e == 0 {
		return "0"
	}
	var names []string
	for i, name := range []string{"Readable", "Writable", "Urgent", "PeerClosed"} {
		if e&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	if e&Oneshot != 0 {
		names = append(names, "Oneshot")
	}
	if rest := e &^ (allEvents | Oneshot); rest != 0 {
		names = append(names, fmt.Sprintf("%#x", uint8(rest)))
	}
	return strings.Join(names, "|")
}

// checkEvents returns the error of events that there are not, or not on this
// system.
func checkEvents(e Events) error {
	switch {
	case e&^allEvents != 0:
		return fmt.Errorf("events %v: %w", e, os.ErrInvalid)
	case e&PeerClosed != 0 && !sys.CanSeeFIN:
		return errNoFIN
	}
	return nil
}

// Wait waits until at least one of the events holds and returns those of them
// that do. It takes no byte and no buffer, and it holds no lock: other
// goroutines can Read, Write or Wait at the same time, and may take away what
// it has seen.
//
// It returns PeerClosed without being asked for if the connection is broken or
// closed in both directions, as poll(2) does, and also if Urgent alone is asked
// for and the peer closes, since no urgent byte can come then. On Windows, a
// connection that is closed in both directions is only Readable and Writable, unless
// PeerClosed is asked for.
//
// Wait ends with an error when ctx ends, when the connection is closed, and at
// the deadline: the read deadline unless Writable alone is wanted, the write
// deadline if Writable is wanted. It sets no deadline. With a context that has
// ended already it tells how things stand now, without waiting.
//
// A goroutine that waits takes no thread on Linux, and neither a goroutine nor
// a descriptor for each connection: all have one of each, for as long as anyone
// waits. Elsewhere one thread waits for all: by kqueue(2) on macOS and the BSDs, at a
// completion port on Windows, otherwise by poll(2). That has been tested on models of those systems, on
// Linux and under wine, but not on those systems. On Solaris and AIX, the error for
// PeerClosed wraps [errors.ErrUnsupported].
func (c *conn) Wait(ctx context.Context, want Events) (Events, error) {
	err := checkEvents(want)
	if want == 0 {
		err = fmt.Errorf("no events: %w", os.ErrInvalid)
	}
	if err != nil {
		return 0, c.opError("wait", err)
	}
	if want == Urgent && sys.CanSeeFIN {
		want |= PeerClosed
	}
	got, err := c.await(ctx, sys.Events(want))
	if err != nil {
		return 0, c.opError("wait", err)
	}
	return events(got, want), nil
}

// events makes of what the system tells what was wanted. A connection that is
// broken is ready for everything, because nothing would wait.
func events(got sys.Events, want Events) Events {
	if got&sys.Broken != 0 {
		got |= sys.Readable | sys.Writable | sys.PeerClosed
	}
	return Events(got) & (want | PeerClosed)
}

// await waits for one of the events and returns those that occurred, and those
// that are reported unasked. The deadlines count.
func (p *pollable) await(ctx context.Context, want sys.Events) (sys.Events, error) {
	return p.awaitUntil(ctx, want, time.Time{}, true)
}

// awaitUntil is await with an end of its own, unless that is zero. The deadlines
// count if heed is true.
func (p *pollable) awaitUntil(ctx context.Context, want sys.Events, end time.Time, heed bool) (sys.Events, error) {
	for futile, pause := 0, time.Duration(0); ; {
		t, err := p.timeout(want, end, heed)
		if err != nil {
			return 0, p.closedOr(err)
		}
		got, err := p.poll(want)
		if got == 0 && err == nil {
			err = ctx.Err()
		}
		if got != 0 || err != nil {
			return got, err
		}
		event, err := p.park(ctx, want, t, pause)
		if err != nil {
			return 0, err
		}
		pause = 0
		if event {
			futile++
			pause = backoff(futile)
		}
	}
}

// closedOr returns the error of a closed connection, otherwise err: a deadline
// no longer counts on a closed connection.
func (p *pollable) closedOr(err error) error {
	if _, closed := p.poll(sys.Readable); closed != nil {
		return closed
	}
	return err
}

// park waits until something happens that may end the wait, and reports whether
// that was an event. During a pause that is not zero, and if no descriptor is free
// to wait for events, it ignores them.
func (p *pollable) park(ctx context.Context, want sys.Events, t timeout, pause time.Duration) (event bool, err error) {
	var woken <-chan struct{}
	var over <-chan time.Time
	if pause == 0 {
		w, err := waiting.add(p, want)
		switch {
		case err == nil:
			defer waiting.remove(w)
			woken = w.woken
		case sys.IsExhausted(err):
			pause = maxBackoff
		default:
			return false, err
		}
	}
	if pause > 0 {
		over = time.After(pause)
	}
	select {
	case <-woken:
		return true, nil
	case <-over:
	case <-ctx.Done():
	case <-t.c:
	case <-t.readChanged:
	case <-t.writeChanged:
	}
	return false, nil
}

// maxBackoff is the longest time between two looks at a connection.
const maxBackoff = 10 * time.Millisecond

// backoff returns the time to wait before another look at a connection, when
// the given number of events have announced something that was not there. A few
// are to be expected, for another goroutine may be faster. More of them would be
// a busy loop: the system reports bytes after the out-of-band mark before they
// have arrived, a shutdown of this side, and messages in the error queue.
func backoff(futile int) time.Duration {
	const expected = 3
	if futile <= expected {
		return 0
	}
	return min(time.Millisecond<<min(futile-expected, 10), maxBackoff)
}

// A timeout is when to look again because of the deadlines.
type timeout struct {
	c                         <-chan time.Time
	readChanged, writeChanged <-chan struct{} // closed by Close too
}

// timeout returns what ends a wait for the events. The error is
// [os.ErrDeadlineExceeded] if one of the deadlines is over.
func (p *pollable) timeout(want sys.Events, end time.Time, heed bool) (t timeout, err error) {
	at := end
	earlier := func(deadline time.Time) {
		if heed && !deadline.IsZero() && (at.IsZero() || deadline.Before(at)) {
			at = deadline
		}
	}
	var read, write time.Time
	if want&^sys.Writable != 0 {
		read, t.readChanged = p.read.watch()
		earlier(read)
	}
	if want&sys.Writable != 0 {
		write, t.writeChanged = p.write.watch()
		earlier(write)
	}
	if at.IsZero() {
		return t, nil
	}
	left := time.Until(at)
	if left <= 0 {
		return t, os.ErrDeadlineExceeded
	}
	t.c = time.After(left)
	return t, nil
}

// overdue returns the error of a deadline of c that is over.
func (p *pollable) overdue(d *deadline) error {
	at := d.user()
	if at.IsZero() || at.After(time.Now()) {
		return nil
	}
	return p.closedOr(os.ErrDeadlineExceeded)
}

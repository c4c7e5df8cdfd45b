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

// BUG(streamsock): On gVisor releases without POLLRDHUP, such as that of Debian
// 12, PeerClosed is not reported: a Wait for it alone returns only when its
// context ends, at the deadline or by Close.

// BUG(streamsock): Versions of Windows before 11 and Server 2022 may lose an
// event if two mechanisms wait for it at the same time: Wait and a PollSet, two
// PollSets, or a connection and its duplicate. This is a fault of the system,
// which users of wepoll have observed too. Goroutines that only call Wait are
// not affected, however many they are.

// Events is a set of events for which [Conn.Wait] and a [PollSet] can wait.
type Events uint8

const (
	// Readable means that a Read would not block: data, the end of the stream
	// or an error is available.
	Readable = Events(sys.Readable)

	// Writable means that a Write of one byte would not block.
	Writable = Events(sys.Writable)

	// Urgent means that an urgent byte has arrived and has not been received,
	// out of line or, with [Conn.SetOOBInline], inline. On Windows, it is not
	// supported inline.
	Urgent = Events(sys.Urgent)

	// PeerClosed means that the peer has closed its direction of the stream:
	// its FIN has arrived, though there may be unread data before it. It is
	// also reported if the connection is broken.
	PeerClosed = Events(sys.PeerClosed)
)

// Oneshot is not an event. It makes a [PollSet] report a member once, whether
// it is broken or not, and then no more until [PollSet.Update] is called. Thus
// a goroutine that serves the member need not remove it from the set.
const Oneshot Events = 1 << 7

const allEvents = Readable | Writable | Urgent | PeerClosed

// String returns the names of the events, such as "Readable|Urgent".
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

// checkEvents returns an error if e contains events that are unknown or not
// supported on this system.
func checkEvents(e Events) error {
	switch {
	case e&^allEvents != 0:
		return fmt.Errorf("streamsock: unknown events %v: %w", e, os.ErrInvalid)
	case e&PeerClosed != 0 && !sys.CanSeeFIN:
		return errNoFIN
	}
	return nil
}

// Wait waits until at least one of the wanted events has occurred, and returns
// those that have. It receives no data and holds no lock: other goroutines can
// Read, Write or Wait at the same time, and may receive the data that Wait has
// reported.
//
// Like poll(2), Wait also returns PeerClosed, even if it is not wanted, when
// the connection is broken or closed in both directions. If only Urgent is
// wanted, it returns PeerClosed when the peer closes, because no urgent byte
// can arrive after that. On Windows, a connection that is closed in both
// directions is only Readable and Writable, unless PeerClosed is wanted.
//
// Wait returns an error when ctx ends, when the connection is closed, and when
// a deadline is exceeded: the write deadline if Writable is wanted, and the
// read deadline if any other event is. It changes no deadline. If ctx has
// already ended, Wait does not block: it returns the events that have occurred,
// or the error if none has.
//
// On Linux, waiting does not occupy a thread: all waiting goroutines share one
// goroutine and one epoll(7) descriptor, which exist only while they are
// needed. On other systems, they share one thread, which waits by kqueue(2) on
// macOS and the BSDs, with a completion port on Windows, and otherwise by
// poll(2). On Solaris and AIX, waiting for PeerClosed returns an error wrapping
// [errors.ErrUnsupported].
func (c *conn) Wait(ctx context.Context, want Events) (Events, error) {
	err := checkEvents(want)
	if want == 0 {
		err = fmt.Errorf("streamsock: no events: %w", os.ErrInvalid)
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

// events returns the wanted events among those reported by the system. A broken
// connection is ready for everything, because no operation would block.
func events(got sys.Events, want Events) Events {
	if got&sys.Broken != 0 {
		got |= sys.Readable | sys.Writable | sys.PeerClosed
	}
	return Events(got) & (want | PeerClosed)
}

// await waits for one of the events and returns those that occurred, and those
// that are always reported. It honors the deadlines.
func (p *pollable) await(ctx context.Context, want sys.Events) (sys.Events, error) {
	return p.awaitUntil(ctx, want, time.Time{}, true)
}

// awaitUntil is like await but also returns at end, unless it is zero. It
// honors the deadlines if heed is true.
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

// closedOr returns the error of a closed connection, otherwise err, because
// deadlines do not apply to a closed connection.
func (p *pollable) closedOr(err error) error {
	if _, closed := p.poll(sys.Readable); closed != nil {
		return closed
	}
	return err
}

// park waits until an event that may end the wait, and reports whether there
// was an event. During a non-zero pause, and if no descriptor is free to wait
// for events, it ignores events.
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

// maxBackoff is the maximum time between two checks of a connection.
const maxBackoff = 10 * time.Millisecond

// backoff returns the time to wait before the next check of a connection after
// the given number of futile events. A few of them are normal, because another
// goroutine may be faster. More would cause a busy loop: the system reports
// data after the out-of-band mark before it has arrived, a shutdown of this
// side, and messages in the error queue.
func backoff(futile int) time.Duration {
	const expected = 3
	if futile <= expected {
		return 0
	}
	return min(time.Millisecond<<min(futile-expected, 10), maxBackoff)
}

// A timeout is the time of the next check because of the deadlines.
type timeout struct {
	c                         <-chan time.Time
	readChanged, writeChanged <-chan struct{} // closed by Close too
}

// timeout returns when a wait for the events times out. The error is
// [os.ErrDeadlineExceeded] if a deadline is exceeded.
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

// overdue returns an error if a deadline of c is exceeded.
func (p *pollable) overdue(d *deadline) error {
	at := d.user()
	if at.IsZero() || at.After(time.Now()) {
		return nil
	}
	return p.closedOr(os.ErrDeadlineExceeded)
}

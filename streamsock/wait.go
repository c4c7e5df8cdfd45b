// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"example.com/streamsock/internal/sys"
)

// BUG(streamsock): Releases of gVisor that lack POLLRDHUP, as that of Debian 12,
// do not tell PeerClosed: a Wait for that alone ends with its context, by the
// deadline or by Close.

// Events are what a connection can be ready for; see [Conn.Wait].
type Events uint8

const (
	// Readable says that a Read would not wait: bytes are there, or the end
	// of the stream, or an error.
	Readable = Events(sys.Readable)

	// Writable says that a Write of a byte would not wait.
	Writable = Events(sys.Writable)

	// Urgent says that the peer's urgent byte is there and was not received
	// yet, be it apart or, with [Conn.SetOOBInline], among the other bytes.
	Urgent = Events(sys.Urgent)

	// PeerClosed says that the peer has closed its direction of the stream:
	// its FIN has come, though there may be bytes in front of it that were not
	// read yet. It also says that the connection is broken.
	PeerClosed = Events(sys.PeerClosed)
)

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
	if rest := e &^ allEvents; rest != 0 {
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
// for and the peer closes, since no urgent byte can come then. On windows it does
// so whenever the peer has closed its direction, be the connection writable or
// not.
//
// Wait ends with an error when ctx ends, when the connection is closed, and at
// the deadline: the read deadline unless Writable alone is wanted, the write
// deadline if Writable is wanted. It sets no deadline. With a context that has
// ended already it tells how things stand now, without waiting.
//
// A goroutine that waits takes no thread on Linux, and neither a goroutine nor
// a descriptor for each connection: all have one of each, for as long as anyone
// waits. Elsewhere one thread waits for all, by poll(2) or, on Windows, WSAPoll;
// that has been tested on Linux and under wine, but not on those systems. PeerClosed is an
// error there for which errors.Is(err, [errors.ErrUnsupported]) holds, but for
// freebsd, illumos and Windows.
func (c *Conn) Wait(ctx context.Context, want Events) (Events, error) {
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

// await waits for one of the events, and for those that the system tells
// unasked.
func (c *Conn) await(ctx context.Context, want sys.Events) (sys.Events, error) {
	for {
		t, err := c.timeout(want)
		if err != nil {
			t.stop()
			return 0, c.closedOr(err)
		}
		got, err := c.poll(want)
		if got == 0 && err == nil {
			err = ctx.Err()
		}
		if got != 0 || err != nil {
			t.stop()
			return got, err
		}
		err = c.park(ctx, want, t)
		t.stop()
		if err != nil {
			return 0, err
		}
	}
}

// closedOr returns the error of a connection that is closed, or else err: a
// deadline no longer counts then.
func (c *Conn) closedOr(err error) error {
	if _, closed := c.poll(sys.Readable); closed != nil {
		return closed
	}
	return err
}

// park waits for something to happen, and does not tell what.
func (c *Conn) park(ctx context.Context, want sys.Events, t timeout) error {
	w, err := watching.add(c, want)
	if err != nil {
		return err
	}
	defer watching.remove(w)
	select {
	case <-w.woken:
	case <-ctx.Done():
	case <-t.c:
	case <-t.readChanged:
	case <-t.writeChanged:
	}
	return nil
}

// A timeout is when to look again because of the deadlines.
type timeout struct {
	timer                     *time.Timer
	c                         <-chan time.Time
	readChanged, writeChanged <-chan struct{}
}

// timeout returns how long one who waits for the events may. The error says
// that the deadline is over.
func (c *Conn) timeout(want sys.Events) (t timeout, err error) {
	var at time.Time
	if want&^sys.Writable != 0 {
		at, t.readChanged = c.read.watch()
	}
	if want&sys.Writable != 0 {
		var write time.Time
		write, t.writeChanged = c.write.watch()
		if at.IsZero() || !write.IsZero() && write.Before(at) {
			at = write
		}
	}
	if at.IsZero() {
		return t, nil
	}
	left := time.Until(at)
	if left <= 0 {
		return t, os.ErrDeadlineExceeded
	}
	t.timer = time.NewTimer(left)
	t.c = t.timer.C
	return t, nil
}

func (t timeout) stop() {
	if t.timer != nil {
		t.timer.Stop()
	}
}

// A glance is one look at what a connection is ready for. Like a transfer it
// is used again.
type glance struct {
	visit func(fd uintptr) // the method below
	poll  sys.Poll
	want  sys.Events
	got   sys.Events
	err   error
}

var glances = sync.Pool{New: func() any {
	g := new(glance)
	g.visit = g.do
	return g
}}

func (g *glance) do(fd uintptr) {
	if g.want&sys.Urgent != 0 && sys.LacksUrgent(fd) {
		g.got, g.err = 0, errNotUrgent
		return
	}
	g.got, g.err = g.poll.Ask(fd, g.want)
	g.err = os.NewSyscallError("poll", g.err)
}

// poll returns which of the events hold now, and those that the system tells
// unasked.
func (c *Conn) poll(want sys.Events) (sys.Events, error) {
	rc, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	g := glances.Get().(*glance)
	defer glances.Put(g)
	g.want = want
	if err := rc.Control(g.visit); err != nil {
		return 0, err
	}
	return g.got, g.err
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package faults

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// A call is one that waits on a connection until it breaks.
type call struct {
	name string

	// tells is whether it returns the error that broke the connection. Such
	// a call takes the error with it.
	tells bool

	// writes is whether it continues writing all the time.
	writes bool

	// forgets is whether the error may be EPIPE instead: sendfile(2) that has
	// sent something reports only that, and drops the error that it has found.
	forgets bool

	run func(ctx context.Context, c *streamsock.Conn) error
}

var calls = []call{
	{name: "Read", tells: true, run: func(_ context.Context, c *streamsock.Conn) error {
		return noBytes(c.Read(make([]byte, 10)))
	}},
	{name: "Readv", tells: true, run: func(_ context.Context, c *streamsock.Conn) error {
		n, err := c.Readv([][]byte{make([]byte, 10), make([]byte, 10)})
		return noBytes(int(n), err)
	}},
	{name: "ReadContext", tells: true, run: func(ctx context.Context, c *streamsock.Conn) error {
		return noBytes(c.ReadContext(ctx, make([]byte, 10)))
	}},
	{name: "Peek", tells: true, run: func(_ context.Context, c *streamsock.Conn) error {
		return noBytes(c.Peek(make([]byte, 10)))
	}},
	{name: "Recv WaitAll", tells: true, run: func(_ context.Context, c *streamsock.Conn) error {
		return noBytes(c.Recv(make([]byte, 10), streamsock.WaitAll))
	}},
	{name: "WriteTo a file", tells: true, run: func(_ context.Context, c *streamsock.Conn) error {
		f, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		n, err := c.WriteTo(f)
		return noBytes(int(n), err)
	}},
	{name: "Write", tells: true, writes: true, run: func(_ context.Context, c *streamsock.Conn) error {
		for p := make([]byte, 256<<10); ; {
			if _, err := c.Write(p); err != nil {
				return err
			}
		}
	}},
	{name: "Writev", tells: true, writes: true, run: func(_ context.Context, c *streamsock.Conn) error {
		for p := make([]byte, 256<<10); ; {
			if _, err := c.Writev([][]byte{p, p}); err != nil {
				return err
			}
		}
	}},
	{name: "ReadFrom a file", tells: true, writes: true, forgets: true, run: func(_ context.Context, c *streamsock.Conn) error {
		f, err := os.Open("/dev/zero")
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = c.ReadFrom(f)
		return err
	}},
	{name: "Wait Readable|PeerClosed", run: func(ctx context.Context, c *streamsock.Conn) error {
		return closedIn(c.Wait(ctx, streamsock.Readable|streamsock.PeerClosed))
	}},
	{name: "Wait Urgent", run: func(ctx context.Context, c *streamsock.Conn) error {
		return closedIn(c.Wait(ctx, streamsock.Urgent))
	}},
	{name: "WaitUrgent", run: func(ctx context.Context, c *streamsock.Conn) error {
		if err := c.WaitUrgent(ctx); !errors.Is(err, streamsock.ErrBroken) {
			return wrong("WaitUrgent", err)
		}
		return nil
	}},
	{name: "PollSet", run: func(ctx context.Context, c *streamsock.Conn) error {
		s, err := streamsock.NewPollSet()
		if err != nil {
			return err
		}
		defer s.Close()
		if err := s.Add(c, streamsock.Urgent); err != nil {
			return err
		}
		ready, err := s.Poll(ctx)
		if err == nil && (len(ready) != 1 || ready[0].Conn != c) {
			return errors.New("Poll tells of others")
		}
		if err != nil {
			return err
		}
		return closedIn(ready[0].Events, nil)
	}},
	{name: "Select", run: func(ctx context.Context, c *streamsock.Conn) error {
		r, w, x, err := streamsock.Select(ctx, []*streamsock.Conn{c}, nil, nil)
		if err == nil && (len(r) != 1 || len(w)+len(x) > 0) {
			return errors.New("Select tells of others")
		}
		return err
	}},
}

func noBytes(n int, err error) error {
	if n != 0 {
		return errors.New("bytes came")
	}
	return err
}

func closedIn(e streamsock.Events, err error) error {
	if err == nil && e&streamsock.PeerClosed == 0 {
		return wrong(e.String(), nil)
	}
	return err
}

func wrong(what string, err error) error {
	if err == nil {
		err = errors.New("no error")
	}
	return errors.Join(errors.New(what), err)
}

// A scene is a fault that breaks connections on which every call waits.
type scene struct {
	settings []sockopt.Setting
	only     func(call) bool // which calls; nil for all

	// open connects; nil for [network.dial]. The peer may be nil.
	open func(t *testing.T, settings ...sockopt.Setting) (c, peer *streamsock.Conn)

	// strike breaks the connections. What follows was noticed by a connection
	// that had something to send, if the scene kicks.
	strike func(t *testing.T)
	kicks  bool

	unnoticed   bool            // the connections stay established until they time out
	want        []syscall.Errno // the causes, one of which is expected
	least, most time.Duration   // when: after they were made, after the fault
	atPeer      []syscall.Errno // errors of the peer; nil for none
}

// A victim is a connection of a scene.
type victim struct {
	call
	c, peer *streamsock.Conn
	opened  time.Time
	ended   time.Time
	err     error // the result of the call
	done    chan struct{}
	drained chan error // the result of the peer's Read
}

// play plays a scene.
func (n *network) play(t *testing.T, s scene) {
	t.Helper()
	if s.open == nil {
		s.open = n.dial
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	var victims []*victim
	for _, call := range calls {
		if s.only == nil || s.only(call) {
			victims = append(victims, s.cast(ctx, t, call))
		}
	}
	struck := time.Now()
	s.strike(t)
	for _, v := range victims {
		s.stands(t, v)
		if s.kicks && !v.writes {
			v.c.Write([]byte("x")) // which may fail already
		}
		s.stands(t, v)
	}
	for _, v := range victims {
		t.Run(v.name, func(t *testing.T) { s.review(t, v, struck) })
	}
}

// stands checks that the fault is not noticed, as long as nothing can.
func (s *scene) stands(t *testing.T, v *victim) {
	t.Helper()
	got, err := v.c.Check()
	if s.unnoticed && time.Since(v.opened) < s.least && (got != streamsock.Idle || err != nil) {
		t.Errorf("%s: Check of what looks sound: %v, %v", v.name, got, err)
	}
}

// cast makes a connection and has the call wait on it.
func (s *scene) cast(ctx context.Context, t *testing.T, call call) *victim {
	t.Helper()
	v := &victim{call: call, opened: time.Now(), done: make(chan struct{}), drained: make(chan error, 1)}
	v.c, v.peer = s.open(t, s.settings...)
	if v.peer != nil {
		go func() {
			_, err := io.Copy(io.Discard, v.peer)
			v.drained <- err
		}()
	}
	go func() {
		defer close(v.done)
		v.err = v.run(ctx, v.c)
		v.ended = time.Now()
	}()
	return v
}

// review checks the state of a victim.
func (s *scene) review(t *testing.T, v *victim, struck time.Time) {
	select {
	case <-v.done:
	case <-time.After(2 * patience):
		v.c.Close()
		t.Fatalf("%s hangs", v.name)
	}
	t.Logf("%v after %v", v.err, v.ended.Sub(struck).Round(time.Millisecond))
	if v.ended.Sub(v.opened) < s.least || v.ended.Sub(struck) > s.most {
		t.Errorf("ended %v after the fault, %v after it was opened; want %v to %v",
			v.ended.Sub(struck), v.ended.Sub(v.opened), s.least, s.most)
	}
	if v.tells {
		want := slices.Clone(s.want)
		if v.forgets {
			want = append(want, syscall.EPIPE)
		}
		checkError(t, v.name, v.err, want...)
	} else {
		if v.err != nil {
			t.Error(v.err)
		}
		is(t, v.c, streamsock.Closed, streamsock.ErrBroken)
		_, err := v.c.Read(make([]byte, 1))
		t.Logf("then %v", err)
		checkError(t, "Read", err, s.want...)
	}
	afterwards(t, v.c)
	if v.peer != nil {
		s.reviewPeer(t, v)
	}
}

// afterwards checks a broken connection that has returned the cause.
func afterwards(t *testing.T, c *streamsock.Conn) {
	t.Helper()
	is(t, c, streamsock.Closed, io.EOF)
	if n, err := c.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("Read after the error was returned: %d, %v", n, err)
	}
	if _, err := c.Write([]byte("x")); !errors.Is(err, syscall.EPIPE) {
		t.Errorf("Write to what is broken: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	is(t, c, streamsock.Closed, net.ErrClosed)
	if err := c.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("second Close: %v", err)
	}
}

func (s *scene) reviewPeer(t *testing.T, v *victim) {
	t.Helper()
	if s.atPeer == nil { // it has not heard of anything
		got, err := v.peer.Check()
		unread := v.writes && got == streamsock.Pending // it may not be through with that
		if got != streamsock.Idle && !unread || err != nil {
			t.Errorf("the peer's Check: %v, %v", got, err)
		}
		v.peer.Close()
		if err := <-v.drained; !errors.Is(err, net.ErrClosed) {
			t.Errorf("the peer's Read: %v", err)
		}
		return
	}
	select {
	case err := <-v.drained:
		t.Logf("the peer: %v", err)
		checkError(t, "the peer's Read", err, s.atPeer...)
		afterwards(t, v.peer)
	case <-time.After(patience):
		t.Error("the peer has seen nothing")
	}
}

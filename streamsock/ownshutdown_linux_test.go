// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"context"
	"io"
	"testing"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/tcpinfo"
)

// watch starts calls that wait for the peer.
func watch(ctx context.Context, t *testing.T, c *streamsock.Conn) map[string]*call {
	t.Helper()
	if !sys.CanSeeFIN {
		t.Skip("the system does not report the peer's FIN")
	}
	set := newPollSet(t)
	if err := set.Add(c, peerClosed|urgent); err != nil {
		t.Fatal(err)
	}
	wait := func(e streamsock.Events) *call {
		return begin(func() (int, error) { got, err := c.Wait(ctx, e); return int(got), err })
	}
	calls := map[string]*call{
		"Wait(PeerClosed)": wait(peerClosed),
		"Wait(Urgent)":     wait(urgent),
		"WaitUrgent":       doing(func() error { return c.WaitUrgent(ctx) }),
		"Poll": begin(func() (int, error) {
			ready, err := set.Poll(ctx)
			if len(ready) == 0 {
				return 0, err
			}
			return int(ready[0].Events), err
		}),
		"Select": begin(func() (int, error) { _, _, x, err := streamsock.Select(ctx, nil, nil, list(c)); return len(x), err }),
	}
	for _, c := range calls {
		c.blocks(t)
	}
	return calls
}

// An ending is the result of a call after an action of the peer.
type ending struct {
	n   int
	err error
}

// The endings of those that watch, when an urgent byte has arrived, when the peer
// has closed its direction, and when it has reset the connection. The others wait on.
var (
	endUrgent = map[string]ending{"Wait(Urgent)": {int(urgent), nil}, "WaitUrgent": {0, nil}, "Poll": {int(urgent), nil}, "Select": {1, nil}}
	endFIN    = map[string]ending{"Wait(PeerClosed)": {int(peerClosed), nil}, "Wait(Urgent)": {int(peerClosed), nil},
		"WaitUrgent": {0, io.EOF}, "Poll": {int(peerClosed), nil}}
	endReset = map[string]ending{"Wait(PeerClosed)": {int(peerClosed), nil}, "Wait(Urgent)": {int(peerClosed), nil},
		"WaitUrgent": {0, streamsock.ErrBroken}, "Poll": {int(peerClosed), nil}}
)

// TestOwnShutdown shuts down this side, which poll(2) reports like a shutdown
// by the peer. It must not be reported as one, and shutdowns by the peer must
// be reported.
func TestOwnShutdown(t *testing.T) {
	for shutName, shut := range map[string]func(c *streamsock.Conn) error{
		"CloseRead": func(c *streamsock.Conn) error { return c.CloseRead() },
		"both":      func(c *streamsock.Conn) error { return c.Shutdown(streamsock.ShutBoth) },
	} {
		for _, e := range []struct {
			name  string
			end   func(peer *streamsock.Conn)
			want  map[string]ending
			check streamsock.Liveness
			err   error
		}{
			{"urgent byte", func(peer *streamsock.Conn) { peer.SendUrgent('!') }, endUrgent, streamsock.Idle, nil},
			{"FIN", func(peer *streamsock.Conn) { peer.CloseWrite() }, endFIN, streamsock.HalfClosed, nil},
			{"reset", func(peer *streamsock.Conn) { peer.Abort() }, endReset, streamsock.Closed, streamsock.ErrBroken},
		} {
			if shutName == "both" {
				switch e.name {
				case "urgent byte":
					continue // the system resets the connection
				case "FIN":
					e.check, e.err = streamsock.Closed, io.EOF
				}
			}
			t.Run(shutName+"/"+e.name, func(t *testing.T) {
				peer, ours := msgPair(t)
				if e.name == "urgent byte" {
					e.check = atEmptyMark(ours)
				}
				if err := shut(ours); err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				calls := watch(ctx, t, ours)
				if e.name == "FIN" {
					rests(t)
				}
				becomes(t, ours, streamsock.Idle, nil)
				for _, c := range calls {
					c.blocks(t)
				}
				e.end(peer)
				see(t, calls, e.want, cancel)
				becomes(t, ours, e.check, e.err)
			})
		}
	}
}

// TestOwnShutdownReadable shuts down this side for reading: a read returns the end
// of the stream, and never blocks, and what looks reports that, at the out-of-band
// mark too.
func TestOwnShutdownReadable(t *testing.T) {
	peer, ours := msgPair(t)
	ours.CloseRead()
	now, cancel := context.WithCancel(t.Context())
	cancel()
	set := newPollSet(t)
	if err := set.Add(ours, readable); err != nil {
		t.Fatal(err)
	}
	isReadable := func(when string) {
		t.Helper()
		for _, want := range []streamsock.Events{readable, readable | peerClosed, readable | urgent} {
			if got, err := ours.Wait(now, want); got&^urgent != readable || err != nil {
				t.Errorf("%s: Wait(%v): %v, %v", when, want, got, err)
			}
		}
		if got := look(t, set)[ours]; got != readable {
			t.Errorf("%s: Poll: %v", when, got)
		}
		if r, _, _, err := streamsock.Select(now, list(ours), nil, nil); len(r) != 1 || err != nil {
			t.Errorf("%s: Select: %d, %v", when, len(r), err)
		}
	}
	read := func() { // past the mark, if it is there
		t.Helper()
		for name, f := range map[string]func() (int, error){
			"Peek":        func() (int, error) { return ours.Peek(make([]byte, 1)) },
			"TryRead":     func() (int, error) { return ours.TryRead(make([]byte, 1)) },
			"ReadContext": func() (int, error) { return ours.ReadContext(t.Context(), make([]byte, 1)) },
		} {
			if n, err := promptly(t, f); n != 0 || err != io.EOF {
				t.Errorf("%s: %d, %v", name, n, err)
			}
		}
	}
	isReadable("after CloseRead")
	read()
	urge(t, peer, ours, "!")
	isReadable("at the mark")
	if _, err := ours.ReadUrgent(); err != nil {
		t.Error(err)
	}
	isReadable("after ReadUrgent")
	read()
	isReadable("past the mark")
}

// TestClosing has both ends close their direction at the same time, and the peer
// not acknowledge that of this end: the connection is in the state CLOSING.
func TestClosing(t *testing.T) {
	ours, peer := tightPair(t)
	data := ascii(4 << 20)
	n := fill(t, ours, peer, data, 0)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	calls := watch(ctx, t, ours)
	ours.CloseWrite() // the FIN arrives after the data, for which there is no room
	for _, c := range calls {
		c.blocks(t)
	}
	becomes(t, ours, streamsock.Idle, nil)
	peer.CloseWrite()
	see(t, calls, endFIN, cancel)
	if info, err := ours.Info(); err != nil || info.State != tcpinfo.Closing {
		t.Fatalf("%v, %v, want CLOSING", info, err)
	}
	becomes(t, ours, streamsock.HalfClosed, nil)
	takeRest(t, ours, nil)
	takeRest(t, peer, data[:n])
	becomes(t, ours, streamsock.Closed, io.EOF)
}

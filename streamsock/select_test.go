// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"context"
	"fmt"
	"testing"

	"example.com/streamsock/streamsock"
)

// TestSelectExcept has Select wait for urgent bytes alone, on connections of which
// some get none any more. It waits until another one does, or until its context
// ends, as select(2) does.
func TestSelectExcept(t *testing.T) {
	for name, end := range map[string]func(ours, peer *streamsock.Conn){
		"reset":        func(_, peer *streamsock.Conn) { abortConn(peer.TCPConn) },
		"FIN":          func(_, peer *streamsock.Conn) { peer.CloseWrite() },
		"both ended":   func(ours, peer *streamsock.Conn) { ours.CloseWrite(); peer.CloseWrite() },
		"own shutdown": func(ours, _ *streamsock.Conn) { ours.Shutdown(streamsock.ShutBoth) },
		"TCPConn":      func(ours, _ *streamsock.Conn) { ours.TCPConn.Close() },
	} {
		for _, when := range []string{"before", "meanwhile"} {
			if name == "TCPConn" && when == "before" {
				continue // an error
			}
			t.Run(name+" "+when, func(t *testing.T) {
				peer, ours := msgPair(t)
				livePeer, live := msgPair(t)
				_ = newPollSet(t) // or skip
				if when == "before" {
					end(ours, peer)
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				sel := func(conns ...*streamsock.Conn) *call {
					c := begin(func() (int, error) {
						r, w, x, err := streamsock.Select(ctx, nil, nil, conns)
						if len(r)+len(w) > 0 || len(x) > 0 && x[0] != live {
							return 0, fmt.Errorf("%v, %v, %v, %v", r, w, x, err)
						}
						return len(x), err
					})
					c.blocks(t)
					return c
				}
				alone, both := sel(ours), sel(ours, live)
				if when != "before" {
					end(ours, peer)
				}
				alone.blocks(t)
				both.blocks(t)
				livePeer.SendUrgent('!')
				both.ends(t, 1, nil)
				alone.blocks(t)
				cancel()
				alone.ends(t, 0, context.Canceled)
			})
		}
	}
}

// TestSelectEnded has Select wait for other events as well: a connection that has
// ended is ready to be read from and, if it is broken, to be written to.
func TestSelectEnded(t *testing.T) {
	peer, ended := msgPair(t)
	peer.CloseWrite()
	peer, broken := msgPair(t)
	abortConn(peer.TCPConn)
	_, idle := msgPair(t)
	_ = newPollSet(t) // or skip
	all := list(ended, broken, idle)
	in := func(c *streamsock.Conn, conns []*streamsock.Conn) (n int) {
		for _, o := range conns {
			if o == c {
				n++
			}
		}
		return n
	}
	until(t, "both have ended", func() bool {
		r, w, x, err := streamsock.Select(t.Context(), all, list(broken), all)
		if in(idle, r)+in(ended, w)+len(x) > 0 || in(ended, r) > 1 || in(broken, r) > 1 || err != nil {
			t.Fatalf("%v, %v, %v, %v", r, w, x, err)
		}
		return in(ended, r) == 1 && in(broken, r) == 1 && in(broken, w) == 1
	})
}

// TestSelectMany has more connections ready than a PollSet reports in one call.
func TestSelectMany(t *testing.T) {
	_ = newPollSet(t) // or skip
	var conns []*streamsock.Conn
	for range 70 {
		a, b := msgPair(t)
		conns = append(conns, a, b)
	}
	r, w, x, err := streamsock.Select(t.Context(), conns, conns, conns)
	got := make(map[*streamsock.Conn]bool)
	for _, c := range w {
		got[c] = true
	}
	if len(r) != 0 || len(w) != len(conns) || len(got) != len(conns) || len(x) != 0 || err != nil {
		t.Errorf("%d, %d of %d, %d, %v", len(r), len(w), len(conns), len(x), err)
	}
}

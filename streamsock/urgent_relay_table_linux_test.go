// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock"
)

// relayWays are the relays that TestUrgentRelayTable sends the rows through.
var relayWays = []relayWay{
	{name: "prompt", reset: true},
	{name: "late", reset: true, late: true},
	{name: "without Reset"},
}

// A relayWay is a Relayer with Urgent, and how it keeps up with the peer.
type relayWay struct {
	name  string
	reset bool // Relayer.Reset
	late  bool // all that the peer sends before the receiver's first step has arrived when the relay starts
}

// TestUrgentRelayTable runs the rows of testdata/urgent.md through relays, in
// both directions. The receiver gets the same results as without a relay,
// except in the rows that the page lists for the relay.
func TestUrgentRelayTable(t *testing.T) {
	rows, section := urgentRows(t)
	differ := relayRows(t, section, rows)
	for _, network := range []string{"tcp4", "tcp6"} {
		t.Run(network, func(t *testing.T) {
			l, err := urgentListener(t, network)
			if err != nil {
				t.Skip(err)
			}
			for _, way := range relayWays {
				for _, row := range rows {
					if steps, listed := differ[relayRow{way.name, row.name}]; listed {
						row.steps = steps
					}
					t.Run(way.name+"/a to b/"+row.name, func(t *testing.T) { connectRelayed(t, l, way, false).run(t, row.steps) })
					t.Run(way.name+"/b to a/"+row.name, func(t *testing.T) { connectRelayed(t, l, way, true).run(t, row.steps) })
				}
			}
		})
	}
}

// A relayRow names a row that differs through a relay.
type relayRow struct{ way, row string }

// relayRows returns the steps of the rows that differ.
func relayRows(t *testing.T, section string, rows []urgentRow) map[relayRow]string {
	t.Helper()
	differ := make(map[relayRow]string)
	for _, m := range regexp.MustCompile("(?m)^\\| (.+?) \\| (.+?) \\| `(.+)` \\| (.+) \\|$").FindAllStringSubmatch(section, -1) {
		r := relayRow{m[1], m[2]}
		differ[r] = m[3]
		if err := r.check(rows, m[3]); err != "" {
			t.Errorf("%s, %s: %s", r.way, r.row, err)
		}
	}
	if lines := strings.Count(section, "\n| "); lines != len(differ)+1 {
		t.Fatalf("%d rows in %d lines", len(differ), lines)
	}
	return differ
}

// check returns what is wrong with a row that differs: it must be a row of the
// other tables, with the same steps and at least one other result.
func (r relayRow) check(rows []urgentRow, steps string) string {
	answers := regexp.MustCompile(` = [^,]+`)
	if !slices.ContainsFunc(relayWays, func(w relayWay) bool { return w.name == r.way }) {
		return "no such relay"
	}
	for _, row := range rows {
		switch {
		case row.name != r.row:
		case row.steps == steps:
			return "does not differ"
		case answers.ReplaceAllString(row.steps, "") != answers.ReplaceAllString(steps, ""):
			return "has other steps"
		default:
			return ""
		}
	}
	return "no such row"
}

// A relayedRow is a urgentPair with a relay in between.
type relayedRow struct {
	urgentPair
	near  *streamsock.Conn // the connection of the relay that the peer is connected to
	start func()           // starts the relay; nil when it is started
	end   sys.Events       // how the receiver notices a reset
}

// connectRelayed connects the peer to the relay's a and the receiver to its b, or the
// other way round.
func connectRelayed(t *testing.T, l *streamsock.Listener, way relayWay, back bool) *relayedRow {
	t.Helper()
	toPeer, err := dialPair(l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { toPeer.peer.Close(); toPeer.c.Close() })
	toReceiver, err := dialPair(l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { toReceiver.peer.Close(); toReceiver.c.Close() })
	r := &relayedRow{urgentPair: urgentPair{peer: toPeer.peer, c: toReceiver.c}, near: toPeer.c, end: sys.PeerClosed}
	if way.reset {
		r.end = sys.Broken
	}
	if err := r.near.SetOOBInline(true); err != nil { // as the relay does, in time
		t.Fatal(err)
	}
	hop := &relayed{a: toPeer.c, b: toReceiver.peer}
	if back {
		hop.a, hop.b = hop.b, hop.a
	}
	r.start = func() {
		r.start = nil
		hop.start(t.Context(), &streamsock.Relayer{Urgent: true, Reset: way.reset})
		t.Cleanup(func() {
			r.peer.Close()
			r.c.Close()
			hop.done.end(t)
		})
	}
	if !way.late {
		r.start()
	}
	return r
}

// run performs the steps and checks their results.
func (r *relayedRow) run(t *testing.T, steps string) {
	t.Helper()
	for _, word := range strings.Split(steps, ", ") {
		s, want := parseStep(t, word)
		got, err := r.do(s)
		if got != want || err != nil {
			t.Fatalf("%s: %s, %v", word, got, err)
		}
	}
}

// do performs a step and returns the result.
func (r *relayedRow) do(s urgentStep) (string, error) {
	if s.sends() {
		if err := r.send(s); err != nil {
			return "", err
		}
		if r.start != nil {
			return "", r.arrive(r.near, sys.Broken)
		}
		return "", r.arrive(r.c, r.end)
	}
	if r.start != nil && r.come > 0 {
		r.start()
		if err := r.arrive(r.c, r.end); err != nil {
			return "", err
		}
	}
	got, err := r.ask(s)
	for range 1000 {
		if s.kind != stepRead || got != "wait" {
			break
		}
		// A pending signal keeps a Read from moving past the urgent byte; see TestUrgentSignals.
		if marked, err := r.c.AtMark(); !marked || err != nil {
			break
		}
		got, err = r.ask(s)
	}
	return got, err
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../../.."

// TestFresh fails if the page is not what the rows say.
func TestFresh(t *testing.T) {
	got, err := os.ReadFile(document(root))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, page()) {
		t.Errorf("%s is stale: run go generate ./...", document(root))
	}
}

// allRows returns the rows of all classes.
func allRows() []row {
	var all []row
	for _, p := range parts {
		for _, c := range p.list {
			all = append(all, c.rows...)
		}
	}
	return all
}

// TestMembers fails if a member has no row, or a row no member.
func TestMembers(t *testing.T) {
	for _, p := range parts {
		for _, c := range p.list {
			want, got := declared(c), covered(c)
			all := maps.Clone(want)
			maps.Copy(all, got)
			for _, name := range slices.Sorted(maps.Keys(all)) {
				if got[name] != want[name] {
					t.Errorf("%s has %d of %s, and its rows have %d", c.name, want[name], name, got[name])
				}
			}
		}
	}
}

// declared returns how many members there are of each name.
func declared(c class) map[string]int {
	n := make(map[string]int)
	for _, m := range strings.Fields(c.members) {
		name, number, several := strings.Cut(m, ":")
		n[name] = 1
		if several {
			n[name], _ = strconv.Atoi(number) // 0 is wrong anyway
		}
	}
	return n
}

// covered returns how many there are in the rows.
func covered(c class) map[string]int {
	n := make(map[string]int)
	for _, r := range c.rows {
		for _, m := range list(r.member, ";") {
			name, _, _ := strings.Cut(m, "(")
			n[strings.ReplaceAll(name, " ", "")]++
		}
	}
	return n
}

// TestRows fails if a row is not complete, or would break its table.
func TestRows(t *testing.T) {
	for _, p := range parts {
		for _, c := range p.list {
			for _, r := range c.rows {
				name := c.name + " " + r.member
				if (r.has == "") != strings.Contains(p.title, "tests") {
					t.Errorf("%s: in Go %q", name, r.has)
				}
				if r.tests == "" || !strings.HasSuffix(r.differs, ".") {
					t.Errorf("%s: differs %q, tests %q", name, r.differs, r.tests)
				}
				all := r.member + r.has + r.differs + r.tests
				if strings.ContainsAny(all, "|\n") || strings.Contains(strings.ToLower(all), "applicable") {
					t.Errorf("%s: %q", name, all)
				}
			}
		}
	}
}

// TestNames fails if a row names what does not exist in Go.
func TestNames(t *testing.T) {
	l := newLibrary()
	if l.std == "" || l.net == "" {
		t.Skip("the source of Go or of golang.org/x/net is not to be had")
	}
	for _, r := range allRows() {
		for _, name := range list(r.has, ",") {
			if name == "" {
				continue // of a suite
			}
			if err := l.find(name); err != nil {
				t.Errorf("%s: %v", r.member, err)
			}
		}
	}
}

// TestTests fails if a row names a test that does not exist.
func TestTests(t *testing.T) {
	l := newLibrary()
	for _, r := range allRows() {
		for _, name := range list(r.tests, ",") {
			if err := l.findTest(name); err != nil {
				t.Errorf("%s: %v", r.member, err)
			}
		}
	}
}

// TestFind holds that the two tests above can fail.
func TestFind(t *testing.T) {
	l := newLibrary()
	if l.std == "" || l.net == "" {
		t.Skip("the source of Go or of golang.org/x/net is not to be had")
	}
	for name, exists := range map[string]bool{
		"streamsock.Dial":           true,
		"streamsock.Deal":           false,
		"streamsock.Conn.Peek":      true,
		"streamsock.Conn.Poke":      false,
		"streamsock.Conn.Read":      true, // of the conn of a net.TCPConn
		"streamsock.Conn.TCPConn":   true,
		"streamsock.Conn.read":      false,
		"streamsock.Events.String":  true,
		"streamsock.Urgent":         true,
		"sockopt.NoDelay":           true,
		"sockopt.Option.Set":        true, // generic
		"sockopt.Codec.Append":      true, // of an interface
		"net.Conn.Read":             true,
		"net.PacketConn.Peek":       false,
		"io.ReadWriter.Read":        true, // of an interface in it
		"os.FileInfo.Name":          true, // of an alias
		"os/exec.Cmd.Run":           true,
		"no/such.Thing":             false,
		"websocket.Conn.WriteClose": true, // of an interface in it
		"builtin.append":            true,
	} {
		if err := l.find(name); (err == nil) != exists {
			t.Errorf("find %s: %v", name, err)
		}
	}
	for name, exists := range map[string]bool{
		"streamsock.TestDropIn":              true,
		"streamsock.TestDropIn/dial_refused": true,
		"streamsock.TestDropIn/dial_invited": false,
		"streamsock.TestDropOut":             false,
		"fifo.ExampleBuffer_Drain":           true,
		"nosuch.TestDropIn":                  false,
	} {
		if err := l.findTest(name); (err == nil) != exists {
			t.Errorf("find %s: %v", name, err)
		}
	}
}

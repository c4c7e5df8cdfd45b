// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package parity

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestMembers fails if a member has no row, or a row no member. The page of peers
// does not list their members.
func TestMembers(t *testing.T) {
	for _, c := range readClasses(t, readFile(t, "parity.md")) {
		want, got := declared(c), covered(c)
		if len(want) == 0 {
			t.Errorf("%s has no list of members", c.name)
		}
		all := maps.Clone(want)
		maps.Copy(all, got)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if got[name] != want[name] {
				t.Errorf("%s has %d of %s, and its rows have %d", c.name, want[name], name, got[name])
			}
		}
	}
}

// declared returns the number of members of each name.
func declared(c *class) map[string]int {
	n := make(map[string]int)
	for _, m := range c.members {
		name, number, several := strings.Cut(m, ":")
		n[name] = 1
		if several {
			n[name], _ = strconv.Atoi(number) // 0 is wrong anyway
		}
	}
	return n
}

// covered returns the number of members of each name in the rows.
func covered(c *class) map[string]int {
	n := make(map[string]int)
	for _, r := range c.rows {
		for _, m := range r.members {
			name, _, _ := strings.Cut(m, "(")
			n[strings.ReplaceAll(name, " ", "")]++
		}
	}
	return n
}

// TestRows fails if a row does not say what differs.
func TestRows(t *testing.T) {
	for _, c := range allClasses(t) {
		for _, r := range c.rows {
			if !strings.HasSuffix(r.differs, ".") || strings.Contains(strings.ToLower(r.differs), "applicable") {
				t.Errorf("%s %s: differs %q", c.name, r.members, r.differs)
			}
		}
	}
}

// TestReadRow fails if readRow accepts a line that is not a row.
func TestReadRow(t *testing.T) {
	for line, suite := range map[string]bool{
		"| `a(int, int)`, `b()` | `c.D` | Nothing. | `e.TestF` |": false,
		"| `testA` | It works. | `e.TestF`, `g.TestH` |":          true,
	} {
		if _, ok := readRow(line, suite); !ok {
			t.Errorf("refused %s", line)
		}
		if _, ok := readRow(line, !suite); ok {
			t.Errorf("suite %v: accepted %s", !suite, line)
		}
	}
	for _, line := range []string{
		"| a | `c.D` | Nothing. | `e.TestF` |",
		"| `a` | `c.D` | Nothing. |  |",
		"| `a` |  | Nothing. | `e.TestF` |",
		"| `a` `b` | `c.D` | Nothing. | `e.TestF` |",
		"| `a` | `c.D`, | Nothing. | `e.TestF` |",
		"| `a` | `c.D` | This | that. | `e.TestF` |",
		"| `a` | `c.D` | Nothing. | `e.TestF`",
	} {
		if r, ok := readRow(line, false); ok {
			t.Errorf("accepted %s: %+v", line, r)
		}
	}
}

// TestNames fails if a row names what does not exist in Go.
func TestNames(t *testing.T) {
	l := newLibrary()
	if l.std == "" || l.net == "" {
		t.Skip("the source of Go or of golang.org/x/net is not to be had")
	}
	for _, c := range allClasses(t) {
		for _, r := range c.rows {
			for _, name := range r.has {
				if err := l.find(name); err != nil {
					t.Errorf("%s %s: %v", c.name, r.members, err)
				}
			}
		}
	}
}

// TestTests fails if a row names a test that does not exist.
func TestTests(t *testing.T) {
	l := newLibrary()
	for _, c := range allClasses(t) {
		for _, r := range c.rows {
			for _, name := range r.tests {
				if err := l.findTest(name); err != nil {
					t.Errorf("%s %s: %v", c.name, r.members, err)
				}
			}
		}
	}
}

// TestFind checks that the two tests above can fail.
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

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package parity

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The heads of the other tables on the page of peers.
const (
	countsHead   = "| peer | members | with counterpart | of these not on Windows | wanted and missing | not wanted |"
	missingHead  = "| wanted and missing | why, and what to use |"
	windowsHead  = "| not on Windows | instead |"
	unwantedHead = "| not wanted | why |"
)

// tableRows returns the rows of a table without its head.
func tableRows(t *testing.T, text, head string) (rows [][]string) {
	t.Helper()
	_, table, found := strings.Cut(text, head+"\n")
	if !found {
		t.Fatalf("no table %q", head)
	}
	table, _, _ = strings.Cut(table, "\n\n")
	for _, line := range strings.Split(strings.TrimSpace(table), "\n")[1:] {
		row := strings.Split(line, "|")
		if len(row) != strings.Count(head, "|")+1 {
			t.Fatalf("not a row of %q: %s", head, line)
		}
		rows = append(rows, row[1:len(row)-1])
	}
	return rows
}

// A count is a row of the first table.
type count struct{ members, there, notWindows, missing, unwanted int }

func (c count) plus(d count) count {
	return count{c.members + d.members, c.there + d.there, c.notWindows + d.notWindows, c.missing + d.missing, c.unwanted + d.unwanted}
}

// readCounts returns the first table, and the peers in its order.
func readCounts(t *testing.T, page string) (counts map[string]count, peers []string) {
	t.Helper()
	counts = make(map[string]count)
	for _, row := range tableRows(t, page, countsHead) {
		peer := strings.TrimSpace(row[0])
		var n [5]int
		for i := range n {
			var err error
			if n[i], err = strconv.Atoi(strings.TrimSpace(row[i+1])); err != nil {
				t.Fatalf("%s: %v", peer, err)
			}
		}
		counts[peer] = count{n[0], n[1], n[2], n[3], n[4]}
		peers = append(peers, peer)
	}
	return counts, peers
}

var peerAndNames = regexp.MustCompile("^(.+?)( `.*)$")

// listed returns the members in the first column of a table by their peers, as in
// "Java `attach`, `attachment`; libuv `uv_open`".
func listed(t *testing.T, page, head string) map[string][]string {
	t.Helper()
	all := make(map[string][]string)
	for _, row := range tableRows(t, page, head) {
		for _, part := range strings.Split(row[0], ";") {
			found := peerAndNames.FindStringSubmatch(strings.TrimSpace(part))
			if found == nil || names(found[2]+" ") == nil {
				t.Fatalf("not a peer and its members: %q", part)
			}
			all[found[1]] = append(all[found[1]], names(found[2]+" ")...)
		}
	}
	return all
}

// TestPeerCounts fails if the numbers in the first table are not those of the lists, or
// do not add up.
func TestPeerCounts(t *testing.T) {
	page := readFile(t, "peers.md")
	counts, peers := readCounts(t, page)
	missing, windows, not := listed(t, page, missingHead), listed(t, page, windowsHead), listed(t, page, unwantedHead)
	var all count
	for _, peer := range peers[:len(peers)-1] {
		c := counts[peer]
		all = all.plus(c)
		if c.members != c.there+c.missing+c.unwanted {
			t.Errorf("%s: %+v does not add up", peer, c)
		}
		if c.missing != len(missing[peer]) || c.notWindows != len(windows[peer]) || c.unwanted != len(not[peer]) {
			t.Errorf("%s: %+v, but %d missing, %d not on Windows and %d not wanted are listed",
				peer, c, len(missing[peer]), len(windows[peer]), len(not[peer]))
		}
	}
	if last := peers[len(peers)-1]; last != "all" || counts[last] != all {
		t.Errorf("%s: %+v, but the sum is %+v", last, counts[last], all)
	}
	for _, lists := range []map[string][]string{missing, windows, not} {
		for peer := range lists {
			if _, ok := counts[peer]; !ok {
				t.Errorf("%s is listed and not counted", peer)
			}
		}
	}
}

// TestPeerMembers fails if a member is twice on the page of peers, as both there and
// missing for example, or a table has more members than are counted.
func TestPeerMembers(t *testing.T) {
	page := readFile(t, "peers.md")
	counts, peers := readCounts(t, page)
	missing, windows, not := listed(t, page, missingHead), listed(t, page, windowsHead), listed(t, page, unwantedHead)
	var tables []string
	for _, c := range readPeers(t) {
		tables = append(tables, c.name)
		var has []string
		for _, r := range c.rows {
			has = append(has, r.members...)
		}
		all := slices.Sorted(slices.Values(slices.Concat(has, missing[c.name], not[c.name])))
		for i := range all[1:] {
			if all[i] == all[i+1] {
				t.Errorf("%s: %s is there twice", c.name, all[i])
			}
		}
		for _, m := range windows[c.name] {
			if slices.Contains(missing[c.name], m) || slices.Contains(not[c.name], m) {
				t.Errorf("%s: %s is missing everywhere", c.name, m)
			}
		}
		if len(has) == 0 || len(has) > counts[c.name].there {
			t.Errorf("%s: %d members in the table, of %d", c.name, len(has), counts[c.name].there)
		}
	}
	if !slices.Equal(tables, peers[:len(peers)-1]) {
		t.Errorf("tables of %q and counts of %q", tables, peers)
	}
}

// TestPeerNames fails if a reason in the last section names what does not exist in Go.
func TestPeerNames(t *testing.T) {
	l := newLibrary()
	if l.std == "" || l.net == "" {
		t.Skip("the source of Go or of golang.org/x/net is not to be had")
	}
	page := readFile(t, "peers.md")
	for _, head := range []string{missingHead, windowsHead, unwantedHead} {
		for _, row := range tableRows(t, page, head) {
			for _, name := range eachName.FindAllString(row[1], -1) {
				if err := l.find(strings.Trim(name, "`")); err != nil {
					t.Errorf("%s: %v", row[0], err)
				}
			}
		}
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package parity

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// A class is one of another library, or a suite of its tests.
type class struct {
	name    string
	suite   bool
	members []string // its declared members, with a colon and their number if several have the same name
	rows    []row
}

// A row is about one member, or several for which Go has the same.
type row struct {
	members []string
	has     []string // names in Go; none in a suite
	differs string   // in a suite: what the test is about
	tests   []string
}

const (
	classHead = "| member | in Go | what differs | test |"
	suiteHead = "| POCO's test | what it is about | test |"
)

// readFile returns a file of testdata.
func readFile(t *testing.T, name string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// section returns what is below a heading of a page, up to the next one of the same
// level.
func section(t *testing.T, page, heading string) string {
	t.Helper()
	_, below, found := strings.Cut(page, "\n## "+heading+"\n")
	if !found {
		t.Fatalf("the page has no section %q", heading)
	}
	below, _, _ = strings.Cut(below, "\n## ")
	return below
}

// allClasses reads those of both pages.
func allClasses(t *testing.T) []*class {
	t.Helper()
	return append(readClasses(t, readFile(t, "parity.md")), readPeers(t)...)
}

// readPeers reads the tables of the page of peers.
func readPeers(t *testing.T) []*class {
	t.Helper()
	return readClasses(t, section(t, readFile(t, "peers.md"), "The peers"))
}

// readClasses reads the classes of a page. It reports lines of tables that it cannot
// read.
func readClasses(t *testing.T, page string) []*class {
	t.Helper()
	c := new(class) // before the first
	var all []*class
	comment := false
	for number, line := range strings.Split(page, "\n") {
		switch {
		case strings.HasPrefix(line, "### "):
			c = &class{name: strings.TrimPrefix(line, "### ")}
			all = append(all, c)
		case line == "<!-- members" || comment && line == "-->":
			comment = !comment
		case comment:
			c.members = append(c.members, strings.Fields(line)...)
		case line == classHead || line == suiteHead:
			c.suite = line == suiteHead
		case strings.HasPrefix(line, "|---"):
		case strings.HasPrefix(line, "|"):
			r, ok := readRow(line, c.suite)
			if !ok {
				t.Errorf("line %d is not a row of the table: %s", number+1, line)
			}
			c.rows = append(c.rows, r)
		}
	}
	if len(all) == 0 {
		t.Fatal("no classes on the page")
	}
	return all
}

func readRow(line string, suite bool) (r row, ok bool) {
	cells := strings.Split(line, "|")
	if suite && len(cells) == 5 {
		cells = slices.Insert(cells, 2, "")
	}
	if len(cells) != 6 {
		return r, false
	}
	r.members, r.has, r.tests = names(cells[1]), names(cells[2]), names(cells[4])
	r.differs = strings.TrimSpace(cells[3])
	return r, r.members != nil && r.tests != nil && (r.has == nil) == suite
}

var (
	isNames  = regexp.MustCompile("^ `[^`]+`(, `[^`]+`)* $")
	eachName = regexp.MustCompile("`[^`]+`")
)

// names returns the names in a cell, or nil if it contains anything else.
func names(cell string) []string {
	if !isNames.MatchString(cell) {
		return nil
	}
	all := eachName.FindAllString(cell, -1)
	for i, name := range all {
		all[i] = strings.Trim(name, "`")
	}
	return all
}

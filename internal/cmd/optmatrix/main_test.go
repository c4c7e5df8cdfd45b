// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../../.."

func read(t *testing.T) (tables, []option) {
	t.Helper()
	tables, err := readTables(root)
	if err != nil {
		t.Fatal(err)
	}
	options, err := readOptions(root)
	if err != nil {
		t.Fatal(err)
	}
	return tables, options
}

// TestFresh fails if a generated file is not what the tables say.
func TestFresh(t *testing.T) {
	files, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(name)
		if err != nil {
			t.Error(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is stale: run go generate ./...", name)
		}
	}
}

// TestRows holds options and tables against each other.
func TestRows(t *testing.T) {
	tables, options := read(t)
	names := make(map[string]bool)
	for _, o := range options {
		names[o.name] = true
		if len(tables.platforms(o.name)) == 0 {
			t.Errorf("no system has a row for %s", o.name)
		}
	}
	for _, system := range tables.systems() {
		spelt := make(map[string]string)
		for _, option := range slices.Sorted(maps.Keys(tables[system])) {
			if !names[option] {
				t.Errorf("%s has a row for %s, which is no option", system, option)
			}
			for _, c := range tables[system][option].names {
				if other, ok := spelt[c]; ok {
					t.Errorf("%s: both %s and %s are %s", system, other, option, c)
				}
				spelt[c] = option
			}
		}
	}
	want := []string{"aix", "darwin", "dragonfly", "freebsd", "linux", "netbsd", "openbsd", "solaris", "windows"}
	if got := tables.systems(); !slices.Equal(got, want) {
		t.Errorf("tables for %v, want %v", got, want)
	}
	if n := len(tables["linux"]); n < 75 {
		t.Errorf("linux has %d rows, want at least 75", n)
	}
}

// TestDocs holds the documentation of each option against its fixed shape and
// against the tables.
func TestDocs(t *testing.T) {
	tables, options := read(t)
	shape := regexp.MustCompile(`(?s)^(\w+) is ([A-Z0-9]+_[A-Z0-9_]+)\b.*?:\s.*\.\n\n` +
		`  - Value: .*\.\n  - Default: .*\.\n  - When: (.*)\.\n  - Platforms: .*\.\n  - See: .*\.\n$`)
	when := map[string]string{
		"AnyTime":       "any time",
		"BeforeBind":    "before bind",
		"BeforeConnect": "before connect",
		"OnListener":    "on a listener",
		"OnConnection":  "on a connection",
	}
	for _, o := range options {
		m := shape.FindStringSubmatch(o.doc)
		if m == nil {
			t.Errorf("the documentation of %s has not the fixed shape:\n%s", o.name, o.doc)
			continue
		}
		if m[1] != o.name {
			t.Errorf("the documentation of %s begins with %s", o.name, m[1])
		}
		if !strings.HasPrefix(m[3], when[o.when]) {
			t.Errorf("%s: documented as settable %q, declared %s", o.name, m[3], o.when)
		}
		if !isSpelling(tables, o.name, m[2]) {
			t.Errorf("no system calls %s %s", o.name, m[2])
		}
	}
}

func isSpelling(t tables, option, c string) bool {
	for _, system := range t.systems() {
		if slices.Contains(t[system][option].names, c) {
			return true
		}
	}
	return false
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package readme_test

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/streamsock/streamsock"
)

// TestUnixMethods fails if testdata/unix.md does not list the methods that only one of
// Conn and UnixConn has.
func TestUnixMethods(t *testing.T) {
	page := read(t, "testdata/unix.md")
	conn, unix := methods(reflect.TypeFor[*streamsock.Conn]()), methods(reflect.TypeFor[*streamsock.UnixConn]())
	for head, want := range map[string][]string{
		"| Conn only |":     without(conn, unix),
		"| UnixConn only |": without(unix, conn),
	} {
		_, table, found := strings.Cut(page, head)
		if !found {
			t.Errorf("no table %s", head)
		}
		table, _, _ = strings.Cut(table, "\n\n")
		var got []string
		for line := range strings.Lines(table) {
			first, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |")
			for _, name := range regexp.MustCompile("`([A-Za-z]+)`").FindAllStringSubmatch(first, -1) {
				got = append(got, name[1])
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s has %q, and the methods are %q", head, got, want)
		}
	}
}

func methods(typ reflect.Type) (names []string) {
	for i := range typ.NumMethod() {
		names = append(names, typ.Method(i).Name)
	}
	return names
}

// without returns the names of a that are not in b, in their order.
func without(a, b []string) (names []string) {
	for _, name := range a {
		if !slices.Contains(b, name) {
			names = append(names, name)
		}
	}
	return names
}

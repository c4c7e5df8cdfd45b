// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestParse has flags in all positions.
func TestParse(t *testing.T) {
	for _, tt := range []struct {
		args string
		want string // host port listen verbose timeout input
	}{
		{"localhost 80", "localhost:80"},
		{"localhost:80", "localhost:80"},
		{"[::1]:80", "[::1]:80"},
		{"::1 80", "[::1]:80"},
		{"[::1] 80", "[::1]:80"},
		{"localhost http", "localhost:80"},
		{"localhost 80 -v", "localhost:80 verbose"},
		{"-v localhost -w 5 80", "localhost:80 verbose 5s"},
		{"localhost 80 -w5", "localhost:80 5s"},
		{"-vw1.5 localhost 80", "localhost:80 verbose 1.5s"},
		{"-w 250ms -- localhost 80", "localhost:80 250ms"},
		{"--wait=2m localhost 80", "localhost:80 2m0s"},
		{"--wait 2m localhost 80", "localhost:80 2m0s"},
		{"--input=a=b localhost 80", "localhost:80 a=b"},
		{"-lv 8080", ":8080 listen verbose"},
		{"-l -v -w 5 8080", ":8080 listen verbose 5s"},
		{"8080 -vl", ":8080 listen verbose"},
		{"-l :8080", ":8080 listen"},
		{"-l 127.0.0.1 8080", "127.0.0.1:8080 listen"},
		{"-l [::1]:8080", "[::1]:8080 listen"},
		{"-vlo NoDelay=off 0", ":0 listen verbose NoDelay"},
		{"-loNoDelay=off 0", ":0 listen NoDelay"},
	} {
		target, err := parseTarget(strings.Fields(tt.args), io.Discard, nil)
		if err != nil {
			t.Errorf("%s: %v", tt.args, err)
			continue
		}
		words := []string{target.address}
		if target.listen {
			words = append(words, "listen")
		}
		if target.verbose {
			words = append(words, "verbose")
		}
		if target.timeout > 0 {
			words = append(words, target.timeout.String())
		}
		if target.input != "" {
			words = append(words, target.input)
		}
		for _, s := range target.settings {
			words = append(words, s.Info().Name)
		}
		if got := strings.Join(words, " "); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.args, got, tt.want)
		}
	}
}

// TestEmpty checks that an empty argument, such as a variable of a shell that is not set, is
// refused where it would stand for this host, any free port, or the default of a flag.
func TestEmpty(t *testing.T) {
	for _, args := range [][]string{
		{"", "80"},
		{"[]", "80"},
		{"localhost", ""},
		{"-l", ""},
		{"-l", "localhost", ""},
		{"-z", "localhost", "80", ""},
		{"-U", ""},
		{"-lU", ""},
		{"-s", "", "localhost", "80"},
		{"-p", "", "localhost", "80"},
		{"--input", "", "localhost", "80"},
		{"--report=", "localhost", "80"},
		{"--tls", "--ca", "", "localhost", "80"},
		{"--=", "localhost", "80"},
		{"relay", "", "localhost:80"},
		{"relay", "0", "unix:"},
		{"relay", "unix:", "localhost:80"},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second) // it may listen
		var stderr bytes.Buffer
		if status := runContext(ctx, args, strings.NewReader(""), io.Discard, &stderr); status != 2 {
			t.Errorf("sockcat %q: status %d: %s", args, status, &stderr)
		}
		cancel()
	}
	if target, err := parseTarget([]string{"-l", "", "80"}, io.Discard, nil); err != nil || target.address != ":80" {
		t.Error(err)
	}
}

// TestFlagTables checks the tables of all commands: unique names, in order.
func TestFlagTables(t *testing.T) {
	for _, c := range commands() {
		var names []string
		for _, g := range c.groups {
			var order []string
			for _, f := range g.flags {
				if f.short != "" {
					names = append(names, "-"+f.short)
				}
				if f.long != "" {
					names = append(names, "--"+f.long)
				}
				order = append(order, strings.ToLower(cmp.Or(f.short, f.long)))
				if len(f.short) > 1 || f.help == "" || f.short == "" && len(f.long) < 2 {
					t.Errorf("%s: %+v", c.name, f)
				}
			}
			if !slices.IsSorted(order) {
				t.Errorf("%s: not sorted: %v", c.name, order)
			}
		}
		for _, r := range c.refused {
			names = append(names, r.names...)
		}
		slices.Sort(names)
		if n := len(names); len(slices.Compact(names)) != n {
			t.Errorf("%s: a name is there twice: %v", c.name, names)
		}
	}
}

func TestParseTime(t *testing.T) {
	for arg, want := range map[string]time.Duration{"5": 5 * time.Second, "0.25": 250 * time.Millisecond, "5s": 5 * time.Second, "-1": -time.Second, "1h2m": 62 * time.Minute} {
		if got, err := parseTime(arg); got != want || err != nil {
			t.Errorf("parseTime(%q) is %v, %v", arg, got, err)
		}
	}
	for _, arg := range []string{"", "s", "soon", "5x", "1,5"} {
		if got, err := parseTime(arg); err == nil {
			t.Errorf("parseTime(%q) is %v", arg, got)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"NoDelay", "KeepAlive", "HopLimit", "Cork"}
	for word, want := range map[string]string{"NoDealy": "NoDelay", "keepalives": "KeepAlive", "HopLimit": "HopLimit", "Hoplimt": "HopLimit", "Crok": "Cork", "x": "", "Nagle": ""} {
		if got := nearest(word, names); got != want {
			t.Errorf("nearest(%q) is %q, want %q", word, got, want)
		}
	}
}

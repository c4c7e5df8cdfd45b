// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock/sockopt"
)

// listing runs "sockcat options" and returns its lines by their first word,
// and the offset of each column.
func listing(t *testing.T, args ...string) (lines map[string]string, columns func(line, name string) string) {
	t.Helper()
	status, stdout, stderr := sockcat(append([]string{"options", "--long"}, args...)...)
	if status != 0 || stderr != "" {
		t.Fatalf("status %d, stderr %q", status, stderr)
	}
	lines = make(map[string]string)
	head, rest, _ := strings.Cut(stdout, "\n")
	for line := range strings.Lines(rest) {
		if n := utf8.RuneCountInString(line); n > 140 {
			t.Errorf("line of %d columns: %s", n, line)
		}
		if f := strings.Fields(line); len(f) > 0 {
			lines[f[0]] = strings.TrimSuffix(line, "\n")
		}
	}
	return lines, func(line, name string) string {
		rest := []rune(line)[strings.Index(head, name):]
		text, _, _ := strings.Cut(string(rest), "  ")
		return text
	}
}

func TestOptions(t *testing.T) {
	lines, column := listing(t)
	for i := range sockopt.All() {
		line, ok := lines[i.Name]
		if !ok {
			t.Errorf("%s is not listed", i.Name)
			continue
		}
		value, c := column(line, "value"), column(line, "C name")
		if i.Supported == (value == notHere) || i.Supported && c != i.Sys {
			t.Errorf("supported is %v, but the line is: %s", i.Supported, line)
		}
		if got := column(line, "access"); got != i.Access.String() {
			t.Errorf("access %q, want %v: %s", got, i.Access, line)
		}
		if got := column(line, "when"); got != i.When.String() {
			t.Errorf("when %q, want %v: %s", got, i.When, line)
		}
	}
}

// TestOptionsFresh checks that no option of the socket was set, or
// connected it.
func TestOptionsFresh(t *testing.T) {
	if !sockopt.NoDelay.Info().Supported {
		t.Skip("no sockets")
	}
	lines, column := listing(t)
	for _, name := range []string{"NoDelay", "KeepAlive", "ReuseAddr", "OOBInline"} {
		if got := column(lines[name], "value"); got != "false" {
			t.Errorf("%s is %q on a fresh socket", name, got)
		}
	}
	if got := column(lines["Linger"], "value"); got != "off" {
		t.Errorf("Linger is %q on a fresh socket", got)
	}
}

func TestOptionsIPv6(t *testing.T) {
	if !sockopt.V6Only.Info().Supported {
		t.Skip("no IPv6")
	}
	testnet.Loopback(t, "tcp6")
	lines4, column4 := listing(t)
	lines6, column6 := listing(t, "-6")
	if got := column4(lines4["V6Only"], "value"); got != notSocket {
		t.Errorf("V6Only is %q on an IPv4 socket", got)
	}
	if got := column6(lines6["V6Only"], "value"); got != "true" {
		t.Errorf("V6Only is %q on an IPv6 socket", got)
	}
}

// TestOptionsShort: the list fits a terminal and contains the options of this
// system.
func TestOptionsShort(t *testing.T) {
	status, stdout, stderr := sockcat("options")
	if status != 0 || stderr != "" {
		t.Fatalf("status %d, stderr %q", status, stderr)
	}
	listed := make(map[string]bool)
	for line := range strings.Lines(stdout) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
			t.Errorf("line of %d columns: %s", n, line)
		}
		if f := strings.Fields(line); len(f) > 0 {
			listed[f[0]] = true
		}
	}
	for i := range sockopt.All() {
		if listed[i.Name] != i.Supported {
			t.Errorf("%s is listed: %v, supported: %v", i.Name, listed[i.Name], i.Supported)
		}
	}
}

func TestOptionsFilter(t *testing.T) {
	for filter, want := range map[string][]string{
		"nodelay":     {"NoDelay"},
		"TCP_NODELAY": {"NoDelay"},
		"TTL":         {"HopLimit"}, // and those with it in their names
		"Accept":      {"AcceptConn"},
	} {
		status, stdout, stderr := sockcat("options", filter)
		for _, name := range want {
			if i, _ := sockopt.Lookup(name); i.Supported && !strings.Contains(stdout, name+" ") || status != 0 {
				t.Errorf("%s: status %d, %s%s", filter, status, stdout, stderr)
			}
		}
		if strings.Contains(stdout, "\nKeepAlive") {
			t.Errorf("%s lists too much:\n%s", filter, stdout)
		}
	}
	checkFailure(t, "options KepAlive", 2, "did you mean KeepAlive?")
}

func TestOptionsJSON(t *testing.T) {
	_, stdout, _ := sockcat("options", "--json")
	var all []map[string]any
	if err := json.Unmarshal([]byte(stdout), &all); err != nil {
		t.Fatal(err)
	}
	n := 0
	for i := range sockopt.All() {
		if all[n]["name"] != i.Name || all[n]["here"] != i.Supported || all[n]["access"] != i.Access.String() {
			t.Errorf("%v, want %+v", all[n], i)
		}
		n++
	}
	if n != len(all) {
		t.Errorf("%d options, want %d", len(all), n)
	}
}

// TestExplain: the error of a bad value names the allowed values.
func TestExplain(t *testing.T) {
	checkFailure(t, "-o NoDelay=maybe localhost 1", 2, "(must be on or off)")
	checkFailure(t, "-o UserTimeout=10 localhost 1", 2, "UserTimeout")
	checkFailure(t, "-o NoDealy=on localhost 1", 2, "did you mean NoDelay?")
	list := congestionControls()
	if list == "" || !sockopt.Congestion.Info().Supported { // wine has the list of Linux
		t.Skip("this system does not list its algorithms of congestion control")
	}
	checkFailure(t, "-o Congestion=no-such-thing 127.0.0.1 1", 1, "(this kernel has "+list+")")
}

func TestText(t *testing.T) {
	for _, tt := range []struct {
		v    any
		want string
	}{
		{[]byte("secret"), "[6 bytes]"},
		{"", `""`},
		{"cubic", "cubic"},
		{false, "false"},
		{sockopt.Lingering{}, "off"},
	} {
		if got := text(tt.v); got != tt.want {
			t.Errorf("text(%#v) is %q, want %q", tt.v, got, tt.want)
		}
	}
}

func TestShorten(t *testing.T) {
	for in, want := range map[string]string{
		"18446744073709551615":         "18446744073709551615",
		"{0 131072 0 16384 0 0 0 0 0}": "{0 131072 0 16384 0…",
	} {
		if got := shorten(in); got != want {
			t.Errorf("shorten(%q) is %q, want %q", in, got, want)
		}
	}
}

func TestSystems(t *testing.T) {
	every := []string{"a", "b", "c", "d"}
	for _, tt := range []struct{ has, want string }{
		{"a b c d", "all"},
		{"a b d", "not c"},
		{"a b", "a b"},
		{"c", "c"},
	} {
		if got := systems(strings.Fields(tt.has), every); got != tt.want {
			t.Errorf("systems(%s) is %q, want %q", tt.has, got, tt.want)
		}
	}
	if !slices.Equal(every, []string{"a", "b", "c", "d"}) {
		t.Error("systems changed its argument")
	}
}

// brokenWriter is a standard output that is gone.
type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestBrokenOutput(t *testing.T) {
	defer hurry(t.Name())()
	for _, command := range []string{"demo", "options"} {
		var stderr strings.Builder
		if got := run([]string{command}, nil, brokenWriter{}, &stderr); got != 1 {
			t.Errorf("sockcat %s: status %d, stderr %q", command, got, stderr.String())
		}
	}
}

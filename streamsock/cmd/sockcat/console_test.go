// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func TestConsolePiped(t *testing.T) {
	var b bytes.Buffer
	c := newConsole(&b)
	c.live("one")
	c.print("told %d", 2)
	c.live(strings.Repeat("x", 200)) // in full: nothing wraps
	c.end()
	if want := "one\ntold 2\n" + strings.Repeat("x", 200) + "\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

func TestConsoleInPlace(t *testing.T) {
	var b bytes.Buffer
	c := &console{w: &b, place: true, width: 10}
	out := above{c, &b}
	for _, tt := range []struct {
		do   func()
		want string
	}{
		{func() { c.live("0123456789abc") }, "\r0123456789"},
		{func() { c.live("▁▂▃") }, "\r▁▂▃       "},
		{func() { c.live("▁▂▃▄") }, "\r▁▂▃▄"},
		{func() { c.print("told") }, "\r    \rtold\n"},
		{func() { c.print("again") }, "again\n"},
		{func() { c.live("x") }, "\rx"},
		{func() { out.Write([]byte("data")) }, "\r \rdata"},
		{func() { out.Write([]byte("more")) }, "more"},
		{func() { c.live("y") }, "\ny"}, // not over the data
		{func() { out.Write([]byte("line\n")) }, "\r \rline\n"},
		{func() { c.live("z") }, "\rz"},
		{func() { c.end() }, "\n"},
		{func() { c.end() }, ""},
	} {
		b.Reset()
		if tt.do(); b.String() != tt.want {
			t.Errorf("%q, want %q", b.String(), tt.want)
		}
	}
}

// TestConsoleEscapes has everything that does not print escaped, whether it is a
// line that stays or the live line, and nothing else.
func TestConsoleEscapes(t *testing.T) {
	for in, want := range map[string]string{
		"":                               "",
		"plain 'text' \"quoted\" C:\\x":  "plain 'text' \"quoted\" C:\\x",
		"Grüße ▁▂▃ 日本 🙂 e\u0301":         "Grüße ▁▂▃ 日本 🙂 e\u0301",
		"\x1b]0;title\x07\x1b[2J":        `\x1b]0;title\a\x1b[2J`,
		"a\rb\nc\td\bd\x00\x7f":          `a\rb\nc\td\bd\x00\x7f`,
		"\u0080\u0085\u009b31m\u009f":    `\u0080\u0085\u009b31m\u009f`,     // C1: CSI, among others
		"\x80\x9b31m \xc3":               `\x80\x9b31m \xc3`,                // the same, not UTF-8
		"\u202a\u202e\u2066\u2069\u200f": `\u202a\u202e\u2066\u2069\u200f`,  // direction
		"\u200b\ufeff\u2028\u2029\u00ad": `\u200b\ufeff\u2028\u2029\u00ad`,  // no width, or a line's end
		"\U000e0041\ue000\ufffd\ufffe":   "\\U000e0041\\ue000\ufffd\\ufffe", // a tag, private use
	} {
		var b bytes.Buffer
		c := &console{w: &b, width: 1000}
		c.print("line: %s", in)
		c.live(in)
		if got := b.String(); got != "line: "+want+"\n"+want+"\n" {
			t.Errorf("%q: written %q, want %q twice", in, got, want)
		}
		b.Reset()
		c.place = true
		c.live(in)
		if got := b.String(); got != "\r"+want {
			t.Errorf("%q: in its place %q, want %q", in, got, want)
		}
	}
}

func TestColumns(t *testing.T) {
	for env, want := range map[string]int{"": 79, "132": 131, "1": 79, "-5": 79, "wide": 79} {
		if got := columns(env); got != want {
			t.Errorf("columns(%q) is %d, want %d", env, got, want)
		}
	}
}

// TestNoTerminal checks what must not be treated as a terminal: escapes would
// change the data that is sent.
func TestNoTerminal(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Skip(err)
	}
	defer r.Close()
	defer w.Close()
	files := []any{r, w, open(t, 1), strings.NewReader(""), nil, (*os.File)(nil)}
	for _, name := range notTerminals {
		if f, err := os.Open(name); err == nil {
			defer f.Close()
			files = append(files, f)
		}
	}
	for _, f := range files {
		if isTerminal(f) {
			t.Errorf("%v is a terminal", f)
		}
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// FuzzStatus reads any bytes as replies, cut in any way, and compares with what
// modelStatuses makes of the whole.
func FuzzStatus(f *testing.F) {
	f.Add("220 ready\r\n250-a\r\n250 b\n", uint16(1))
	f.Add("220-a\r221 b\r\n\n220x\n220", uint16(3))
	f.Add("220-"+strings.Repeat("x", 100)+"\r\n\r220 y\n1\n", uint16(2))
	f.Add("220-a\r\x00\x00220 b\r\x00\n221\r", uint16(2))
	f.Add("100-\n"+strings.Repeat("100-0123456789\n", 20)+"100\n100", uint16(50))
	f.Fuzz(func(t *testing.T, in string, size uint16) {
		if strings.Contains(in, "^") || len(in) > 1<<12 {
			return // a script would take ^ for the mark
		}
		var parts []string
		if in != "" {
			parts = chunks(in, int(size)+1)
		}
		r := scripted(parts...)
		r.lineLimit, r.replyLimit = 30, 100
		got := statuses(r)
		if want := modelStatuses(in, 30, 100); !slices.Equal(got, want) {
			t.Errorf("%q, cut to %d:\n got %s\nwant %s", in, size+1, strings.Join(got, ", "), strings.Join(want, ", "))
		}
	})
}

var (
	ends  = regexp.MustCompile("\r[\n\x00]?|\n")
	coded = regexp.MustCompile("^([1-9][0-9][0-9])($|[ -])")
)

// modelStatuses returns the expected result of statuses for the whole input.
func modelStatuses(in string, lineLimit, replyLimit int) (all []string) {
	lines := ends.Split(in, -1)
	partial := lines[len(lines)-1]
	lines = lines[:len(lines)-1]
	if partial != "" {
		lines = append(lines, partial)
	}
	const none = -1
	code, text, told := none, "", ""
	tell := func(err string) {
		if told == "" {
			all = append(all, fmt.Sprintf("%d %q %s", code, text[:min(len(text), replyLimit)], err))
		}
		told = err
	}
	for i, line := range lines {
		atEnd := partial != "" && i == len(lines)-1 && len(line) <= lineLimit
		tooLong := len(line) > lineLimit
		line = line[:min(len(line), lineLimit)]
		own, sign, rest := 0, " ", line
		if m := coded.FindStringSubmatch(line); m != nil {
			fmt.Sscan(m[1], &own)
			sign, rest = m[2], line[len(m[0]):]
		}
		last := sign != "-"
		switch {
		case code == none:
			code, text = own, rest
		case own == code:
			text += "\n" + rest
		default:
			text, last = text+"\n"+line, false
		}
		switch {
		case atEnd:
		case tooLong:
			tell(fmt.Sprintf("dialog: line longer than %d bytes", lineLimit))
		case len(text) > replyLimit:
			tell(fmt.Sprintf("dialog: reply longer than %d bytes", replyLimit))
		case last:
			tell("nil")
		}
		if last && !atEnd {
			code, text, told = none, "", ""
		}
	}
	if code != none {
		if told != "" {
			text = ""
		}
		told = ""
		tell("unexpected EOF")
	}
	return append(all, `0 "" EOF`)
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// TestUrgentTold sends urgent bytes each time that the one before has been
// reported, so that none is overtaken: in the middle, at the beginning, at the end.
func TestUrgentTold(t *testing.T) {
	for _, flags := range [][]string{nil, {"--report", "FILE"}} {
		for i := range flags {
			flags[i] = strings.Replace(flags[i], "FILE", t.TempDir()+"/page.html", 1)
		}
		s, peer := urgentSession(t, flags...)
		var want strings.Builder
		for i, part := range []string{"", "ab", "", "c", strings.Repeat("long", 30000), ""} {
			if _, err := io.WriteString(peer, part); err != nil {
				t.Fatal(err)
			}
			want.WriteString(part)
			b := byte('A' + i)
			if err := peer.SendUrgent(b); errors.Is(err, errors.ErrUnsupported) {
				t.Skip(err)
			} else if err != nil {
				t.Fatal(err)
			}
			if i%2 == 0 {
				io.WriteString(peer, "behind")
				want.WriteString("behind")
			}
			if got, want := s.line(), fmt.Sprintf("sockcat: urgent byte 0x%X %q", b, b); got != want {
				t.Errorf("reported %q, want %q", got, want)
			}
		}
		s.finish()
		if got := s.stdout.String(); got != want.String() {
			t.Errorf("wrote %d bytes, want %d", len(got), want.Len())
		}
	}
}

// TestUrgentBeforeEnd: an urgent byte before the end is reported too.
func TestUrgentBeforeEnd(t *testing.T) {
	s, peer := urgentSession(t)
	if err := peer.SendUrgent(0xFF); errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	s.finish()
	if got := s.line(); got != "sockcat: urgent byte 0xFF" {
		t.Error(got)
	}
	if s.stdout.Len() != 0 {
		t.Errorf("wrote %q", s.stdout.String())
	}
}

func TestByteName(t *testing.T) {
	for b, want := range map[byte]string{'!': "0x21 '!'", '\'': `0x27 '\''`, 0: "0x00", ' ': "0x20", 0xF2: "0xF2", 0x7F: "0x7F"} {
		if got := byteName(b); got != want {
			t.Errorf("byteName(%d) is %s, want %s", b, got, want)
		}
	}
}

func TestShowUrgent(t *testing.T) {
	defer hurry(t.Name())()
	client, server := pair(t)
	var out strings.Builder
	for range 3 {
		if err := showUrgent(&out, client, server); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := server.Available(); n != 0 || err != nil {
		t.Errorf("%d bytes are left, %v", n, err)
	}
	if got := strings.Count(out.String(), "byte ok\n"); got != 3 && !strings.Contains(out.String(), notHere) {
		t.Error(out.String())
	}
}

// TestShowUrgentWrong puts other bytes first, so that the mark is in
// another place.
func TestShowUrgentWrong(t *testing.T) {
	defer hurry(t.Name())()
	client, server := pair(t)
	if _, err := io.WriteString(client, "stranger"); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := showUrgent(&out, client, server); err == nil && !strings.Contains(out.String(), notHere) {
		t.Error("no error")
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"errors"
	"testing"

	"example.com/streamsock/streamsock"
)

// TestPrograms has a C and a POCO program at the other end.
func TestPrograms(t *testing.T) {
	for name, build := range map[string]func(*testing.T) string{"C": buildC, "POCO": buildPOCO} {
		t.Run(name, func(t *testing.T) {
			path := build(t)
			for name, talk := range map[string]func(*testing.T, talk, *streamsock.Conn){
				"receive": receiveFrom, "receive inline": receiveInlineFrom, "send": sendTo, "send inline": sendInlineTo,
			} {
				t.Run(name, func(t *testing.T) {
					p, c := connected(t, path)
					talk(t, p, c)
				})
				t.Run(name+" accepted", func(t *testing.T) {
					p, c := acceptedFrom(t, path)
					talk(t, p, c)
				})
			}
		})
	}
}

func buildC(t *testing.T) string {
	return build(t, program(t, "cc"), "urgent.c")
}

// ask gives the program a command, and checks its answer.
func (k talk) ask(command, want string) {
	k.t.Helper()
	k.say(command + "\n")
	if got := k.hear("\n"); got != want+"\n" {
		k.t.Fatalf("%s: the program answered %q, want %q", command, got, want)
	}
}

func receiveFrom(t *testing.T, p talk, c *streamsock.Conn) {
	p.ask("send ab", "ok")
	p.ask("sendoob !", "ok")
	p.ask("send cd", "ok")
	if before := toMark(t, c); before != "ab" {
		t.Errorf("before the mark %q", before)
	}
	peeked := make([]byte, 1)
	if n, err := c.Recv(peeked, streamsock.OOB|streamsock.Peek); n != 1 || peeked[0] != '!' || err != nil {
		t.Errorf("peeked at %q, %v", peeked[:n], err)
	}
	wantUrgent(t, c, '!')
	if _, err := c.ReadUrgent(); !errors.Is(err, streamsock.ErrNoUrgent) {
		t.Errorf("ReadUrgent twice: %v", err)
	}
	wantRead(t, c, "cd")
	if marked(t, c) {
		t.Error("at the mark after it")
	}

	// Several bytes sent as urgent: the last one is.
	p.ask("sendoob xyz", "ok")
	if before := toMark(t, c); before != "xy" {
		t.Errorf("before the second mark %q", before)
	}
	wantUrgent(t, c, 'z')
}

func receiveInlineFrom(t *testing.T, p talk, c *streamsock.Conn) {
	if err := c.SetOOBInline(true); err != nil {
		t.Fatal(err)
	}
	p.ask("send ab", "ok")
	p.ask("sendoob !", "ok")
	p.ask("send cd", "ok")
	if before := toMark(t, c); before != "ab" {
		t.Errorf("before the mark %q", before)
	}
	if _, err := c.ReadUrgent(); !errors.Is(err, streamsock.ErrNoUrgent) {
		t.Errorf("ReadUrgent: %v", err)
	}
	wantRead(t, c, "!cd")
}

func sendTo(t *testing.T, p talk, c *streamsock.Conn) {
	p.ask("recvoob", "error 22") // EINVAL: there is none
	write(t, c, "ab")
	if err := c.SendUrgent('!'); err != nil {
		t.Fatal(err)
	}
	write(t, c, "cd")
	p.ask("wait", "urgent")
	p.ask("recv 64", "ab")
	p.ask("atmark", "1")
	p.ask("recvoob", "!")
	p.ask("recv 2", "cd")
	p.ask("atmark", "0")

	sendLastUrgent(t, c, "wx", "yz")
	p.ask("wait", "urgent")
	p.ask("recv 64", "wxy")
	p.ask("recvoob", "z")
}

func sendInlineTo(t *testing.T, p talk, c *streamsock.Conn) {
	p.ask("inline", "ok")
	sendLastUrgent(t, c, "ab", "c!")
	write(t, c, "de")
	p.ask("wait", "urgent")
	p.ask("recv 64", "abc")
	p.ask("atmark", "1")
	p.ask("recv 3", "!de")
}

// sendLastUrgent sends the texts in one call, the last byte as urgent.
func sendLastUrgent(t *testing.T, c *streamsock.Conn, texts ...string) {
	t.Helper()
	var bufs [][]byte
	for _, text := range texts {
		bufs = append(bufs, []byte(text))
	}
	if _, err := c.Sendmsg(bufs, streamsock.OOB); err != nil {
		t.Fatal(err)
	}
}

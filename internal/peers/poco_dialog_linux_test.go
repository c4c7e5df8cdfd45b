// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"context"
	"fmt"
	"io"
	"strings"

	"example.com/streamsock/streamsock/dialog"
)

func playMessages(subject, peer side) {
	for _, tt := range []struct{ message, want string }{
		{"NOOP", "NOOP"},
		{"RETR|a file", "RETR a file"},
		{"SITE|CHMOD|644", "SITE CHMOD 644"},
		{"LIST|", "LIST"},
		{"SITE||644", "SITE  644"},
		{"SITE|CHMOD|", "SITE CHMOD"},
	} {
		subject.ask("message "+tt.message, "ok")
		want := escape([]byte(tt.want + "\r\n"))
		peer.ask(fmt.Sprintf("recv %d", len(tt.want)+2), want)
	}
	// The source of an argument could inject a command.
	subject.differ(`message RETR|file\x0D\x0ADELE file`, "ok", "invalid")
	if subject.poco {
		peer.ask("recv 22", `RETR file\x0D\x0ADELE file\x0D\x0A`)
	}
}

func playLines(subject, peer side) {
	peer.ask(`send one\x0D\x0Atwo\x0Athree\x0Dfour\x0D\x0A\x0D\x0A`, "ok")
	for _, want := range []string{"one", "two", "three", "four", ""} {
		subject.ask("line", want)
	}
	peer.ask("send "+strings.Repeat("a", 5000)+`\x0Ab\x0A`, "ok")
	subject.differ("line", "error I/O error: Line too long", "too long")

	join(subject, peer)
	peer.ask("use 1", "ok")
	peer.ask("send part", "ok")
	peer.ask("shutdown write", "ok")
	subject.ask("use 1", "ok")
	subject.differ("line", "end part", "cut part")
	subject.differ("line", "end ", "end")
}

// playStatuses has POCO leave the code in the text, and take any code for the
// last line's.
func playStatuses(subject, peer side) {
	peer.ask(`send 220 ready\x0D\x0A`, "ok")
	subject.differ("status", "220 220 ready", "220 ready")
	peer.ask(`send 211-Features:\x0D\x0A SIZE\x0D\x0A211 End\x0D\x0A`, "ok")
	subject.differ("status", `211 211-Features:\x0A SIZE\x0A211 End`, `211 Features:\x0A SIZE\x0AEnd`)
	peer.ask(`send no code\x0D\x0A`, "ok")
	subject.ask("status", "0 no code")
	peer.ask(`send 220-one\x0D\x0A331 two\x0D\x0A220 three\x0D\x0A`, "ok")
	subject.differ("status", `331 220-one\x0A331 two`, `220 one\x0A331 two\x0Athree`)
	if subject.poco {
		subject.ask("status", "220 220 three")
		return // it would loop forever at the end of a stream within a reply
	}
	peer.ask(`send 220-one\x0D\x0Atwo`, "ok")
	peer.ask("shutdown write", "ok")
	subject.ask("status", `cut 220 one\x0Atwo`)
}

func playCharacters(subject, peer side) {
	peer.ask(`send line\x0D\x0A\xFFrest`, "ok")
	subject.ask("line", "line")
	subject.ask("peek1", `\xFF`)
	subject.ask("get1", `\xFF`)
	subject.ask("raw 64", "rest")
	peer.ask("send !", "ok")
	subject.ask("raw 64", "!")
	peer.ask("shutdown write", "ok")
	subject.ask("peek1", "end")
	subject.ask("get1", "end")
	subject.ask("raw 1", "end")
}

// playTelnet has POCO leave out the IAC of a Synch.
func playTelnet(subject, peer side) {
	subject.ask("telnet 244", "ok")
	peer.ask("recv 2", `\xFF\xF4`)
	subject.ask("telnet 253 1", "ok")
	peer.ask("recv 3", `\xFF\xFD\x01`)
	subject.ask("synch", "ok")
	peer.ask("wait", "urgent")
	if !subject.poco {
		peer.ask("recv 64", `\xFF`)
	}
	peer.ask("atmark", "1")
	peer.ask("recvoob", `\xF2`)
}

// playSynch shows that POCO lacks a call that receives a Synch. As what POCO
// sends lacks the IAC, its DM is no data mark, and streamsock continues until
// there is one (RFC 854, "The TELNET Synch Signal").
func playSynch(subject, peer side) {
	subject.ask("inline", "ok")
	peer.ask("send typed", "ok")
	peer.ask("telnet 244", "ok")
	peer.ask("synch", "ok")
	if peer.poco {
		peer.ask(`send in vain\xFF\xF2`, "ok")
	}
	peer.ask("message ABOR", "ok")
	subject.differ("readsynch", "no command", `\xFF\xF4`)
	if !subject.poco {
		subject.ask("line", "ABOR")
	}
}

func (m *mirror) dialog() *dialog.Conn {
	d := m.dialogs[m.current]
	if d == nil {
		d = dialog.New(m.conn())
		m.dialogs[m.current] = d
	}
	return d
}

func (m *mirror) message(rest string) (string, error) {
	var args []string // between bars
	for arg := range strings.SplitSeq(rest, "|") {
		args = append(args, string(unescape(arg)))
	}
	return "ok", m.dialog().SendMessage(args[0], args[1:]...)
}

func (m *mirror) line(string) (string, error) {
	text, err := m.dialog().ReadMessage()
	if err == io.ErrUnexpectedEOF {
		return "cut " + escape([]byte(text)), nil
	}
	return escape([]byte(text)), err
}

func (m *mirror) status(string) (string, error) {
	code, text, err := m.dialog().ReadStatus()
	answer := fmt.Sprintf("%d %s", code, escape([]byte(text)))
	if err == io.ErrUnexpectedEOF {
		return "cut " + answer, nil
	}
	return answer, err
}

func (m *mirror) telnet(rest string) (string, error) {
	words := strings.Fields(rest) // a command and perhaps an option
	var option []byte
	for _, word := range words[1:] {
		option = append(option, byte(integer(word)))
	}
	return "ok", m.dialog().SendTelnet(dialog.Command(integer(words[0])), option...)
}

func (m *mirror) readSynch(string) (string, error) {
	commands, err := m.dialog().ReadSynch(context.Background())
	return escape(commands), err
}

func character(b byte, err error) (string, error) { return escape([]byte{b}), err }

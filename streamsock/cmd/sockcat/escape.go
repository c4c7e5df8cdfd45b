// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"example.com/streamsock/streamsock"
)

var escapeSection = section{title: "escapes, each a line that begins with the escape character", items: []item{
	{"~a", "abort: send RST"},
	{"~f", "half-close: send FIN"},
	{"~o", "show the options whose value differs from that on a new socket"},
	{"~o NAME", "show an option of the connection"},
	{"~o NAME=VALUE", "set an option of the connection"},
	{"~s", "show the state of the connection"},
	{"~uC, ~u0x21", "send the byte C, or 0x21, as urgent data"},
	{"~?", "list these"},
	{"~~", "send a line that begins with ~"},
}}

// escapeHelp returns the lines of ~?, for any escape character.
func escapeHelp(escape int) []string {
	var lines []string
	for _, i := range escapeSection.items {
		line := fmt.Sprintf("  %-14s %s", i.term, i.text)
		lines = append(lines, strings.ReplaceAll(line, "~", escapeName(escape)))
	}
	return lines
}

// noEscape means that there are no escapes.
const noEscape = -1

// parseEscape parses the argument of -e.
func parseEscape(arg string) (int, error) {
	switch {
	case arg == "none":
		return noEscape, nil
	case len(arg) == 1 && arg[0] > ' ' && arg[0] < 0x7F:
		return int(arg[0]), nil
	case len(arg) == 2 && arg[0] == '^' && arg[1] > '@' && arg[1] <= '_' && arg[1] != 'J':
		return int(arg[1] - '@'), nil
	}
	return 0, errors.New("must be a single character, ^X for a control character, or none")
}

// escapeFor returns the escape character for input from r.
func (l *link) escapeFor(r io.Reader) int {
	switch {
	case l.escape != 0:
		return l.escape
	case isTerminal(r):
		return '~'
	}
	return noEscape
}

// escapeName formats the escape character.
func escapeName(escape int) string {
	if escape < ' ' {
		return "^" + string(rune(escape+'@'))
	}
	return string(rune(escape))
}

// A piece of the input is either for the peer or a command: the rest of a line
// that begins with the escape character.
type piece struct {
	data    []byte
	command string
	escaped bool // a command
}

// A splitter divides what is typed into pieces. It may be typed in any portions.
type splitter struct {
	escape  byte
	within  bool   // the position is not at the beginning of a line
	command []byte // the line so far, if it begins with the escape character
}

// longestCommand is the maximum number of bytes of a command that are kept.
const longestCommand = 256

// split calls each for the pieces of p, in order.
func (s *splitter) split(p []byte, each func(piece) error) error {
	for len(p) > 0 {
		var err error
		switch {
		case s.command != nil:
			p, err = s.inCommand(p, each)
		case !s.within && p[0] == s.escape:
			s.command = append(make([]byte, 0, longestCommand), p[0])
			p = p[1:]
		default:
			n := s.plain(p)
			s.within = p[n-1] != '\n'
			err = each(piece{data: p[:n]})
			p = p[n:]
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// plain returns the number of bytes of p before the next line that begins with
// the escape character.
func (s *splitter) plain(p []byte) int {
	if i := bytes.Index(p, []byte{'\n', s.escape}); i >= 0 {
		return i + 1
	}
	return len(p)
}

// inCommand consumes a part of the command. A doubled escape character stands
// for itself.
func (s *splitter) inCommand(p []byte, each func(piece) error) (rest []byte, err error) {
	if len(s.command) == 1 && p[0] == s.escape {
		s.command, s.within = nil, true
		return p[1:], each(piece{data: []byte{s.escape}})
	}
	line, rest := cutLine(p)
	s.command = append(s.command, line[:min(len(line), longestCommand-len(s.command))]...)
	if line[len(line)-1] == '\n' {
		err = s.end(each)
	}
	return rest, err
}

// end ends a command: at the end of the line, or of the input.
func (s *splitter) end(each func(piece) error) error {
	if s.command == nil {
		return nil
	}
	text := strings.TrimRight(string(s.command[1:]), "\r\n")
	s.command = nil
	return each(piece{command: text, escaped: true})
}

// cutLine returns the first line with its newline, or all if there is none.
func cutLine(p []byte) (line, rest []byte) {
	if i := bytes.IndexByte(p, '\n'); i >= 0 {
		return p[:i+1], p[i+1:]
	}
	return p, nil
}

// urgentByte returns the byte named by ~u.
func urgentByte(arg string) (byte, error) {
	if trimmed := strings.TrimSpace(arg); trimmed != "" {
		arg = trimmed
	}
	if len(arg) == 1 {
		return arg[0], nil
	}
	if n, err := strconv.ParseUint(arg, 0, 8); err == nil && arg[0] == '0' {
		return byte(n), nil
	}
	return 0, fmt.Errorf("urgent byte %q must be one byte, such as ~uX or ~u0x21", arg)
}

// A typist sends what is typed and carries out the escapes.
type typist struct {
	l      *link
	split  splitter
	closed bool            // nothing more can be sent
	sent   func(err error) // called one time, after the last byte was sent
}

// typed sends all of r except the escapes, then the end. Escapes also work after a
// half-close. It calls sent when nothing more will be sent.
func (l *link) typed(r io.Reader, sent func(err error)) {
	t := &typist{l: l, split: splitter{escape: byte(l.escape)}, sent: sent}
	buf := make([]byte, 4<<10)
	for {
		n, err := r.Read(buf)
		if e := t.split.split(buf[:n], t.take); e != nil {
			t.finish(e)
			return
		}
		if err == nil {
			continue
		}
		if e := t.split.end(t.take); err == io.EOF {
			err = e
		}
		t.finish(err)
		return
	}
}

// finish half-closes the connection, unless that was done.
func (t *typist) finish(err error) {
	if t.closed {
		return
	}
	t.closed = true
	if e := t.l.stream.CloseWrite(); err == nil {
		err = e
	}
	t.sent(plain(err))
}

func (t *typist) take(p piece) error {
	switch {
	case p.escaped:
		return t.obey(p.command)
	case t.closed:
		t.l.con.print("sockcat: not sent after the half-close: %q", p.data)
		return nil
	}
	_, err := t.l.counter().Write(p.data)
	if t.l.peerEnded.Load() && (err != nil || !t.l.delivered()) {
		return fmt.Errorf("the peer closed the connection; not delivered: %q", p.data)
	}
	return err
}

// delivered reports whether what was written arrived at the peer's system, or may
// yet. A peer that has closed the connection sends a reset.
func (l *link) delivered() bool {
	for range 500 {
		n, err := l.sock.Unacked() // before Check: a reset makes it 0
		if live, _ := l.sock.Check(); live == streamsock.Closed {
			return false
		}
		if n == 0 || err != nil {
			return true
		}
		time.Sleep(2 * time.Millisecond)
	}
	return true
}

// obey carries out an escape. A failure is printed and does not end the connection.
func (t *typist) obey(command string) error {
	letter, arg := "", ""
	if command != "" {
		letter, arg = command[:1], command[1:]
	}
	show := t.l.con.print
	var err error
	switch {
	case letter == "u":
		err = t.urgent(arg)
	case letter == "o" && (arg == "" || arg[0] == ' '):
		err = t.l.option(arg)
	case arg != "":
		err = t.noEscape(command)
	case letter == "f":
		t.finish(nil)
	case letter == "a":
		t.l.abort()
		return errAborted
	case letter == "s":
		show("%s", t.l.state())
	case letter == "?":
		for _, line := range escapeHelp(t.l.escape) {
			show("%s", line)
		}
	default:
		err = t.noEscape(command)
	}
	if err != nil {
		show("sockcat: %v", err)
	}
	return nil
}

func (t *typist) noEscape(command string) error {
	return fmt.Errorf("no such escape: %q; %s? lists them", command, escapeName(t.l.escape))
}

func (t *typist) urgent(arg string) error {
	b, err := urgentByte(arg)
	switch {
	case err != nil:
		return err
	case t.l.secured:
		return errUrgentTLS
	}
	c, err := t.l.tcp()
	if err == nil {
		err = c.SendUrgent(b)
	}
	if err != nil {
		return err
	}
	t.l.sent.Add(1)
	return nil
}

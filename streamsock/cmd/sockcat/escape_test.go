// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// typedPieces returns the pieces of the input from r, with those of data
// joined.
func typedPieces(r io.Reader) []string {
	s := splitter{escape: '~'}
	var all []string
	each := func(p piece) error {
		switch n := len(all); {
		case p.escaped:
			all = append(all, "~"+p.command)
		case n > 0 && !strings.HasPrefix(all[n-1], "~"):
			all[n-1] += string(p.data)
		default:
			all = append(all, "="+string(p.data))
		}
		return nil
	}
	buf := make([]byte, 100)
	for {
		n, err := r.Read(buf)
		s.split(buf[:n], each)
		if err != nil {
			s.end(each)
			return all
		}
	}
}

func TestSplitter(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want []string
	}{
		{"", nil},
		{"hello\nworld", []string{"=hello\nworld"}},
		{"~f\n", []string{"~f"}},
		{"~f\r\n", []string{"~f"}},
		{"~f", []string{"~f"}}, // the end of input ends a line
		{"~\n", []string{"~"}},
		{"~", []string{"~"}},
		{"a~f\n", []string{"=a~f\n"}},
		{"a\n~uX\nb\n", []string{"=a\n", "~uX", "=b\n"}},
		{"~~f\n~~\n", []string{"=~f\n~\n"}},
		{"~~~\n", []string{"=~~\n"}},
		{"~u~\n", []string{"~u~"}},
		{"~f\n~a\n", []string{"~f", "~a"}},
		{"\n\n~s\n\n", []string{"=\n\n", "~s", "=\n"}},
		{"~" + strings.Repeat("x", 2*longestCommand) + "\nb", []string{"~" + strings.Repeat("x", longestCommand-1), "=b"}},
	} {
		for name, r := range map[string]io.Reader{
			"in one piece": strings.NewReader(tt.in),
			"byte by byte": iotest.OneByteReader(strings.NewReader(tt.in)),
		} {
			if got := typedPieces(r); !slices.Equal(got, tt.want) {
				t.Errorf("%q %s: %q, want %q", tt.in, name, got, tt.want)
			}
		}
	}
}

func FuzzSplitter(f *testing.F) {
	f.Add("a\n~uX\n~~\nb")
	f.Fuzz(func(t *testing.T, in string) {
		at, bytewise := typedPieces(strings.NewReader(in)), typedPieces(iotest.OneByteReader(strings.NewReader(in)))
		if !slices.Equal(at, bytewise) {
			t.Errorf("%q in one piece, %q byte by byte", at, bytewise)
		}
		if !strings.Contains(in, "~") && strings.Join(at, "") != strings.TrimSuffix("="+in, "=") && in != "" {
			t.Errorf("%q became %q", in, at)
		}
	})
}

func TestParseEscape(t *testing.T) {
	for arg, want := range map[string]int{"~": '~', "%": '%', "^]": 0x1D, "^": '^', "^A": 1, "none": noEscape} {
		got, err := parseEscape(arg)
		if err != nil || got != want {
			t.Errorf("parseEscape(%q) is %d, %v", arg, got, err)
		}
		if want != noEscape && escapeName(got) != arg {
			t.Errorf("%q is called %q", arg, escapeName(got))
		}
	}
	for _, arg := range []string{"", " ", "ab", "^J", "^@", "^a", "ä", "\n", "\x7f"} {
		if got, err := parseEscape(arg); err == nil {
			t.Errorf("parseEscape(%q) is %d", arg, got)
		}
	}
}

func TestUrgentByte(t *testing.T) {
	for arg, want := range map[string]byte{"!": '!', " X": 'X', "0": '0', " ": ' ', "0x21": '!', " 0xFF": 0xFF, "010": 8} {
		if got, err := urgentByte(arg); err != nil || got != want {
			t.Errorf("urgentByte(%q) is %q, %v", arg, got, err)
		}
	}
	for _, arg := range []string{"", "ab", "0x100", "ä", "12"} {
		if got, err := urgentByte(arg); err == nil {
			t.Errorf("urgentByte(%q) is %q", arg, got)
		}
	}
}

// write types something.
func (s *session) write(text string) {
	s.t.Helper()
	if _, err := io.WriteString(s.stdin, text); err != nil {
		s.t.Fatal(err)
	}
}

// expect reads what the peer receives.
func (s *session) expect(want string) {
	s.t.Helper()
	got := make([]byte, len(want))
	if n, err := io.ReadFull(s.peer, got); err != nil || string(got) != want {
		s.t.Fatalf("the peer read %q, %v; want %q", got[:n], err, want)
	}
}

// TestEscapeUrgent checks that the peer receives the byte as urgent data, and the
// others without it.
func TestEscapeUrgent(t *testing.T) {
	s := connectSession(t, "--escape", "~")
	peer, err := streamsock.Wrap(s.peer)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		typed string
		want  byte
	}{{"~u!\n", '!'}, {"~u 0x07\n", 7}} {
		s.write("ab\n" + tt.typed)
		err := peer.WaitUrgent(t.Context())
		if errors.Is(err, errors.ErrUnsupported) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		if b, err := peer.ReadUrgent(); err != nil || b != tt.want {
			t.Errorf("the peer received %q, %v", b, err)
		}
		s.write("cd\n")
		s.expect("ab\ncd\n")
	}
	s.finish()
}

// TestEscapeFIN: the peer receives the end, and its response is written. What is typed
// afterwards is not sent, but escapes continue to work.
func TestEscapeFIN(t *testing.T) {
	s := connectSession(t, "--escape", "%")
	s.write("ab\n~f\n%f\n")
	s.expect("ab\n~f\n")
	if n, err := s.peer.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Fatalf("the peer read %d bytes, %v", n, err)
	}
	s.write("late\n%s\n")
	if got := s.line(); !strings.Contains(got, `half-close: "late\n"`) {
		t.Error(got)
	}
	if got := s.line(); !strings.Contains(got, "received 0B") {
		t.Error(got)
	}
	io.WriteString(s.peer, "answer")
	s.peer.Close()
	if status := s.wait(); status != 0 || s.stdout.String() != "answer" { // stdin is open
		t.Errorf("status %d, %q", status, s.stdout.String())
	}
}

// TestEscapeRST: the peer sees a reset, and the command ends well.
func TestEscapeRST(t *testing.T) {
	s := connectSession(t, "--escape", "~")
	s.write("ab\n~a\n")
	if status := s.wait(); status != 0 {
		t.Errorf("status %d: %s", status, s.rest())
	}
	if _, err := io.ReadAll(s.peer); (err == nil || !strings.Contains(err.Error(), "reset")) && !(onWine && err == nil) {
		t.Errorf("the peer read to %v", err)
	}
	if len(s.stderr) > 0 {
		t.Error(s.line())
	}
}

func TestEscapeTold(t *testing.T) {
	s := connectSession(t, "--escape", "^]")
	s.write("\x1D?\n")
	for _, i := range escapeSection.items {
		want := strings.ReplaceAll(i.term, "~", "^]")
		if got := s.line(); !strings.HasPrefix(got, "  "+want+" ") {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for typed, want := range map[string]string{
		"s":    fmt.Sprintf("%v to %v: ", s.peer.RemoteAddr(), s.peer.LocalAddr()),
		"x":    `no such escape: "x"; ^]? lists`,
		"":     `no such escape: ""`,
		"fin":  `no such escape: "fin"`,
		"uXYZ": "must be one byte",
		"u":    "must be one byte",
		"off":  `no such escape: "off"`,
	} {
		s.write("\x1D" + typed + "\n")
		if got := s.line(); !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
	s.write("end\n")
	s.expect("end\n")
	s.finish()
}

// TestEscapeState checks that the state counts the bytes sent and received,
// with no flag that needs the numbers.
func TestEscapeState(t *testing.T) {
	s := connectSession(t, "--escape", "~")
	s.write("abc\n")
	s.expect("abc\n")
	io.WriteString(s.peer, "hello")
	s.awaitState("sent 4B, received 5B")
	s.finish()
	if got := s.stdout.String(); got != "hello" {
		t.Errorf("wrote %q", got)
	}
}

// TestEscapeStateUrgent has the state count urgent bytes too.
func TestEscapeStateUrgent(t *testing.T) {
	s, peer := urgentSession(t, "--escape", "~")
	if err := peer.SendUrgent('!'); errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	s.line() // the urgent byte
	io.WriteString(peer, "ab")
	s.write("~u!\nx\n")
	s.awaitState("sent 3B, received 3B")
	s.finish()
}

// awaitState asks for the state until it contains the words: the command may not
// have read everything yet, nor the peer's system acknowledged it.
func (s *session) awaitState(want string) {
	s.t.Helper()
	for end := time.Now().Add(patience); ; {
		s.write("~s\n")
		got := s.line()
		if strings.Contains(got, want) {
			return
		}
		if time.Now().After(end) {
			s.t.Fatalf("the state is %q, want %q", got, want)
		}
	}
}

// TestNoEscape checks that there are no escapes in input that is not from a
// terminal.
func TestNoEscape(t *testing.T) {
	for _, flags := range [][]string{nil, {"--escape", "none"}} {
		s := connectSession(t, flags...)
		s.write("~f\n~a\n")
		s.expect("~f\n~a\n")
		s.finish()
	}
}

// TestEscapeOption shows and sets options of the connection at hand.
func TestEscapeOption(t *testing.T) {
	if i := sockopt.NoDelay.Info(); !i.Supported {
		t.Skip("no socket options")
	}
	s := connectSession(t, "--escape", "~")
	for _, tt := range []struct{ typed, want string }{
		{"o NoDelay", "NoDelay (TCP_NODELAY) is true"},
		{"o TCP_NODELAY=off", "NoDelay (TCP_NODELAY) is false"},
		{"o nodelay", "NoDelay (TCP_NODELAY) is false"},
		{"o  NoDelay=on ", "NoDelay (TCP_NODELAY) is true"},
		{"o NoDealy", `sockcat: no option is called "NoDealy"; did you mean NoDelay?`},
		{"o NoDelay=maybe", "(must be on or off)"},
		{"o Type=1", "Type is read-only"},
		{"o KeepAliveIdle=5", "(must be a time such as 10s)"},
	} {
		s.write("~" + tt.typed + "\n")
		if got := s.line(); !strings.Contains(got, tt.want) {
			t.Errorf("%q: %q, want %q", tt.typed, got, tt.want)
		}
	}
	s.write("~o TTL=33\n")
	if got := s.line(); !strings.HasPrefix(got, "HopLimit (") || !strings.HasSuffix(got, ") is 33") {
		t.Error(got)
	}
	s.write("~o\n")
	for want := "HopLimit ("; ; { // others precede it
		if got := s.line(); strings.HasPrefix(got, want) {
			if !strings.Contains(got, ") is 33, on a new socket ") {
				t.Error(got)
			}
			break
		}
	}
	s.finish()
	if got, want := s.rest(), "NoDelay (TCP_NODELAY) is true, on a new socket false\n"; !strings.Contains(got, want) {
		t.Errorf("%q has no %q", got, want)
	}
}

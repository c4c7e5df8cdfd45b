// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
)

// A script is a source whose reads return one of its parts each, and then err,
// or io.EOF. A part that begins with "^" has the urgent byte after that. An
// empty part is a deadline.
type script struct {
	parts []string
	err   error
}

// errWaits is the error of a script that a peer would continue with.
var errWaits = errors.New("it waits for the peer")

func (s *script) next() (string, error) {
	switch {
	case len(s.parts) > 0 && s.parts[0] == "":
		s.parts = s.parts[1:]
		return "", os.ErrDeadlineExceeded
	case len(s.parts) > 0:
		return strings.TrimPrefix(s.parts[0], "^"), nil
	case s.err != nil:
		return "", s.err
	}
	return "", io.EOF
}

func (s *script) Peek(p []byte) (int, error) {
	part, err := s.next()
	return copy(p, part), err
}

func (s *script) Read(p []byte) (int, error) {
	part, err := s.next()
	if err != nil {
		return 0, err
	}
	n := copy(p, part)
	if s.parts[0] = part[n:]; n == len(part) {
		s.parts = s.parts[1:]
	}
	return n, nil
}

func (s *script) AtMark() (bool, error) {
	return len(s.parts) > 0 && strings.HasPrefix(s.parts[0], "^"), nil
}

func waiting(parts ...string) *reader {
	r := scripted(parts...)
	r.src.(*script).err = errWaits
	return r
}

// allLines reads lines up to an error.
func allLines(r *reader) (lines []string, err error) {
	for {
		line, err := r.line()
		if err != nil {
			if len(line) > 0 {
				lines = append(lines, string(line))
			}
			return lines, err
		}
		lines = append(lines, string(line))
	}
}

// splits returns the ways in which in may arrive: whole, in two parts at every
// place, and byte by byte.
func splits(in string) [][]string {
	if in == "" {
		return [][]string{nil}
	}
	all := [][]string{{in}, chunks(in, 1)}
	for i := 1; i < len(in); i++ {
		all = append(all, []string{in[:i], in[i:]})
	}
	return all
}

func TestLines(t *testing.T) {
	for _, test := range []struct {
		in, want string
		err      error
	}{
		{"", "", io.EOF},
		{"a\r\nb\r\n", "a|b|", io.EOF},
		{"a\nb\n", "a|b|", io.EOF},
		{"a\rb\r", "a|b|", io.EOF},
		{"a\r\n\r\n\n\rb", "a||||b|", io.ErrUnexpectedEOF},
		{"a\n\rb\r\r\n", "a||b||", io.EOF},
		{"\x00\xff \r\n", "\x00\xff |", io.EOF},
		// CR NUL is Telnet's other end of a line. No other NUL belongs to it.
		{"a\r\x00b\r\x00", "a|b|", io.EOF},
		{"a\r\x00\x00b\r\x00\nc\r\x00\r\n", "a|\x00b||c||", io.EOF},
		{"\r\x00\r\x00\r\r\x00", "||||", io.EOF},
		{"a\r\n\x00b\n\x00", "a|\x00b|\x00|", io.ErrUnexpectedEOF},
		{"ab", "ab|", io.ErrUnexpectedEOF},
	} {
		for _, parts := range splits(test.in) {
			lines, err := allLines(scripted(parts...))
			if got := strings.Join(append(lines, ""), "|"); got != test.want || err != test.err {
				t.Errorf("%q: %q, %v, want %q, %v", parts, got, err, test.want, test.err)
			}
		}
	}
}

// TestLoneCR must not wait for a byte after the CR, because the peer may wait
// too.
func TestLoneCR(t *testing.T) {
	r := waiting("a\r")
	if line, err := r.line(); string(line) != "a" || err != nil {
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := r.line(); err != errWaits {
		t.Fatalf("the next line: %v", err)
	}

	// Only the LF or NUL that arrives later belongs to it.
	p := make([]byte, 2*readSize)
	for name, read := range map[string]func(r *reader) (string, error){
		"read": func(r *reader) (string, error) {
			n, err := r.read(p[:10])
			return string(p[:n]), err
		},
		"long read": func(r *reader) (string, error) {
			n, err := r.read(p)
			return string(p[:n]), err
		},
		"peek and read": func(r *reader) (string, error) {
			if n, err := r.peek(p); string(p[:n]) != "x\n" || err != nil {
				t.Errorf("peeked at %q, %v", p[:n], err)
			}
			n, err := r.read(p)
			return string(p[:n]), err
		},
		"bytes": func(r *reader) (string, error) {
			x, err := r.readByte()
			if err != nil {
				return "", err
			}
			end, err := r.readByte()
			return string([]byte{x, end}), err
		},
		"line": func(r *reader) (string, error) {
			line, err := r.line()
			return string(line) + "\n", err
		},
		"reply": func(r *reader) (string, error) {
			_, text, err := r.status()
			return text + "\n", err
		},
	} {
		for _, next := range []string{"\nx\n", "\x00x\n", "x\n"} {
			r := scripted("a\r", next)
			r.line()
			if n := r.pending(); n != 0 {
				t.Errorf("%d bytes are pending", n)
			}
			if got, err := read(r); got != "x\n" || err != nil {
				t.Errorf("%s of %q: %q, %v", name, next, got, err)
			}
		}
	}
}

// modelStrict returns the expected results of reading lines in strict mode,
// until the end of the stream.
func modelStrict(in string, limit int) (all []string) {
	lines := strings.Split(in, "\r\n")
	for i, line := range lines {
		n, err := strings.IndexAny(line, "\r\n"), ErrBareLineEnd
		last := i == len(lines)-1
		switch {
		case last && line == "":
			continue
		case n < 0:
			n, err = len(line), nil
		case last && line[n:] == "\r": // an LF could have followed
			err = nil
		}
		switch {
		case n > limit:
			n, err = limit, ErrTooLong
		case last && err == nil:
			err = io.ErrUnexpectedEOF
		}
		all = append(all, fmt.Sprintf("%q %v", line[:n], err))
	}
	return all
}

// TestStrict reads every text of a few bytes, in every way in which it can
// arrive.
func TestStrict(t *testing.T) {
	const letters, longest, limit = "a\r\n\x00", 6, 3
	texts := []string{""}
	for i := 0; len(texts[i]) < longest; i++ {
		for _, c := range letters {
			texts = append(texts, texts[i]+string(c))
		}
	}
	for _, in := range texts {
		want := modelStrict(in, limit)
		for _, parts := range splits(in) {
			r := scripted(parts...)
			r.strict, r.lineLimit = true, limit
			var got []string
			for {
				line, err := r.line()
				if err == io.EOF {
					break
				}
				if errors.Is(err, ErrTooLong) {
					err = ErrTooLong
				}
				got = append(got, fmt.Sprintf("%q %v", line, err))
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%q: read %q, want %q", parts, got, want)
			}
		}
	}
}

// TestStrictWaits checks that the end of a line, and nothing else, is awaited
// after a CR, and that a deadline loses nothing.
func TestStrictWaits(t *testing.T) {
	r := waiting("a\r")
	r.strict = true
	if line, err := r.line(); len(line) > 0 || err != errWaits {
		t.Errorf("a lone CR: %q, %v", line, err)
	}
	r = waiting("a\n")
	r.strict = true
	if line, err := r.line(); string(line) != "a" || err != ErrBareLineEnd {
		t.Errorf("a bare LF: %q, %v", line, err)
	}
	r = scripted("a\r", "", "\n", "", "b\r", "", "x\r", "", "\nraw")
	r.strict = true
	var got []string
	for range 5 {
		line, err := r.line()
		got = append(got, fmt.Sprintf("%q %v", line, err))
	}
	timeout := fmt.Sprintf(`"" %v`, os.ErrDeadlineExceeded)
	if want := []string{timeout, `"a" <nil>`, timeout, timeout, fmt.Sprintf(`"b" %v`, ErrBareLineEnd)}; !slices.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
	p := make([]byte, 10)
	if n, err := r.read(p); n != 0 || err != os.ErrDeadlineExceeded {
		t.Errorf("read %q, %v", p[:n], err)
	}
	if n, err := r.read(p); string(p[:n]) != "raw" || err != nil {
		t.Errorf("read %q, %v", p[:n], err)
	}
}

func TestStrictStatus(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"220-a\r\n220 b\r\n221 c\r\n", `220 "a\nb" nil, 221 "c" nil, 0 "" EOF`},
		{"220 a\n221 b\r\n222 c\r\n", `220 "a" dialog: bare CR or LF in a line, 222 "c" nil, 0 "" EOF`},
		{"220-a\n221 b\r\n220 c\r\n222 d\r\n", `220 "a" dialog: bare CR or LF in a line, 222 "d" nil, 0 "" EOF`},
		{"220-a\r\n\r220 b\r\nc\r\n220 d\r\n222\r\n", `220 "a\n" dialog: bare CR or LF in a line, 222 "" nil, 0 "" EOF`},
		{"220 a\r", `220 "a" unexpected EOF, 0 "" EOF`},
	} {
		for _, parts := range splits(test.in) {
			r := scripted(parts...)
			r.strict = true
			if got := strings.Join(statuses(r), ", "); got != test.want {
				t.Errorf("%q:\n got %s\nwant %s", parts, got, test.want)
			}
		}
	}
}

func TestLineLimit(t *testing.T) {
	for _, end := range []string{"\r\n", "\n", "\r"} {
		for _, size := range []int{1, 1 << 10, 1 << 20} { // of a read
			just := strings.Repeat("x", DefaultLineLimit)
			long := strings.Repeat("y", 3*DefaultLineLimit)
			r := scripted(chunks(just+end+just+"y"+end+long+end+"next"+end, size)...)
			if line, err := r.line(); string(line) != just || err != nil {
				t.Fatalf("a line of the limit: %d bytes, %v", len(line), err)
			}
			for _, begin := range []string{just, long[:DefaultLineLimit]} {
				line, err := r.line()
				if string(line) != begin || !errors.Is(err, ErrTooLong) {
					t.Fatalf("a line that is too long: %d bytes, %v", len(line), err)
				}
				if want := "dialog: line longer than 4096 bytes"; err.Error() != want {
					t.Errorf("error %q, want %q", err, want)
				}
			}
			// Its rest is not a line.
			if line, err := r.line(); string(line) != "next" || err != nil {
				t.Fatalf("the next line: %q, %v", line, err)
			}
			if c := cap(r.buf); c > 4*DefaultLineLimit {
				t.Errorf("the buffer has %d bytes", c)
			}
		}
	}
}

// TestTooLongAnswered lets a server reply immediately, and not after the end of
// the line, which may never arrive. Raw reads do not get the rest either.
func TestTooLongAnswered(t *testing.T) {
	r := waiting(strings.Repeat("x", DefaultLineLimit+1))
	if _, err := r.line(); !errors.Is(err, ErrTooLong) {
		t.Fatal(err)
	}
	r = scripted(strings.Repeat("x", DefaultLineLimit+1), "x", "x\r", "\nraw")
	r.line()
	p := make([]byte, 4000)
	if n, err := r.read(p); string(p[:n]) != "raw" || err != nil {
		t.Errorf("read %q, %v", p[:n], err)
	}
}

// TestDeadline loses nothing of a line or a reply.
func TestDeadline(t *testing.T) {
	const text = "220-a\r\nb\r\n220 c\r\nline\r\n"
	var parts []string
	for _, c := range text {
		parts = append(parts, "", string(c))
	}
	r := scripted(parts...)
	patiently := func(f func() error) {
		for {
			if err := f(); err == nil {
				return
			} else if err != os.ErrDeadlineExceeded {
				t.Fatal(err)
			}
		}
	}
	patiently(func() error {
		code, text, err := r.status()
		if err == nil && (code != 220 || text != "a\nb\nc") {
			t.Errorf("%d %q", code, text)
		}
		return err
	})
	patiently(func() error {
		line, err := r.line()
		if err == nil && string(line) != "line" {
			t.Errorf("%q", line)
		}
		return err
	})
}

// TestStatus has the replies of POCO's test, and of those that it lacks.
func TestStatus(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"220 Hello, world!\r\n", `220 "Hello, world!" nil, 0 "" EOF`},
		{"220-line1\r\n220 line2\r\n", `220 "line1\nline2" nil, 0 "" EOF`},
		{"220-line1\r\nline2\r\n220 line3\r\n", `220 "line1\nline2\nline3" nil, 0 "" EOF`},
		{"Hello, world!\r\n", `0 "Hello, world!" nil, 0 "" EOF`},
		{"\r\n", `0 "" nil, 0 "" EOF`},
		{"250\r\n", `250 "" nil, 0 "" EOF`},
		{"250 \r\n", `250 "" nil, 0 "" EOF`},
		{"250-\r\n250\r\n", `250 "\n" nil, 0 "" EOF`},
		{"250-\r\n\r\n250-\r\n250 \r\n", `250 "\n\n\n" nil, 0 "" EOF`},
		{"12\r\n", `0 "12" nil, 0 "" EOF`},
		{"2200 x\r\n", `0 "2200 x" nil, 0 "" EOF`},
		{"220x\r\n", `0 "220x" nil, 0 "" EOF`},
		{"000-x\r\n", `0 "000-x" nil, 0 "" EOF`},
		{"022 x\r\n", `0 "022 x" nil, 0 "" EOF`},
		{"2 0 x\r\n", `0 "2 0 x" nil, 0 "" EOF`},
		{"999 x\r\n", `999 "x" nil, 0 "" EOF`},
		// A closing code that is another one does not close.
		{"220-a\r\n250 b\r\n220-c\r\n221-d\r\n 220 e\r\n220x\r\n220 f\r\n", `220 "a\n250 b\nc\n221-d\n 220 e\n220x\nf" nil, 0 "" EOF`},
		{"220-a\r\n250 b\r\n", `220 "a\n250 b" unexpected EOF, 0 "" EOF`},
		// The end within a reply.
		{"220-a\r\n", `220 "a" unexpected EOF, 0 "" EOF`},
		{"220-a\r\n220", `220 "a\n" unexpected EOF, 0 "" EOF`},
		{"220-a\r\n22", `220 "a\n22" unexpected EOF, 0 "" EOF`},
		{"220 a", `220 "a" unexpected EOF, 0 "" EOF`},
		{"220-a\r\x00b\r\x00220 c\r\x00221\r\n", `220 "a\nb\nc" nil, 221 "" nil, 0 "" EOF`},
		{"220 a\r\n221-b\n221 c\r\r\n", `220 "a" nil, 221 "b\nc" nil, 0 "" nil, 0 "" EOF`},
		{"", `0 "" EOF`},
	} {
		for _, size := range []int{1, 2, 3, 100} {
			parts := chunks(test.in, size)
			if test.in == "" {
				parts = nil
			}
			if got := strings.Join(statuses(scripted(parts...)), ", "); got != test.want {
				t.Errorf("%q:\n got %s\nwant %s", parts, got, test.want)
			}
		}
	}
}

func TestStatusLimits(t *testing.T) {
	const lineError, replyError = "dialog: line longer than 10 bytes", "dialog: reply longer than 20 bytes"
	for _, test := range []struct{ in, want string }{
		{"220 345678901\n221 x\n", `220 "345678" ` + lineError + `, 221 "x" nil, 0 "" EOF`},
		{"220-345678901\nfoo\n220 x\n221 x\n", `220 "345678" ` + lineError + `, 221 "x" nil, 0 "" EOF`},
		{"220-a\n345678901234\nfoo\n220 x\n221 x\n", `220 "a\n3456789012" ` + lineError + `, 221 "x" nil, 0 "" EOF`},
		{"220-a\n220 345678901234\n221 x\n", `220 "a\n345678" ` + lineError + `, 221 "x" nil, 0 "" EOF`},
		{"220-345678\n123456\n123456\n220 x\n221 x\n", `220 "345678\n123456\n123456" ` + replyError + `, 221 "x" nil, 0 "" EOF`},
		{"220-345678\n123456\n12345\n220 x\n221 x\n", `220 "345678\n123456\n12345\n" ` + replyError + `, 221 "x" nil, 0 "" EOF`},
		{"220-345678\n123456\n1234\n220 x\n221 x\n", `220 "345678\n123456\n1234\nx" nil, 221 "x" nil, 0 "" EOF`},
		{"220-345678901\nfoo", `220 "345678" ` + lineError + `, 220 "" unexpected EOF, 0 "" EOF`},
		// A reply without end takes no memory.
		{"220-a\n" + strings.Repeat("123456789\n1234567890123\n", 1000), `220 "a\n123456789\n12345678" ` + lineError + `, 220 "" unexpected EOF, 0 "" EOF`},
	} {
		for _, size := range []int{1, 7, 1000} {
			r := scripted(chunks(test.in, size)...)
			r.lineLimit, r.replyLimit = 10, 20
			if got := statuses(r); !alike(got, test.want) {
				t.Errorf("%.40q:\n got %s\nwant %s", test.in, strings.Join(got, ", "), test.want)
			}
			if cap(r.reply.text) > 100 {
				t.Errorf("the text has a buffer of %d bytes", cap(r.reply.text))
			}
		}
	}
}

func alike(got []string, want string) bool { return strings.Join(got, ", ") == want }

func TestRaw(t *testing.T) {
	r := scripted("354 go\r\nab\xff\r\ncd", "ef", "", "gh")
	if code, _, err := r.status(); code != 354 || err != nil {
		t.Fatal(code, err)
	}
	if n := r.pending(); n != 7 {
		t.Errorf("%d bytes are buffered", n)
	}
	p := make([]byte, 2000)
	if n, err := r.peek(p[:2]); string(p[:n]) != "ab" || err != nil {
		t.Errorf("peeked at %q, %v", p[:n], err)
	}
	if b, err := r.readByte(); b != 'a' || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	if n, err := r.read(nil); n != 0 || err != nil {
		t.Errorf("read nothing: %d, %v", n, err)
	}
	if n, err := r.read(p[:3]); string(p[:n]) != "b\xff\r" || err != nil {
		t.Errorf("read %q, %v", p[:n], err)
	}
	// The LF does not end a line here, and the buffered data is returned alone.
	if n, err := r.read(p); string(p[:n]) != "\ncd" || err != nil {
		t.Errorf("read %q, %v", p[:n], err)
	}
	if n, err := r.read(p); string(p[:n]) != "ef" || err != nil {
		t.Errorf("read %q, %v", p[:n], err)
	}
	if _, err := r.peek(p); err != os.ErrDeadlineExceeded {
		t.Errorf("peeked with the error %v", err)
	}
	if n, err := r.peek(p); string(p[:n]) != "gh" || err != nil {
		t.Errorf("peeked at %q, %v", p[:n], err)
	}
	if line, err := r.line(); string(line) != "gh" || err != io.ErrUnexpectedEOF {
		t.Errorf("line %q, %v", line, err)
	}
	if _, err := r.readByte(); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

// TestMark has reads stop at the mark as those of the connection do, though
// there are bytes from both sides in the buffer.
func TestMark(t *testing.T) {
	for _, size := range []int{1, 3, 2000} {
		r := scripted("line\r", "\nab", "^\xf2cd", "ef", "^g")
		if line, err := r.line(); string(line) != "line" || err != nil {
			t.Fatalf("%q, %v", line, err)
		}
		if _, err := r.peek(make([]byte, 1)); err != nil { // has "ab" in the buffer
			t.Fatal(err)
		}
		if err := r.fill(); err != nil { // and the data after the mark
			t.Fatal(err)
		}
		var got strings.Builder
		p := make([]byte, size)
		for {
			marked, err := r.atMark()
			if err != nil {
				t.Fatal(err)
			}
			if marked {
				got.WriteString("!")
			}
			n, err := r.read(p)
			got.Write(p[:n])
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if marked && n > 1 {
				got.WriteString("/")
			}
		}
		if want := "ab!\xf2cdef!g"; strings.ReplaceAll(got.String(), "/", "") != want {
			t.Errorf("reads of %d bytes: %q, want %q", size, got.String(), want)
		}
	}
}

// TestMarkMoves has the mark in a buffer that is moved.
func TestMarkMoves(t *testing.T) {
	r := scripted("ab", "^cd", "ef")
	for range 2 {
		if err := r.fill(); err != nil {
			t.Fatal(err)
		}
	}
	if b, err := r.readByte(); b != 'a' || err != nil {
		t.Fatalf("%q, %v", b, err)
	}
	if err := r.fill(); err != nil {
		t.Fatal(err)
	}
	p := make([]byte, 10)
	for _, want := range []string{"b", "cdef"} {
		if n, err := r.read(p); string(p[:n]) != want || err != nil {
			t.Errorf("read %q, %v, want %q", p[:n], err, want)
		}
	}
}

// TestMarkAlone has the urgent byte alone in the buffer: when it was read, the
// mark is gone.
func TestMarkAlone(t *testing.T) {
	r := scripted("^!", "xy")
	if marked, err := r.atMark(); !marked || err != nil {
		t.Errorf("before the urgent byte: at the mark is %v, %v", marked, err)
	}
	if b, err := r.readByte(); b != '!' || err != nil {
		t.Fatalf("%q, %v", b, err)
	}
	if _, err := r.peek(make([]byte, 1)); err != nil { // has "xy" in the buffer
		t.Fatal(err)
	}
	if marked, err := r.atMark(); marked || err != nil {
		t.Errorf("after the urgent byte: at the mark is %v, %v", marked, err)
	}
}

// A late script has no mark before the byte at the mark has arrived.
type late struct {
	*script
	come bool
}

func (s *late) Peek(p []byte) (int, error) {
	s.come = true
	return s.script.Peek(p)
}

func (s *late) Read(p []byte) (int, error) {
	s.come = false
	return s.script.Read(p)
}

func (s *late) AtMark() (bool, error) {
	marked, err := s.script.AtMark()
	return s.come && marked, err
}

func TestMarkLate(t *testing.T) {
	r := scripted("ab\xff", "^\xf2ABOR\r\n")
	r.src = &late{script: r.src.(*script)}
	if _, err := r.synch(); err != nil {
		t.Fatal(err)
	}
	if line, err := r.line(); string(line) != "ABOR" || err != nil {
		t.Errorf("%q, %v", line, err)
	}
}

func TestReadSynch(t *testing.T) {
	for _, test := range []struct {
		in             string // parts, with "|" between them
		commands, rest string
		err            error
	}{
		{"a^\xf2b|\xff|^\xf2ABOR", "", "ABOR", nil},
		{"\xff\xf4\xff|^\xf2ABOR", "\xff\xf4", "ABOR", nil},
		{"abc\xff\xf4\xff|^\xf2ABOR", "\xff\xf4", "ABOR", nil},
		{"\xff|\xf4|^\xff|\xf2|ABOR", "\xff\xf4", "ABOR", nil}, // as tnftp sends it
		{"^\xff\xf2", "", "", nil},
		{"^x\xff\xf6y\xff\xf2ABOR", "\xff\xf6", "ABOR", nil},
		{"\xff\xf2|^ABOR", "", "ABOR", nil},              // as Linux with tcp_stdurg
		{"\xff\xf2|^\xff\xf2ABOR", "", "ABOR", nil},      // two Synchs
		{"\xff\xf2ab\xff|^\xf2ABOR", "", "ABOR", nil},    // the first mark was lost
		{"a\xff\xff\xf2\xff|^\xf2ABOR", "", "ABOR", nil}, // the data byte 255
		{"\xff\xfd\x01\xff\xfe\xff\xff|^\xf2x", "\xff\xfd\x01\xff\xfe\xff", "x", nil},
		{"\xff\xfa\x18\x00\xff\xff\xf2\xff\xf0\xff|^\xf2x", "\xff\xfa\x18\x00\xff\xff\xf2\xff\xf0", "x", nil},
		{"ab^", "", "", io.ErrUnexpectedEOF},
		{"\xff\xf4ab|^\xff", "\xff\xf4", "", io.ErrUnexpectedEOF},
	} {
		for _, ahead := range []bool{false, true} {
			r := scripted(strings.Split(test.in, "|")...)
			if ahead { // all of it is in the buffer
				for r.mark == 0 && r.fill() == nil {
				}
			}
			commands, err := r.synch()
			if string(commands) != test.commands || err != test.err {
				t.Errorf("%q: commands %q, %v, want %q, %v", test.in, commands, err, test.commands, test.err)
			}
			rest, _ := allLines(r)
			if got := strings.Join(rest, "|"); got != test.rest {
				t.Errorf("%q: left %q, want %q", test.in, got, test.rest)
			}
		}
	}
}

// TestReadSynchLine discards the beginning of a line, and the rest of one.
func TestReadSynchLine(t *testing.T) {
	r := scripted("220-x\r", "", strings.Repeat("x", DefaultLineLimit+1), "\xff", "^\xf2\nABOR\r\n")
	if _, _, err := r.status(); err != os.ErrDeadlineExceeded {
		t.Fatal(err)
	}
	if _, err := r.line(); !errors.Is(err, ErrTooLong) {
		t.Fatal(err)
	}
	if _, err := r.synch(); err != nil {
		t.Fatal(err)
	}
	if code, text, err := r.status(); code != 0 || text != "" || err != nil {
		t.Errorf("%d %q, %v", code, text, err)
	}
	if line, err := r.line(); string(line) != "ABOR" || err != nil {
		t.Errorf("%q, %v", line, err)
	}

	r = scripted("x", "^"+strings.Repeat("\xff\xf4", DefaultLineLimit))
	if commands, err := r.synch(); !errors.Is(err, ErrTooLong) || len(commands) > DefaultLineLimit+2 {
		t.Errorf("%d bytes of commands, %v", len(commands), err)
	}
}

// TestReadSynchParts has a deadline end a Synch wherever it can. The next
// ReadSynch continues it, and other reads discard the rest of it.
func TestReadSynchParts(t *testing.T) {
	const text = "in \xff\xf4vain^\xff\xfd\x01\xff\xfa\x18\xff\xff\xff\xf0\xff\xffx\xff\xf2ABOR\r\n"
	const commands = "\xff\xf4\xff\xfd\x01\xff\xfa\x18\xff\xff\xff\xf0"
	before, after, _ := strings.Cut(text, "^")
	var parts []string
	for _, c := range chunks(before, 1) {
		parts = append(parts, "", c)
	}
	for i, c := range chunks(after, 1) {
		if i == 0 {
			c = "^" + c
		}
		parts = append(parts, "", c)
	}
	for tries := range len(parts) {
		r := scripted(parts...)
		got, err := r.synch()
		for range tries {
			if err == nil {
				break
			}
			if err != os.ErrDeadlineExceeded || got != nil {
				t.Fatalf("after %d deadlines: %q, %v", tries, got, err)
			}
			got, err = r.synch()
		}
		if err == nil && string(got) != commands {
			t.Fatalf("after %d deadlines: %q, want %q", tries, got, commands)
		}
		line, err := r.line()
		for err == os.ErrDeadlineExceeded {
			line, err = r.line()
		}
		if string(line) != "ABOR" || err != nil {
			t.Errorf("after %d deadlines: the next line is %q, %v", tries, line, err)
		}
	}
}

// TestReadSynchTooLong continues after commands that are too long.
func TestReadSynchTooLong(t *testing.T) {
	const limit = 10
	in := "^" + strings.Repeat("\xff\xf4", 3*limit) + "\xff\xfa" + strings.Repeat("x", 3*limit) + "\xff\xf0\xff\xf2"
	want := in[1 : len(in)-2]
	for _, size := range []int{2, 3, 1000} { // "^" is not alone
		r := scripted(chunks(in, size)...)
		r.lineLimit = limit
		var all []byte
		for {
			commands, err := r.synch()
			all = append(all, commands...)
			if err == nil {
				break
			}
			if !errors.Is(err, ErrTooLong) || len(commands) > limit+2 {
				t.Fatalf("%d bytes of commands, %v", len(commands), err)
			}
			_ = r.pending() // discards nothing
		}
		if string(all) != want {
			t.Errorf("in parts of %d bytes: %q, want %q", size, all, want)
		}
		// Other reads keep no commands.
		r = scripted(append(chunks(in, size), "\nline\n")...)
		r.lineLimit = limit
		r.synch()
		r.line()
		if line, err := r.line(); string(line) != "line" || err != nil || cap(r.scan.commands) > 4*limit {
			t.Errorf("the next line: %q, %v; %d bytes of commands", line, err, cap(r.scan.commands))
		}
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// A console is standard error: lines that stay and, below them, one live line
// that changes. On a terminal that line is drawn again in its place; elsewhere
// each is a separate line. The methods may be called concurrently.
//
// Everything that the command writes to standard error goes through a console, which
// escapes what a peer may have sent to control the terminal.
type console struct {
	w        io.Writer
	terminal bool // w is a terminal
	place    bool // the live line stays in its place
	width    int  // of a live line

	mu    sync.Mutex
	drawn int  // columns of the live line that is to be seen
	inRow bool // the cursor is after text on its line
}

func newConsole(w io.Writer) *console {
	terminal := isTerminal(w)
	return &console{w: w, terminal: terminal, place: terminal, width: columns(os.Getenv("COLUMNS"))}
}

// columns returns the maximum number of columns of a live line on a terminal
// with the given number, without the last one, because it moves the cursor to
// the next row on some terminals.
func columns(env string) int {
	n, err := strconv.Atoi(env)
	if err != nil || n < 2 {
		n = 80
	}
	return n - 1
}

// print prints a line.
func (c *console) print(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	io.WriteString(c.w, c.erase()+printable(fmt.Sprintf(format, args...))+"\n")
}

// live replaces the live line.
func (c *console) live(line string) {
	line = printable(line)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.place {
		io.WriteString(c.w, line+"\n")
		return
	}
	text := fit(line, c.width)
	n := utf8.RuneCountInString(text)
	// Blanks instead of the code that erases a line, which not every terminal
	// supports.
	blanks := strings.Repeat(" ", max(0, c.drawn-n))
	start := "\r"
	if c.inRow {
		start, c.inRow = "\n", false
	}
	io.WriteString(c.w, start+text+blanks)
	c.drawn = n
}

// end keeps the live line.
func (c *console) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.drawn > 0 {
		io.WriteString(c.w, "\n")
	}
	c.drawn = 0
}

// erase returns the text that removes the live line from the terminal. The caller
// holds the lock.
func (c *console) erase() string {
	if c.drawn == 0 {
		return ""
	}
	blanks := strings.Repeat(" ", c.drawn)
	c.drawn = 0
	return "\r" + blanks + "\r"
}

// over returns a standard output that does not write into the live line, if
// both are on the terminal.
func (c *console) over(stdout io.Writer) io.Writer {
	if c.place && isTerminal(stdout) {
		return above{c, stdout}
	}
	return stdout
}

// above is a standard output on the terminal of a console.
type above struct {
	c *console
	w io.Writer
}

func (a above) Write(p []byte) (int, error) {
	a.c.mu.Lock()
	defer a.c.mu.Unlock()
	io.WriteString(a.c.w, a.c.erase())
	n, err := a.w.Write(p)
	if n > 0 {
		a.c.inRow = p[n-1] != '\n'
	}
	return n, err
}

// printable returns s with Go's escapes in place of everything that does not
// print: control characters, those that change the direction of text or have no
// width, and bytes that are not UTF-8. A line stays one line.
func printable(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, unprintable) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case unprintable(r):
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		default:
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}

func unprintable(r rune) bool { return !strconv.IsPrint(r) }

// fit cuts a line to a number of columns.
func fit(line string, width int) string {
	if r := []rune(line); len(r) > width {
		return string(r[:width])
	}
	return line
}

// notTerminals are devices that have the mode of a terminal and are none.
var notTerminals = []string{os.DevNull, "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}

// isTerminal reports whether v, a reader or a writer, is a terminal.
func isTerminal(v any) bool {
	f, ok := v.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	for _, name := range notTerminals {
		if other, err := os.Stat(name); err == nil && os.SameFile(info, other) {
			return false
		}
	}
	return true
}

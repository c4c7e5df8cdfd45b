// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A filter is a stream that changes or examines the data.
type filter struct {
	stream
	r       io.Reader // instead of the stream
	crlf    bool      // each end of a line is sent as CR LF
	cr      bool      // the last byte that was written is a CR
	out, in *limiter
	dump    *dumper
}

// Write writes p, piece by piece.
func (f *filter) Write(p []byte) (n int, err error) {
	for n < len(p) {
		part := p[n:min(len(p), n+f.out.piece())]
		data := part
		if f.crlf {
			data = f.withCR(part)
		}
		f.out.wait(len(data))
		f.dump.add('>', data) // before the peer can respond
		written, err := f.stream.Write(data)
		if err != nil {
			return n + min(written, len(part)), err
		}
		n += len(part)
	}
	return n, nil
}

// withCR returns p with a CR before each LF that has none.
func (f *filter) withCR(p []byte) []byte {
	var all []byte
	for _, b := range p {
		if b == '\n' && !f.cr {
			all = append(all, '\r')
		}
		f.cr = b == '\r'
		all = append(all, b)
	}
	return all
}

// Read reads no more than the rate allows.
func (f *filter) Read(p []byte) (n int, err error) {
	n, err = f.r.Read(p[:min(len(p), f.in.piece())])
	f.dump.add('<', p[:n])
	f.in.wait(n)
	return n, err
}

// A limiter limits a rate. A nil one does not.
type limiter struct {
	rate float64 // bytes per second
	next time.Time
}

// piece returns the number of bytes to move in one call: those of a tenth of a
// second.
func (l *limiter) piece() int {
	const most = 32 << 10
	if l == nil {
		return most
	}
	return int(max(1, min(most, l.rate/10)))
}

// wait waits as long as n bytes take. A sleep that took too long is made up for, up
// to a tenth of a second.
func (l *limiter) wait(n int) {
	const late = time.Second / 10
	if l == nil {
		return
	}
	now := time.Now()
	if l.next.IsZero() {
		l.next = now
	} else if earliest := now.Add(-late); l.next.Before(earliest) {
		l.next = earliest
	}
	l.next = l.next.Add(time.Duration(float64(n) / l.rate * float64(time.Second)))
	time.Sleep(l.next.Sub(now))
}

// parseRate parses a number of bytes per second, such as 2.5M.
func parseRate(arg string) (float64, error) {
	number, unit := strings.TrimSuffix(strings.TrimSuffix(arg, "/s"), "B"), 1.0
	if i := strings.IndexByte("kMG", last(number)); i >= 0 {
		unit = []float64{1e3, 1e6, 1e9}[i]
		number = number[:len(number)-1]
	}
	n, err := strconv.ParseFloat(number, 64)
	switch {
	case err != nil || n > 1e12 || n > 0 && n < 1e-3: // the time that a byte takes must fit a Duration
		return 0, errors.New("must be bytes per second, such as 500k or 2.5M")
	case !(n > 0):
		return 0, errNotPositive
	}
	return n * unit, nil
}

// last returns the last byte, and a blank of an empty string.
func last(s string) byte {
	if s == "" {
		return ' '
	}
	return s[len(s)-1]
}

// A dumper writes a hex dump of both directions. A nil one writes nothing.
type dumper struct {
	line    func(string)
	mu      sync.Mutex
	offsets map[byte]int64 // by the mark of the direction: > is sent, < received
}

func newDumper(line func(string)) *dumper {
	return &dumper{line: line, offsets: make(map[byte]int64)}
}

// labeled returns a dumper for one of several connections, with offsets of its own.
func (d *dumper) labeled(label string) *dumper {
	if d == nil {
		return nil
	}
	return newDumper(func(row string) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.line(label + row)
	})
}

// add writes the rows for p.
func (d *dumper) add(mark byte, p []byte) {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for row := range slices.Chunk(p, 16) {
		d.line(hexRow(mark, d.offsets[mark], row))
		d.offsets[mark] += int64(len(row))
	}
}

// hexRow returns a row of at most 16 bytes.
func hexRow(mark byte, offset int64, p []byte) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%c %08x ", mark, offset)
	for i := range 16 {
		if i == 8 {
			b.WriteByte(' ')
		}
		if i < len(p) {
			fmt.Fprintf(&b, " %02x", p[i])
		} else {
			b.WriteString("   ")
		}
	}
	b.WriteString("  |")
	for _, c := range p {
		if c < ' ' || c >= 0x7F {
			c = '.'
		}
		b.WriteByte(c)
	}
	return b.String() + "|"
}

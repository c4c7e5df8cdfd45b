// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

const (
	// DefaultLineLimit is how many bytes a line has at most, without its end,
	// unless [Conn.SetLimits] says otherwise. The lines of SMTP have 998
	// (RFC 5322), those of FTP as many as the path of a file needs.
	DefaultLineLimit = 4096

	// DefaultReplyLimit is how many bytes the text of a reply has at most,
	// with all its lines.
	DefaultReplyLimit = 64 << 10
)

// ErrTooLong is the error of a line or a reply that is longer than its limit.
var ErrTooLong = errors.New("too long")

// A source is what a reader reads from: a *streamsock.Conn.
type source interface {
	Read(p []byte) (int, error)
	Peek(p []byte) (int, error)
	AtMark() (bool, error)
}

// A reader has the bytes that were read ahead, buf[begin:].
type reader struct {
	src                   source
	buf                   []byte
	begin                 int
	lineLimit, replyLimit int

	// marks says that the peer's urgent byte comes among the others. If mark
	// is not 0, the urgent byte is buf[mark-1].
	marks bool
	mark  int

	// before is what is to be thrown away before anything else is read.
	before leftover

	reply  reply
	peeked [1]byte
}

// A leftover is what a line has left behind it.
type leftover uint8

const (
	nothing leftover = iota

	// linefeed is the LF of a line that ended with CR. Nobody waits for it,
	// because after a lone CR the peer may wait for us.
	linefeed

	// tail is the rest of a line that was too long, up to its end.
	tail
)

func (r *reader) buffered() []byte { return r.buf[r.begin:] }

// consume takes n bytes out of the buffer.
func (r *reader) consume(n int) {
	r.begin += n
	if r.mark != 0 && r.begin >= r.mark {
		r.mark = 0
	}
	if r.begin == len(r.buf) {
		r.buf, r.begin = r.buf[:0], 0
	}
}

const readSize = 1024

// fill reads once and adds what it got to the buffer: something, if there is no
// error.
func (r *reader) fill() error {
	if r.begin > 0 {
		if r.mark != 0 {
			r.mark -= r.begin
		}
		r.buf = append(r.buf[:0], r.buffered()...)
		r.begin = 0
	}
	r.buf = slices.Grow(r.buf, readSize)
	marked, err := r.marked()
	if err != nil {
		return err
	}
	n, err := r.src.Read(r.buf[len(r.buf):cap(r.buf)])
	if marked && n > 0 {
		r.mark = len(r.buf) + 1
	}
	r.buf = r.buf[:len(r.buf)+n]
	if n > 0 {
		return nil
	}
	if err == nil {
		return io.ErrNoProgress
	}
	return err
}

// marked reports whether the next byte of the source is the urgent one.
// A mark can only come to a place that has no byte yet, so that the answer
// stays right if there is one: it waits for it.
func (r *reader) marked() (bool, error) {
	if !r.marks {
		return false, nil
	}
	if _, err := r.src.Peek(r.peeked[:]); err != nil {
		return false, err
	}
	marked, err := r.src.AtMark()
	if errors.Is(err, errors.ErrUnsupported) {
		return false, nil // without urgent data there is no mark
	}
	return marked, err
}

// settle throws away what is to be thrown away before anything else is read.
// Unless wait is set, it leaves for later what has not come yet.
func (r *reader) settle(wait bool) error {
	for r.before != nothing {
		b := r.buffered()
		switch {
		case len(b) == 0 && !wait:
			return nil
		case len(b) == 0:
			if err := r.fill(); err != nil {
				return err
			}
		case r.before == linefeed:
			r.before = nothing
			if b[0] == '\n' {
				r.consume(1)
			}
		default:
			n, ended := lineEnd(b)
			r.consume(n)
			if ended {
				r.endLine()
			}
		}
	}
	return nil
}

// more settles and has a byte in the buffer.
func (r *reader) more() error {
	if err := r.settle(true); err != nil {
		return err
	}
	if len(r.buffered()) > 0 {
		return nil
	}
	return r.fill()
}

// lineEnd returns how many bytes b has in front of the end of the line.
func lineEnd(b []byte) (n int, ended bool) {
	for i, c := range b {
		if c == '\n' || c == '\r' {
			return i, true
		}
	}
	return len(b), false
}

// endLine takes the end of a line out of the buffer.
func (r *reader) endLine() {
	r.before = nothing
	if r.buffered()[0] == '\r' {
		r.before = linefeed
	}
	r.consume(1)
	// It does not wait, and so it does not fail.
	_ = r.settle(false)
}

// line returns the next line without its end. It is valid until the next call.
// Beside io.ErrUnexpectedEOF and ErrTooLong it is the beginning of the line, of
// which any other error leaves all in the buffer.
func (r *reader) line() ([]byte, error) {
	if err := r.settle(true); err != nil {
		return nil, err
	}
	for searched := 0; ; {
		b := r.buffered()
		n, ended := lineEnd(b[searched:])
		n += searched
		switch {
		case n > r.lineLimit:
			line := b[:r.lineLimit]
			r.before = tail
			r.consume(r.lineLimit)
			return line, fmt.Errorf("line of more than %d bytes: %w", r.lineLimit, ErrTooLong)
		case ended:
			line := b[:n]
			r.consume(n)
			r.endLine()
			return line, nil
		}
		searched = n
		if err := r.fill(); err == io.EOF && n > 0 {
			line := r.buffered()
			r.consume(n)
			return line, io.ErrUnexpectedEOF
		} else if err != nil {
			return nil, err
		}
	}
}

// read is [Conn.Read].
func (r *reader) read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if r.before == nothing && len(r.buffered()) == 0 && len(p) >= readSize {
		return r.src.Read(p) // which stops at the mark as well
	}
	n, err := r.peek(p)
	r.consume(n)
	return n, err
}

// peek is [Conn.Peek].
func (r *reader) peek(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := r.more(); err != nil {
		return 0, err
	}
	b := r.buffered()
	if i := r.mark - 1 - r.begin; i > 0 {
		b = b[:i]
	}
	return copy(p, b), nil
}

// readByte reads one byte.
func (r *reader) readByte() (byte, error) {
	if err := r.more(); err != nil {
		return 0, err
	}
	b := r.buffered()[0]
	r.consume(1)
	return b, nil
}

// atMark reports whether the next byte is the urgent one.
func (r *reader) atMark() (bool, error) {
	if err := r.settle(false); err != nil {
		return false, err
	}
	if len(r.buffered()) > 0 {
		return r.mark-1 == r.begin, nil
	}
	return r.src.AtMark()
}

// pending returns how many bytes are in the buffer.
func (r *reader) pending() int {
	_ = r.settle(false) // which does not wait, and so does not fail
	return len(r.buffered())
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog

import (
	"bytes"
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

// isRefused reports whether err is that of a line or a reply that the peer sent
// and the caller does not get as a whole.
func isRefused(err error) bool { return errors.Is(err, ErrTooLong) || errors.Is(err, ErrBareLineEnd) }

// A source is what a reader reads from: a *streamsock.Conn, or noMarks.
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
	strict                bool // only CR LF ends a line

	// marks says that the peer's urgent byte comes among the others. If mark
	// is not 0, the urgent byte is buf[mark-1].
	marks bool
	mark  int

	// before is what must be discarded before anything else is read.
	before leftover

	reply  reply
	scan   scan // of the Synch that before stands for
	peeked [1]byte
}

// A leftover is a part of the stream that was not read to its end.
type leftover uint8

const (
	nothing leftover = iota

	// afterCR is the LF or NUL that follows the CR of a line. No call waits
	// for it, because after a lone CR the peer may be waiting for a reply.
	afterCR

	// tail is the rest of a line that was refused, up to its end.
	tail

	// tailCR is a tail of which the last byte so far is CR, in strict mode.
	tailCR

	// toDataMark is the rest of a Synch, up to its data mark.
	toDataMark
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

// settle discards what must be discarded before anything else is read. Unless
// wait is set, it leaves what has not arrived yet for later.
func (r *reader) settle(wait bool) error {
	for r.before != nothing {
		if len(r.buffered()) == 0 {
			if !wait {
				return nil
			}
			if err := r.fill(); err != nil {
				return err
			}
		}
		switch r.before {
		case afterCR:
			r.before = nothing
			if b := r.buffered()[0]; b == '\n' || b == 0 {
				r.consume(1)
			}
		case toDataMark:
			if !wait {
				return nil // the next ReadSynch may continue it
			}
			r.toDataMark()
			if len(r.scan.commands) > r.lineLimit {
				r.scan.commands = nil // nobody will ask for them
			}
		default:
			r.skipTail()
		}
	}
	return nil
}

// skipTail discards the buffered part of a tail.
func (r *reader) skipTail() {
	b := r.buffered()
	if !r.strict {
		n, end := r.lineEnd(b)
		r.consume(n)
		if end == ended {
			r.endLine()
		}
		return
	}
	if r.before == tailCR && b[0] == '\n' {
		r.before = nothing
		r.consume(1)
		return
	}
	r.before = tail
	if i := bytes.IndexByte(b, '\r'); i >= 0 {
		r.before = tailCR
		b = b[:i+1]
	}
	r.consume(len(b))
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

// An ending is what a search for the end of a line has found.
type ending uint8

const (
	open  ending = iota // no end so far
	ended               // the end of the line
	bare                // in strict mode, a CR or LF that does not end a line
)

// lineEnd searches b for the end of the line. It returns the number of bytes
// before what it found; a later search can begin there.
func (r *reader) lineEnd(b []byte) (n int, end ending) {
	i := bytes.IndexAny(b, "\r\n")
	switch {
	case i < 0:
		return len(b), open
	case !r.strict:
		return i, ended
	case b[i] == '\n':
		return i, bare
	case i+1 == len(b):
		return i, open // an LF may follow
	case b[i+1] != '\n':
		return i, bare
	}
	return i, ended
}

// endLine takes the end of a line out of the buffer.
func (r *reader) endLine() {
	r.before = nothing
	if r.strict {
		r.consume(len("\r\n"))
		return
	}
	if r.buffered()[0] == '\r' {
		r.before = afterCR
	}
	r.consume(1)
	// It does not wait, and so it does not fail.
	_ = r.settle(false)
}

// line returns the next line without its end. It is valid until the next call.
// With io.ErrUnexpectedEOF and if the line is refused, it is the beginning of
// the line; any other error leaves all of the line in the buffer.
func (r *reader) line() ([]byte, error) {
	if err := r.settle(true); err != nil {
		return nil, err
	}
	for searched := 0; ; {
		b := r.buffered()
		n, end := r.lineEnd(b[searched:])
		n += searched
		switch {
		case n > r.lineLimit:
			return r.refuse(r.lineLimit), fmt.Errorf("line of more than %d bytes: %w", r.lineLimit, ErrTooLong)
		case end == bare:
			return r.refuse(n), ErrBareLineEnd
		case end == ended:
			line := b[:n]
			r.consume(n)
			r.endLine()
			return line, nil
		}
		searched = n
		if err := r.fill(); err == io.EOF && len(r.buffered()) > 0 {
			line := r.buffered()
			r.consume(len(line))
			return line[:n], io.ErrUnexpectedEOF
		} else if err != nil {
			return nil, err
		}
	}
}

// refuse returns the first n bytes of a line of which the rest is discarded.
func (r *reader) refuse(n int) []byte {
	line := r.buffered()[:n]
	r.consume(n)
	r.before = tail
	return line
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
	if r.mark > 0 {
		return r.mark-1 == r.begin, nil
	}
	marked, err := r.src.AtMark() // even if it cannot be, for the error
	return marked && len(r.buffered()) == 0, err
}

// pending returns how many bytes are in the buffer.
func (r *reader) pending() int {
	_ = r.settle(false) // which does not wait, and so does not fail
	return len(r.buffered())
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog

import (
	"bytes"
	"errors"
	"io"
	"slices"
)

const (
	// DefaultLineLimit is the default maximum number of bytes of a line,
	// without its end. Lines of SMTP have up to 998 bytes (RFC 5322), those of
	// FTP contain paths of files.
	DefaultLineLimit = 4096

	// DefaultReplyLimit is the default maximum number of bytes of the text of a
	// reply, with all its lines.
	DefaultReplyLimit = 64 << 10
)

// isRefused reports whether err is returned for a line or reply of the peer of
// which the caller does not get the rest.
func isRefused(err error) bool { return errors.Is(err, ErrTooLong) || errors.Is(err, ErrBareLineEnd) }

// A source is what a reader reads from: a *streamsock.Conn or a noMarks.
type source interface {
	Read(p []byte) (int, error)
	Peek(p []byte) (int, error)
	AtMark() (bool, error)
}

// A reader contains the bytes that were read ahead, buf[begin:].
type reader struct {
	src                   source
	buf                   []byte
	begin                 int
	lineLimit, replyLimit int
	strict                bool // only CR LF ends a line

	// marks means that urgent bytes are received inline. If mark is not 0, the
	// urgent byte is buf[mark-1].
	marks bool
	mark  int

	// before must be discarded before anything else is read.
	before leftover

	reply  reply
	scan   scan // of the Synch if before is toDataMark
	peeked [1]byte
}

// A leftover is a part of the stream that was not read to its end.
type leftover uint8

const (
	nothing leftover = iota

	// afterCR is the LF or NUL that follows the CR of a line. No call waits for
	// it, because after a lone CR the peer may be waiting for a reply.
	afterCR

	// tail is the rest of a rejected line, up to its end.
	tail

	// tailCR is a tail whose last byte so far is CR, in strict mode.
	tailCR

	// toDataMark is the rest of a Synch, up to its data mark.
	toDataMark
)

func (r *reader) buffered() []byte { return r.buf[r.begin:] }

// consume removes n bytes from the buffer.
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

// fill reads once and adds the data, at least one byte unless there is an
// error, to the buffer.
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

// marked reports whether the next byte of the source is the urgent byte. It
// waits for that byte, because the mark can arrive only at a place that has no
// byte yet; after that, the result does not change.
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
// wait is set, it does not wait for data that has not arrived yet.
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
				r.scan.commands = nil // no method returns them
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

// more calls settle and ensures that the buffer is not empty.
func (r *reader) more() error {
	if err := r.settle(true); err != nil {
		return err
	}
	if len(r.buffered()) > 0 {
		return nil
	}
	return r.fill()
}

// An ending is the result of a search for the end of a line.
type ending uint8

const (
	open  ending = iota // no end so far
	ended               // the end of the line
	bare                // in strict mode, a CR or LF that does not end a line
)

// lineEnd searches b for the end of the line. It returns the number of bytes
// before the end or, if there is none, before the place at which to continue
// the search.
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

// endLine removes the end of a line from the buffer.
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
	// It does not wait, so it does not fail.
	_ = r.settle(false)
}

// line returns the next line without its end. It is valid until the next call.
// With io.ErrUnexpectedEOF, and if the line is rejected, it is the beginning of
// the line; any other error leaves the whole line in the buffer.
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
			return r.refuse(r.lineLimit), tooLong("line", r.lineLimit)
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

// refuse returns the first n bytes of a line whose rest is discarded.
func (r *reader) refuse(n int) []byte {
	line := r.buffered()[:n]
	r.consume(n)
	r.before = tail
	return line
}

// read implements [Conn.Read].
func (r *reader) read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if r.before == nothing && len(r.buffered()) == 0 && len(p) >= readSize {
		return r.src.Read(p) // stops at the mark as well
	}
	n, err := r.peek(p)
	r.consume(n)
	return n, err
}

// peek implements [Conn.Peek].
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

// atMark reports whether the next byte is the urgent byte.
func (r *reader) atMark() (bool, error) {
	if err := r.settle(false); err != nil {
		return false, err
	}
	if r.mark > 0 {
		return r.mark-1 == r.begin, nil
	}
	marked, err := r.src.AtMark() // even if it is known to be false, for the error
	return marked && len(r.buffered()) == 0, err
}

// pending returns the number of bytes in the buffer.
func (r *reader) pending() int {
	_ = r.settle(false) // does not wait, so it does not fail
	return len(r.buffered())
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog

import (
	"io"
)

// A reply is the part of a reply that has been read.
type reply struct {
	begun bool
	code  int
	text  []byte

	// skip is set after the reply was rejected: the rest of it is discarded.
	skip bool
}

// status implements [Conn.ReadStatus].
func (r *reader) status() (int, string, error) {
	p := &r.reply
	for {
		line, err := r.line()
		if err == io.EOF && p.begun {
			err = io.ErrUnexpectedEOF
		}
		ended := err == io.ErrUnexpectedEOF
		if err != nil && !ended && !isRefused(err) {
			return 0, "", err
		}
		if err != io.ErrUnexpectedEOF || len(line) > 0 {
			ended = p.add(line) || ended
		}
		if len(p.text) > r.replyLimit && err == nil {
			err = tooLong("reply", r.replyLimit)
		}
		if !ended && err == nil {
			continue
		}
		told := p.skip
		code, text := p.end(ended, r.replyLimit)
		if !told || err == io.ErrUnexpectedEOF {
			return code, text, err
		}
	}
}

// add adds a line and reports whether it is the last one.
func (p *reply) add(line []byte) (last bool) {
	code, more, text := cutCode(line)
	switch {
	case !p.begun:
		p.begun, p.code = true, code
	case code != p.code:
		more, text = true, line
		fallthrough
	default:
		p.text = append(p.text, '\n')
	}
	if p.text = append(p.text, text...); p.skip {
		p.text = p.text[:0]
	}
	return !more
}

// end returns the reply so far. If all is true, the next line begins another
// reply; otherwise the following lines are skipped.
func (p *reply) end(all bool, limit int) (code int, text string) {
	code, text = p.code, string(p.text[:min(len(p.text), limit)])
	p.text, p.skip = p.text[:0], true
	if all {
		*p = reply{text: p.text}
	}
	return code, text
}

// cutCode returns the code of a line or 0, whether more lines of the reply
// follow, and the text of the line.
func cutCode(line []byte) (code int, more bool, text []byte) {
	if len(line) < 3 || line[0] == '0' {
		return 0, false, line
	}
	for _, c := range line[:3] {
		if c < '0' || c > '9' {
			return 0, false, line
		}
		code = code*10 + int(c-'0')
	}
	switch {
	case len(line) == 3:
		return code, false, nil
	case line[3] == ' ' || line[3] == '-':
		return code, line[3] == '-', line[4:]
	}
	return 0, false, line
}

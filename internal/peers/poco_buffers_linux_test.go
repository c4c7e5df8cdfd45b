// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"fmt"
	"strconv"
	"strings"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/fifo"
)

func playVectored(subject, peer side) {
	var texts, sizes []string
	total := 0
	for i := 1; i <= 16; i++ {
		texts = append(texts, strings.Repeat(string(rune('a'+i-1)), i))
		sizes = append(sizes, strconv.Itoa(i))
		total += i
	}
	text := strings.Join(texts, "|")
	subject.ask("sendv "+text, strconv.Itoa(total))
	peer.ask("readv "+strings.Join(sizes, "|"), text)

	// The available data does not fill the buffers.
	subject.ask("sendv abc|de", "5")
	peer.ask("readv 2|2|2|2", "ab|cd|e")
	subject.ask("shutdown write", "ok")
	peer.ask("readv 2|2", "end")
}

// playVectoredFlags has POCO ignore flags, as it does on Unix.
func playVectoredFlags(subject, peer side) {
	peer.ask("send abcdef", "ok")
	subject.ask("peekv 2|4", "ab|cdef")
	subject.differ("available", "0", "6")

	subject.ask("sendvoob ab|c!", "4")
	if subject.poco {
		peer.ask("recv 4", "abc!")
		peer.ask("recvoob", "error 22") // EINVAL: there is none
		return
	}
	peer.ask("wait", "urgent")
	peer.ask("recv 4", "abc")
	peer.ask("recvoob", "!")
}

// playFIFO shows that POCO reports the same for a full buffer and for the end
// of the stream.
func playFIFO(subject, peer side) {
	subject.ask("fifo 8", "ok")
	subject.ask("fifodrain", "0,0")
	peer.ask("send abcde", "ok")
	subject.ask("fifofill", "5,5 readable")
	subject.ask("put xyz!", "3,8 full")
	subject.ask("put q", "0,8")
	peer.ask("send FGHI", "ok")
	subject.ask("poll r 20000", "yes")
	subject.differ("fifofill", "end,8", "no room,8")
	subject.ask("take 2", "ab,6 writable")
	subject.ask("fifofill", "2,8 full")
	subject.ask("fifodrain", "8,0 empty writable")
	peer.ask("recv 8", "cdexyzFG")
	subject.ask("fifofill", "2,2 readable")
	subject.ask("take 8", "HI,0 empty")
	peer.ask("shutdown write", "ok")
	subject.ask("fifofill", "end,0")
}

func parts(text string) (bufs [][]byte) {
	for part := range strings.SplitSeq(text, "|") {
		bufs = append(bufs, []byte(part))
	}
	return bufs
}

func (m *mirror) peekVector(sizes string) (string, error) {
	return readParts(sizes, func(bufs [][]byte) (int64, error) {
		n, err := m.conn().Recvmsg(bufs, streamsock.Peek)
		return int64(n), err
	})
}

// newFIFO creates another; the following commands report its changes.
func (m *mirror) newFIFO(size string) (string, error) {
	m.fifo = fifo.New(integer(size))
	change := func(yes, no string) func(bool) {
		return func(on bool) {
			if on {
				m.changes += " " + yes
			} else {
				m.changes += " " + no
			}
		}
	}
	m.fifo.OnReadable, m.fifo.OnWritable = change("readable", "empty"), change("writable", "full")
	return "ok", nil
}

func (m *mirror) changed(answer string, err error) (string, error) {
	if err != nil {
		answer = word(err)
	}
	answer += fmt.Sprintf(",%d%s", m.fifo.Len(), m.changes)
	m.changes = ""
	return answer, nil
}

func (m *mirror) put(text string) (string, error) {
	n, _ := m.fifo.Write([]byte(text)) // what fits
	return m.changed(decimal(n, nil))
}

func (m *mirror) take(size string) (string, error) {
	return m.changed(got(size, m.fifo.Read))
}

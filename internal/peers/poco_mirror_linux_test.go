// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/dialog"
	"example.com/streamsock/streamsock/fifo"
)

// A mirror does with streamsock what poco.cpp does with POCO: it accepts the
// same commands and gives the same answers, and where streamsock reports more
// it reports in words of its own.
type mirror struct {
	conns       []*streamsock.Conn
	current     int           // the one that most commands are for
	read, write time.Duration // the timeouts
	listener    *streamsock.Listener
	set         *streamsock.PollSet
	fifo        *fifo.Buffer
	changes     string // reported by fifo
	dialogs     map[int]*dialog.Conn
}

// mirrorOf starts a mirror that has a connection already.
func mirrorOf(t *testing.T, c *streamsock.Conn) talk {
	t.Helper()
	set, err := streamsock.NewPollSet()
	if err != nil {
		t.Fatal(err)
	}
	m := &mirror{conns: []*streamsock.Conn{c}, set: set, dialogs: make(map[int]*dialog.Conn)}
	near, far := net.Pipe()
	near.SetDeadline(time.Now().Add(patience))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		m.serve(far)
	}()
	t.Cleanup(func() {
		near.Close()
		<-ended
		m.close()
	})
	return talk{t, near}
}

func (m *mirror) serve(lines net.Conn) {
	for in := bufio.NewScanner(lines); in.Scan(); {
		fmt.Fprintln(lines, m.obey(in.Text()))
	}
}

func (m *mirror) close() {
	m.set.Close()
	if m.listener != nil {
		m.listener.Close()
	}
	for _, c := range m.conns {
		c.Close()
	}
}

func (m *mirror) obey(line string) string {
	verb, rest, _ := strings.Cut(line, " ")
	command := mirrored[verb]
	if command == nil {
		return "no command"
	}
	answer, err := command(m, rest)
	if err != nil {
		return word(err)
	}
	return answer
}

var mirrored = map[string]func(m *mirror, rest string) (string, error){
	"send":       func(m *mirror, text string) (string, error) { return m.sendText(text, 0) },
	"sendoob":    func(m *mirror, text string) (string, error) { return m.sendText(text, streamsock.OOB) },
	"recv":       func(m *mirror, size string) (string, error) { return m.receive(size, streamsock.WaitAll) },
	"recvoob":    func(m *mirror, _ string) (string, error) { return m.receive("1", streamsock.OOB) },
	"peek":       func(m *mirror, size string) (string, error) { return got(size, m.conn().Peek) },
	"tryread":    func(m *mirror, size string) (string, error) { return got(size, m.conn().TryRead) },
	"read":       (*mirror).readOnce,
	"available":  func(m *mirror, _ string) (string, error) { return decimal(m.conn().Available()) },
	"local":      func(m *mirror, _ string) (string, error) { return m.conn().LocalAddr().String(), nil },
	"remote":     func(m *mirror, _ string) (string, error) { return m.conn().RemoteAddr().String(), nil },
	"inline":     func(m *mirror, _ string) (string, error) { return "ok", m.conn().SetOOBInline(true) },
	"wait":       func(m *mirror, _ string) (string, error) { return "urgent", m.conn().WaitUrgent(context.Background()) },
	"atmark":     func(m *mirror, _ string) (string, error) { return digit(m.conn().AtMark()) },
	"sendmany":   (*mirror).sendMany,
	"recvmany":   (*mirror).receiveMany,
	"exchange":   (*mirror).exchange,
	"echo":       (*mirror).echo,
	"fill":       (*mirror).fill,
	"sendfile":   (*mirror).sendFile,
	"poll":       (*mirror).poll,
	"set":        (*mirror).setOption,
	"get":        (*mirror).getOption,
	"pollset":    (*mirror).pollSet,
	"select":     (*mirror).selectLists,
	"readbuffer": (*mirror).readBuffer,
	"sendv":      func(m *mirror, text string) (string, error) { return decimal(m.conn().Writev(parts(text))) },
	"sendvoob": func(m *mirror, text string) (string, error) {
		return decimal(m.conn().Sendmsg(parts(text), streamsock.OOB))
	},
	"readv":       func(m *mirror, sizes string) (string, error) { return readParts(sizes, m.conn().Readv) },
	"peekv":       (*mirror).peekVector,
	"fifo":        (*mirror).newFIFO,
	"fifofill":    func(m *mirror, _ string) (string, error) { return m.changed(decimal(m.fifo.Fill(m.conn()))) },
	"fifodrain":   func(m *mirror, _ string) (string, error) { return m.changed(decimal(m.fifo.Drain(m.conn()))) },
	"put":         (*mirror).put,
	"take":        (*mirror).take,
	"listen":      (*mirror).listen,
	"listening":   (*mirror).listenerOptions,
	"unlisten":    func(m *mirror, _ string) (string, error) { return "ok", m.listener.Close() },
	"accept":      func(m *mirror, _ string) (string, error) { return m.joined(m.listener.AcceptStream()) },
	"connect":     (*mirror).connect,
	"connectfrom": (*mirror).connectFrom,
	"connectnb":   (*mirror).connectNB,
	"use":         (*mirror).use,
	"shutdown":    (*mirror).shutdown,
	"close":       func(m *mirror, _ string) (string, error) { return "ok", m.conn().Close() },
	"abort":       func(m *mirror, _ string) (string, error) { return "ok", m.conn().Abort() },
	"message":     (*mirror).message,
	"line":        (*mirror).line,
	"status":      (*mirror).status,
	"telnet":      (*mirror).telnet,
	"synch":       func(m *mirror, _ string) (string, error) { return "ok", m.dialog().SendSynch() },
	"readsynch":   (*mirror).readSynch,
	"raw":         func(m *mirror, size string) (string, error) { return got(size, m.dialog().Read) },
	"get1":        func(m *mirror, _ string) (string, error) { return character(m.dialog().ReadByte()) },
	"peek1":       func(m *mirror, _ string) (string, error) { return got("1", m.dialog().Peek) },
}

func (m *mirror) conn() *streamsock.Conn { return m.conns[m.current] }

// timed is the connection with the timeouts that were set.
func (m *mirror) timed() *streamsock.TimeoutConn { return m.conn().WithTimeouts(m.read, m.write) }

func (m *mirror) use(number string) (string, error) {
	m.current = integer(number)
	return "ok", nil
}

func digit(on bool, err error) (string, error) { return decimal(flag(on, err)) }

func yesOrNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// pattern is the data for large transfers.
func pattern(size int) []byte {
	p := make([]byte, size)
	for i := range p {
		p[i] = byte(i*31 + i/251)
	}
	return p
}

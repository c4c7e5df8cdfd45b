// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// An urgentStep is something that the peer sends, or a call of the receiver.
type urgentStep struct {
	kind string // of urgentKinds
	arg  string // what to send
	n    int    // how much to read
}

// The kinds of steps, as the table in testdata has them. Those of the peer
// return nothing.
const (
	stepSend       = "send"   // bytes; the one after an exclamation mark is urgent
	stepFIN        = "FIN"    // CloseWrite of the peer
	stepRST        = "RST"    // the peer aborts
	stepInline     = "inline" // SetOOBInline of the receiver
	stepApart      = "apart"
	stepRead       = "Read"
	stepPeek       = "Peek"
	stepUrgent     = "ReadUrgent"
	stepPeekUrgent = "PeekUrgent" // Recv with OOB|Peek
	stepMark       = "AtMark"
	stepAvailable  = "Available"
	stepEvents     = "Events"
)

// sends reports whether the step is one of the peer.
func (s urgentStep) sends() bool {
	return s.kind == stepSend || s.kind == stepFIN || s.kind == stepRST
}

func (s urgentStep) String() string {
	switch {
	case s.kind == stepSend:
		return "send " + s.arg
	case s.n > 0:
		return fmt.Sprintf("%s(%d)", s.kind, s.n)
	}
	return s.kind
}

// cutUrgent cuts the data to send around the urgent byte.
func cutUrgent(data string) (before, urgent, behind string, found bool) {
	before, rest, found := strings.Cut(data, "!")
	if !found {
		return before, "", "", false
	}
	return before, rest[:1], rest[1:], true
}

func eventNames(e sys.Events) string {
	name := streamsock.Events(e &^ sys.Broken).String()
	if e&sys.Broken != 0 {
		name += "|Broken"
	}
	return strings.ReplaceAll(name, "|", "+") // a bar ends a cell of the table
}

// A urgentPair is the real thing.
type urgentPair struct {
	peer, c *streamsock.Conn
	come    int64 // bytes sent so far
	reset   bool  // the peer has aborted
	poll    sys.Poll
}

// bytesReceived is the number of bytes of the stream that have arrived, with
// the FIN: a field of TCP_INFO.
var bytesReceived = sockopt.New[int64]("TCP_INFO", 6, 11, infoCodec{})

type infoCodec struct{}

func (infoCodec) Size() int                                { return 136 }
func (infoCodec) Append(b []byte, _ int64) ([]byte, error) { return b, os.ErrInvalid }
func (infoCodec) Parse(b []byte) (int64, error) {
	if len(b) < 136 {
		return 0, errors.ErrUnsupported
	}
	return int64(binary.NativeEndian.Uint64(b[128:])), nil
}

// do performs a step and returns the result.
func (p *urgentPair) do(s urgentStep) (string, error) {
	if !s.sends() {
		return p.ask(s)
	}
	if err := p.send(s); err != nil {
		return "", err
	}
	return "", p.arrive(p.c, sys.Broken)
}

// send makes a step of the peer.
func (p *urgentPair) send(s urgentStep) error {
	switch s.kind {
	case stepSend:
		before, urgent, behind, found := cutUrgent(s.arg)
		var flags streamsock.Flags
		if found {
			flags = streamsock.OOB
		}
		n, err := p.peer.Sendmsg([][]byte{[]byte(before), []byte(urgent)}, flags)
		m, behindErr := p.peer.Write([]byte(behind))
		p.come += int64(n + m)
		return errors.Join(err, behindErr)
	case stepFIN:
		p.come++
		return p.peer.CloseWrite()
	default:
		p.reset = true
		abortConn(p.peer.TCPConn)
		return nil
	}
}

// arrive waits until all that was sent has arrived at c: after a reset, one of
// the events.
func (p *urgentPair) arrive(c *streamsock.Conn, afterReset sys.Events) error {
	return eventually("what was sent comes", func() (bool, error) {
		if p.reset {
			e, err := p.events(c)
			return e&afterReset != 0, err
		}
		n, err := bytesReceived.Get(c)
		return n >= p.come, err
	})
}

// ask performs a step of the receiver and returns the result.
func (p *urgentPair) ask(s urgentStep) (string, error) {
	switch s.kind {
	case stepInline, stepApart:
		return "", p.c.SetOOBInline(s.kind == stepInline)
	case stepRead, stepPeek:
		flags := streamsock.DontWait
		if s.kind == stepPeek {
			flags |= streamsock.Peek
		}
		b := make([]byte, s.n)
		n, err := p.c.Recv(b, flags)
		return answer(string(b[:n]), err)
	case stepUrgent:
		b, err := p.c.ReadUrgent()
		return answer(string(b), err)
	case stepPeekUrgent:
		b := make([]byte, 1)
		_, err := p.c.Recv(b, streamsock.OOB|streamsock.Peek)
		if errors.Is(err, syscall.EINVAL) {
			if _, err = p.c.ReadUrgent(); err == nil {
				err = errors.New("ReadUrgent finds what Recv does not")
			}
		}
		return answer(string(b), err)
	case stepMark:
		marked, err := p.c.AtMark()
		return strconv.FormatBool(marked), err
	case stepAvailable:
		n, err := p.c.Available()
		return strconv.Itoa(n), err
	default:
		e, err := p.events(p.c)
		return eventNames(e), err
	}
}

func eventually(what string, cond func() (bool, error)) error {
	for start := time.Now(); ; {
		ok, err := cond()
		if ok || err != nil {
			return err
		}
		if time.Since(start) > patience {
			return fmt.Errorf("waited without success: %s", what)
		}
		time.Sleep(10 * time.Microsecond)
	}
}

func (p *urgentPair) events(c *streamsock.Conn) (e sys.Events, err error) {
	rc, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	controlErr := rc.Control(func(fd uintptr) {
		e, err = p.poll.Ask(fd, sys.Readable|sys.Urgent|sys.PeerClosed)
	})
	return e, errors.Join(controlErr, err)
}

// urgentListener returns a listener for dialPair, or an error if the system
// lacks the network or what the model needs.
func urgentListener(t *testing.T, network string) (*streamsock.Listener, error) {
	t.Helper()
	address := "127.0.0.1:0"
	if network == "tcp6" {
		address = "[::1]:0"
	}
	l, err := streamsock.Listen(network, address)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { l.Close() })
	testnet.Guard(t, l)
	probe, err := dialPair(l)
	if err != nil {
		t.Fatal(err)
	}
	defer probe.peer.Close()
	defer probe.c.Close()
	if _, err := bytesReceived.Get(probe.c); errors.Is(err, errors.ErrUnsupported) {
		return nil, err
	}
	return l, nil
}

// parseStep parses a step of a row of the table, such as `Read = "ab"`.
func parseStep(t *testing.T, word string) (s urgentStep, want string) {
	t.Helper()
	call, want, _ := strings.Cut(word, " = ")
	kind, arg, _ := strings.Cut(call, " ")
	s = urgentStep{kind: kind, arg: arg}
	if name, n, ok := strings.Cut(strings.TrimSuffix(kind, ")"), "("); ok {
		s.kind = name
		s.n, _ = strconv.Atoi(n)
	} else if kind == stepRead || kind == stepPeek {
		s.n = 100
	}
	return s, want
}

// An urgentRow is a row of the tables of testdata/urgent.md.
type urgentRow struct {
	name  string
	steps string
}

// urgentRows returns the rows of testdata/urgent.md, and its section about relays.
func urgentRows(t *testing.T) (rows []urgentRow, relays string) {
	t.Helper()
	text, err := os.ReadFile("../testdata/urgent.md")
	if err != nil {
		t.Fatal(err)
	}
	tables, relays, found := strings.Cut(string(text), "\n## Through a relay\n")
	if !found {
		t.Fatal("no section about relays")
	}
	for _, m := range regexp.MustCompile("(?m)^\\| (.+?) \\| `(.+)` \\|").FindAllStringSubmatch(tables, -1) {
		rows = append(rows, urgentRow{m[1], m[2]})
	}
	if len(rows) < 20 {
		t.Fatalf("%d rows", len(rows))
	}
	return rows, relays
}

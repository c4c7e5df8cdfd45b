// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// What Linux does with urgent data: as a table, as a model, and both beside
// real connections.

package streamsock_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// A urgentStep is something that the peer sends, or that is asked of the
// receiver.
type urgentStep struct {
	kind string // of urgentKinds
	arg  string // what to send
	n    int    // how much to read
}

// The kinds of steps, as the table in testdata has them. Those of the peer
// answer nothing.
const (
	stepSend       = "send"   // bytes, the one behind an exclamation mark urgent
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

func (s urgentStep) String() string {
	switch {
	case s.kind == stepSend:
		return "send " + s.arg
	case s.n > 0:
		return fmt.Sprintf("%s(%d)", s.kind, s.n)
	}
	return s.kind
}

// A urgentModel is the receiver of Linux: tcp_check_urg, tcp_recvmsg_locked,
// tcp_recv_urg, tcp_ioctl and tcp_poll of net/ipv4 in the kernel's source, as
// far as they have to do with urgent data. Sequence numbers begin with 0.
type urgentModel struct {
	stream string // all that has come, urgent bytes too
	copied int    // read so far, and one more when the FIN is
	inline bool
	fin    bool
	rst    bool
	err    bool // the reset is not told yet

	pending bool // an urgent byte has come; below, which
	taken   bool // it was received apart
	mark    int
}

// do makes a step and returns the answer.
func (m *urgentModel) do(s urgentStep) string {
	switch s.kind {
	case stepSend:
		m.send(s.arg)
	case stepFIN:
		m.fin = true
	case stepRST:
		m.rst, m.err = true, true
	case stepInline, stepApart:
		m.inline = s.kind == stepInline
	case stepRead, stepPeek:
		return m.read(s.n, s.kind == stepPeek)
	case stepUrgent, stepPeekUrgent:
		return m.urgent(s.kind == stepPeekUrgent)
	case stepMark:
		return strconv.FormatBool(m.pending && m.mark == m.copied)
	case stepAvailable:
		return strconv.Itoa(m.available())
	case stepEvents:
		return m.events()
	}
	return ""
}

func (m *urgentModel) send(data string) {
	before, urgent, behind, found := cutUrgent(data)
	m.stream += before
	if !found {
		return
	}
	// A newer mark where the older one waits to be read, apart: that byte is
	// gone. Elsewhere it becomes an ordinary byte, even if it was received.
	if m.pending && m.mark == m.copied && !m.inline {
		m.copied++
	}
	m.pending, m.taken, m.mark = true, false, len(m.stream)
	m.stream += urgent + behind
}

// cutUrgent cuts what is to be sent around the urgent byte.
func cutUrgent(data string) (before, urgent, behind string, found bool) {
	before, rest, found := strings.Cut(data, "!")
	if !found {
		return before, "", "", false
	}
	return before, rest[:1], rest[1:], true
}

func (m *urgentModel) read(n int, peek bool) string {
	read := ""
	at := m.copied
	for n > 0 {
		atMark := m.pending && m.mark == at
		if atMark && read != "" {
			break
		}
		if at >= len(m.stream) {
			break
		}
		if atMark && !m.inline {
			at++ // past the urgent byte, which is not part of the stream
		} else {
			end := len(m.stream)
			if m.pending && m.mark > at {
				end = m.mark
			}
			used := min(n, end-at)
			read += m.stream[at : at+used]
			at += used
			n -= used
		}
		if !peek {
			m.copied = at
		}
		if m.pending && m.copied > m.mark {
			m.pending = false
		}
	}
	switch {
	case read != "":
		return strconv.Quote(read)
	case m.fin:
		return "EOF"
	case m.err:
		m.err = false
		return "ECONNRESET"
	case m.rst:
		return "EOF"
	}
	return "wait"
}

func (m *urgentModel) urgent(peek bool) string {
	switch {
	case m.inline:
		return "inline"
	case !m.pending || m.taken:
		return "none"
	case m.rst && !m.fin:
		return "ENOTCONN"
	}
	m.taken = !peek
	return strconv.Quote(m.stream[m.mark : m.mark+1])
}

func (m *urgentModel) available() int {
	if m.inline || !m.pending || m.mark < m.copied {
		return max(len(m.stream)-m.copied, 0)
	}
	return m.mark - m.copied
}

func (m *urgentModel) events() string {
	var e sys.Events
	need := 1
	if m.pending && m.mark == m.copied && !m.inline {
		need = 2
	}
	if m.fin || m.rst || len(m.stream)-m.copied >= need {
		e |= sys.Readable
	}
	if m.pending && !m.taken {
		e |= sys.Urgent
	}
	if m.fin || m.rst {
		e |= sys.PeerClosed
	}
	if m.err {
		e |= sys.Broken
	}
	return eventNames(e)
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
	poll    sys.Poll
}

// bytesReceived is how many bytes of the stream have come, with the FIN: a
// field of TCP_INFO.
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

// do makes a step and returns the answer.
func (p *urgentPair) do(s urgentStep) (string, error) {
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
		return "", errors.Join(err, behindErr, p.arrive())
	case stepFIN:
		p.come++
		return "", errors.Join(p.peer.CloseWrite(), p.arrive())
	case stepRST:
		abortConn(p.peer.TCPConn)
		return "", eventually("the reset comes", func() (bool, error) {
			e, err := p.events()
			return e&sys.Broken != 0, err
		})
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
		e, err := p.events()
		return eventNames(e), err
	}
}

// arrive waits until all that was sent has come.
func (p *urgentPair) arrive() error {
	return eventually("what was sent comes", func() (bool, error) {
		n, err := bytesReceived.Get(p.c)
		return n >= p.come, err
	})
}

func eventually(what string, cond func() (bool, error)) error {
	for start := time.Now(); ; {
		ok, err := cond()
		if ok || err != nil {
			return err
		}
		if time.Since(start) > patience {
			return fmt.Errorf("waited in vain: %s", what)
		}
		time.Sleep(10 * time.Microsecond)
	}
}

func (p *urgentPair) events() (e sys.Events, err error) {
	rc, err := p.c.SyscallConn()
	if err != nil {
		return 0, err
	}
	controlErr := rc.Control(func(fd uintptr) {
		e, err = p.poll.Ask(fd, sys.Readable|sys.Urgent|sys.PeerClosed)
	})
	return e, errors.Join(controlErr, err)
}

// compare makes the steps both ways and fails at the first difference.
func (p *urgentPair) compare(steps []urgentStep) error {
	var m urgentModel
	for i, s := range steps {
		before := m
		want := m.do(s)
		got, err := p.do(s)
		if err != nil {
			return fmt.Errorf("%v: step %d: %w", steps[:i+1], i, err)
		}
		if got == want && s.kind == stepRead && want == "wait" && before.pending && !m.pending {
			// A read that takes nothing but the urgent byte. The system
			// declines it while a signal is pending; see TestUrgentSignals.
			if marked, err := p.c.AtMark(); marked && err == nil {
				m = before
			}
		}
		if got != want {
			return fmt.Errorf("%v: step %d answers %s, want %s of %+v", steps[:i+1], i, got, want, before)
		}
	}
	return nil
}

// randomSteps returns a sequence of which each peer's step is followed by some
// of the receiver.
func randomSteps(r *rand.Rand) []urgentStep {
	var steps []urgentStep
	next := byte('a')
	text := func(n int) string {
		var b []byte
		for range n {
			b = append(b, next)
			next++
		}
		return string(b)
	}
	for range 1 + r.IntN(5) {
		switch r.IntN(8) {
		case 0, 1, 2:
			steps = append(steps, urgentStep{kind: stepSend, arg: text(1 + r.IntN(3))})
		case 3, 4, 5, 6:
			steps = append(steps, urgentStep{kind: stepSend, arg: text(r.IntN(3)) + "!" + text(1)})
		case 7:
			steps = append(steps, urgentStep{kind: []string{stepInline, stepApart}[r.IntN(2)]})
		}
		for range r.IntN(5) {
			steps = append(steps, question(r))
		}
	}
	switch r.IntN(4) {
	case 0:
		steps = append(steps, urgentStep{kind: stepFIN})
	case 1:
		steps = append(steps, urgentStep{kind: stepRST})
	}
	for range r.IntN(8) {
		steps = append(steps, question(r))
	}
	return steps
}

func question(r *rand.Rand) urgentStep {
	kinds := []string{stepRead, stepRead, stepPeek, stepUrgent, stepPeekUrgent, stepMark, stepAvailable, stepEvents}
	s := urgentStep{kind: kinds[r.IntN(len(kinds))]}
	if s.kind == stepRead || s.kind == stepPeek {
		s.n = 1 + r.IntN(6)
	}
	return s
}

// TestUrgentModel compares the model with the system: ten thousand random
// sequences, and every arrangement of up to three urgent bytes with and
// without others before, between and behind them, in every mode, read in every
// way, and ended in every way.
func TestUrgentModel(t *testing.T) {
	count, limit := 10_000, 3*time.Second
	if os.Getenv("STREAMSOCK_LONG") != "" {
		limit = time.Hour
	}
	arrangements := urgentArrangements()
	seed := rand.Uint64()
	if v := os.Getenv("STREAMSOCK_SEED"); v != "" {
		seed, _ = strconv.ParseUint(v, 0, 64)
		count = 1
		arrangements = nil
	}
	listeners := make(map[string]*streamsock.Listener)
	for _, network := range []string{"tcp4", "tcp6"} {
		l, err := urgentListener(t, network)
		if err != nil {
			t.Logf("not with %s: %v", network, err)
			continue
		}
		listeners[network] = l
	}
	if len(listeners) == 0 {
		t.Skip("not with any network")
	}
	start := time.Now()
	var next, done atomic.Int64
	var failed atomic.Bool
	var workers sync.WaitGroup
	for network, l := range listeners {
		workers.Go(func() {
			for !failed.Load() && time.Since(start) < limit {
				i := int(next.Add(1) - 1)
				var steps []urgentStep
				switch {
				case i < len(arrangements):
					steps = arrangements[i]
				case i < len(arrangements)+count:
					i -= len(arrangements)
					steps = randomSteps(rand.New(rand.NewPCG(seed+uint64(i), 0)))
				default:
					return
				}
				p, err := dialPair(l)
				if err == nil {
					err = p.compare(steps)
					p.peer.Close()
					p.c.Close()
				}
				if err != nil {
					t.Errorf("STREAMSOCK_SEED=%#x: %s: %v", seed+uint64(i), network, err)
					failed.Store(true)
					return
				}
				done.Add(1)
			}
		})
	}
	workers.Wait()
	t.Logf("%d of %d sequences in %v", done.Load(), len(arrangements)+count, time.Since(start))
}

// urgentListener returns a listener for dialPair, or an error if the system
// lacks the network or what the model asks for.
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

// urgentArrangements returns the sequences that TestUrgentModel names.
func urgentArrangements() (all [][]urgentStep) {
	questions := func(kinds ...string) []urgentStep {
		var steps []urgentStep
		for _, k := range kinds {
			s := urgentStep{kind: k}
			if k == stepRead || k == stepPeek {
				s.n = 4
			}
			steps = append(steps, s)
		}
		return steps
	}
	look := questions(stepEvents, stepMark, stepAvailable)
	ways := [][]urgentStep{
		nil,
		questions(stepRead),
		questions(stepUrgent),
		questions(stepUrgent, stepRead),
		questions(stepRead, stepUrgent),
		questions(stepRead, stepUrgent, stepRead),
		questions(stepPeek, stepPeekUrgent),
		questions(stepRead, stepRead),
	}
	for urgents := 1; urgents <= 3; urgents++ {
		for gaps := range 1 << (urgents + 1) {
			for _, mode := range []string{stepApart, stepInline, "midway"} {
				for _, way := range ways {
					for _, end := range []string{"", stepFIN, stepRST} {
						all = append(all, arrangement(urgents, gaps, mode, way, end, look))
					}
				}
			}
		}
	}
	return all
}

func arrangement(urgents, gaps int, mode string, way []urgentStep, end string, look []urgentStep) (steps []urgentStep) {
	if mode != "midway" {
		steps = append(steps, urgentStep{kind: mode})
	}
	for i := range urgents + 1 {
		ordinary := ""
		if gaps&(1<<i) != 0 {
			ordinary = "abc"[i%3 : i%3+1]
			ordinary += ordinary
		}
		if i < urgents {
			steps = append(steps, urgentStep{kind: stepSend, arg: ordinary + "!" + strconv.Itoa(i)})
		} else if ordinary != "" {
			steps = append(steps, urgentStep{kind: stepSend, arg: ordinary})
		}
		if mode == "midway" && i == 0 {
			steps = append(steps, urgentStep{kind: stepInline})
		}
		steps = append(steps, way...)
		steps = append(steps, look...)
	}
	if end != "" {
		steps = append(steps, urgentStep{kind: end})
	}
	for range 3 {
		steps = append(steps, look...)
		steps = append(steps, urgentStep{kind: stepUrgent}, urgentStep{kind: stepRead, n: 4})
	}
	return slices.Clip(steps)
}

// TestUrgentTable runs the rows of testdata/urgent.md, and the model through
// them.
func TestUrgentTable(t *testing.T) {
	text, err := os.ReadFile("../testdata/urgent.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| (.+?) \\| `(.+)` \\|").FindAllStringSubmatch(string(text), -1)
	if len(rows) < 20 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, network := range []string{"tcp4", "tcp6"} {
		t.Run(network, func(t *testing.T) {
			l, err := urgentListener(t, network)
			if err != nil {
				t.Skip(err)
			}
			for _, row := range rows {
				t.Run(row[1], func(t *testing.T) { compareRow(t, l, row[2]) })
			}
		})
	}
}

// compareRow runs the steps of a row on a connection and on the model.
func compareRow(t *testing.T, l *streamsock.Listener, steps string) {
	p, err := dialPair(l)
	if err != nil {
		t.Fatal(err)
	}
	defer p.peer.Close()
	defer p.c.Close()
	var m urgentModel
	for _, word := range strings.Split(steps, ", ") {
		s, want := parseStep(t, word)
		if got := m.do(s); got != want {
			t.Errorf("%s: the model says %s", word, got)
		}
		if got, err := p.do(s); got != want || err != nil {
			t.Fatalf("%s: %s, %v", word, got, err)
		}
	}
}

// parseStep parses what a row of the table says, such as `Read = "ab"`.
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

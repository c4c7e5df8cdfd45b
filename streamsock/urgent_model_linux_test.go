// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// The behavior of Linux with urgent data: as a table, as a model, and both
// against real connections.

package streamsock_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock"
)

// A urgentModel is the receiver of Linux: tcp_check_urg, tcp_recvmsg_locked,
// tcp_recv_urg, tcp_ioctl and tcp_poll of net/ipv4 in the kernel's source, as
// far as they have to do with urgent data. Sequence numbers begin with 0.
type urgentModel struct {
	stream string // all that has arrived, urgent bytes too
	copied int    // read so far, and one more when the FIN is
	inline bool
	fin    bool
	rst    bool
	err    bool // the reset has not been returned yet

	pending bool // an urgent byte has arrived; below, which
	taken   bool // it was received out of line
	mark    int
}

// do performs a step and returns the result.
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
			// A read that takes only the urgent byte. The system declines it
			// while a signal is pending; see TestUrgentSignals.
			if marked, err := p.c.AtMark(); marked && err == nil {
				m = before
			}
		}
		if got != want {
			return fmt.Errorf("%v: step %d returns %s, want %s of %+v", steps[:i+1], i, got, want, before)
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
// sequences, and every arrangement of up to three urgent bytes with and without
// others before, between and after them, in every mode, read in every way, and
// ended in every way.
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
	rows, _ := urgentRows(t)
	for _, network := range []string{"tcp4", "tcp6"} {
		t.Run(network, func(t *testing.T) {
			l, err := urgentListener(t, network)
			if err != nil {
				t.Skip(err)
			}
			for _, row := range rows {
				t.Run(row.name, func(t *testing.T) { compareRow(t, l, row.steps) })
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

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"fmt"
	"math"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// unknown is the value of a number that the kernel does not report.
const unknown = -1

// A sample is the state of a connection at one time. Its numbers are unknown
// where the kernel does not report them.
type sample struct {
	at        time.Duration // since the connection was established
	sent      int64         // bytes that were written and acknowledged by the peer's system
	received  int64         // bytes that were read
	rtt       float64       // seconds
	rttVar    float64       // seconds
	cwnd      int64         // bytes
	retrans   int64         // retransmissions so far
	segments  bool          // retrans counts segments, not bytes
	unsent    int64         // bytes that were written and not acknowledged
	available int64         // bytes that arrived and were not read
}

// resent returns the retransmissions, as text.
func (s sample) resent() string {
	if s.segments {
		return count(s.retrans)
	}
	return bytesOf(s.retrans)
}

// traffic counts the bytes of a connection. With TLS it counts those of the
// plaintext.
type traffic struct{ sent, received atomic.Int64 }

// take takes a sample of the connection.
func (t *traffic) take(c socket, start time.Time) sample {
	s := sample{
		at:        time.Since(start),
		sent:      t.sent.Load(),
		received:  t.received.Load(),
		unsent:    orUnknown(c.Unacked()),
		available: orUnknown(c.Available()),
	}
	s.kernel(c)
	if s.unsent > 0 {
		s.sent = max(0, s.sent-s.unsent)
	}
	return s
}

func orUnknown(n int, err error) int64 {
	if err != nil {
		return unknown
	}
	return int64(n)
}

// A speed is the speed between two samples, in bytes per second.
type speed struct{ out, in float64 }

func between(a, b sample) speed {
	took := (b.at - a.at).Seconds()
	if took <= 0 {
		return speed{}
	}
	// Never negative: the system may count bytes in Unacked that Write has not
	// reported yet.
	return speed{
		out: max(0, float64(b.sent-a.sent)/took),
		in:  max(0, float64(b.received-a.received)/took),
	}
}

// remembered is the number of samples that the live line covers.
const remembered = 25

// A history contains the samples of the live line, the oldest first.
type history []sample

func (h history) add(s sample) history {
	if len(h) == remembered {
		h = append(h[:0], h[1:]...)
	}
	return append(h, s)
}

// speeds returns the speed between each sample and the next.
func (h history) speeds() []speed {
	var all []speed
	for i := 1; i < len(h); i++ {
		all = append(all, between(h[i-1], h[i]))
	}
	return all
}

// mean returns the speed over the whole history.
func (h history) mean() speed {
	if len(h) < 2 {
		return speed{}
	}
	return between(h[0], h[len(h)-1])
}

func (h history) newest() sample { return h[len(h)-1] }

// latest returns the speed between the two newest samples.
func (h history) latest() speed {
	if len(h) < 2 {
		return speed{}
	}
	return between(h[len(h)-2], h[len(h)-1])
}

// spark returns a plot of both directions together that is one row high. The
// top of the row is the highest speed.
func spark(speeds []speed) string {
	bars := []rune("▁▂▃▄▅▆▇█")
	var top float64
	for _, v := range speeds {
		top = max(top, v.out+v.in)
	}
	if top == 0 {
		top = 1
	}
	row := make([]rune, len(speeds))
	for i, v := range speeds {
		row[i] = bars[int(math.Round((v.out+v.in)/top*float64(len(bars)-1)))]
	}
	return string(row)
}

// size returns a number of bytes, in three digits.
func size(n float64) string {
	unit := ""
	for _, next := range []string{"k", "M", "G", "T", "P"} {
		if n < 999.5 {
			break
		}
		n, unit = n/1000, next
	}
	return digits(n, unit == "") + unit + "B"
}

// digits returns a number below 1000 in three digits, or without a fraction.
func digits(n float64, whole bool) string {
	switch {
	case whole || n >= 99.95:
		return strconv.FormatFloat(n, 'f', 0, 64)
	case n >= 9.995:
		return strconv.FormatFloat(n, 'f', 1, 64)
	}
	return strconv.FormatFloat(n, 'f', 2, 64)
}

// bytesOf is size for a number that may be unknown.
func bytesOf(n int64) string {
	if n == unknown {
		return noValue
	}
	return size(float64(n))
}

func count(n int64) string {
	if n == unknown {
		return noValue
	}
	return strconv.FormatInt(n, 10)
}

// duration returns a number of seconds, in three digits.
func duration(seconds float64) string {
	switch {
	case seconds < 0:
		return noValue
	case seconds < 0.9995e-3:
		return digits(seconds*1e6, true) + "µs"
	case seconds < 0.9995:
		return digits(seconds*1e3, false) + "ms"
	}
	return digits(seconds, false) + "s"
}

// clock formats a duration: 4.2s, 1:05, 2:00:00.
func clock(d time.Duration) string {
	if d < time.Minute-50*time.Millisecond {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	s := int64(d.Round(time.Second) / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// A recorder keeps samples for a report: as many as a plot can show, however
// long it lasts. It begins with samples at short intervals and doubles the interval
// whenever there are too many. A nil recorder keeps none.
type recorder struct {
	samples []sample
	thinned int // the number of times
}

const (
	recordEvery = 2 * time.Millisecond // the interval at first
	mostSamples = 1000
)

// interval returns the time between two samples.
func (r *recorder) interval() time.Duration {
	if r == nil {
		return 0
	}
	return recordEvery << r.thinned
}

func (r *recorder) add(s sample) {
	if r == nil {
		return
	}
	if len(r.samples) == mostSamples {
		r.thin()
	}
	r.samples = append(r.samples, s)
}

// thin drops every other sample.
func (r *recorder) thin() {
	for i := range mostSamples / 2 {
		r.samples[i] = r.samples[2*i]
	}
	r.samples = r.samples[:mostSamples/2]
	r.thinned++
}

// last adds the sample at the end, which is always kept.
func (r *recorder) last(s sample) {
	if r != nil {
		r.samples = append(r.samples, s)
	}
}

// A monitor watches a connection while it is used: it shows the live line and
// keeps the samples of the report.
type monitor struct {
	l      *link
	live   time.Duration // between two live lines; 0 for none
	rec    *recorder     // nil without a report
	first  sample
	past   history
	headed bool // the header has been printed
	quit   chan struct{}
	done   sync.WaitGroup
}

// watch starts the monitor.
func (m *monitor) watch() {
	m.quit = make(chan struct{})
	m.first = m.l.sample()
	m.past = m.past.add(m.first)
	m.rec.add(m.first)
	m.done.Go(func() {
		live, stopLive := ticker(m.live)
		defer stopLive()
		interval := m.rec.interval()
		record, stopRecord := ticker(interval)
		defer func() { stopRecord() }()
		for {
			select {
			case <-live:
				m.past = m.past.add(m.l.sample())
				m.show(m.past.latest(), m.past.mean(), false)
			case <-record:
				m.rec.add(m.l.sample())
				if now := m.rec.interval(); now != interval {
					stopRecord()
					interval = now
					record, stopRecord = ticker(interval)
				}
			case <-m.quit:
				return
			}
		}
	})
}

// ticker is a [time.Ticker] that never ticks if the time is 0.
func ticker(d time.Duration) (c <-chan time.Time, stop func()) {
	if d == 0 {
		return nil, func() {}
	}
	t := time.NewTicker(d)
	return t.C, t.Stop
}

// stop takes the last sample and shows the last live line, which covers the
// whole time. The connection must still be open.
func (m *monitor) stop() {
	close(m.quit)
	m.done.Wait()
	last := m.l.sample()
	m.rec.last(last)
	if m.live > 0 {
		m.past = m.past.add(last)
		whole := between(m.first, last)
		m.show(whole, whole, true)
		m.l.con.end()
	}
}

// show shows the live line, with the current speed and the mean speed, from
// which the remaining time is computed. At the end, both are those of the whole
// time.
func (m *monitor) show(now, mean speed, end bool) {
	p, con := m.l.progress, m.l.con
	s := m.past.newest()
	switch {
	case m.l.stat == 0:
		con.live(p.line(s, mean, con.width))
		return
	case m.l.format == "json":
		con.print("%s", s.json(now))
		return
	case m.l.format == "csv":
		if !m.headed {
			con.print("%s", csvHeader)
		}
		m.headed = true
		con.print("%s", s.csv(now))
		return
	}
	front, back, width := "", "", con.width
	if p != nil {
		front, width = fmt.Sprintf("%-18s", p.short(s, mean)), 0
	}
	if end {
		back = " in all"
	}
	if !m.headed {
		con.print("%*s%s", utf8.RuneCountInString(front), "", statHeader)
	}
	m.headed = true
	con.live(front + m.past.line(now, width-len(back)) + back)
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"example.com/streamsock/streamsock/tcpinfo"
)

// past is a history with numbers that are easy to follow.
func past() history {
	var h history
	for i := range 6 {
		h = h.add(sample{
			at: time.Duration(i) * time.Second, sent: int64(i*i) * 1e6, received: int64(i) * 500,
			rtt: 1.25e-3, cwnd: 420e3, retrans: 3, segments: true, unsent: 123456, available: 7,
		})
	}
	return h
}

func TestLine(t *testing.T) {
	blank := sample{rtt: unknown, rttVar: unknown, segments: false, cwnd: unknown, retrans: unknown, unsent: unknown, available: unknown}
	bytes := blank
	bytes.retrans = 1500
	for _, tt := range []struct {
		h     history
		width int
		want  string
	}{
		{past(), 100, "   5.0s  9.00MB    500B  1.25ms   420kB       3   123kB      7B ▂▃▅▆█"},
		{past(), 68, "   5.0s  9.00MB    500B  1.25ms   420kB       3   123kB      7B ▃▅▆█"},
		{past(), 67, "   5.0s  9.00MB    500B  1.25ms   420kB       3   123kB      7B"},
		{past()[:1], 100, "   0.0s      0B      0B  1.25ms   420kB       3   123kB      7B"},
		{history{blank}, 80, "   0.0s      0B      0B       -       -       -       -       -"},
		{history{bytes}, 80, "   0.0s      0B      0B       -       -  1.50kB       -       -"},
		{history{blank, blank}, 80, "   0.0s      0B      0B       -       -       -       -       - ▁"},
	} {
		if got := tt.h.line(tt.h.latest(), tt.width); got != tt.want {
			t.Errorf("in %d columns:\n%q, want\n%q", tt.width, got, tt.want)
		}
	}
}

// TestLineFits checks the line with large numbers in the columns of a usual
// terminal.
func TestLineFits(t *testing.T) {
	h := past()
	s := &h[len(h)-1]
	s.at, s.rtt, s.cwnd, s.retrans, s.unsent, s.available = 3599*time.Second, 0.1234, 9.99e6, 4321, 9.99e6, 9.99e6
	if line := h.line(speed{999e6, 999e6}, 79); utf8.RuneCountInString(line) > 79 {
		t.Errorf("%d columns: %s", utf8.RuneCountInString(line), line)
	}
}

func TestHistory(t *testing.T) {
	var h history
	if h.latest() != (speed{}) || h.mean() != (speed{}) || len(h.speeds()) != 0 {
		t.Error("a history of nothing has a speed")
	}
	for i := range 2 * remembered {
		h = h.add(sample{at: time.Duration(i) * time.Second, sent: int64(10 * i), received: int64(20 * i)})
	}
	if len(h) != remembered || h.newest().sent != 10*(2*remembered-1) {
		t.Errorf("%d samples, the last %+v", len(h), h.newest())
	}
	if want := (speed{10, 20}); h.mean() != want || h.latest() != want {
		t.Errorf("mean %v, latest %v, want %v", h.mean(), h.latest(), want)
	}
	// The count of acknowledged bytes may go back a little.
	if got := between(sample{at: 1, sent: 5}, sample{at: 2, sent: 3}); got.out != 0 {
		t.Errorf("negative speed %v", got)
	}
}

func TestSpark(t *testing.T) {
	for want, in := range map[string][]speed{
		"":         {},
		"▁▁":       {{0, 0}, {0, 0}},
		"▁▂▃▄▅▆▇█": {{0, 0}, {1, 0}, {0, 2}, {1, 2}, {4, 0}, {5, 0}, {3, 3}, {7, 0}},
		"█":        {{1e-9, 0}},
	} {
		if got := spark(in); got != want {
			t.Errorf("spark(%v) is %q, want %q", in, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[float64]string{
		0: "0B", 1: "1B", 999: "999B", 999.6: "1.00kB", 1000: "1.00kB", 9994: "9.99kB", 9996: "10.0kB", 99940: "99.9kB",
		99960: "100kB", 999499: "999kB", 999500: "1.00MB", 12.3e6: "12.3MB", 1e9: "1.00GB", 1e12: "1.00TB", 1e15: "1.00PB", 5e18: "5000PB",
	} {
		if got := size(n); got != want {
			t.Errorf("size(%v) is %q, want %q", n, got, want)
		}
	}
	for n, want := range map[float64]string{
		-1: "-", 0: "0µs", 1e-6: "1µs", 999e-6: "999µs", 999.6e-6: "1.00ms", 1e-3: "1.00ms", 12.34e-3: "12.3ms", 0.9994: "999ms", 1: "1.00s", 12.3: "12.3s",
	} {
		if got := duration(n); got != want {
			t.Errorf("duration(%v) is %q, want %q", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "0.0s", 59900 * time.Millisecond: "59.9s", 59960 * time.Millisecond: "1:00", time.Minute: "1:00",
		3599 * time.Second: "59:59", time.Hour: "1:00:00", 100*time.Hour + 61*time.Second: "100:01:01",
	} {
		if got := clock(d); got != want {
			t.Errorf("clock(%v) is %q, want %q", d, got, want)
		}
	}
}

// TestRecorder checks that a long recording stays small, and keeps the
// beginning, the end and equal distances.
func TestRecorder(t *testing.T) {
	(*recorder)(nil).add(sample{})
	(*recorder)(nil).last(sample{})
	for _, n := range []int{0, 1, 2, mostSamples, mostSamples + 1, 10*mostSamples + 7} {
		var r recorder
		at := time.Duration(0)
		for range n {
			r.add(sample{at: at})
			at += r.interval()
		}
		r.last(sample{at: at})
		if len(r.samples) > mostSamples+1 || n >= mostSamples && len(r.samples) < mostSamples/2 || n < mostSamples && len(r.samples) != n+1 {
			t.Errorf("%d samples of %d", len(r.samples), n)
		}
		if n > 0 && r.samples[0].at != 0 || r.samples[len(r.samples)-1].at != at {
			t.Errorf("%d: the ends are missing", n)
		}
		for i := 2; i < len(r.samples)-1; i++ {
			if d := r.samples[i].at - r.samples[i-1].at; d != r.interval() {
				t.Errorf("%d: distance %v at %d, not %v", n, d, i, r.interval())
				break
			}
		}
	}
}

// TestStatFormat prints numbers that programs can read.
func TestStatFormat(t *testing.T) {
	h := past()
	blank := sample{rtt: unknown, rttVar: unknown, cwnd: unknown, retrans: unknown, unsent: unknown, available: unknown}
	h[5].rttVar = unknown
	for _, tt := range []struct{ got, want string }{
		{h[5].json(h.latest()), `{"time":5,"sent":25000000,"received":2500,"out":9000000,"in":500,"rtt":0.00125,"cwnd":420000,"retransmitted_segments":3,"unacked":123456,"available":7}`},
		{h[5].csv(h.latest()), "5,25000000,2500,9000000,500,0.00125,,420000,3,,123456,7"},
		{blank.json(speed{}), `{"time":0,"sent":0,"received":0,"out":0,"in":0}`},
		{blank.csv(speed{}), "0,0,0,0,0,,,,,,,"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s, want %s", tt.got, tt.want)
		}
	}
	if n := strings.Count(csvHeader, ","); n != strings.Count(blank.csv(speed{}), ",") {
		t.Errorf("the header has %d columns", n+1)
	}
	for format, first := range map[string]string{"json": "{", "csv": csvHeader} {
		s := connectSession(t, "--stat", "1h", "--stat-format", format)
		s.finish()
		if got := s.line(); !strings.HasPrefix(got, first) {
			t.Errorf("%s: %q", format, got)
		}
	}
}

// TestSample fills a connection, and compares with what the kernel reports.
func TestSample(t *testing.T) {
	client, server := pair(t)
	var tr traffic
	for p := make([]byte, 64<<10); ; {
		n, err := client.TryWrite(p)
		tr.sent.Add(int64(n))
		if errors.Is(err, errors.ErrUnsupported) {
			t.Skip(err)
		}
		if err != nil {
			break // the buffers are full
		}
	}
	tr.received.Store(5)
	s := tr.take(client, time.Now().Add(-time.Hour))
	if s.at < time.Hour || s.received != 5 {
		t.Errorf("%+v", s)
	}
	switch all := tr.sent.Load(); {
	case s.unsent == unknown && s.sent != all:
		t.Errorf("sent %d of %d, although no unacknowledged bytes are reported", s.sent, all)
	case s.unsent != unknown && (s.unsent <= 0 || s.sent != all-s.unsent):
		t.Errorf("sent %d of %d, %d of them on the way", s.sent, all, s.unsent)
	}
	for deadline := time.Now().Add(patience); tr.take(server, time.Now()).available == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing is available at the other end")
		}
	}

	info, err := tcpinfo.Get(client)
	if err != nil {
		info = new(tcpinfo.Info)
	}
	if has := info.Has(tcpinfo.FieldRTT); has != (s.rtt > 0) || !has && s.rtt != unknown {
		t.Errorf("rtt %v, but %v", s.rtt, info)
	}
	if has := info.Has(tcpinfo.FieldRTTVar); has != (s.rttVar > 0) || !has && s.rttVar != unknown {
		t.Errorf("variance %v, but %v", s.rttVar, info)
	}
	if has := info.Has(tcpinfo.FieldSndCwnd); has != (s.cwnd > 0) || !has && s.cwnd != unknown {
		t.Errorf("window %v, but %v", s.cwnd, info)
	}
	segments, bytes := info.Has(tcpinfo.FieldSegsRetransmitted), info.Has(tcpinfo.FieldBytesRetransmitted)
	if segments != s.segments && bytes || (segments || bytes) != (s.retrans >= 0) {
		t.Errorf("retransmits %v, in segments %v, but %v", s.retrans, s.segments, info)
	}
}

// liveLine matches each live line of a connection.
var liveLine = regexp.MustCompile(`^ *[0-9.:]+s?( +[0-9.]+[kMG]?B){2}( +\S+){5}( [▁-█]+)?( in all)?$`)

// TestStat sends between two live lines, which must show it.
func TestStat(t *testing.T) {
	s := connectSession(t, "--stat", "20ms")
	if line := s.line(); line != statHeader {
		t.Errorf("%q", line)
	}
	if line := s.line(); !liveLine.MatchString(line) {
		t.Errorf("%q", line)
	}
	s.write(strings.Repeat("x", 100_000))
	s.expect(strings.Repeat("x", 100_000))
	io.WriteString(s.peer, strings.Repeat("y", 200_000))
	out, in := false, false
	for deadline := time.Now().Add(patience); !out || !in; {
		line := s.line()
		if !liveLine.MatchString(line) || time.Now().After(deadline) {
			t.Fatalf("%q, out %v, in %v", line, out, in)
		}
		columns := strings.Fields(line)
		out = out || columns[1] != "0B"
		in = in || columns[2] != "0B"
	}
	done := make(chan string, 1)
	go func() { // the lines until the end, so that none waits
		last := ""
		for line := range s.stderr {
			last = line
		}
		done <- last
	}()
	s.finish()
	close(s.stderr)
	// The last line is about the whole time, in which both directions had
	// something.
	if last := <-done; !liveLine.MatchString(strings.TrimSuffix(last, "\n")) || strings.Fields(last)[1] == "0B" || strings.Fields(last)[2] == "0B" ||
		!strings.HasSuffix(last, " in all\n") {
		t.Errorf("the last line is %q", last)
	}
	if s.stdout.Len() != 200_000 {
		t.Errorf("wrote %d bytes", s.stdout.Len())
	}
}

func TestProgressLine(t *testing.T) {
	at := sample{at: 2500 * time.Millisecond, sent: 10e6}
	for _, tt := range []struct {
		total int64
		mean  float64
		width int
		want  string
	}{
		{40e6, 4e6, 79, "[========>                        ]  25%  10.0MB of 40.0MB  4.00MB/s  7.5s left"},
		{40e6, 4e6, 60, "[===>          ]  25%  10.0MB of 40.0MB  4.00MB/s  7.5s left"},
		{40e6, 4e6, 40, " 25%  10.0MB of 40.0MB  4.00MB/s  7.5s left"},
		{1e9, 1e6, 60, "[>            ]   1%  10.0MB of 1.00GB  1.00MB/s  16:30 left"},
		{10e6, 4e6, 60, "[================] 100%  10.0MB of 10.0MB  4.00MB/s  in 2.5s"},
		{10e6 + 1, 4e6, 60, "[=============>]  99%  10.0MB of 10.0MB  4.00MB/s  0.0s left"},
		{40e6, 0, 60, "[=====>              ]  25%  10.0MB of 40.0MB  0B/s  stalled"},
		{40e6, 1e-9, 60, "[=====>              ]  25%  10.0MB of 40.0MB  0B/s  stalled"},
		{0, 0, 60, "[========================] 100%  10.0MB of 0B  0B/s  in 2.5s"},
		{unknown, 4e6, 79, "10.0MB sent  4.00MB/s  2.5s"},
	} {
		p := progress{tt.total}
		if got := p.line(at, speed{out: tt.mean}, tt.width); got != tt.want {
			t.Errorf("of %d:\n%q, want\n%q", tt.total, got, tt.want)
		}
	}
	if got := (&progress{40e6}).short(at, speed{out: 4e6}); got != " 25% 7.5s left" {
		t.Errorf("short: %q", got)
	}
	if got := (&progress{unknown}).short(at, speed{}); got != "10.0MB sent" {
		t.Errorf("short: %q", got)
	}
}

func TestSizeOf(t *testing.T) {
	f := open(t, 100)
	if got := sizeOf(f); got != 100 {
		t.Errorf("the size of a file is %d", got)
	}
	f.Seek(30, io.SeekStart)
	if got := sizeOf(f); got != 70 {
		t.Errorf("the rest of a file is %d", got)
	}
	f.Seek(200, io.SeekStart)
	if got := sizeOf(f); got != 0 {
		t.Errorf("after its end, a file has %d", got)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Skip(err)
	}
	defer r.Close()
	defer w.Close()
	for _, r := range []io.Reader{r, strings.NewReader("x"), nil} {
		if got := sizeOf(r); got != unknown {
			t.Errorf("the size of %T is %d", r, got)
		}
	}
}

// TestProgress sends a file by name, with everything that counts the bytes.
func TestProgress(t *testing.T) {
	name := tempFile(t, 3<<20)
	for _, flags := range [][]string{
		{"--progress"},
		{"--progress", "--stat", "1h"},
	} {
		s := connectSession(t, append(flags, "--input", name)...)
		got, err := io.ReadAll(s.peer)
		if want, _ := os.ReadFile(name); err != nil || string(got) != string(want) {
			t.Fatalf("the peer read %d bytes, %v", len(got), err)
		}
		s.peer.Close()
		if status := s.wait(); status != 0 {
			t.Errorf("status %d", status)
		}
		last := ""
		for len(s.stderr) > 0 {
			last = s.line()
		}
		if !strings.Contains(last, "100%") || !strings.Contains(last, "in ") {
			t.Errorf("%q: the last line is %q", flags, last)
		}
	}
}

// TestInput sends a file without anything that counts.
func TestInput(t *testing.T) {
	name := tempFile(t, 1<<20)
	s := connectSession(t, "--input", name)
	got, err := io.ReadAll(s.peer)
	if want, _ := os.ReadFile(name); err != nil || string(got) != string(want) {
		t.Errorf("the peer read %d bytes, %v", len(got), err)
	}
	s.finish()
}

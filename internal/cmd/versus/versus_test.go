// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"encoding/xml"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"example.com/streamsock/internal/testnet"
)

// TestMain makes the test binary a contestant, like main.
func TestMain(m *testing.M) {
	if !competes() {
		testnet.Main(m)
	}
}

// TestQuick has all contestants do a little of each work.
func TestQuick(t *testing.T) {
	if os.Getenv("STREAMSOCK_PEERS") != "1" {
		t.Skip("needs taskset, g++, POCO and Boost.Asio, and STREAMSOCK_PEERS=1 (.ci/run peers)")
	}
	s := setup{dir: filepath.Join("..", "..", "..", "testdata", "bench"), cpu: "0", peerCPU: "0", rounds: 2, part: 50, progress: io.Discard}
	if runtime.NumCPU() > 1 {
		s.peerCPU = "1"
	}
	r, err := s.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for _, w := range works {
		for _, p := range programs {
			want := s.roundsOf(w.decides())
			if !p.can(w) {
				want = 0
			}
			for k := range w.figures {
				checkFigures(t, r.rows[at+k], p.name, want)
			}
			if len(w.figures) == 2 && p.can(w) && r.rows[at].took[p.name][0] > r.rows[at+1].took[p.name][0] {
				t.Errorf("%s, %s: the median is more than the 99th percentile", w.figures[0].title, p.name)
			}
		}
		at += len(w.figures)
	}
	if at != len(r.rows) {
		t.Errorf("%d rows, want %d", len(r.rows), at)
	}
	idle := r.rows[slices.IndexFunc(r.rows, func(r row) bool { return r.bytes })].took
	if o, n := idle[ours][0], idle[plain][0]; o < 100 || n < 4096 || o > n {
		t.Errorf("an idle connection takes %v bytes, of net %v", o, n)
	}
	checkTrials(t, &s, r)
	for _, of := range r.calls {
		for name, made := range of.by {
			if len(made) == 0 {
				t.Errorf("%s, %s: no system calls", of.figures[0].title, name)
			}
		}
	}
	checkPage(t, r)
	checkPlot(t, r)
}

// checkTrials checks that each server has its figures, that they can be true,
// and that an idle session of ours has no descriptors.
func checkTrials(t *testing.T, s *setup, r *result) {
	t.Helper()
	for name, reason := range r.missing {
		t.Logf("without %s: %s", name, reason)
	}
	for _, trial := range r.trials {
		if trial.fewer < trial.count {
			t.Logf("%s: %s %s", trial.title, trial.connections(), trial.column)
		}
		for _, sv := range trial.servers {
			got := trial.took[sv.name]
			if want := s.roundsOf(trial.decides); len(got) != want && r.missing[sv.needs] == "" {
				t.Errorf("%s, %s: %d samples, want %d", trial.title, sv.name, len(got), want)
			}
			for _, m := range got {
				if m.took <= 0 || m.processor <= 0 || m.descriptors < 0 {
					t.Errorf("%s, %s: %+v", trial.title, sv.name, m)
				}
				if sv.bare && trial.fewer > 0 && m.descriptors > 2.1 {
					t.Errorf("%s, %s: an idle session has %v descriptors, want 2", trial.title, sv.name, m.descriptors)
				}
			}
		}
	}
}

// checkFigures checks that a contestant has so many figures in a row, and that
// they can be true.
func checkFigures(t *testing.T, r row, name string, want int) {
	t.Helper()
	got := r.took[name]
	if len(got) != want {
		t.Errorf("%s, %s: %d figures, want %d", r.title, name, len(got), want)
	}
	least, most := 20.0, 10e9 // nanoseconds
	if r.bytes {
		least, most = 0, 1<<20
	}
	for _, v := range got {
		if v < least || v > most {
			t.Errorf("%s, %s: %v", r.title, name, v)
		}
	}
}

// made returns a result that was not measured: ours has figure 100 in all
// rounds, and the others what the function says.
func made(rounds int, other func(name string, round int) float64) *result {
	r := &result{rounds: rounds, fewer: rounds, facts: []string{"a machine", "a <kernel>"}}
	at := 0
	for _, w := range works {
		for k, f := range w.figures {
			for _, p := range programs {
				for round := range rounds {
					switch {
					case p.name == ours:
						r.add(at+k, f, p.name, 100)
					case p.can(w):
						r.add(at+k, f, p.name, other(p.name, round))
					}
				}
			}
		}
		at += len(w.figures)
	}
	return r
}

func TestSpread(t *testing.T) {
	for _, test := range []struct {
		v    []float64
		want spread
	}{
		{[]float64{7}, spread{7, 7, 7}},
		{[]float64{3, 1}, spread{2, 1, 3}},
		{[]float64{9, 1, 2}, spread{2, 1, 9}},
		{[]float64{4, 1, 9, 2}, spread{3, 1, 9}},
	} {
		before := slices.Clone(test.v)
		if got := spreadOf(test.v); got != test.want {
			t.Errorf("%v: %v, want %v", test.v, got, test.want)
		}
		if !slices.Equal(test.v, before) {
			t.Errorf("%v became %v", before, test.v)
		}
	}
}

// TestRatio checks that figures of the same round are compared: the machine is
// twice as slow in the second.
func TestRatio(t *testing.T) {
	r := row{figure: figure{aims: []aim{{poco, 1.25}, {inC, 1.26}}}, took: map[string][]float64{
		ours: {100, 200, 100}, poco: {125, 250, 125}, inC: {50, 400, 125},
	}}
	if got, want := r.ratio(poco), (spread{1.25, 1.25, 1.25}); got != want {
		t.Errorf("ratio %v, want %v", got, want)
	}
	if got, want := r.ratio(inC), (spread{1.25, 0.5, 2}); got != want {
		t.Errorf("ratio %v, want %v", got, want)
	}
	if !r.met(r.aims[0]) || r.met(r.aims[1]) {
		t.Error("an aim of 1.25 is met by 1.25, and one of 1.26 is not")
	}
	if r.has(asio) || !r.has(inC) {
		t.Error("has a figure that is not there, or not one that is")
	}
}

// TestCalls reads what perf writes.
func TestCalls(t *testing.T) {
	got, err := parseCalls(`# started on Sat Nov 21 15:00:00 2026

2200,,syscalls:sys_enter_read,1000,100.00,,
1100,,syscalls:sys_enter_write,1000,100.00,,
1100,,syscalls:sys_enter_poll,1000,100.00,,
10,,syscalls:sys_enter_close,1000,100.00,,
0,,syscalls:sys_enter_ioctl,1000,100.00,,
`, 1100)
	if err != nil {
		t.Fatal(err)
	}
	if want := (calls{"read": 2, "write": 1, "poll": 1}); !maps.Equal(got, want) {
		t.Errorf("calls %v, want %v", got, want)
	}
	if got, want := got.String(), "read 2.00, poll 1.00, write 1.00"; got != want {
		t.Errorf("calls %q, want %q", got, want)
	}
	if got, err := parseCalls("<not supported>,,syscalls:sys_enter_read,0,100.00,,\n", 1); err == nil {
		t.Errorf("no error but %v", got)
	}
}

func TestPage(t *testing.T) {
	r := made(3, func(name string, round int) float64 { return map[string]float64{inC: 80}[name] + 100 + float64(round) })
	checkPage(t, r)
	page := r.page()
	for _, want := range []string{
		"| ping-pong of 64 bytes, median | 1.01 (1.00–1.02) | 1.01 (1.00–1.02) | 1.01 (1.00–1.02) | 1.81 (1.80–1.82) | 1.01 (1.00–1.02) | 0.98 of net: met; 1.00 of POCO: met; 1.00 of C: met |",
		"| connect and close | 1.01 (1.00–1.02) | 1.01 (1.00–1.02) | 1.01 (1.00–1.02) | 1.81 (1.80–1.82) | |  |",
		"| memory of an idle connection | 100 B | 101 B | 101 B | 101 B | 181 B | |",
		"a machine; a <kernel>.",
	} {
		if !strings.Contains(page, want+"\n") {
			t.Errorf("no line %q in\n%s", want, page)
		}
	}
	if strings.Contains(page, "short") {
		t.Errorf("short of an aim:\n%s", page)
	}

	r = made(1, func(string, int) float64 { return 94 })
	r.calls = []callsOf{{works[0], map[string]calls{ours: {"read": 2}, poco: {"recvfrom": 1}}}}
	checkPage(t, r)
	page = r.page()
	for _, want := range []string{
		"0.95 of POCO: short of it |\n",
		"0.91 of C: met |\n",
		"- ping-pong of 64 bytes, median: 0.940 of net, aim 0.980; 0.940 of POCO, aim 1.000; 0.940 of C, aim 1.000; 0.940 of C, epoll\n",
		"; 0.940 of C, epoll\n\n" + latencyWhy + "\n\n- stream, writes of 1 KiB: 0.940 of net, aim 0.980; 0.940 of POCO, aim 0.950;",
		"| ping-pong of 64 bytes | read 2.00 |  | recvfrom 1.00 |",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
	if n := strings.Count(page, "aim 0.950;"); n != 7 {
		t.Errorf("%d streams are short of their aim, want 7", n)
	}
	if n := strings.Count(page, streamWhy); n != 1 {
		t.Errorf("%d reasons for streams, want 1", n)
	}
}

// checkPage checks that the rows of each table have as many cells, and that
// there is one for each figure.
func checkPage(t *testing.T, r *result) {
	t.Helper()
	page := r.page()
	cells := 0
	for line := range strings.Lines(page) {
		n := strings.Count(line, "|")
		if cells > 0 && n > 0 && n != cells {
			t.Errorf("%d cells, want %d: %s", n, cells, line)
		}
		cells = n
	}
	for _, w := range r.rows {
		if n := strings.Count(page, "\n| "+w.title+" |"); n < 2 {
			t.Errorf("%d rows for %s", n, w.title)
		}
	}
	if strings.Contains(page, "NaN") || strings.Contains(page, "Inf") {
		t.Errorf("not a number:\n%s", page)
	}
}

func TestPlot(t *testing.T) {
	for name, other := range map[string]func(string, int) float64{
		"faster":         func(_ string, round int) float64 { return 110 + float64(round) },
		"slower":         func(_ string, round int) float64 { return 90 + float64(round) },
		"nothing":        func(string, int) float64 { return 0 },
		"beyond the end": func(string, int) float64 { return 1e6 },
	} {
		t.Run(name, func(t *testing.T) { checkPlot(t, made(3, other)) })
	}
	plot := made(1, func(string, int) float64 { return 25 }).plot()
	for _, want := range []string{">← 0.25</text>", ">a machine; a &lt;kernel&gt;</text>", ">stream, vectored writes of 16 × 1 KiB</text>", `class="slower"`} {
		if !strings.Contains(plot, want) {
			t.Errorf("no %q in\n%s", want, plot)
		}
	}
	if strings.Contains(plot, `class="faster"`) {
		t.Error("a bar is drawn as faster")
	}
	if got, want := at(2)-at(1), at(1)-at(0.5); math.Abs(got-want) > 1e-9 {
		t.Errorf("twice as fast is %v from the middle, half as fast %v", got, want)
	}
}

// checkPlot checks that the plot is XML with a bar for each ratio, and that
// nothing lies outside.
func checkPlot(t *testing.T, r *result) {
	t.Helper()
	ratios := 0
	for _, row := range r.rows {
		ratios += len(row.took) - 1
	}
	var width, height float64
	bars := 0
	for d := xml.NewDecoder(strings.NewReader(r.plot())); ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range e.Attr {
			switch a.Name.Local {
			case "viewBox":
				sides := strings.Fields(a.Value)
				width, height = number(t, sides[2]), number(t, sides[3])
			case "x", "x1", "x2":
				if x := number(t, a.Value); x < 0 || x > width {
					t.Errorf("%v is outside", e)
				}
			case "y", "y1", "y2":
				if y := number(t, a.Value); y < 0 || y > height {
					t.Errorf("%v is outside", e)
				}
			case "width", "height":
				if number(t, a.Value) < 0 {
					t.Errorf("%v is turned around", e)
				}
			case "class":
				if a.Value == "faster" || a.Value == "slower" {
					bars++
				}
			}
		}
	}
	if bars != ratios || bars == 0 {
		t.Errorf("%d bars, want %d", bars, ratios)
	}
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestWrap(t *testing.T) {
	got := wrap("one two  three four", 9)
	if want := []string{"one two", "three", "four"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

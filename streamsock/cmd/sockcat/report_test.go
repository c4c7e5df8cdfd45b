// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// recording returns n samples with all or none of the kernel's numbers.
func recording(n int, known bool) []sample {
	var all []sample
	for i := range n {
		s := sample{segments: true, at: time.Duration(i) * 50 * time.Millisecond, sent: int64(i) * 4e6, received: int64(i) * 1e6,
			rtt: unknown, rttVar: unknown, cwnd: unknown, retrans: unknown, unsent: unknown, available: unknown}
		if known {
			s.rtt, s.rttVar = 0.020+0.005*math.Sin(float64(i)/9), 0.001
			s.cwnd, s.retrans = 1500*int64(10+i%70), int64(i/30)
			s.unsent, s.available = 2e6, 100
		}
		all = append(all, s)
	}
	return all
}

func exampleReport(samples []sample) *report {
	return &report{
		Local: "192.0.2.1:1234", Remote: "<&>", Protocol: "TCP", Started: time.Unix(0, 0).UTC(),
		Options: []optionRow{{"NoDelay", "TCP_NODELAY", "false", "<true>"}},
		samples: samples,
	}
}

// wellFormed reads all of a document, and returns its text.
func wellFormed(t *testing.T, document string) string {
	t.Helper()
	var text strings.Builder
	for d := xml.NewDecoder(strings.NewReader(document)); ; {
		token, err := d.Token()
		if err == io.EOF {
			return text.String()
		}
		if err != nil {
			t.Errorf("%v in:\n%s", err, document)
			return text.String()
		}
		if data, ok := token.(xml.CharData); ok {
			text.WriteString(string(data) + "|")
		}
	}
}

func TestPlots(t *testing.T) {
	titles := []string{"Throughput", "Round-trip time", "Congestion window", "Retransmits"}
	for _, tt := range []struct {
		name    string
		samples []sample
		want    [4][]string // text in each plot
		drawn   string      // by this element, or nothing
	}{
		{"none", nil, [4][]string{{"no samples"}, {"no samples"}, {"no samples"}, {"no samples"}}, ""},
		{"one", recording(1, true), [4][]string{{"two samples"}, {"ms", "20"}, {"kB", "15"}, {"segments", "0"}}, "circle"},
		{"unknown", recording(9, false), [4][]string{{"MB/s", "80", "sent", "received"}, {"not reported"}, {"not reported"}, {"not reported"}}, ""},
		{"many", recording(100, true), [4][]string{{"MB/s", "80", "sent", "received"}, {"ms", "25"}, {"kB", "150"}, {"segments", "3"}}, "path"},
		{"long", recording(20000, true), [4][]string{{"min", "MB/s"}, {"min"}, {"min"}, {"min"}}, "path"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for i, p := range exampleReport(tt.samples).plots() {
				svg := p.svg()
				text := wellFormed(t, svg)
				for _, want := range append(tt.want[i], titles[i], "time (") {
					if !strings.Contains(text, want) {
						t.Errorf("%s: %q is not in %q", titles[i], want, text)
					}
				}
				if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") || strings.Contains(svg, "%!") {
					t.Errorf("%s: not a number in:\n%s", titles[i], svg)
				}
				if i > 0 && tt.drawn != "" && !strings.Contains(svg, "<"+tt.drawn+" class=") {
					t.Errorf("%s: no %s in:\n%s", titles[i], tt.drawn, svg)
				}
			}
		})
	}
}

// TestPlotGolden compares a small plot in full.
func TestPlotGolden(t *testing.T) {
	p := plot{title: "A & B", unit: "s", took: 2, lines: []curve{{name: "A & B", points: []point{{0, 0}, {1, 0.002}, {2, 0.001}}}}}
	const want = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 240" role="img" aria-label="A &amp; B over time">
<text class="title" x="64" y="20">A &amp; B</text>
<line class="grid" x1="64" y1="196.0" x2="700" y2="196.0"/><text class="tick y" x="56" y="200.0">0.0</text>
<line class="grid" x1="64" y1="157.0" x2="700" y2="157.0"/><text class="tick y" x="56" y="161.0">0.5</text>
<line class="grid" x1="64" y1="118.0" x2="700" y2="118.0"/><text class="tick y" x="56" y="122.0">1.0</text>
<line class="grid" x1="64" y1="79.0" x2="700" y2="79.0"/><text class="tick y" x="56" y="83.0">1.5</text>
<line class="grid" x1="64" y1="40.0" x2="700" y2="40.0"/><text class="tick y" x="56" y="44.0">2.0</text>
<text class="label y" transform="translate(14 118) rotate(-90)">ms</text>
<line class="axis" x1="64" y1="196" x2="700" y2="196"/>
`
	got := p.svg()
	if !strings.HasPrefix(got, want) {
		t.Errorf("the plot begins with\n%s\nwant\n%s", got, want)
	}
	for _, want := range []string{
		`<path class="line first" d="M64.0 196.0L382.0 40.0L700.0 118.0"/>`,
		`<path class="area first" d="M64.0 196.0L382.0 40.0L700.0 118.0V196H64.0Z"/>`,
		`<rect class="spot" x="223.0" y="40" width="318.0" height="156"><title>1.00 s` + "\n" + `A &amp; B 2 ms</title></rect>`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("%s\nis not in\n%s", want, got)
		}
	}
}

func TestSteps(t *testing.T) {
	p := plot{title: "n", unit: "segments", took: 2, lines: []curve{{steps: true, points: []point{{0, 0}, {1, 1}, {2, 1}}}}}
	if svg := p.svg(); !strings.Contains(svg, `d="M64.0 196.0H382.0V40.0H700.0V40.0"`) || strings.Contains(svg, ">0.5<") {
		t.Error(svg)
	}
}

func TestNiceStep(t *testing.T) {
	for least, want := range map[float64]float64{1: 1, 1.1: 2, 2: 2, 3: 5, 5: 5, 6: 10, 10: 10, 0.03: 0.05, 0.1: 0.1, 700: 1000} {
		if got := niceStep(least); math.Abs(got-want) > 1e-9*want {
			t.Errorf("niceStep(%v) is %v, want %v", least, got, want)
		}
	}
}

// TestReportPage checks that the page is whole, all in one and escaped.
func TestReportPage(t *testing.T) {
	for name, samples := range map[string][]sample{
		"none": nil, "one": recording(1, true), "unknown": recording(50, false), "many": recording(100, true),
	} {
		t.Run(name, func(t *testing.T) {
			r := exampleReport(samples)
			r.Failure = "broken & gone"
			var b bytes.Buffer
			if err := r.write(&b); err != nil {
				t.Fatal(err)
			}
			page := b.String()
			for _, want := range []string{
				"prefers-color-scheme: dark", "&lt;&amp;&gt;", "&lt;true&gt;", "broken &amp; gone", "TCP_NODELAY", "1970-01-01", "</html>",
			} {
				if !strings.Contains(page, want) {
					t.Errorf("%q is missing", want)
				}
			}
			if n := strings.Count(page, "<svg "); n != 4 {
				t.Errorf("%d plots", n)
			}
			// Nothing is loaded: the only address is the name of SVG.
			if got := regexp.MustCompile(`(src|href|url|@import|https?:)[^\n]*`).FindAllString(strings.ReplaceAll(page, "http://www.w3.org/2000/svg", ""), -1); len(got) > 0 {
				t.Errorf("not self-contained: %q", got)
			}
			// Apart from the elements that HTML does not close, it is XML too.
			wellFormed(t, regexp.MustCompile(`<(!DOCTYPE|meta)[^>]*>`).ReplaceAllString(page, ""))
		})
	}
}

func TestFacts(t *testing.T) {
	got := exampleReport(recording(101, true)).Facts()
	want := []fact{
		{"sent", "400MB", "80.0MB/s on average"},
		{"received", "100MB", "20.0MB/s on average"},
		{"RTT", "20.8ms", "15.0ms to 25.0ms"},
		{"retransmits", "3", "segments"},
		{"duration", "5.0s", "101 samples"},
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%q, want %q", got[i], want[i])
		}
	}
	if got := exampleReport(nil).Facts(); got[2].Value != noValue || got[3] != (fact{"retransmits", noValue, ""}) {
		t.Errorf("without samples: %q", got)
	}
}

// reportSession starts a session that writes a report, and returns its name.
func reportSession(t *testing.T, flags ...string) (*session, string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "page.html")
	return connectSession(t, append(flags, "--report", name)...), name
}

func TestReport(t *testing.T) {
	s, name := reportSession(t, "-v", "-o", "NoDelay=off")
	text := strings.Repeat("x", 100_000)
	s.write(text)
	s.expect(text)
	s.finish()
	page := readPage(t, name)
	for _, want := range []string{"100kB", s.peer.LocalAddr().String(), s.peer.RemoteAddr().String(), "<td>NoDelay</td>"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in the page:\n%s", want, page)
		}
	}
	for {
		if line := s.line(); line == "report written to "+name {
			break
		}
	}
}

// TestReportBroken: a connection that broke has a report with the reason.
func TestReportBroken(t *testing.T) {
	s, name := reportSession(t)
	s.write("x")
	s.expect("x")
	s.peer.SetLinger(0)
	s.peer.Close()
	if status := s.wait(); status != 1 {
		t.Errorf("status %d", status)
	}
	if page := readPage(t, name); !strings.Contains(page, "ended by: read tcp ") {
		t.Error(page)
	}
}

func TestReportAborted(t *testing.T) {
	s, name := reportSession(t, "--escape", "~")
	s.write("hello\n")
	s.expect("hello\n")
	s.write("~a\n")
	if status := s.wait(); status != 0 {
		t.Errorf("status %d", status)
	}
	if page := readPage(t, name); !strings.Contains(page, "<b>6B</b>") || strings.Contains(page, "ended by") {
		t.Error(page)
	}
}

// TestReportNowhere: a page that cannot be written is an immediate failure.
func TestReportNowhere(t *testing.T) {
	s := connectSession(t, "--report", filepath.Join(t.TempDir(), "no", "such", "folder"))
	if status := s.wait(); status != 1 { // stdin is open
		t.Errorf("status %d", status)
	}
	if got := s.line(); !strings.HasPrefix(got, "sockcat: open ") {
		t.Error(got)
	}
}

func TestReportBrokenWriter(t *testing.T) {
	if err := exampleReport(nil).write(brokenWriter{}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("write returned %v", err)
	}
}

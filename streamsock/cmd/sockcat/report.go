// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"time"
)

//go:embed report.html
var reportPage string

var reportTemplate = template.Must(template.New("report").Parse(reportPage))

// A report is the content of the page of --report.
type report struct {
	Local, Remote string
	Protocol      string // "TCP", or with that of TLS
	Started       time.Time
	Options       []optionRow
	Failure       string // the failure, if any

	samples []sample
}

// An optionRow is the requested and actual value of an option.
type optionRow struct{ Name, Sys, Asked, Has string }

// write writes the page.
func (r *report) write(w io.Writer) error { return reportTemplate.Execute(w, r) }

// A fact is one of the numbers at the top of the page.
type fact struct{ Name, Value, Note string }

// Facts returns the numbers at the top of the page.
func (r *report) Facts() []fact {
	var first, last sample
	last.retrans = unknown
	if len(r.samples) > 0 {
		first, last = r.samples[0], r.samples[len(r.samples)-1]
	}
	mean := between(first, last)
	facts := []fact{
		{"sent", size(float64(last.sent)), size(mean.out) + "/s on average"},
		{"received", size(float64(last.received)), size(mean.in) + "/s on average"},
		r.roundTrip(),
		{"retransmits", last.resent(), ""},
		{"duration", clock(last.at), plural(len(r.samples), "sample")},
	}
	if last.retrans > 0 && last.segments {
		facts[3].Note = "segments" // otherwise the value includes its unit, or needs none
	}
	return facts
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// roundTrip returns the median of all round-trip times.
func (r *report) roundTrip() fact {
	var all []float64
	for _, s := range r.samples {
		if s.rtt >= 0 {
			all = append(all, s.rtt)
		}
	}
	if len(all) == 0 {
		return fact{"RTT", noValue, ""}
	}
	slices.Sort(all)
	return fact{"RTT", duration(all[len(all)/2]), duration(all[0]) + " to " + duration(all[len(all)-1])}
}

// Plots returns the drawings.
func (r *report) Plots() []template.HTML {
	var all []template.HTML
	for _, p := range r.plots() {
		all = append(all, template.HTML(p.svg()))
	}
	return all
}

func (r *report) plots() []plot {
	return []plot{
		r.throughput(),
		r.single("Round-trip time", "s", false, func(s sample) float64 { return s.rtt }),
		r.single("Congestion window", "B", true, func(s sample) float64 { return float64(s.cwnd) }),
		r.single("Retransmits", r.resentUnit(), true, func(s sample) float64 { return float64(s.retrans) }),
	}
}

// resentUnit returns the unit in which the system counts retransmissions.
func (r *report) resentUnit() string {
	if len(r.samples) > 0 && !r.samples[0].segments {
		return "B"
	}
	return "segments"
}

// took returns the time covered by the samples, in seconds.
func (r *report) took() float64 {
	if len(r.samples) == 0 {
		return 0
	}
	return r.samples[len(r.samples)-1].at.Seconds()
}

// why returns why a plot may be empty.
func (r *report) why(otherwise string) string {
	if len(r.samples) == 0 {
		return "no samples"
	}
	return otherwise
}

// single returns a plot of one number, where it is known.
func (r *report) single(title, unit string, steps bool, value func(sample) float64) plot {
	c := curve{name: title, steps: steps}
	for _, s := range r.samples {
		if v := value(s); v >= 0 {
			c.points = append(c.points, point{s.at.Seconds(), v})
		}
	}
	return plot{title: title, unit: unit, why: r.why("not reported by this system"), took: r.took(), lines: []curve{c}}
}

// mostSpeeds is about the number of points of the throughput plot. Speeds over
// shorter times are mostly noise.
const mostSpeeds = 120

// throughput returns the plot of the speeds over time, each at the end of its
// time. A direction without data is left out.
func (r *report) throughput() plot {
	out, in := curve{name: "sent"}, curve{name: "received", second: true}
	every := len(r.samples)/mostSpeeds + 1
	for i := every; i < len(r.samples); i += every {
		v := between(r.samples[i-every], r.samples[i])
		at := r.samples[i].at.Seconds()
		out.points = append(out.points, point{at, v.out})
		in.points = append(in.points, point{at, v.in})
	}
	p := plot{title: "Throughput", unit: "B", per: "/s", why: r.why("two samples are needed"), took: r.took()}
	if !in.zero() || out.zero() {
		p.lines = append(p.lines, in)
	}
	if !out.zero() || in.zero() {
		p.lines = append(p.lines, out)
	}
	return p
}

// A row is a sample as text.
type row struct{ At, Sent, Received, RTT, Variance, Cwnd, Retrans, Unsent, Available string }

// Rows returns the samples as text, but not too many to read.
func (r *report) Rows() []row {
	var rows []row
	every := len(r.samples)/200 + 1
	for i := 0; i < len(r.samples); i += every {
		s := r.samples[i]
		rows = append(rows, row{fmt.Sprintf("%.3f", s.at.Seconds()), count(s.sent), count(s.received), duration(s.rtt),
			duration(s.rttVar), count(s.cwnd), s.resent(), count(s.unsent), count(s.available)})
	}
	return rows
}

// When returns the formatted start time.
func (r *report) When() string { return r.Started.Format("2006-01-02 15:04:05 MST") }

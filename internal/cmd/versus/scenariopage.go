// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// serverTables writes a table for each scenario.
func (r *result) serverTables(b *strings.Builder) {
	var short []server // of the scenario
	for i, t := range r.trials {
		if i == 0 || r.trials[i-1].title != t.title {
			t.head(b)
			short = nil
		}
		for _, sv := range t.servers {
			if len(t.took[sv.name]) == 0 {
				continue
			}
			t.row(b, sv)
			if sv.why != "" && slices.ContainsFunc(t.aims(sv), func(a serverAim) bool { return !a.met }) {
				short = append(short, sv)
			}
		}
		if i+1 == len(r.trials) || r.trials[i+1].title != t.title {
			b.WriteString("\n")
			reasons(b, short)
		}
	}
	if len(r.trials) == 0 {
		return
	}
	fmt.Fprintf(b, "The servers ran as user %d with the system's congestion control, %s, and a process could have %d descriptors.",
		r.uid, r.congestion, r.limit)
	for _, name := range slices.Sorted(maps.Keys(r.missing)) {
		fmt.Fprintf(b, " Without %s: %s.", name, r.missing[name])
	}
	b.WriteString("\n\n")
}

// head writes what is before the rows of a scenario.
func (t *trial) head(b *strings.Builder) {
	columns := []string{"server", "speed", "of net's", "processor time", "of net's"}
	if t.column != "" {
		columns = slices.Insert(columns, 0, t.column)
	}
	if t.bare() {
		columns = append(columns, "descriptors")
	}
	fmt.Fprintf(b, "## %s\n\n%s Median of %d rounds.\n\n", t.title, t.text, len(t.took[t.servers[0].name]))
	tableHead(b, append(columns, "aim"))
}

// bare reports whether the descriptors of idle sessions count.
func (t *trial) bare() bool {
	return slices.ContainsFunc(t.servers, func(sv server) bool { return sv.bare })
}

// row writes what was measured of a server.
func (t *trial) row(b *strings.Builder, sv server) {
	speed := t.spread(sv.name, func(m sample) float64 { return t.unit.perSecond / m.took })
	time := t.spread(sv.name, func(m sample) float64 { return t.unit.each * m.processor })
	cells := []string{
		sv.name,
		speed.text(t.unit.speed),
		t.speed(sv.name).text("%.2f"),
		time.text(t.unit.time),
		t.cost(sv.name).text("%.2f"),
	}
	if t.column != "" {
		cells = slices.Insert(cells, 0, t.connections())
	}
	if t.bare() {
		extra := ""
		if t.fewer > 0 {
			extra = fmt.Sprintf("%.1f", t.extra(sv.name))
		}
		cells = append(cells, extra)
	}
	fmt.Fprintf(b, "| %s |\n", strings.Join(append(cells, t.aimed(sv)), " | "))
}

// connections returns the number of connections, and of how many if there could
// not be as many.
func (t *trial) connections() string {
	if t.fewer < t.count {
		return fmt.Sprintf("%d of %d", t.fewer, t.count)
	}
	return fmt.Sprint(t.count)
}

// spread returns the spread of a figure of a server.
func (t *trial) spread(name string, figure func(m sample) float64) spread {
	var v []float64
	for _, m := range t.took[name] {
		v = append(v, figure(m))
	}
	return spreadOf(v)
}

// ratio returns the ratio of a server's figure to that of package net in the same
// round.
func (t *trial) ratio(name string, figure func(m sample) float64) spread {
	var v []float64
	base := t.took[t.servers[0].name]
	for round, m := range t.took[name] {
		v = append(v, figure(m)/figure(base[round]))
	}
	return spreadOf(v)
}

// speed returns a server's part of package net's speed.
func (t *trial) speed(name string) spread {
	return t.ratio(name, func(m sample) float64 { return 1 / m.took })
}

// cost returns a server's multiple of package net's processor time.
func (t *trial) cost(name string) spread {
	return t.ratio(name, func(m sample) float64 { return m.processor })
}

// extra returns how many descriptors a server has for an idle session beyond its
// two sockets.
func (t *trial) extra(name string) float64 {
	return t.spread(name, func(m sample) float64 { return m.descriptors - 2 }).median
}

// reasons writes why servers may be short of their aims.
func reasons(b *strings.Builder, short []server) {
	var said []string
	for _, sv := range short {
		if !slices.Contains(said, sv.why) {
			said = append(said, sv.why)
			fmt.Fprintf(b, "Where %s is short of its aim: %s\n\n", sv.name, sv.why)
		}
	}
}

// A serverAim is an aim of a server.
type serverAim struct {
	text string
	met  bool
}

// aims returns the aims of a server.
func (t *trial) aims(sv server) (list []serverAim) {
	if sv.speed > 0 {
		list = append(list, serverAim{fmt.Sprintf("%.2f of net", sv.speed), t.speed(sv.name).median >= sv.speed})
	}
	if sv.cost > 0 {
		met := t.cost(sv.name).median <= sv.cost
		list = append(list, serverAim{fmt.Sprintf("at most %.2f of net's processor time", sv.cost), met})
	}
	if sv.bare && t.fewer > 0 {
		list = append(list, serverAim{"no descriptors", t.extra(sv.name) < 0.1})
	}
	return list
}

// aimed returns the aims of a server and whether they are met.
func (t *trial) aimed(sv server) string {
	var list []string
	for _, a := range t.aims(sv) {
		list = append(list, a.text+": "+aimWord(a.met))
	}
	return strings.Join(list, "; ")
}

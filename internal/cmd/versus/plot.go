// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// The plot has a panel for each figure, in columns, and in it a bar for each of
// the others. A bar begins at the line of equal speed and goes to the median; a
// thinner line goes from the least to the most. The axis is logarithmic, so
// that twice as fast and half as fast are equally far from that line.
const (
	columns     = 2
	plotWidth   = 880
	margin      = 24
	gap         = 32 // between columns
	columnWidth = (plotWidth - 2*margin - (columns-1)*gap) / columns
	nameWidth   = 84 // left of the bars
	valueWidth  = 56 // right of them
	barsWidth   = columnWidth - nameWidth - valueWidth
	plotTop     = 88 // above the panels
	lineHeight  = 19
	barHeight   = 11
	panelHeight = 24 + 5*lineHeight + 12 // 5 is len(others)
	axisHeight  = 30
	factsHeight = 20  // of a line below all
	most        = 2.2 // the ratio at the right end of the axis; at the left is its inverse
)

var ticks = []float64{0.5, 0.7, 1, 1.4, 2}

// The colors are those of sockcat's report.
const style = `
.page { fill: #ffffff; stroke: #e3e2dc; }
text { fill: #5c5b55; font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
.heading { fill: #14140f; font-size: 19px; font-weight: 650; }
.title { fill: #14140f; font-size: 14px; font-weight: 600; }
.name, .value { text-anchor: end; }
.value { fill: #14140f; font-variant-numeric: tabular-nums; }
.tick { text-anchor: middle; font-size: 12px; }
.small { font-size: 12px; }
.grid { stroke: #e3e2dc; }
.equal { stroke: #5c5b55; }
.aim { stroke: #14140f; stroke-dasharray: 2 2; }
.faster { fill: #2a6fd0; }
.slower { fill: #d9642b; }
.spread { stroke: #14140f; stroke-width: 1.5; }
@media (prefers-color-scheme: dark) {
.page { fill: #1d1d1b; stroke: #33322f; }
text { fill: #a5a49c; }
.heading, .title, .value { fill: #f4f3ee; }
.grid { stroke: #33322f; }
.equal { stroke: #a5a49c; }
.aim, .spread { stroke: #f4f3ee; }
.faster { fill: #5c9bf0; }
.slower { fill: #ef8450; }
}
`

// plot returns the ratios as a document of SVG.
func (r *result) plot() string {
	panels := (len(r.rows) + columns - 1) / columns // one below the other
	axis := plotTop + panels*panelHeight
	facts := wrap(strings.Join(r.facts, "; "), 120)
	height := axis + axisHeight + factsHeight*len(facts) + margin/2
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s">`+"\n<style>%s</style>\n",
		plotWidth, height, "speed of streamsock divided by that of others", style)
	fmt.Fprintf(&b, `<rect class="page" x="0.5" y="0.5" width="%d" height="%d" rx="8"/>`+"\n", plotWidth-1, height-1)
	write(&b, "heading", margin, 36, "streamsock compared with others")
	write(&b, "", margin, 58, fmt.Sprintf("Speed of streamsock divided by the other's. "+
		"Bar: median of %d rounds, or of %d; line: minimum to maximum; dotted: aim.", r.rounds, r.fewer))
	for i, w := range r.rows {
		w.panel(&b, left(i/panels), plotTop+i%panels*panelHeight)
	}
	for i := range columns {
		ruler(&b, left(i), axis)
	}
	for i, line := range facts {
		write(&b, "small", margin, axis+axisHeight+factsHeight*(i+1)-6, line)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// left returns where a column begins.
func left(column int) int { return margin + column*(columnWidth+gap) }

// at returns how far to the right of its column a ratio is. A ratio beyond
// the axis is drawn at its end; the text contains the number.
func at(ratio float64) float64 {
	x := math.Log(max(ratio, 1/most)) / math.Log(most)
	return nameWidth + barsWidth*(1+min(x, 1))/2
}

// write writes a text.
func write(b *strings.Builder, class string, x, y int, text string) {
	fmt.Fprintf(b, `<text class="%s" x="%d" y="%d">%s</text>`+"\n", class, x, y, html.EscapeString(text))
}

// line draws a line.
func line(b *strings.Builder, class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(b, `<line class="%s" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>`+"\n", class, x1, y1, x2, y2)
}

// panel draws a row of the table.
func (r row) panel(b *strings.Builder, x, y int) {
	write(b, "title", x, y+14, r.title)
	top := float64(y + 22)
	for _, t := range ticks {
		class := "grid"
		if t == 1 {
			class = "equal"
		}
		line(b, class, float64(x)+at(t), top, float64(x)+at(t), top+float64(len(others))*lineHeight)
	}
	for i, p := range others {
		middle := top + lineHeight*(float64(i)+0.5)
		write(b, "name", x+nameWidth-8, int(middle)+5, p.name)
		if !r.has(p.name) {
			write(b, "value", x+columnWidth, int(middle)+5, "–")
			continue
		}
		s := r.ratio(p.name)
		r.bar(b, float64(x), middle, p.name, s)
		write(b, "value", x+columnWidth, int(middle)+5, value(s.median))
	}
}

// value returns the text of a ratio, with an arrow if it is beyond the axis.
func value(ratio float64) string {
	text := fmt.Sprintf("%.2f", ratio)
	switch {
	case ratio > most:
		return text + " →"
	case ratio < 1/most:
		return "← " + text
	}
	return text
}

// bar draws the ratio to another, around a height.
func (r row) bar(b *strings.Builder, x, middle float64, name string, s spread) {
	class := "faster"
	if s.median < 1 {
		class = "slower"
	}
	from, to := min(at(1), at(s.median)), max(at(1), at(s.median))
	fmt.Fprintf(b, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%d"><title>%s</title></rect>`+"\n",
		class, x+from, middle-barHeight/2.0, to-from, barHeight, html.EscapeString(name+": "+s.text("%.2f")))
	line(b, "spread", x+at(s.least), middle, x+at(s.most), middle)
	for _, end := range []float64{s.least, s.most} {
		line(b, "spread", x+at(end), middle-3, x+at(end), middle+3)
	}
	for _, a := range r.aims {
		if a.other == name {
			line(b, "aim", x+at(a.ratio), middle-lineHeight/2, x+at(a.ratio), middle+lineHeight/2)
		}
	}
}

// ruler draws the axis of a column.
func ruler(b *strings.Builder, x, y int) {
	for _, t := range ticks {
		fmt.Fprintf(b, `<text class="tick" x="%.1f" y="%d">%v</text>`+"\n", float64(x)+at(t), y+6, t)
	}
	fmt.Fprintf(b, `<text class="tick" x="%.1f" y="%d">← worse · better →</text>`+"\n", float64(x)+at(1), y+22)
}

// wrap breaks a text into lines of at most so many bytes, where it has spaces.
func wrap(text string, width int) []string {
	var lines []string
	for word := range strings.FieldsSeq(text) {
		n := len(lines)
		if n == 0 || len(lines[n-1])+1+len(word) > width {
			lines = append(lines, word)
		} else {
			lines[n-1] += " " + word
		}
	}
	return lines
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A plot is a drawing of numbers over time.
type plot struct {
	title string
	unit  string  // of the numbers; "B" and "s" get a prefix that fits, as in "MB"
	per   string  // what follows the unit, as in "MB/s"
	why   string  // why the plot is empty, if it is
	took  float64 // the time at the right end, in seconds
	lines []curve
}

// A curve is one of the lines of a plot.
type curve struct {
	name   string
	steps  bool // the number stays until the next one, as that of a counter does
	second bool // has the second color
	points []point
}

// zero reports whether all numbers are 0.
func (c curve) zero() bool {
	return !slices.ContainsFunc(c.points, func(p point) bool { return p.y != 0 })
}

// class returns the class of the curve in the style of the page.
func (c curve) class() string {
	if c.second {
		return "second"
	}
	return "first"
}

// A point is a number at a time, in seconds.
type point struct{ x, y float64 }

// The size of a plot, and of the margins in it.
const (
	plotWidth, plotHeight   = 720, 240
	marginLeft, marginRight = 64, 20
	marginTop, marginBottom = 40, 44
	innerWidth, innerHeight = plotWidth - marginLeft - marginRight, plotHeight - marginTop - marginBottom
	plotRight, plotBottom   = marginLeft + innerWidth, marginTop + innerHeight
	mostHotspots            = 120
)

// svg returns the plot as an element of HTML or a document of its own. Its
// colours are in the style of the page.
func (p plot) svg() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s">`+"\n",
		plotWidth, plotHeight, html.EscapeString(p.title+" over time"))
	fmt.Fprintf(&b, `<text class="title" x="%d" y="20">%s</text>`+"\n", marginLeft, html.EscapeString(p.title))
	x, y := p.axes()
	if p.empty() {
		fmt.Fprintf(&b, `<text class="none" x="%d" y="%d">%s</text>`+"\n",
			marginLeft+innerWidth/2, marginTop+innerHeight/2, html.EscapeString(p.why))
	} else {
		y.horizontal(&b)
	}
	x.vertical(&b)
	p.legend(&b)
	for _, c := range p.lines {
		c.draw(&b, x, y)
	}
	p.hotspots(&b, x, y)
	b.WriteString("</svg>\n")
	return b.String()
}

func (p plot) empty() bool {
	for _, c := range p.lines {
		if len(c.points) > 0 {
			return false
		}
	}
	return true
}

// axes returns the axes of time and of the numbers.
func (p plot) axes() (x, y axis) {
	var top float64
	for _, c := range p.lines {
		for _, pt := range c.points {
			top = max(top, pt.y)
		}
	}
	factor, unit := prefix(top, p.unit)
	y = newAxis(top, factor, unit+p.per, plotBottom, marginTop, 5, unit == "segments")
	factor, unit = 1, "s"
	if p.took > 300 {
		factor, unit = 60, "min"
	}
	return newAxis(p.took, factor, "time ("+unit+")", marginLeft, plotRight, 10, false), y
}

// prefix returns the unit that suits a number, and its size.
func prefix(top float64, unit string) (factor float64, name string) {
	switch {
	case unit == "B":
		factor = 1
		for _, next := range []string{"kB", "MB", "GB", "TB"} {
			if top < 1000*factor {
				break
			}
			factor, unit = factor*1000, next
		}
		return factor, unit
	case unit == "s" && top < 1e-3:
		return 1e-6, "µs"
	case unit == "s" && top < 1:
		return 1e-3, "ms"
	}
	return 1, unit
}

// An axis turns numbers into positions.
type axis struct {
	label    string
	end      float64 // the number at its end; it begins at 0
	step     float64 // between two ticks
	factor   float64 // the size of the unit
	from, to float64 // positions
}

// newAxis returns an axis up to top, with about the given number of ticks. The
// axis of the numbers ends at a tick, that of time at top.
func newAxis(top, factor float64, label string, from, to float64, ticks int, whole bool) axis {
	if top <= 0 {
		top = factor
	}
	end := top / factor
	step := niceStep(end / float64(ticks))
	if whole {
		step = max(1, step)
	}
	if from > to {
		end = step * math.Ceil(end/step-1e-9)
	}
	return axis{label, end, step, factor, from, to}
}

// niceStep returns 1, 2 or 5 times a power of ten, at least as large as least.
func niceStep(least float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, n := range []float64{1, 2, 5} {
		if n*power >= least*(1-1e-9) {
			return n * power
		}
	}
	return 10 * power
}

func (a axis) at(v float64) float64 { return a.from + v/a.factor/a.end*(a.to-a.from) }

// ticks calls each with the position and the text of each tick.
func (a axis) ticks(each func(at float64, text string)) {
	decimals := max(0, int(math.Ceil(-math.Log10(a.step)-1e-9)))
	for i := 0; float64(i)*a.step <= a.end*(1+1e-9); i++ {
		v := float64(i) * a.step
		each(a.at(v*a.factor), strconv.FormatFloat(v, 'f', decimals, 64))
	}
}

// vertical draws the axis of time.
func (a axis) vertical(b *strings.Builder) {
	fmt.Fprintf(b, `<line class="axis" x1="%d" y1="%d" x2="%d" y2="%d"/>`+"\n", marginLeft, plotBottom, plotRight, plotBottom)
	a.ticks(func(at float64, text string) {
		fmt.Fprintf(b, `<line class="axis" x1="%.1f" y1="%d" x2="%.1f" y2="%d"/><text class="tick x" x="%.1f" y="%d">%s</text>`+"\n",
			at, plotBottom, at, plotBottom+4, at, plotBottom+17, text)
	})
	fmt.Fprintf(b, `<text class="label x" x="%d" y="%d">%s</text>`+"\n", marginLeft+innerWidth/2, plotHeight-8, a.label)
}

// horizontal draws the axis of the numbers.
func (a axis) horizontal(b *strings.Builder) {
	a.ticks(func(at float64, text string) {
		fmt.Fprintf(b, `<line class="grid" x1="%d" y1="%.1f" x2="%d" y2="%.1f"/><text class="tick y" x="%d" y="%.1f">%s</text>`+"\n",
			marginLeft, at, plotRight, at, marginLeft-8, at+4, text)
	})
	fmt.Fprintf(b, `<text class="label y" transform="translate(14 %d) rotate(-90)">%s</text>`+"\n", marginTop+innerHeight/2, a.label)
}

// legend names the lines, unless the title does.
func (p plot) legend(b *strings.Builder) {
	x := plotRight
	for _, c := range p.lines {
		if c.name == p.title || len(c.points) == 0 {
			continue
		}
		x -= 9 * len(c.name)
		fmt.Fprintf(b, `<line class="line %s" x1="%d" y1="16" x2="%d" y2="16"/><text class="legend" x="%d" y="20">%s</text>`+"\n",
			c.class(), x-22, x-6, x, c.name)
		x -= 40
	}
}

// draw draws the line: a dot if there is but one point.
func (c curve) draw(b *strings.Builder, x, y axis) {
	if len(c.points) == 0 {
		return
	}
	if len(c.points) == 1 {
		fmt.Fprintf(b, `<circle class="dot %s" cx="%.1f" cy="%.1f" r="4"/>`+"\n", c.class(), x.at(c.points[0].x), y.at(c.points[0].y))
		return
	}
	var path strings.Builder
	for k, pt := range c.points {
		switch {
		case k == 0:
			fmt.Fprintf(&path, "M%.1f %.1f", x.at(pt.x), y.at(pt.y))
		case c.steps:
			fmt.Fprintf(&path, "H%.1fV%.1f", x.at(pt.x), y.at(pt.y))
		default:
			fmt.Fprintf(&path, "L%.1f %.1f", x.at(pt.x), y.at(pt.y))
		}
	}
	first := c.points[0]
	fmt.Fprintf(b, `<path class="area %s" d="%sV%dH%.1fZ"/>`+"\n", c.class(), path.String(), plotBottom, x.at(first.x))
	fmt.Fprintf(b, `<path class="line %s" d="%s"/>`+"\n", c.class(), path.String())
}

// hotspots shows the numbers under the pointer.
func (p plot) hotspots(b *strings.Builder, x, y axis) {
	if p.empty() {
		return
	}
	points := p.lines[0].points
	every := len(points)/mostHotspots + 1
	for k := 0; k < len(points); k += every {
		from, to := x.from, x.to
		if k > 0 {
			from = (x.at(points[k-every].x) + x.at(points[k].x)) / 2
		}
		if k+every < len(points) {
			to = (x.at(points[k].x) + x.at(points[k+every].x)) / 2
		}
		fmt.Fprintf(b, `<rect class="spot" x="%.1f" y="%d" width="%.1f" height="%d"><title>%s</title></rect>`+"\n",
			from, marginTop, max(0, to-from), innerHeight, html.EscapeString(p.values(k, y)))
	}
}

// values returns the numbers of all lines at the point.
func (p plot) values(k int, y axis) string {
	text := fmt.Sprintf("%.2f s", p.lines[0].points[k].x)
	for _, c := range p.lines {
		if k < len(c.points) {
			text += fmt.Sprintf("\n%s %s %s", c.name, strconv.FormatFloat(c.points[k].y/y.factor, 'g', 4, 64), y.label)
		}
	}
	return text
}

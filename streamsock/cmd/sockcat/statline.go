// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// statColumns are the columns of --stat and what they mean.
var statColumns = []item{
	{"time", "since the connection was established"},
	{"out/s", "bytes per second sent and acknowledged; with TLS, before encryption"},
	{"in/s", "bytes per second received"},
	{"rtt", "the smoothed round-trip time"},
	{"cwnd", "the congestion window, in bytes"},
	{"retr", "the segments retransmitted so far, or bytes if it has a unit"},
	{"q out", "the bytes written and not acknowledged"},
	{"q in", "the bytes received and not read"},
}

var statSection = section{title: "columns of --stat (- means unknown), followed by a plot of the rates", items: statColumns}

// statHeader is the line above those of --stat.
var statHeader = statRow(func(i int) string { return statColumns[i].term })

// statRow returns a line with the columns of --stat.
func statRow(text func(column int) string) string {
	var b strings.Builder
	for i := range statColumns {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%7s", text(i))
	}
	return b.String()
}

// line returns the live line: the speed and the newest sample, with a sparkline
// that fills the width.
func (h history) line(v speed, width int) string {
	s := h.newest()
	columns := []string{clock(s.at), size(v.out), size(v.in), duration(s.rtt), bytesOf(s.cwnd), s.resent(),
		bytesOf(s.unsent), bytesOf(s.available)}
	text := statRow(func(i int) string { return columns[i] })
	speeds := h.speeds()
	room := min(width-utf8.RuneCountInString(text)-1, len(speeds))
	if room < min(4, len(speeds)) || room <= 0 { // too short to say anything
		return text
	}
	return text + " " + spark(speeds[len(speeds)-room:])
}

// A sampleJSON is a sample as --stat-format=json prints it. What the system does
// not report is left out.
type sampleJSON struct {
	Time     float64  `json:"time"`             // seconds
	Sent     int64    `json:"sent"`             // bytes, acknowledged
	Received int64    `json:"received"`         // bytes
	Out      float64  `json:"out"`              // bytes per second
	In       float64  `json:"in"`               // bytes per second
	RTT      *float64 `json:"rtt,omitempty"`    // seconds
	RTTVar   *float64 `json:"rttvar,omitempty"` // seconds
	Cwnd     *int64   `json:"cwnd,omitempty"`   // bytes
	Segments *int64   `json:"retransmitted_segments,omitempty"`
	Bytes    *int64   `json:"retransmitted_bytes,omitempty"`
	Unacked  *int64   `json:"unacked,omitempty"`   // bytes
	Pending  *int64   `json:"available,omitempty"` // bytes
}

func (s sample) json(v speed) string {
	j := sampleJSON{
		Time: s.at.Seconds(), Sent: s.sent, Received: s.received, Out: v.out, In: v.in,
		RTT: known(s.rtt), RTTVar: known(s.rttVar), Cwnd: known(s.cwnd), Unacked: known(s.unsent), Pending: known(s.available),
	}
	if s.segments {
		j.Segments = known(s.retrans)
	} else {
		j.Bytes = known(s.retrans)
	}
	b, err := json.Marshal(j)
	if err != nil {
		panic(err) // it contains only numbers
	}
	return string(b)
}

// known returns nil for an unknown number.
func known[T int64 | float64](n T) *T {
	if n < 0 {
		return nil
	}
	return &n
}

const csvHeader = "time,sent,received,out,in,rtt,rttvar,cwnd,retransmitted_segments,retransmitted_bytes,unacked,available"

// csv returns the columns of csvHeader: those of JSON, in the same units.
func (s sample) csv(v speed) string {
	seconds := func(n float64) string {
		if n < 0 {
			return ""
		}
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	whole := func(n int64) string {
		if n < 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	segments, bytes := whole(s.retrans), ""
	if !s.segments {
		segments, bytes = bytes, segments
	}
	return strings.Join([]string{
		seconds(s.at.Seconds()), whole(s.sent), whole(s.received), seconds(v.out), seconds(v.in), seconds(s.rtt), seconds(s.rttVar),
		whole(s.cwnd), segments, bytes, whole(s.unsent), whole(s.available),
	}, ",")
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import "slices"

// A program is a contestant as it is started.
type program struct {
	name  string
	lacks []string // works that it cannot do
}

// The contestants, that which the others are compared with first.
const (
	ours    = "streamsock"
	plain   = "net"
	poco    = "POCO"
	asio    = "Boost.Asio"
	inC     = "C"
	inEpoll = "C, epoll"
)

var programs = []program{
	{name: ours},
	{name: plain, lacks: []string{"urgent"}},
	{name: poco, lacks: []string{"file"}},
	{name: asio, lacks: []string{"file"}},
	{name: inC},
	{name: inEpoll, lacks: []string{"get", "set", "urgent", "connect", "idle", "file"}},
}

// others are the contestants but ours.
var others = programs[1:]

func (p program) can(w work) bool { return !slices.Contains(p.lacks, w.name) }

// A work is what all contestants do.
type work struct {
	name    string // the argument
	count   int
	size    int    // of a message
	peer    string // the argument of the peer's program
	figures []figure
}

// A figure is one of the numbers that a contestant prints.
type figure struct {
	title string
	bytes bool // and not nanoseconds
	aims  []aim
	why   string // why it may be that they are not reached
}

// An aim is the ratio to another contestant that is to be reached.
type aim struct {
	other string
	ratio float64
}

var (
	netAims     = []aim{{plain, 0.98}} // not slower, as far as it can be measured
	latencyAims = []aim{{poco, 1}, {inC, 1}}
	streamAims  = []aim{{poco, 0.95}}
	optionAims  = []aim{{inC, 1 / 1.10}}
)

const (
	latencyWhy = "On Linux, Read and Write of a Conn each make one raw, non-blocking system call, inside RawConn.Read and RawConn.Write. " +
		"When no data is available, the runtime waits with epoll and Read makes the system call again, where a recv of a " +
		"blocking socket waits in the call. The runtime's monitor thread takes time on the same processor."
	streamWhy = "On Linux, Write of a Conn makes one raw, non-blocking system call for at most 16 KiB, inside RawConn.Write. For more " +
		"bytes, it enters and leaves the system call through the scheduler, as package net does for any number of bytes. " +
		"Send(p, 0) and Writev do the same. The rest is package net's lock, waiting with epoll when the buffer is full, and the " +
		"runtime's monitor thread, which takes time on the same processor."
	fileWhy   = "Each uses sendfile(2); the number of bytes per call differs."
	optionWhy = "The system call is the same. The rest is time in the process: RawConn.Control protects the descriptor from a " +
		"concurrent Close, and a typed value is looked up and decoded without an allocation. `go test -run '^$' -bench Option " +
		"./streamsock` measures it next to the bare system call in a RawConn.Control."
)

// fileSize is the size of the file that the work file sends, in bytes.
const fileSize = 64 << 20

// The counts are such that a contestant takes about a tenth of a second in works
// that have all rounds, and a third of a second in the others. The works after
// idle do not depend on the peer, which is still closing its connections.
var works = []work{
	{"ping", 2500, 64, "echo", []figure{
		{title: "ping-pong of 64 bytes, median", aims: slices.Concat(netAims, latencyAims), why: latencyWhy},
		{title: "ping-pong of 64 bytes, 99th percentile", aims: latencyAims, why: latencyWhy},
	}},
	{"urgent", 5000, 0, "urgent", []figure{
		{title: "ping-pong of an urgent byte, median"},
		{title: "ping-pong of an urgent byte, 99th percentile"},
	}},
	{"write", 20000, 1 << 10, "sink", stream("stream, writes of 1 KiB")},
	{"write", 13000, 16 << 10, "sink", stream("stream, writes of 16 KiB")},
	{"write", 7000, 64 << 10, "sink", stream("stream, writes of 64 KiB")},
	{"send", 20000, 1 << 10, "sink", stream("stream, 1 KiB by Send")},
	{"send", 13000, 16 << 10, "sink", stream("stream, 16 KiB by Send")},
	{"send", 7000, 64 << 10, "sink", stream("stream, 64 KiB by Send")},
	{"writev", 13000, 0, "sink", stream("stream, vectored writes of 16 × 1 KiB")},
	{"file", 8, 0, "sink", []figure{{title: "a file of 64 MiB", aims: netAims, why: fileWhy}}},
	{"connect", 8000, 0, "sink", []figure{{title: "connect and close"}}},
	{"idle", 10000, 0, "hold", []figure{{title: "memory of an idle connection", bytes: true}}},
	{"get", 600000, 0, "sink", []figure{{title: "get an option", aims: optionAims, why: optionWhy}}},
	{"set", 600000, 0, "sink", []figure{{title: "set an option", aims: optionAims, why: optionWhy}}},
}

// stream returns the figure of a work that sends a stream.
func stream(title string) []figure {
	return []figure{{title: title, aims: slices.Concat(netAims, streamAims), why: streamWhy}}
}

// decides reports whether the work decides whether streamsock is slower than
// package net.
func (w work) decides() bool {
	return slices.ContainsFunc(w.figures, func(f figure) bool {
		return slices.ContainsFunc(f.aims, func(a aim) bool { return a.other == plain })
	})
}

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
	{name: poco},
	{name: asio},
	{name: inC},
	{name: inEpoll, lacks: []string{"get", "set", "urgent", "connect", "idle"}},
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
	latencyAims = []aim{{poco, 1}, {inC, 1}}
	streamAims  = []aim{{poco, 0.95}}
	optionAims  = []aim{{inC, 1 / 1.10}}
)

const (
	latencyWhy = "Read and Write are package net's: a Read asks the socket first, then the runtime asks epoll what is ready, waits by it, " +
		"and the Read asks again, where one recv of a blocking socket waits itself. The runtime's monitor takes time on the same processor."
	streamWhy = "Write is package net's: it enters and leaves the system call by way of the scheduler, and the runtime's monitor takes time on " +
		"the same processor. Send(p, 0) does the same work without that, and so does Writev; the rest is package net's lock and, when " +
		"there is no room, waiting by epoll. For 1 KiB a loop of write(2) by syscall.RawSyscall took 4.9 to 5.7 µs where C took 4.9 to 5.3, and " +
		"by syscall.Write 7.4 to 7.7."
	optionWhy = "The system call is the same. The rest is time in the process: RawConn.Control holds the descriptor against Close, and " +
		"a typed value is looked up and decoded without an allocation. `go test -run '^$' -bench Option ./streamsock` has it beside the bare " +
		"system call in a RawConn.Control."
)

// The counts are such that a contestant takes about a third of a second. After
// idle come works to which it does not matter that the peer is still closing.
var works = []work{
	{"ping", 10000, 64, "echo", []figure{
		{title: "ping-pong of 64 bytes, median", aims: latencyAims, why: latencyWhy},
		{title: "ping-pong of 64 bytes, 99th percentile", aims: latencyAims, why: latencyWhy},
	}},
	{"urgent", 8000, 0, "urgent", []figure{
		{title: "ping-pong of an urgent byte, median"},
		{title: "ping-pong of an urgent byte, 99th percentile"},
	}},
	{"write", 60000, 1 << 10, "sink", []figure{{title: "stream, writes of 1 KiB", aims: streamAims, why: streamWhy}}},
	{"write", 40000, 16 << 10, "sink", []figure{{title: "stream, writes of 16 KiB", aims: streamAims, why: streamWhy}}},
	{"write", 20000, 64 << 10, "sink", []figure{{title: "stream, writes of 64 KiB", aims: streamAims, why: streamWhy}}},
	{"send", 60000, 1 << 10, "sink", []figure{{title: "stream, 1 KiB by Send", aims: streamAims, why: streamWhy}}},
	{"send", 40000, 16 << 10, "sink", []figure{{title: "stream, 16 KiB by Send", aims: streamAims, why: streamWhy}}},
	{"send", 20000, 64 << 10, "sink", []figure{{title: "stream, 64 KiB by Send", aims: streamAims, why: streamWhy}}},
	{"writev", 40000, 0, "sink", []figure{{title: "stream, vectored writes of 16 × 1 KiB", aims: streamAims, why: streamWhy}}},
	{"connect", 8000, 0, "sink", []figure{{title: "connect and close"}}},
	{"idle", 10000, 0, "hold", []figure{{title: "memory of an idle connection", bytes: true}}},
	{"get", 1000000, 0, "sink", []figure{{title: "get an option", aims: optionAims, why: optionWhy}}},
	{"set", 1000000, 0, "sink", []figure{{title: "set an option", aims: optionAims, why: optionWhy}}},
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// facts says of what machine and of what programs the figures are.
func (s *setup) facts(ctx context.Context) ([]string, error) {
	kernel, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return nil, err
	}
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return nil, err
	}
	version, _, _ := strings.Cut(strings.TrimSpace(string(kernel)), "-") // without the builder's suffix
	minute, _, _ := strings.Cut(string(load), " ")
	facts := []string{
		time.Now().UTC().Format(time.DateOnly),
		processor(),
		"Linux " + version,
		"load before " + minute,
	}
	for _, p := range programs {
		fact, err := output(ctx, s.command(p))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		if !slices.Contains(facts, fact) { // two are in Go and two in C
			facts = append(facts, fact)
		}
	}
	versions, err := s.versions(ctx)
	return append(facts, versions...), err
}

// processor returns the processors of the machine, as far as they tell.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	model, n := "unknown", 0
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(line, ":")
		switch strings.TrimSpace(key) {
		case "model name":
			model = strings.TrimSpace(value)
		case "processor":
			n++
		}
	}
	return fmt.Sprintf("%d × %s", n, model)
}

// page returns the page of tables.
func (r *result) page() string {
	var b strings.Builder
	fmt.Fprintf(&b, intro, r.rounds, r.fewer)
	r.ratios(&b)
	fmt.Fprintf(&b, "%s.\n\n", strings.Join(r.facts, "; "))
	r.serverTables(&b)
	r.shortfalls(&b)
	r.medians(&b)
	r.systemCalls(&b)
	b.WriteString(method)
	return b.String()
}

const intro = `# streamsock beside others

![](versus.svg)

A ratio is the speed of streamsock divided by that of another on the same work: at 1.25 it does in four seconds what takes the other five.
For memory it is the other's divided by ours. It is the median of %d rounds for work with an aim of net, and of %d for other work, with
the least and the most in brackets. There is none where the other cannot do the work. This page and the plot are written by

    go run ./internal/cmd/versus

`

// header begins a table with a column for each of the contestants.
func header(b *strings.Builder, first string, list []program, last ...string) {
	columns := []string{first}
	for _, p := range list {
		columns = append(columns, p.name)
	}
	tableHead(b, append(columns, last...))
}

// tableHead writes the first two lines of a table.
func tableHead(b *strings.Builder, columns []string) {
	fmt.Fprintf(b, "| %s |\n|%s\n", strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
}

// ratios writes the table of ratios.
func (r *result) ratios(b *strings.Builder) {
	header(b, "ratio to", others, "aim")
	for _, w := range r.rows {
		fmt.Fprintf(b, "| %s |", w.title)
		for _, p := range others {
			cell := " "
			if w.has(p.name) {
				cell = " " + w.ratio(p.name).text("%.2f") + " "
			}
			b.WriteString(cell + "|")
		}
		fmt.Fprintf(b, " %s |\n", w.aimed())
	}
	b.WriteString("\n")
}

// aimed returns the aims of a row and whether they are met.
func (r row) aimed() string {
	var list []string
	for _, a := range r.aims {
		list = append(list, fmt.Sprintf("%.2f of %s: %s", a.ratio, a.other, aimWord(r.met(a))))
	}
	return strings.Join(list, "; ")
}

// aimWord says whether an aim is met.
func aimWord(met bool) string {
	if met {
		return "met"
	}
	return "short of it"
}

// shortfalls says of the aims that are not met what is known of the reason.
func (r *result) shortfalls(b *strings.Builder) {
	var short []row
	for _, row := range r.rows {
		if slices.ContainsFunc(row.aims, func(a aim) bool { return !row.met(a) }) {
			short = append(short, row)
		}
	}
	if len(short) == 0 {
		return
	}
	b.WriteString("## Where it is short\n\n")
	for i, row := range short {
		fmt.Fprintf(b, "- %s: %s\n", row.title, row.shortfall())
		if i+1 == len(short) || short[i+1].why != row.why {
			fmt.Fprintf(b, "\n%s\n\n", row.why)
		}
	}
}

// shortfall returns the ratios that are short of an aim, and those that tell
// how much of it is ours.
func (r row) shortfall() string {
	var list []string
	for _, a := range r.aims {
		if !r.met(a) {
			list = append(list, fmt.Sprintf("%.3f of %s, aim %.3f", r.ratio(a.other).median, a.other, a.ratio))
		}
	}
	for _, name := range []string{plain, inEpoll} {
		if r.has(name) && !slices.ContainsFunc(r.aims, func(a aim) bool { return a.other == name && !r.met(a) }) {
			list = append(list, fmt.Sprintf("%.3f of %s", r.ratio(name).median, name))
		}
	}
	return strings.Join(list, "; ")
}

// medians writes the table of what one operation took.
func (r *result) medians(b *strings.Builder) {
	b.WriteString("## Medians\n\n")
	header(b, "one operation", programs)
	for _, w := range r.rows {
		fmt.Fprintf(b, "| %s |", w.title)
		for _, p := range programs {
			cell := " "
			if w.has(p.name) {
				cell = " " + w.amount(spreadOf(w.took[p.name]).median) + " "
			}
			b.WriteString(cell + "|")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
}

// amount returns a number with its unit.
func (f figure) amount(v float64) string {
	switch {
	case f.bytes:
		return fmt.Sprintf("%.0f B", v)
	case v < 1000:
		return fmt.Sprintf("%.0f ns", v)
	case v < 1e6:
		return fmt.Sprintf("%.1f µs", v/1e3)
	}
	return fmt.Sprintf("%.1f ms", v/1e6)
}

// systemCalls writes the table of system calls.
func (r *result) systemCalls(b *strings.Builder) {
	b.WriteString("## System calls\n\n")
	if len(r.calls) == 0 {
		b.WriteString("Not counted: perf was not there or not allowed to.\n\n")
		return
	}
	b.WriteString("Counted by perf in a run of its own, those of getting started among them.\n\n")
	header(b, "one operation", programs)
	for _, of := range r.calls {
		title, _, _ := strings.Cut(of.figures[0].title, ", median")
		fmt.Fprintf(b, "| %s |", title)
		for _, p := range programs {
			fmt.Fprintf(b, " %s |", of.by[p.name])
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
}

const method = `## How it is measured

- Each contestant is a process of its own on one processor, and its peer, one C program for all, is on another: both by taskset, on the
  loopback interface. In a round each contestant does each work once, for about a tenth of a second if it has all rounds and a third of
  a second otherwise, after a tenth of that to get warm. Every round begins with another contestant. The two figures of a ratio are
  of the same round.
- The works are written in each language in the manner of its library: contestant.go in internal/cmd/versus; client.c, poco.cpp and
  asio.cpp in testdata/bench, where peer.c is the peer. All have the same loop and the clock CLOCK_MONOTONIC inside the process.
- Options are equal: TCP_NODELAY on, keep-alive off, TCP_CONGESTION cubic, SO_SNDBUF and SO_RCVBUF 256 KiB. In connect and close
  and for idle connections it is TCP_NODELAY, and SO_LINGER 0, which resets the connection and leaves no port in TIME_WAIT.
- The sockets of C, POCO and Boost.Asio (its synchronous calls) block, which is the cheapest way to wait for one connection. Go's
  runtime cannot wait in this way: it asks the socket and waits by epoll, for any number of connections. "C, epoll" does that in C.
  GOMAXPROCS is what Go makes it, one for a process on one processor.
- On Linux, Read and Write of a Conn make one raw, non-blocking system call for at most 64 KiB to receive or 16 KiB to send. Beyond that, and
  when they must wait, they do what package net does.
- A stream is timed until the peer has read all and closed. By Send is streamsock's Send(p, 0) in place of Write; the others write.
- A file is sent by Conn.SendFile, by io.Copy to a *net.TCPConn, and by sendfile(2) in C. It is in the page cache.
- Get and set are of TCP_NODELAY. C's is the bare system call. Package net has no getter: its column is the system call in a function given
  to RawConn.Control, as one has to write it.
- Urgent: package net cannot receive it. POCO's poll does not tell of it, so there poll(2) waits on its descriptor.
- Idle: 10,000 connections that wait for bytes. In a PollSet (streamsock, POCO), by an async_wait for each (Boost.Asio), in an epoll set (C);
  with net by a goroutine for each, which has a buffer of 4 KiB. It is the process's resident memory by connection, in Go after
  garbage has gone back to the system. The kernel's own memory, which is the same for all, is not in it.
- The servers of relays, echo and HTTP are processes on the contestants' processor, and their load, one C program (load.c in
  testdata/bench), is on the peer's. The servers run as an ordinary user and set no options but those that their library sets by itself.
  gnet and netpoll are in testdata/bench/_echo, the others in serve.go and serveecho.go. A server is started for each round and gets
  warm by a tenth of the work.
- Processor time is that of all threads of the server during the work, in user and in system mode, from schedstat in /proc. The time that
  the kernel needs to receive a segment on the loopback interface counts for the process that sends it.
- The load sends a relay's bytes by sendfile(2) from memory and discards them with MSG_TRUNC at the other end, so that it copies nothing.
  It resets its connections at the end, which leaves no port in TIME_WAIT.
`

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

// facts returns the machine and the programs that the figures are from.
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

// processor returns the number and the model of the machine's processors.
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

const intro = `# streamsock compared with others

![](versus.svg)

A ratio is the speed of streamsock divided by that of another program on the same work: at 1.25, streamsock does in four seconds what
takes the other five. For memory it is the other's divided by streamsock's. It is the median of %d rounds for work with an aim relative
to net, and of %d rounds for other work, with the minimum and the maximum in parentheses. A cell is empty where the other program cannot
do the work. This command writes this page, the plot and the README's figures:

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

// aimWord returns the text for an aim that is met or not.
func aimWord(met bool) string {
	if met {
		return "met"
	}
	return "short of it"
}

// shortfalls writes the aims that are not met, with the known reasons.
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

// shortfall returns the ratios that do not reach an aim, and the ratios to net and to
// C with epoll, which show how much of the difference is Go's.
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

// medians writes the table of the time or memory of one operation.
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
		b.WriteString("Not counted: perf was not installed, or not permitted.\n\n")
		return
	}
	b.WriteString("Counted by perf in a separate run. The calls made to start the process are included.\n\n")
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

- Each contestant is a separate process, pinned by taskset to one processor. The peer, one C program for all contestants, is pinned to
  another. They use the loopback interface. In a round, each contestant does each work once: for about a tenth of a second if the work has
  all rounds, otherwise for a third of a second. Before that, it does a tenth of the work to warm up. The contestants take turns in
  beginning a round. Both figures of a ratio are from the same round.
- The works are written in each language in the style of its library: contestant.go in internal/cmd/versus; client.c, poco.cpp and
  asio.cpp in testdata/bench. The peer is peer.c. All use the same loop and read CLOCK_MONOTONIC inside the process.
- All set the same options: TCP_NODELAY on, keep-alive off, TCP_CONGESTION cubic, SO_SNDBUF and SO_RCVBUF 256 KiB. For connect and close
  and for idle connections, the options are TCP_NODELAY and SO_LINGER 0, which resets the connection and leaves no port in TIME_WAIT.
- The sockets of C, POCO and Boost.Asio (with its synchronous calls) block, which is the cheapest way to wait for one connection. Go's
  runtime does not wait in this way: it tries the call and waits with epoll, for any number of connections. "C, epoll" does the same in C.
  GOMAXPROCS has Go's default, 1 for a process on one processor.
- On Linux, Read and Write of a Conn make one raw, non-blocking system call for at most 64 KiB to receive or 16 KiB to send. For more bytes, and
  when they must wait, they do what package net does.
- A stream is timed until the peer has read everything and closed. "By Send" means Send(p, 0) instead of Write for streamsock; the others
  write.
- A file is sent with Conn.SendFile, with io.Copy to a *net.TCPConn, and with sendfile(2) in C. It is in the page cache.
- The option is TCP_NODELAY. In C it is the bare system call. Package net has no getter: its column is the system call in a function
  passed to RawConn.Control.
- Package net cannot receive urgent data. POCO's poll does not report it, so the program calls poll(2) with the descriptor.
- Idle: 10,000 connections wait for bytes: in a PollSet (streamsock, POCO), with an async_wait for each (Boost.Asio), in an epoll set (C),
  or in a goroutine with a buffer of 4 KiB for each (net). The figure is the resident memory of the process per connection, for Go after
  garbage has been returned to the system. It does not include kernel memory, which is the same for all.
- The servers of relays, echo and HTTP run on the contestants' processor. Their load, one C program (load.c in testdata/bench), runs on the
  peer's. The servers run as an ordinary user and set only the options that their library sets by default. gnet and netpoll are in
  testdata/bench/_echo, the others in serve.go and serveecho.go. A server is started for each round and does a tenth of the work to warm
  up.
- Processor time is that of all threads of the server during the work, in user and system mode, from schedstat in /proc. On the loopback
  interface, the time that the kernel takes to receive a segment is charged to the process that sends it.
- The load sends a relay's bytes from memory with sendfile(2) and discards them at the other end with MSG_TRUNC, so it copies nothing.
  It resets its connections at the end, which leaves no port in TIME_WAIT.
`

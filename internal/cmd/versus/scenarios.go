// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// A scenario is work that servers do for a load, which measures them: see
// testdata/bench/load.c.
type scenario struct {
	title   string
	text    string // what the servers do
	load    string // its kind
	column  string // what the connections are
	counts  []int  // of connections
	each    int    // the most descriptors that a process has for a connection
	unit    unit
	work    int  // the units
	decides bool // whether streamsock is slower than package net, so that it has all rounds
	servers []server
}

// A unit is what the speed and the processor time of a scenario are of.
type unit struct {
	speed     string // units per second
	perSecond float64
	time      string // nanoseconds of processor time
	each      float64
}

var (
	ofRequests = unit{"%.0f requests/s", 1e9, "%.2f µs", 1e-3}
	ofBytes    = unit{"%.0f MB/s", 1e3, "%.0f ms/GB", 1e3}
)

// A server is a contestant in a scenario. The first one of each scenario is package
// net's, which the others are compared with.
type server struct {
	name    string
	needs   string // the program that runs it, if it is not this one
	command func(s *setup, port, target string) ([]string, error)

	speed float64 // aim: at least this part of package net's speed
	cost  float64 // aim: at most this multiple of package net's processor time
	bare  bool    // aim: no descriptors of an idle session beyond its two sockets
	why   string  // why it may be that they are not reached
}

const (
	readWhy = "Read and Recv of a Conn make the system call inside RawConn.Read, by an operation from a pool. That takes about 0.2 µs " +
		"more than Read of package net, measured with perf."
	httpWhy = "For each request, net/http calls SetReadDeadline three times. A Conn records each deadline before it passes it to " +
		"package net. Read costs more too, as for the echo servers."
	timeoutWhy = "Each Read that blocks enters the time of its end into a list and removes it afterwards, which takes 0.2 µs."
	contextWhy = "Each call registers a function with context.AfterFunc and removes it afterwards, which takes 0.4 µs."
	waitWhy    = "Wait uses a poller of this package, because a wait in that of package net would block concurrent reads. A request takes " +
		"1.6 calls of epoll_ctl(2), 1.5 of ppoll(2) and one of ioctl(2) in addition to those of Read, counted by perf, and two more " +
		"switches between goroutines."
)

// self returns the command of a server in this program.
func self(name string) func(s *setup, port, target string) ([]string, error) {
	return func(s *setup, port, target string) ([]string, error) {
		return []string{filepath.Join(s.built, "versus"), name, port, target}, nil
	}
}

// module returns the command of a server in the module testdata/bench/_echo.
func module(name string) func(s *setup, port, target string) ([]string, error) {
	return func(s *setup, port, _ string) ([]string, error) {
		return []string{filepath.Join(s.built, echoProgram), name, port}, nil
	}
}

// socat relays one connection.
func socat(_ *setup, port, target string) ([]string, error) {
	return []string{"socat", "TCP4-LISTEN:" + port + ",bind=127.0.0.1,reuseaddr", "TCP4:" + loopback(target)}, nil
}

// haproxy returns the command of haproxy with lines added to its defaults.
func haproxy(lines string) func(s *setup, port, target string) ([]string, error) {
	return func(s *setup, port, target string) ([]string, error) {
		name := filepath.Join(s.built, "haproxy.cfg")
		text := fmt.Sprintf(`global
	maxconn 100
	nbthread 1
	tune.pipesize 1048576
defaults
	mode tcp
	timeout connect 10s
	timeout client 60s
	timeout server 60s
%slisten relay
	bind %s
	server one %s
`, lines, loopback(port), loopback(target))
		return []string{"haproxy", "-db", "-q", "-f", name}, os.WriteFile(name, []byte(text), 0o644)
	}
}

const relaySize = 256 << 20 // bytes

// In the order of their importance.
var scenarios = []scenario{
	{
		title: "Relay beside idle sessions",
		text: "The relay carries 256 MiB through one session, in one direction, while the other sessions of the same process are " +
			"idle. The pipes of an ordinary user may have 64 MiB in total (`/proc/sys/fs/pipe-user-pages-soft`); further pipes " +
			"have one or two pages each. io.Copy holds a pipe while it waits; Relay holds one only while bytes are in flight. " +
			"Descriptors are those of an idle session in addition to its two sockets.",
		load: "relay", column: "idle sessions", counts: []int{0, 40, 300, 2000}, each: 6, unit: ofBytes, work: relaySize,
		servers: []server{
			{name: "net, two io.Copy", command: self("relay net")},
			{name: "streamsock.Relay", command: self("relay streamsock"), speed: 0.98, bare: true},
		},
	},
	{
		title: "Relays",
		text: "One session carries 256 MiB in one direction. No relay has other sessions or sets socket options. haproxy runs in " +
			"TCP mode with one thread and tune.pipesize 1 MiB.",
		load: "relay", unit: ofBytes, work: relaySize, counts: []int{0}, each: 6, decides: true,
		servers: []server{
			{name: "net, two io.Copy", command: self("relay net")},
			{name: "streamsock.Relay", command: self("relay streamsock"), speed: 0.98, cost: 1 / 0.98},
			{name: "socat", needs: "socat", command: socat},
			{name: "haproxy", needs: "haproxy", command: haproxy("")},
			{name: "haproxy, splice-auto", needs: "haproxy", command: haproxy("\toption splice-auto\n")},
		},
	},
	{
		title: "Echo servers",
		text: "Each connection has one outstanding request of 128 bytes. Package net and Conn use a goroutine for each connection. " +
			"PollSet and gnet use one for all. netpoll has a poller that starts goroutines.",
		load: "echo", column: "connections", counts: []int{200, 5000}, each: 1, unit: ofRequests, work: 30000,
		servers: []server{
			{name: "net, goroutines", command: self("echo net")},
			{name: "streamsock.Conn, goroutines", command: self("echo Read"), speed: 0.98, why: readWhy},
			{name: "streamsock.PollSet", command: self("echo PollSet")},
			{name: "gnet", needs: echoProgram, command: module("gnet")},
			{name: "netpoll", needs: echoProgram, command: module("netpoll")},
		},
	},
	{
		title: "A net/http server",
		text:  "The server answers GET requests on persistent connections with 128 bytes.",
		load:  "http", column: "connections", counts: []int{64}, each: 1, unit: ofRequests, work: 8000, decides: true,
		servers: []server{
			{name: "net.Listen", command: self("http net")},
			{name: "streamsock.Listen", command: self("http streamsock"), speed: 0.98, why: httpWhy},
		},
	},
	{
		title: "Ways to receive and send",
		text: "The echo server with a goroutine for each connection, which receives with Read and sends with Write, except for the " +
			"method named. Contexts can be canceled; timeouts are one minute.",
		load: "echo", column: "connections", counts: []int{200}, each: 1, unit: ofRequests, work: 20000, decides: true,
		servers: []server{
			{name: "net, Read", command: self("echo net")},
			{name: "Read", command: self("echo Read")},
			{name: "Recv(p, 0)", command: self("echo Recv"), cost: 1, why: readWhy},
			{name: "TimeoutConn.Read", command: self("echo TimeoutConn"), cost: 1.05, why: timeoutWhy},
			{name: "ReadContext", command: self("echo ReadContext"), cost: 1.15, why: contextWhy},
			{name: "WriteContext", command: self("echo WriteContext"), cost: 1.15, why: contextWhy},
			{name: "Wait and Read", command: self("echo Wait"), cost: 1.5, why: waitWhy},
			{name: "Peek and Read", command: self("echo Peek")},
			{name: "PeekContext and Read", command: self("echo PeekContext")},
		},
	},
}

// needed are the programs of scenarios that are not this one.
func needed() []string {
	var names []string
	for _, sc := range scenarios {
		for _, sv := range sc.servers {
			if sv.needs != "" && !slices.Contains(names, sv.needs) {
				names = append(names, sv.needs)
			}
		}
	}
	return names
}

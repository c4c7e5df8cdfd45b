// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Versus runs streamsock, package net, POCO, Boost.Asio and C through the same
// work, and servers of streamsock, package net, socat, haproxy, gnet and netpoll
// through the same load. It writes down how they compare: testdata/bench/versus.md
// and testdata/bench/versus.svg. Run it in the module's root, on a machine that has
// nothing else to do:
//
//	go run ./internal/cmd/versus           # less than a quarter of an hour; writes the two files
//	go run ./internal/cmd/versus -quick    # less than a minute; prints a table that proves nothing
//	go run ./internal/cmd/versus -readme   # copies the page's figures into README.md, as the first form does
//
// It needs Linux with two processors, taskset (util-linux), gcc, g++, and
// Debian's libpoco-dev and libboost-dev or their like. It leaves out socat, haproxy,
// gnet and netpoll if they are not installed or cannot be downloaded. With perf, and
// the right to use it, it also counts system calls. Servers run as an ordinary user
// even if root runs versus, because root is exempt from some of the kernel's limits.
//
// Each contestant is a process of its own on one processor, and its peer, which
// is one program for all, is on another. The contestants take turns: a round has
// each of them do a piece of work, and every round begins with another one. A
// ratio is made of two figures of the same round.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("versus: ")
	if competes() {
		return
	}
	var s setup
	flag.StringVar(&s.dir, "dir", filepath.Join("testdata", "bench"), "`folder` of the sources, for the two files")
	flag.StringVar(&s.cpu, "cpu", "0", "`processor` of the contestants")
	flag.StringVar(&s.peerCPU, "peer", "1", "`processor` of the peer")
	flag.IntVar(&s.rounds, "rounds", 31, "`number` of rounds of what decides whether streamsock is slower than package net; the rest has a third")
	quick := flag.Bool("quick", false, "do a twentieth of the work in 2 rounds and print the table only")
	readme := flag.Bool("readme", false, "copy the figures of versus.md into README.md, and measure nothing")
	flag.Parse()
	if *readme {
		if err := writeFigures(s.dir); err != nil {
			log.Fatal(err)
		}
		return
	}
	s.part = 1
	if *quick {
		s.rounds, s.part = 2, 20
	}
	s.progress = os.Stderr
	r, err := s.run(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	if *quick {
		os.Stdout.WriteString(r.page())
		return
	}
	for name, text := range map[string]string{"versus.md": r.page(), "versus.svg": r.plot()} {
		name = filepath.Join(s.dir, name)
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			log.Fatal(err)
		}
		fmt.Println(name)
	}
	if err := writeFigures(s.dir); err != nil {
		log.Fatal(err)
	}
}

// competes does the part of a contestant or a server if this process was started as one,
// and reports whether it was.
func competes() bool {
	switch os.Getenv(variable) {
	case ours:
		compete(byStreamsock(), os.Args[1:])
	case plain:
		compete(byNet(), os.Args[1:])
	case asServer:
		serve(os.Args[1:])
	default:
		return false
	}
	return true
}

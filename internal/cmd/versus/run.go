// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// variable is the environment variable that makes a process the contestant of
// this name.
const variable = "STREAMSOCK_VERSUS"

// fileVariable is the environment variable with the name of the file that the
// work file sends.
const fileVariable = variable + "_FILE"

// asServer is its value for a server.
const asServer = "server"

// patience is the time limit of a contestant for a piece of work.
const patience = time.Minute

// A setup contains what to run and where.
type setup struct {
	dir          string // of the sources
	cpu, peerCPU string
	rounds       int // of works that are not to be slower than package net's
	part         int // do only one in so many of the operations
	progress     io.Writer

	built string            // the folder of the programs
	self  string            // this program
	ports map[string]string // of the peers

	servers serversFacts
}

// A result is what was measured.
type result struct {
	facts  []string
	rounds int // of what decides whether streamsock is slower than package net
	fewer  int // of the rest
	rows   []row
	trials []*trial
	serversFacts
	calls []callsOf
}

// A row is a figure of all contestants.
type row struct {
	figure
	took map[string][]float64 // by name, in each round
}

// run builds the programs, starts the peers, and runs all rounds.
func (s *setup) run(ctx context.Context) (r *result, err error) {
	if s.self, err = os.Executable(); err != nil {
		return nil, err
	}
	if s.built, err = os.MkdirTemp("", "versus"); err != nil {
		return nil, err
	}
	defer os.RemoveAll(s.built)
	if err := s.build(ctx); err != nil {
		return nil, err
	}
	r = &result{rounds: s.roundsOf(true), fewer: s.roundsOf(false)}
	if err := s.prepare(ctx); err != nil {
		return nil, err
	}
	if r.facts, err = s.facts(ctx); err != nil {
		return nil, err
	}
	end, err := s.startPeers(ctx)
	defer end()
	if err != nil {
		return nil, err
	}
	for round := range s.rounds {
		fmt.Fprintf(s.progress, "round %d of %d\n", round+1, s.rounds)
		if err := s.round(ctx, r, round); err != nil {
			return nil, err
		}
	}
	r.trials, r.serversFacts = s.trials(), s.servers
	if err := s.compare(ctx, r.trials); err != nil {
		return nil, err
	}
	fmt.Fprintln(s.progress, "counting system calls")
	counted := works
	if s.part > 1 {
		counted = works[:1]
	}
	r.calls = s.count(ctx, counted)
	return r, nil
}

// build compiles the programs in C and C++, and writes the file.
func (s *setup) build(ctx context.Context) error {
	for _, args := range [][]string{
		{"gcc", "-O2", "-o", "peer", "peer.c"},
		{"gcc", "-O2", "-o", "load", "load.c", "-pthread"},
		{"gcc", "-O2", "-o", inC, "client.c"},
		{"gcc", "-O2", "-DEPOLL", "-o", inEpoll, "client.c"},
		{"g++", "-O2", "-std=c++17", "-o", poco, "poco.cpp", "-lPocoNet", "-lPocoFoundation"},
		{"g++", "-O2", "-std=c++17", "-o", asio, "asio.cpp", "-pthread"},
	} {
		for i, arg := range args {
			switch {
			case args[max(0, i-1)] == "-o":
				args[i] = filepath.Join(s.built, arg)
			case strings.HasSuffix(arg, ".c"), strings.HasSuffix(arg, ".cpp"):
				args[i] = filepath.Join(s.dir, arg)
			}
		}
		if out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	return os.WriteFile(s.file(), bytes.Repeat([]byte{'x'}, fileSize), 0o644)
}

// file returns the name of the file that the work file sends.
func (s *setup) file() string { return filepath.Join(s.built, "file") }

// startPeers starts the peers and records their ports. The peers run until the returned
// function is called.
func (s *setup) startPeers(ctx context.Context) (end func(), err error) {
	ctx, cancel := context.WithCancel(ctx)
	var started []*exec.Cmd
	end = func() {
		cancel()
		for _, cmd := range started {
			cmd.Wait() // its error is that it was killed
		}
	}
	s.ports = make(map[string]string)
	for _, w := range works {
		if s.ports[w.peer] != "" {
			continue
		}
		cmd := exec.CommandContext(ctx, "taskset", "-c", s.peerCPU, filepath.Join(s.built, "peer"), w.peer)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			return end, err
		}
		started = append(started, cmd)
		var port int
		if _, err := fmt.Fscanln(out, &port); err != nil {
			return end, fmt.Errorf("no port of the peer: %w", err)
		}
		s.ports[w.peer] = strconv.Itoa(port)
	}
	return end, nil
}

// round has each contestant do each work that has so many rounds.
func (s *setup) round(ctx context.Context, r *result, round int) error {
	at := 0
	for _, w := range works {
		if round >= s.roundsOf(w.decides()) {
			at += len(w.figures)
			continue
		}
		for i := range programs {
			p := programs[(round+i)%len(programs)]
			if !p.can(w) {
				continue
			}
			figures, err := s.measure(ctx, p, w)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", w.figures[0].title, p.name, err)
			}
			for k, v := range figures {
				r.add(at+k, w.figures[k], p.name, v)
			}
		}
		at += len(w.figures)
	}
	return nil
}

// add adds what was measured to a row.
func (r *result) add(at int, f figure, name string, v float64) {
	for len(r.rows) <= at {
		r.rows = append(r.rows, row{took: make(map[string][]float64)})
	}
	r.rows[at].figure = f
	r.rows[at].took[name] = append(r.rows[at].took[name], v)
}

// measure has the contestant do the work and returns the figures.
func (s *setup) measure(ctx context.Context, p program, w work) ([]float64, error) {
	out, err := output(ctx, s.command(p, w))
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(out)
	if len(fields) != len(w.figures) {
		return nil, fmt.Errorf("printed %q, expected %d figures", out, len(w.figures))
	}
	figures := make([]float64, len(fields))
	for i, field := range fields {
		if figures[i], err = strconv.ParseFloat(field, 64); err != nil {
			return nil, err
		}
		if figures[i] <= 0 && !w.figures[i].bytes {
			return nil, fmt.Errorf("printed %q", out)
		}
	}
	return figures, nil
}

// roundsOf returns the number of rounds: all of them for what decides whether
// streamsock is slower than package net, and a third for the rest.
func (s *setup) roundsOf(decides bool) int {
	if decides {
		return s.rounds
	}
	return (s.rounds + 2) / 3
}

// operations returns the number of operations of the work that a contestant does.
func (s *setup) operations(w work) int { return max(1, w.count/s.part) }

// command returns the command of a contestant, with the work to do if any.
func (s *setup) command(p program, w ...work) []string {
	args := []string{"env", variable + "=" + p.name, fileVariable + "=" + s.file(), "taskset", "-c", s.cpu}
	switch p.name {
	case ours, plain:
		args = append(args, s.self)
	default:
		args = append(args, filepath.Join(s.built, p.name))
	}
	for _, w := range w {
		args = append(args, w.name, strconv.Itoa(s.operations(w)), strconv.Itoa(w.size), s.ports[w.peer])
	}
	return args
}

// output runs a command and returns what it prints.
func output(ctx context.Context, args []string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, errs.String())
	}
	return strings.TrimSpace(out.String()), nil
}

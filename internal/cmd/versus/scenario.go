// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// echoProgram is the program of the module testdata/bench/_echo, which serves by both.
const echoProgram = "gnet and netpoll"

// mostDescriptors is as many as a process may need.
const mostDescriptors = 20000

// A serversFacts says how servers run.
type serversFacts struct {
	uid        int               // of their user
	congestion string            // the system's congestion control
	limit      int               // of a process's descriptors
	missing    map[string]string // why programs are left out
}

// A trial is a scenario with one of its numbers of connections.
type trial struct {
	scenario
	count int // of connections
	fewer int // than that, if descriptors are limited
	took  map[string][]sample
}

// A sample is what was measured of a server in a round.
type sample struct {
	took        float64 // nanoseconds of a unit
	processor   float64 // nanoseconds of processor time of a unit
	descriptors float64 // of a connection
}

// prepare records which servers are available, and raises the limit of descriptors. A server
// may run as another user who cannot read this program, so it runs a copy.
func (s *setup) prepare(ctx context.Context) error {
	limit, err := raiseLimit(mostDescriptors)
	if err != nil {
		return err
	}
	_, uid := asUser()
	congestion, err := os.ReadFile("/proc/sys/net/ipv4/tcp_congestion_control")
	if err != nil {
		return err
	}
	s.servers = serversFacts{uid, strings.TrimSpace(string(congestion)), limit, make(map[string]string)}
	if err := os.Chmod(s.built, 0o755); err != nil {
		return err
	}
	program, err := os.ReadFile(s.self)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(s.built, "versus"), program, 0o755); err != nil {
		return err
	}
	for _, name := range needed() {
		if name == echoProgram {
			err = s.buildEcho(ctx)
		} else {
			_, err = exec.LookPath(name)
		}
		if err != nil {
			fmt.Fprintf(s.progress, "without %s: %v\n", name, err)
			s.servers.missing[name], _, _ = strings.Cut(err.Error(), "\n")
		}
	}
	return nil
}

// buildEcho builds the module of other libraries, which it may have to download.
func (s *setup) buildEcho(ctx context.Context) error {
	name, err := filepath.Abs(filepath.Join(s.built, echoProgram))
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", name, ".")
	cmd.Dir = filepath.Join(s.dir, "_echo")
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot build %s: %w\n%s", cmd.Dir, err, out)
	}
	return nil
}

// trials returns the scenarios with each number of connections.
func (s *setup) trials() []*trial {
	var all []*trial
	for _, sc := range scenarios {
		for _, n := range sc.counts {
			all = append(all, &trial{sc, n, possible(n, s.servers.limit, sc.each), make(map[string][]sample)})
		}
	}
	return all
}

// possible returns the number of connections, at most n, that a process can have if each
// needs so many descriptors.
func possible(n, limit, each int) int {
	const spare = 100
	return max(0, min(n, (limit-spare)/each))
}

// compare has the servers of all trials take turns.
func (s *setup) compare(ctx context.Context, trials []*trial) error {
	for round := range s.rounds {
		fmt.Fprintf(s.progress, "servers, round %d of %d\n", round+1, s.rounds)
		for _, t := range trials {
			if round >= s.roundsOf(t.decides) {
				continue
			}
			for i := range t.servers {
				sv := t.servers[(round+i)%len(t.servers)]
				if s.servers.missing[sv.needs] != "" {
					continue
				}
				m, err := s.sample(ctx, t, sv)
				if err != nil {
					return fmt.Errorf("%s, %s: %w", t.title, sv.name, err)
				}
				t.took[sv.name] = append(t.took[sv.name], m)
			}
		}
	}
	return nil
}

// sample measures a server.
func (s *setup) sample(ctx context.Context, t *trial, sv server) (sample, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	units := max(1, t.work/s.part)
	load, err := s.startLoad(ctx, t.load, t.fewer, units)
	if err != nil {
		cancel()
		return sample{}, err
	}
	defer load.cmd.Wait() // its error is that it was killed
	defer cancel()
	port, err := freePort()
	if err != nil {
		return sample{}, err
	}
	served, err := s.startServer(ctx, sv, port, load.port)
	if err != nil {
		return sample{}, err
	}
	m, err := measureServer(ctx, served, load, port)
	cancel()
	<-served.ended
	if err != nil {
		return sample{}, fmt.Errorf("%w\n%s", err, &served.errs)
	}
	m.descriptors /= float64(max(1, t.fewer))
	m.took /= float64(units)
	m.processor /= float64(units)
	return m, nil
}

// measureServer takes the load and the server through the steps of the load, and
// returns what all units took, and all connections.
func measureServer(ctx context.Context, served *serving, load *loading, port string) (m sample, err error) {
	if err := served.listens(ctx, port); err != nil {
		return m, err
	}
	before, err := descriptors(served.pid())
	if err != nil {
		return m, err
	}
	if _, err := load.step(port); err != nil {
		return m, err
	}
	after, err := descriptors(served.pid())
	if err != nil {
		return m, err
	}
	if _, err := load.step("warm"); err != nil {
		return m, err
	}
	start, err := processorTime(served.pid())
	if err != nil {
		return m, err
	}
	took, err := load.step("work")
	if err != nil {
		return m, err
	}
	end, err := processorTime(served.pid())
	if err != nil {
		return m, err
	}
	m.descriptors, m.processor = float64(after-before), end-start
	m.took, err = strconv.ParseFloat(took, 64)
	return m, err
}

// versions returns the versions of the servers of other programs.
func (s *setup) versions(ctx context.Context) ([]string, error) {
	var facts []string
	for _, name := range needed() {
		if s.servers.missing[name] != "" {
			continue
		}
		args := map[string][]string{
			echoProgram: {filepath.Join(s.built, echoProgram)},
			"haproxy":   {"haproxy", "-v"},
			"socat":     {"socat", "-V"},
		}[name]
		out, err := output(ctx, args)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if name == echoProgram {
			facts = append(facts, strings.Split(out, "\n")...)
			continue
		}
		_, version, _ := strings.Cut(out, " version ")
		if fields := strings.Fields(version); len(fields) > 0 {
			facts = append(facts, name+" "+fields[0])
		}
	}
	return facts, nil
}

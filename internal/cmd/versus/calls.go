// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// counted lists the system calls to count.
var counted = []string{
	"read", "write", "readv", "writev", "recvfrom", "sendto", "recvmsg", "sendmsg",
	"poll", "ppoll", "epoll_wait", "epoll_pwait", "epoll_ctl", "futex", "nanosleep", "sched_yield",
	"getsockopt", "setsockopt", "fcntl", "ioctl", "socket", "connect", "getsockname", "getpeername", "close",
}

// calls are the system calls of one operation, by name.
type calls map[string]float64

// A callsOf contains the system calls of all contestants in a work.
type callsOf struct {
	work
	by map[string]calls
}

// count has each contestant do the works one more time while perf counts its system
// calls; perf needs a second to start. Without perf, or permission to use it, nothing is
// counted.
func (s *setup) count(ctx context.Context, works []work) []callsOf {
	var all []callsOf
	for _, w := range works {
		if slices.Contains([]string{"get", "set", "idle"}, w.name) {
			continue // it is one call, or it does not matter
		}
		of := callsOf{w, make(map[string]calls)}
		for _, p := range programs {
			if !p.can(w) {
				continue
			}
			made, err := s.callsOf(ctx, p, w)
			if err != nil {
				fmt.Fprintln(s.progress, "no system calls counted:", err)
				return nil
			}
			of.by[p.name] = made
		}
		all = append(all, of)
	}
	return all
}

// callsOf runs one work of one contestant under perf.
func (s *setup) callsOf(ctx context.Context, p program, w work) (calls, error) {
	name := filepath.Join(s.built, "calls")
	args := []string{"perf", "stat", "-x", ",", "-o", name}
	for _, call := range counted {
		args = append(args, "-e", prefix+call)
	}
	if _, err := output(ctx, slices.Concat(args, []string{"--"}, s.command(p, w))); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	n := s.operations(w)
	return parseCalls(string(text), n+warm(n))
}

// prefix precedes the name of a system call in the output of perf.
const prefix = "syscalls:sys_enter_"

// parseCalls reads what perf stat wrote and returns those calls that were made
// in at least one of a hundred operations.
func parseCalls(text string, operations int) (calls, error) {
	made := make(calls)
	for sc := bufio.NewScanner(strings.NewReader(text)); sc.Scan(); {
		fields := strings.Split(sc.Text(), ",")
		if len(fields) < 3 || !strings.HasPrefix(fields[2], prefix) {
			continue
		}
		n, err := strconv.ParseFloat(fields[0], 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", sc.Text(), err)
		}
		if n /= float64(operations); n >= 0.01 {
			made[strings.TrimPrefix(fields[2], prefix)] = n
		}
	}
	return made, nil
}

// String lists the calls, the most frequent ones first.
func (c calls) String() string {
	var list []string
	for _, name := range slices.SortedFunc(maps.Keys(c), func(a, b string) int {
		return cmp.Or(cmp.Compare(c[b], c[a]), strings.Compare(a, b))
	}) {
		list = append(list, fmt.Sprintf("%s %.2f", name, c[name]))
	}
	return strings.Join(list, ", ")
}

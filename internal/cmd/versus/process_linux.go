// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// raiseLimit raises the limit of descriptors of this process and its children to most, if
// permitted, and returns the limit.
func raiseLimit(most uint64) (int, error) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, err
	}
	if limit.Max < most {
		if syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: most, Max: most}) == nil {
			return int(most), nil
		}
	}
	limit.Cur = limit.Max
	return int(min(limit.Max, 1<<20)), syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
}

// ordinary is the user nobody, which is not exempt from the kernel's limits.
const ordinary = 65534

// asUser returns the attributes of a process that runs as an ordinary user and ends with
// this one, and the number of the user. If this process is not root's, the user does not
// change.
func asUser() (attr *syscall.SysProcAttr, uid int) {
	attr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if uid = os.Geteuid(); uid == 0 {
		uid = ordinary
		attr.Credential = &syscall.Credential{Uid: ordinary, Gid: ordinary}
	}
	return attr, uid
}

// descriptors returns the number of descriptors that a process has.
func descriptors(pid int) (int, error) {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return len(entries), err
}

// processorTime returns the time that the threads of a process have run in user and
// system mode, in nanoseconds. See sched-stats.rst of the kernel's documentation.
func processorTime(pid int) (ns float64, err error) {
	names, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("no schedstat of process %d", pid)
	}
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if os.IsNotExist(err) {
			continue // the thread has ended
		}
		if err != nil {
			return 0, err
		}
		ran, _, _ := strings.Cut(string(text), " ")
		n, err := strconv.ParseFloat(ran, 64)
		if err != nil {
			return 0, err
		}
		ns += n
	}
	return ns, nil
}

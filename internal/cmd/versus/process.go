// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// pinned returns a command that runs on one processor until the context ends.
func pinned(ctx context.Context, cpu string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "taskset", append([]string{"-c", cpu}, args...)...)
}

// A serving is a server that runs.
type serving struct {
	cmd   *exec.Cmd
	errs  bytes.Buffer
	ended chan struct{} // closed when the process has ended
}

// startServer starts a server that listens on a port, and if it is a relay connects
// to the target. It ends with the context.
func (s *setup) startServer(ctx context.Context, sv server, port, target string) (*serving, error) {
	args, err := sv.command(s, port, target)
	if err != nil {
		return nil, err
	}
	cmd := pinned(ctx, s.cpu, args...)
	cmd.Dir = string(filepath.Separator) // which every user can read
	cmd.SysProcAttr, _ = asUser()
	return startServing(cmd)
}

// startServing starts the command of a server.
func startServing(cmd *exec.Cmd) (*serving, error) {
	r := &serving{cmd: cmd, ended: make(chan struct{})}
	cmd.Env = append(os.Environ(), variable+"="+asServer)
	cmd.Stderr = &r.errs
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(r.ended)
		r.cmd.Wait() // its error is that it was killed
	}()
	return r, nil
}

func (r *serving) pid() int { return r.cmd.Process.Pid }

// listens waits until the server listens. It makes no connection, since socat
// accepts only one.
func (r *serving) listens(ctx context.Context, port string) error {
	for ctx.Err() == nil {
		text, err := os.ReadFile("/proc/net/tcp")
		if err != nil {
			return err
		}
		if isListening(string(text), port) {
			return nil
		}
		select {
		case <-r.ended:
			return fmt.Errorf("the server ended: %s", &r.errs)
		case <-time.After(2 * time.Millisecond):
		}
	}
	return ctx.Err()
}

// isListening reports whether a table as that of /proc/net/tcp has a socket that
// listens on a port of 127.0.0.1. See proc_net_tcp.rst of the kernel's documentation.
func isListening(table, port string) bool {
	n, err := strconv.Atoi(port)
	if err != nil {
		return false
	}
	address := binary.NativeEndian.Uint32([]byte{127, 0, 0, 1})
	local := fmt.Sprintf("%08X:%04X", address, n)
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) > 3 && fields[1] == local && fields[3] == "0A" {
			return true
		}
	}
	return false
}

// freePort returns an unused port of 127.0.0.1, below the range from which Linux assigns
// ports to connections.
func freePort() (string, error) {
	const first, last, attempts = 10_000, 32_767, 100
	for n := 0; ; n++ {
		port := strconv.Itoa(first + rand.IntN(last-first+1))
		l, err := net.Listen("tcp4", loopback(port))
		if err == nil {
			return port, l.Close()
		}
		if n == attempts {
			return "", err
		}
	}
}

// A loading is a load that runs.
type loading struct {
	cmd  *exec.Cmd
	errs bytes.Buffer
	in   io.WriteCloser
	out  *bufio.Scanner
	port string // where it accepts what a relay connects
}

// startLoad starts a load. It ends with the context.
func (s *setup) startLoad(ctx context.Context, kind string, connections, units int) (*loading, error) {
	l := new(loading)
	l.cmd = pinned(ctx, s.peerCPU, filepath.Join(s.built, "load"), kind, strconv.Itoa(connections), strconv.Itoa(units))
	l.cmd.Stderr = &l.errs
	in, err := l.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := l.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := l.cmd.Start(); err != nil {
		return nil, err
	}
	l.in, l.out = in, bufio.NewScanner(out)
	l.port, err = l.hear()
	return l, err
}

// hear returns the next line that the load prints.
func (l *loading) hear() (string, error) {
	if l.out.Scan() {
		return l.out.Text(), nil
	}
	l.cmd.Wait()
	return "", fmt.Errorf("the load ended: %s", &l.errs)
}

// step makes the load do its next step, and returns what it prints after it.
func (l *loading) step(line string) (string, error) {
	if _, err := fmt.Fprintln(l.in, line); err != nil {
		return "", err
	}
	return l.hear()
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
)

// twoPorts returns the number of a port that is open, and of one next to it that is
// not.
func twoPorts(t *testing.T) (open, closed int) {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Skip(err)
		}
		open = l.Addr().(*net.TCPAddr).Port
		next, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(open+1)))
		if err != nil {
			l.Close()
			continue // it is taken
		}
		next.Close()
		t.Cleanup(func() { l.Close() })
		return open, open + 1
	}
	t.Skip("no two free ports")
	return 0, 0
}

func TestScan(t *testing.T) {
	open, closed := twoPorts(t)
	for _, tt := range []struct {
		args   string
		status int
		stdout string
	}{
		{fmt.Sprintf("-z 127.0.0.1 %d", open), 0, ""}, // quiet, as nc
		{fmt.Sprintf("-z 127.0.0.1:%d", open), 0, ""},
		{fmt.Sprintf("-nz 127.0.0.1 %d-%d", open, closed), 0, fmt.Sprintf("127.0.0.1:%d open\n", open)},
		{fmt.Sprintf("-z 127.0.0.1 %d %d", closed, open), 0, fmt.Sprintf("127.0.0.1:%d open\n", open)},
	} {
		status, stdout, stderr := sockcat(strings.Fields(tt.args)...)
		if status != tt.status || stdout != tt.stdout || stderr != "" {
			t.Errorf("sockcat %s: status %d, %q, %q", tt.args, status, stdout, stderr)
		}
	}
	status, stdout, _ := sockcat("-vz", "-w", "10", "127.0.0.1", fmt.Sprintf("%d-%d", open, closed))
	lines := strings.Split(stdout, "\n")
	if status != 0 || len(lines) != 3 || !strings.HasPrefix(lines[0], fmt.Sprintf("127.0.0.1:%d open (127.0.0.1:%[1]d, ", open)) ||
		lines[1] != fmt.Sprintf("127.0.0.1:%d refused", closed) {
		t.Errorf("status %d, %q", status, stdout)
	}
	checkFailure(t, fmt.Sprintf("-z 127.0.0.1 %d", closed), 1, "refused")
	checkFailure(t, fmt.Sprintf("-z 127.0.0.1 %d-%[1]d", closed), 1, "refused")
}

// TestScanMany has more ports than are tested at the same time.
func TestScanMany(t *testing.T) {
	open, _ := twoPorts(t)
	first := max(1, open-2*atOnce)
	status, stdout, stderr := sockcat("-vz", "127.0.0.1", fmt.Sprintf("%d-%d", first, open))
	lines := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
	if status != 0 || stderr != "" || len(lines) != open-first+1 {
		t.Fatalf("status %d, %d lines, %q", status, len(lines), stderr)
	}
	for i, line := range lines {
		if !strings.HasPrefix(line, fmt.Sprintf("127.0.0.1:%d ", first+i)) {
			t.Errorf("line %d is %q", i, line)
		}
	}
}

func TestReason(t *testing.T) {
	for want, err := range map[string]error{
		"timed out":    context.DeadlineExceeded,
		"no such host": &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host"}},
		"failed: x":    fmt.Errorf("x"),
	} {
		if got := reason(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}

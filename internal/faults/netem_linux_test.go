// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package faults

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"example.com/streamsock/streamsock"
)

// TestNetem delays, reorders, duplicates and drops packets in both directions:
// only the data that was sent is received. The kernel does it, by netem, see
// tc-netem(8); one that has no netem skips the test.
func TestNetem(t *testing.T) {
	if os.Getenv(stageVariable) == "" {
		require(t)
		requireNetem(t)
	}
	for _, bad := range []struct{ name, how string }{
		{"delay", "delay 20ms 5ms"},
		{"loss", "loss 2%"},
		{"reordering", "delay 5ms reorder 75% 50%"},
		{"duplication", "duplicate 10%"},
		{"all", "delay 5ms 2ms loss 1% duplicate 2% reorder 25%"},
	} {
		for _, way := range []struct {
			name string
			copy func(t *testing.T, n *network) *streamsock.Conn
		}{
			{"Write and Read", lossyBytes},
			{"ReadFrom and WriteTo", lossyCopy},
			{"urgent bytes in between", lossyInline},
			{"an urgent byte apart", lossyApart},
		} {
			t.Run(bad.name+"/"+way.name, func(t *testing.T) {
				inside(t, direct, func(t *testing.T, n *network) {
					netem(t, n.client(), "near", bad.how)
					netem(t, n.server(), "far", bad.how)
					way.copy(t, n)
					t.Log(command(t, "ip", "netns", "exec", n.server(), "tc", "-s", "qdisc", "show", "dev", "far"))
				})
			})
		}
	}
}

// netem disturbs the packets that a device sends.
func netem(t *testing.T, space, device, how string) {
	t.Helper()
	line := []string{"netns", "exec", space, "tc", "qdisc", "add", "dev", device, "root", "netem"}
	command(t, "ip", append(line, strings.Fields(how)...)...)
}

// requireNetem skips the test if the kernel has no netem, except for one that
// was chosen for having it.
func requireNetem(t *testing.T) {
	t.Helper()
	try := exec.Command("tc", "qdisc", "add", "dev", "lo", "root", "netem")
	try.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if out, err := try.CombinedOutput(); err != nil && os.Getenv("STREAMSOCK_EMULATOR") == "" {
		t.Skipf("this kernel has no netem: %v %s", err, out)
	}
}

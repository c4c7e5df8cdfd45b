// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"crypto/tls"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"example.com/streamsock/internal/testnet"
)

// TestOutputClosed lets the peer send to a closed standard output, in all ways
// in which the bytes can get there. That ends the command without a word
// although standard input is open.
func TestOutputClosed(t *testing.T) {
	for name, flags := range map[string][]string{
		"plain":   nil,
		"escapes": {"--escape", "~"},
		"urgent":  {"--urgent"},
		"report":  {"--report", filepath.Join(t.TempDir(), "page.html")},
		"TLS":     {"--tls", "--tls-insecure"},
	} {
		t.Run(name, func(t *testing.T) {
			s := connectSessionTo(t, closedPipe(t), flags...)
			var peer io.Writer = s.peer
			if name == "TLS" {
				peer = tls.Server(s.peer, testnet.ServerTLS(t))
			}
			for { // until the command has ended; its input does not show that
				if _, err := io.WriteString(peer, "line\n"); err != nil {
					break
				}
			}
			if status := s.wait(); status != 141 {
				t.Errorf("status %d", status)
			}
			if got := s.rest(); got != "" {
				t.Errorf("standard error is %q", got)
			}
			if name == "report" {
				if page := readPage(t, flags[1]); !strings.Contains(page, "ended by: "+errOutputClosed.Error()) {
					t.Error(page)
				}
			}
		})
	}
}

// TestOutputClosedLists is the same for the commands that only print.
func TestOutputClosedLists(t *testing.T) {
	defer hurry(t.Name())()
	for _, command := range []string{"demo", "options"} {
		var stderr strings.Builder
		if status := run([]string{command}, nil, closedPipe(t), &stderr); status != 141 || stderr.Len() > 0 {
			t.Errorf("sockcat %s: status %d, standard error %q", command, status, stderr.String())
		}
	}
}

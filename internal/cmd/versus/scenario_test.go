// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"strings"
	"testing"
)

func TestPossible(t *testing.T) {
	for _, test := range []struct{ n, limit, each, want int }{
		{0, 1000, 6, 0},
		{2000, 20000, 6, 2000},
		{2000, 1000, 6, 150},
		{5000, 4096, 1, 3996},
		{40, 64, 6, 0},
	} {
		if got := possible(test.n, test.limit, test.each); got != test.want {
			t.Errorf("possible(%d, %d, %d) = %d, want %d", test.n, test.limit, test.each, got, test.want)
		}
	}
}

// TestScenarios checks what the tables and the program rely on.
func TestScenarios(t *testing.T) {
	for _, sc := range scenarios {
		if base := sc.servers[0]; !strings.Contains(base.name, plain) || base.needs != "" {
			t.Errorf("%s: the first server is %s, want package net's", sc.title, base.name)
		}
		names := make(map[string]bool)
		for _, sv := range sc.servers {
			if names[sv.name] {
				t.Errorf("%s: two servers with the name %s", sc.title, sv.name)
			}
			names[sv.name] = true
		}
		if sc.each < 1 || sc.work < 1 || len(sc.counts) == 0 || len(sc.counts) > 1 && sc.column == "" {
			t.Errorf("%s is incomplete: %+v", sc.title, sc)
		}
	}
}

func TestServerTables(t *testing.T) {
	relay, ways := scenarios[0], scenarios[len(scenarios)-1]
	of := func(took, processor, descriptors float64) []sample {
		return []sample{{took, processor, descriptors}, {2 * took, 2 * processor, descriptors}}
	}
	r := &result{
		trials: []*trial{
			{relay, 0, 0, map[string][]sample{"net, two io.Copy": of(0.5, 0.3, 0), "streamsock.Relay": of(0.5, 0.3, 0)}},
			{relay, 300, 200, map[string][]sample{"net, two io.Copy": of(1, 0.3, 6), "streamsock.Relay": of(0.4, 0.1, 2)}},
			{ways, 200, 200, map[string][]sample{
				"net, Read": of(1e4, 1000, 1), "Recv(p, 0)": of(1e4, 1100, 1), "TimeoutConn.Read": of(1e4, 1040, 1),
			}},
		},
		serversFacts: serversFacts{65534, "bbr", 1300, map[string]string{"socat": "not found"}},
	}
	var b strings.Builder
	r.serverTables(&b)
	for _, want := range []string{
		"\n| idle sessions | server | speed | of net's | processor time | of net's | descriptors | aim |\n|---|---|---|---|---|---|---|---|\n",
		"\n| 0 | streamsock.Relay | 1500 MB/s (1000–2000) | 1.00 (1.00–1.00) | 450 ms/GB (300–600) | 1.00 (1.00–1.00) |  | 0.98 of net: met |\n",
		"\n| 200 of 300 | net, two io.Copy | 750 MB/s (500–1000) | 1.00 (1.00–1.00) | 450 ms/GB (300–600) | 1.00 (1.00–1.00) | 4.0 |  |\n",
		"| 200 of 300 | streamsock.Relay | 1875 MB/s (1250–2500) | 2.50 (2.50–2.50) | 150 ms/GB (100–200) | 0.33 (0.33–0.33) | 0.0 | 0.98 of net: met; no descriptors: met |\n\n",
		"| 200 | Recv(p, 0) | 75000 requests/s (50000–100000) | 1.00 (1.00–1.00) | 1.65 µs (1.10–2.20) | 1.10 (1.10–1.10) | at most 1.00 of net's processor time: short of it |\n",
		"1.04 (1.04–1.04) | at most 1.05 of net's processor time: met |\n",
		"Median of 2 rounds.",
		"The servers ran as user 65534 with the system's congestion control, bbr, and a process could have 1300 descriptors. Without socat: not found.\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, &b)
		}
	}
	if n := strings.Count(b.String(), "## "+relay.title); n != 1 {
		t.Errorf("%d headings of one scenario", n)
	}
}

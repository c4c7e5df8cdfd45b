// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"slices"
	"testing"
	"time"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock/sockopt"
)

// BenchmarkOption times options on a *Conn against the alternatives, in turns:
// the bare system call in one RawConn.Control with everything made beforehand,
// and package net's setter. It reports the time of ours, the time of the other
// and the median ratio of the two. Run it by
//
//	go test -run '^$' -bench Option -benchmem ./streamsock
func BenchmarkOption(b *testing.B) {
	c, _ := pair(b, "tcp4")
	rc, err := c.SyscallConn()
	if err != nil {
		b.Fatal(err)
	}
	// bare gets the option, or sets it to the value that it has.
	bare := func(option string, set bool) func() {
		row := sys.Lookup(option)
		buf := make([]byte, 2*row.Width)
		var n int
		var err error
		rc.Control(func(fd uintptr) { n, err = row.Get(fd, buf) })
		if err != nil {
			b.Fatal(err)
		}
		buf = buf[:n]
		visit := func(fd uintptr) { row.Get(fd, buf) }
		if set {
			visit = func(fd uintptr) { row.Set(fd, buf, false) }
		}
		return func() { rc.Control(visit) }
	}
	linger := sockopt.Lingering{On: true, Timeout: time.Second}
	err = sockopt.Apply(c, sockopt.NoDelay.To(true), sockopt.KeepAliveIdle.To(time.Minute),
		sockopt.ReadBuffer.To(1<<16), sockopt.Linger.To(linger))
	if err != nil {
		b.Fatal(err)
	}
	for _, bm := range []struct {
		name        string
		ours, other func()
	}{
		{"get/bool/vs-bare", func() { sockopt.NoDelay.Get(c) }, bare("NoDelay", false)},
		{"get/int/vs-bare", func() { sockopt.ReadBuffer.Get(c) }, bare("ReadBuffer", false)},
		{"get/Duration/vs-bare", func() { sockopt.KeepAliveIdle.Get(c) }, bare("KeepAliveIdle", false)},
		{"get/Linger/vs-bare", func() { sockopt.Linger.Get(c) }, bare("Linger", false)},
		{"set/bool/vs-bare", func() { sockopt.NoDelay.Set(c, true) }, bare("NoDelay", true)},
		{"set/int/vs-bare", func() { sockopt.ReadBuffer.Set(c, 1<<16) }, bare("ReadBuffer", true)},
		{"set/Duration/vs-bare", func() { sockopt.KeepAliveIdle.Set(c, time.Minute) }, bare("KeepAliveIdle", true)},
		{"set/Linger/vs-bare", func() { sockopt.Linger.Set(c, linger) }, bare("Linger", true)},
		{"set/bool/vs-net", func() { sockopt.NoDelay.Set(c, true) }, func() { c.TCPConn.SetNoDelay(true) }},
	} {
		b.Run(bm.name, func(b *testing.B) { sideBySide(b, bm.ours, bm.other) })
	}
}

// sideBySide runs ours and other in turns, so that the ratio is valid when the
// machine's speed drifts.
func sideBySide(b *testing.B, ours, other func()) {
	const turn = 100
	lap := func(f func()) time.Duration {
		start := time.Now()
		for range turn {
			f()
		}
		return time.Since(start)
	}
	var sumOurs, sumOther time.Duration
	var ratios []float64
	b.ReportAllocs()
	for b.Loop() {
		o, p := lap(ours), lap(other)
		sumOurs, sumOther = sumOurs+o, sumOther+p
		ratios = append(ratios, float64(o)/float64(p))
	}
	slices.Sort(ratios)
	n := float64(len(ratios) * turn)
	b.ReportMetric(0, "ns/op") // it would be that of both together
	b.ReportMetric(float64(sumOurs)/n, "ns-ours")
	b.ReportMetric(float64(sumOther)/n, "ns-other")
	b.ReportMetric(ratios[len(ratios)/2], "ratio")
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !streamsock_poll

package streamsock_test

import (
	"errors"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// TestParkedWaiters has many goroutines wait, each for a connection of its own,
// and holds what they cost: no thread, no more than one descriptor for all, and
// a kilobyte each besides the goroutine. With STREAMSOCK_LONG=1 they are
// 10,000.
func TestParkedWaiters(t *testing.T) {
	count := 500
	if os.Getenv("STREAMSOCK_LONG") != "" {
		count = 10_000
	}
	conns, peers := manyPairs(t, count)

	runtime.GC()
	var mem0, mem1 runtime.MemStats
	runtime.ReadMemStats(&mem0)
	descriptors0, threads0 := openDescriptors(t), threads(t)
	woken := make([]time.Time, count)
	errs := make([]error, count)
	var waits sync.WaitGroup
	for i, c := range conns {
		waits.Go(func() {
			errs[i] = c.WaitUrgent(t.Context())
			woken[i] = time.Now()
		})
	}
	until(t, "all wait", func() bool { return parkedIn("streamsock.(*Conn).park") >= count })
	runtime.GC()
	runtime.ReadMemStats(&mem1)
	descriptors1, threads1 := openDescriptors(t), threads(t)
	each := (int64(mem1.HeapAlloc) - int64(mem0.HeapAlloc)) / int64(count)
	t.Logf("%d waiters: descriptors %d, then %d; threads %d, then %d; %d bytes of heap and %d of stack each",
		count, descriptors0, descriptors1, threads0, threads1, each,
		(int64(mem1.StackInuse)-int64(mem0.StackInuse))/int64(count))
	if descriptors1 > descriptors0+1 {
		t.Errorf("%d descriptors more", descriptors1-descriptors0)
	}
	if threads1 > threads0+5 { // the runtime makes some for itself
		t.Errorf("%d threads more", threads1-threads0)
	}
	if each > 1500 {
		t.Errorf("%d bytes each", each)
	}

	if count == 10_000 {
		t.Logf("%v of processor time in a second", idle(t, time.Second))
	}

	sent := make([]time.Time, count)
	for i, p := range peers {
		sent[i] = time.Now()
		if err := p.SendUrgent('!'); err != nil {
			t.Fatal(err)
		}
	}
	waits.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	var took []time.Duration
	for i := range woken {
		took = append(took, woken[i].Sub(sent[i]))
	}
	slices.Sort(took)
	t.Logf("woken after %v (median), %v (99 of 100), while all were", took[count/2], took[count*99/100])
	until(t, "the descriptor is closed", func() bool { return openDescriptors(t) <= descriptors0 })
}

// idle returns what the process uses of the processor in a time.
func idle(t *testing.T, d time.Duration) time.Duration {
	t.Helper()
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := used()
	time.Sleep(d)
	return used() - before
}

// manyPairs returns many connections, at both their ends, and the other end of
// each.
func manyPairs(t *testing.T, count int) (conns, peers []*streamsock.Conn) {
	t.Helper()
	l, err := streamsock.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for range count / 2 {
		p, err := dialPair(l)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.peer.Close(); p.c.Close() })
		// The machine's default may be bbr, which paces.
		if err := errors.Join(sockopt.Congestion.Set(p.peer, "cubic"), sockopt.Congestion.Set(p.c, "cubic")); err != nil {
			t.Log(err)
		}
		conns, peers = append(conns, p.c, p.peer), append(peers, p.peer, p.c)
	}
	return conns, peers
}

func openDescriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	return len(entries)
}

// threads returns how many threads the process has.
func threads(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	_, after, _ := strings.Cut(string(text), "\nThreads:")
	line, _, _ := strings.Cut(after, "\n")
	n, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Skip(err)
	}
	return n
}

// parkedIn returns how many goroutines are in a function.
func parkedIn(function string) (n int) {
	var records []runtime.StackRecord
	for size := 1000; ; size *= 2 {
		records = make([]runtime.StackRecord, size)
		k, ok := runtime.GoroutineProfile(records)
		if ok {
			records = records[:k]
			break
		}
	}
	for _, r := range records {
		frames := runtime.CallersFrames(r.Stack())
		for {
			f, more := frames.Next()
			if strings.HasSuffix(f.Function, function) {
				n++
			}
			if !more {
				break
			}
		}
	}
	return n
}

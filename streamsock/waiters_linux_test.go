// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !streamsock_poll && !streamsock_kqueue

package streamsock_test

import (
	"bufio"
	"context"
	"errors"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// TestParkedWaiters has many goroutines wait, each for a connection of its own,
// and checks their cost: no thread, no more than one descriptor for all, and a
// kilobyte each besides the goroutine. With STREAMSOCK_LONG=1 they are 10,000.
func TestParkedWaiters(t *testing.T) {
	count := 500
	if os.Getenv("STREAMSOCK_LONG") != "" {
		count = 10_000
	}
	count = testnet.Descriptors(count) &^ 1
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
	until(t, "all wait", func() bool { return parkedIn("streamsock.(*pollable).park") >= count })
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

// threads returns the number of threads of the process.
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

// parkedIn returns the number of goroutines in a function.
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

// TestManyIdle has one goroutine wait for many connections in a PollSet, and
// then a goroutine with a buffer for each, as is usual, and compares what they
// take: memory for each while all are idle, the time until one is served, and
// the processor's time. With STREAMSOCK_LONG=1 they are as many as there may be
// descriptors, 20,000 at most.
func TestManyIdle(t *testing.T) {
	count := 1000
	if os.Getenv("STREAMSOCK_LONG") != "" {
		count = 20_000
	}
	count = testnet.Descriptors(count) &^ 1
	before := heap()
	conns, peers := manyPairs(t, count)
	connBytes := (heap() - before) / int64(count)

	set := newPollSet(t)
	before = heap()
	for _, c := range conns {
		if err := set.Add(c, streamsock.Readable); err != nil {
			t.Fatal(err)
		}
	}
	setBytes := (heap() - before) / int64(count)
	served := make(chan time.Time, 1)
	var polling sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	polling.Go(func() {
		buf := make([]byte, 4096) // for all
		for {
			ready, err := set.Poll(ctx)
			if err != nil {
				return
			}
			for _, r := range ready {
				r.Conn.TryRead(buf)
				served <- time.Now()
			}
		}
	})
	setWakes := wakeEach(t, peers, served)
	cancel()
	polling.Wait()
	set.Close()

	before = heap()
	var reading sync.WaitGroup
	for _, c := range conns {
		reading.Go(func() {
			r := bufio.NewReader(c)
			for {
				if _, err := r.ReadByte(); err != nil {
					return
				}
				served <- time.Now()
			}
		})
	}
	until(t, "all read", func() bool { return parkedIn("streamsock.(*conn).receive") >= count })
	goroutineBytes := (heap() - before) / int64(count)
	goroutineWakes := wakeEach(t, peers, served)
	for _, c := range conns {
		c.SetReadDeadline(past)
	}
	reading.Wait()

	t.Logf("%d connections, of %d bytes each\n"+
		"                        bytes more each  median    99 of 100  processor for each wake-up\n"+
		"PollSet                 %15d  %-8v  %-9v  %v\n"+
		"goroutine, bufio.Reader %15d  %-8v  %-9v  %v", count, connBytes,
		setBytes, setWakes.median, setWakes.most, setWakes.used,
		goroutineBytes, goroutineWakes.median, goroutineWakes.most, goroutineWakes.used)
	most := int64(1024)
	if count < 10_000 {
		most *= 2 // what else continues counts too
	}
	if sum := connBytes + setBytes; sum > most {
		t.Errorf("an idle connection takes %d bytes", sum)
	}
}

// heap returns the amount of memory in use, including stacks.
func heap() int64 {
	runtime.GC()
	runtime.GC() // the first may leave elements of a sync.Pool
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// wakes is the time until a connection is served.
type wakes struct{ median, most, used time.Duration }

// wakeEach sends a byte to one connection after the other and waits until it is
// served.
func wakeEach(t *testing.T, peers []*streamsock.Conn, served <-chan time.Time) wakes {
	t.Helper()
	const rounds = 2000
	var took []time.Duration
	start := processorTime(t)
	for i := range rounds {
		p := peers[i*7919%len(peers)]
		sent := time.Now()
		if _, err := p.Write([]byte{1}); err != nil {
			t.Fatal(err)
		}
		select {
		case at := <-served:
			took = append(took, at.Sub(sent))
		case <-time.After(patience):
			t.Fatal("it is not served")
		}
	}
	used := processorTime(t) - start
	slices.Sort(took)
	return wakes{took[rounds/2], took[rounds*99/100], used / rounds}
}

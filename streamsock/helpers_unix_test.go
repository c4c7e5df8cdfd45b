// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package streamsock_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// timed makes a lap of a function that does ops operations.
func timed(ops int, f func()) func() lap {
	return func() lap {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		cpu, start := cpuTime(), time.Now()
		f()
		l := lap{wall: time.Since(start), cpu: cpuTime() - cpu}
		runtime.ReadMemStats(&after)
		l.allocs = after.Mallocs - before.Mallocs
		return l
	}
}

// settled gives the sink time to read what the previous turn left in its
// buffers. It would compete with this one for the processor.
func settled(side func() lap) func() lap {
	return func() lap {
		time.Sleep(5 * time.Millisecond)
		return side()
	}
}

// contest runs the two sides, whose laps are of ops operations, in turns, and
// each first in every other turn, so that the ratio is valid when the machine's
// speed drifts. One iteration is as many turns as 50 ms take, so that all of
// the benchmarks can do with the same number of iterations.
func contest(b *testing.B, ops int, ours, other func() lap) {
	sides := [2]func() lap{ours, other}
	var sums [2]lap
	var wall, cpu []float64
	turn := func() {
		var laps [2]lap
		for k := range sides {
			who := (len(wall) + k) % 2
			laps[who] = sides[who]()
		}
		for who, l := range laps {
			sums[who].wall += l.wall
			sums[who].cpu += l.cpu
			sums[who].allocs += l.allocs
		}
		wall = append(wall, float64(laps[0].wall)/float64(laps[1].wall))
		cpu = append(cpu, float64(laps[0].cpu)/float64(laps[1].cpu))
	}
	turn() // finds the connections cold
	sums, wall, cpu = [2]lap{}, nil, nil
	for b.Loop() {
		for start := time.Now(); time.Since(start) < 50*time.Millisecond; {
			turn()
		}
	}
	n := float64(len(wall) * ops)
	b.ReportMetric(0, "ns/op") // it would be that of both together
	b.ReportMetric(float64(sums[0].wall)/n, "ns-ours")
	b.ReportMetric(float64(sums[1].wall)/n, "ns-other")
	b.ReportMetric(float64(sums[0].allocs)/n, "allocs-ours")
	b.ReportMetric(float64(sums[1].allocs)/n, "allocs-other")
	b.ReportMetric(median(wall), "ratio")
	b.ReportMetric(median(cpu), "cpu-ratio")
}

func median(s []float64) float64 {
	slices.Sort(s)
	return s[len(s)/2]
}

// startPeer starts the other process, which is this program, until the end of
// the benchmark.
func startPeer(b *testing.B) *peer {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestBenchSink$")
	cmd.Env = append(os.Environ(), peerVariable+"=1")
	pid, _, stdout := start(b, cmd)
	p := &peer{pid: pid}
	if _, err := fmt.Fscanln(stdout, &p.sink, &p.echo, &p.source); err != nil {
		b.Fatal(err)
	}
	return p
}

// start starts a program that ends when its input does.
func start(b *testing.B, cmd *exec.Cmd) (pid int, stdin io.Writer, stdout io.Reader) {
	b.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			b.Error(err)
		}
	})
	return cmd.Process.Pid, in, bufio.NewReader(out)
}

// serve has a function serve each connection to the address that it returns.
func serve(t *testing.T, handle func(net.Conn)) (address string) {
	l, err := streamsock.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := l.AcceptTCP()
			if err != nil {
				return
			}
			likeOthers(c)
			go func() {
				defer c.Close()
				handle(c)
			}()
		}
	}()
	return l.Addr().String()
}

// request has a source send n bytes.
func request(b *testing.B, c net.Conn, n uint64) {
	write(b, c, binary.BigEndian.AppendUint64(nil, n))
}

// await waits until n bytes are there to read.
func await(b *testing.B, c *streamsock.Conn, n int) {
	for start := time.Now(); time.Since(start) < 10*time.Second; runtime.Gosched() {
		have, err := c.Available()
		if err != nil {
			b.Fatal(err)
		}
		if have >= n {
			return
		}
	}
	b.Fatalf("%d bytes have not arrived", n)
}

func dial(b *testing.B, address string, opts ...sockopt.Setting) *streamsock.Conn {
	b.Helper()
	c, err := streamsock.Dial("tcp4", address, opts...)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	likeOthers(c)
	return c
}

// likeOthers makes a connection like those of every program that is measured.
// That not all systems let one choose the algorithm does not matter for that.
func likeOthers(c syscall.Conn) {
	_ = sockopt.NoDelay.Set(c, true)
	_ = sockopt.Congestion.Set(c, "reno")
}

func write(b *testing.B, c net.Conn, p []byte) {
	if _, err := c.Write(p); err != nil {
		b.Fatal(err)
	}
}

// read fills p.
func read(b *testing.B, c net.Conn, p []byte) {
	if _, err := io.ReadFull(c, p); err != nil {
		b.Fatal(err)
	}
}

// second and third return the error of a call.
func second[T any](_ T, err error) error        { return err }
func third[T, U any](_ T, _ U, err error) error { return err }

// ourUnixPair is unixPair of UnixConns.
func ourUnixPair(t *testing.T) (client, server *streamsock.UnixConn) {
	t.Helper()
	c, s := unixPair(t)
	client, err1 := streamsock.WrapUnix(c.(*net.UnixConn))
	server, err2 := streamsock.WrapUnix(s.(*net.UnixConn))
	if err := cmp.Or(err1, err2); err != nil {
		t.Fatal(err)
	}
	return client, server
}

func startMixed(ctx context.Context, t *testing.T, a, b relayKind, relayer *streamsock.Relayer) *mixedRelay {
	t.Helper()
	r := &mixedRelay{relayer: relayer}
	r.a, r.peerA = a.open(t)
	r.b, r.peerB = b.open(t)
	r.done = begin(func() (n int, err error) {
		r.stats, err = relayUntilEnd(ctx, relayer, r.a, r.b)
		return 0, err
	})
	return r
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package streamsock_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// BenchmarkBytes times the calls that move bytes against the alternatives, in
// turns. It reports the time of ours and of the other, the allocations of each,
// the median ratio of the times, and that of the processor's times, which a
// busy machine disturbs less. Except in bare, the other end of a connection is
// another process, so that its work does not count. Run it by
//
//	go test -run '^$' -bench Bytes -benchtime 20x -count 5 ./streamsock
//
// writev/*/vs-C needs a C compiler, and all of writev but free needs taskset;
// without them they are skipped.
func BenchmarkBytes(b *testing.B) {
	b.Run("64B/ping-pong", benchPingPong)
	b.Run("64KiB/write", benchWrite)
	b.Run("64KiB/read", benchRead)
	b.Run("readv", benchReadv)
	b.Run("writev", benchWritev)
	b.Run("copy", benchCopy)
	b.Run("bare", benchBare)
}

// benchPingPong sends 64 bytes and waits for their echo, by the methods of Conn and
// by those of the TCPConn in it.
func benchPingPong(b *testing.B) {
	c := dial(b, startPeer(b).echo)
	const ops = 200
	side := func(c net.Conn) func() lap {
		p := make([]byte, 64)
		return timed(ops, func() {
			for range ops {
				write(b, c, p)
				read(b, c, p)
			}
		})
	}
	contest(b, ops, side(c), side(c.TCPConn))
}

func benchWrite(b *testing.B) {
	c := dial(b, startPeer(b).sink)
	const ops = 500
	side := func(c net.Conn) func() lap {
		p := make([]byte, 64<<10)
		return settled(timed(ops, func() {
			for range ops {
				write(b, c, p)
			}
		}))
	}
	contest(b, ops, side(c), side(c.TCPConn))
}

func benchRead(b *testing.B) {
	c := dial(b, startPeer(b).source)
	request(b, c, 1<<62)
	const ops = 500
	side := func(c net.Conn) func() lap {
		p := make([]byte, 64<<10)
		return timed(ops, func() {
			for range ops {
				read(b, c, p)
			}
		})
	}
	contest(b, ops, side(c), side(c.TCPConn))
}

// slices16 returns 16 slices of 1 KiB. They are not contiguous, like slices
// that have been allocated in different places. They are filled, because memory
// that was not written to may be one page of zeros, which is faster to read
// than others.
func slices16() [][]byte {
	const size, gap = 1 << 10, 64
	all := bytes.Repeat([]byte{'x'}, 16*(size+gap))
	bufs := make([][]byte, 16)
	for i := range bufs {
		start := i * (size + gap)
		bufs[i] = all[start : start+size : start+size]
	}
	return bufs
}

const total16 = 16 << 10

// benchReadv reads what has arrived already: waiting for the peer would make
// all ways look alike.
func benchReadv(b *testing.B) {
	const ops = 8 // few enough for every system's buffer
	c := dial(b, startPeer(b).source, sockopt.ReadBuffer.To(512<<10))
	bufs := slices16()
	whole := make([]byte, total16)
	side := func(one func()) func() lap {
		f := timed(ops, func() {
			for range ops {
				one()
			}
		})
		return func() lap {
			request(b, c, ops*total16)
			await(b, c, ops*total16)
			return f()
		}
	}
	readv := side(func() {
		if n, err := c.Readv(bufs); n != total16 || err != nil {
			b.Fatal(n, err)
		}
	})
	b.Run("vs-reads", func(b *testing.B) {
		contest(b, ops, readv, side(func() {
			for _, p := range bufs {
				read(b, c.TCPConn, p)
			}
		}))
	})
	b.Run("vs-read-and-copy", func(b *testing.B) {
		contest(b, ops, readv, side(func() {
			read(b, c.TCPConn, whole)
			rest := whole
			for _, p := range bufs {
				rest = rest[copy(p, rest):]
			}
		}))
	})
}

// benchWritev measures where the scheduler puts the processes, then with the
// senders on one processor and the sink on another, and then with all on one.
func benchWritev(b *testing.B) {
	for _, place := range []struct {
		name         string
		sender, sink string
	}{{"free", "", ""}, {"apart", "0", "1"}, {"together", "0", "0"}} {
		at := func(bench func(*testing.B, *peer)) func(*testing.B) {
			return func(b *testing.B) {
				p := startPeer(b)
				if place.sink != "" {
					pin(b, p.pid, place.sink)
					pin(b, os.Getpid(), place.sender) // the C program inherits it
				}
				bench(b, p)
			}
		}
		b.Run(place.name+"/vs-Buffers", at(benchWritevBuffers))
		b.Run(place.name+"/vs-C", at(benchWritevC))
	}
}

// writevOps is so many that a lap takes 100 ms and more: only when a goroutine
// has run for more than 10 ms does the scheduler begin to take the processor
// away from it in system calls, which is what a sender that never pauses must
// pay for in every one of them.
const writevOps = 10000

// writev is our side of these benchmarks.
func writev(b *testing.B, c *streamsock.Conn) func() lap {
	bufs := slices16()
	return settled(timed(writevOps, func() {
		for range writevOps {
			if n, err := c.Writev(bufs); n != total16 || err != nil {
				b.Fatal(n, err)
			}
		}
	}))
}

func benchWritevBuffers(b *testing.B, p *peer) {
	c := dial(b, p.sink)
	bufs := slices16()
	var backing, list net.Buffers // at their best: not allocated each time
	contest(b, writevOps, writev(b, c), settled(timed(writevOps, func() {
		for range writevOps {
			backing = append(backing[:0], bufs...)
			list = backing
			if n, err := list.WriteTo(c.TCPConn); n != total16 || err != nil {
				b.Fatal(n, err)
			}
		}
	})))
}

// benchWritevC measures against a C program with a blocking socket, which has
// no poller and no scheduler to notify.
func benchWritevC(b *testing.B, p *peer) {
	program := filepath.Join(b.TempDir(), "writev")
	source := filepath.Join("..", "testdata", "bench", "writev.c")
	out, err := exec.Command("cc", "-O2", "-o", program, source).CombinedOutput()
	if err != nil {
		b.Skipf("no C program: %v\n%s", err, out)
	}
	host, port, err := net.SplitHostPort(p.sink)
	if err != nil {
		b.Fatal(err)
	}
	_, stdin, stdout := start(b, exec.Command(program, host, port))
	contest(b, writevOps, writev(b, dial(b, p.sink)), settled(func() lap {
		var wall, cpu float64
		fmt.Fprintln(stdin, writevOps)
		if _, err := fmt.Fscanln(stdout, &wall, &cpu); err != nil {
			b.Fatal(err)
		}
		return lap{wall: time.Duration(wall * writevOps), cpu: time.Duration(cpu * writevOps)}
	}))
}

// pin has the process and its threads run on one processor until the end of
// the benchmark. For this process that is a Go that sees one processor.
func pin(b *testing.B, pid int, cpu string) {
	if runtime.NumCPU() < 2 {
		b.Skip("needs two processors")
	}
	tid := strconv.Itoa(pid)
	if err := exec.Command("taskset", "-acp", cpu, tid).Run(); err != nil {
		b.Skipf("cannot pin: taskset: %v", err)
	}
	if pid != os.Getpid() {
		return
	}
	before := runtime.GOMAXPROCS(1)
	b.Cleanup(func() {
		runtime.GOMAXPROCS(before)
		all := fmt.Sprintf("0-%d", runtime.NumCPU()-1)
		if err := exec.Command("taskset", "-acp", all, tid).Run(); err != nil {
			b.Error(err)
		}
	})
}

// benchCopy copies from a source to a sink, both of the other process, by
// io.CopyN, which does what io.Copy does and leaves the connections open: the
// first copies of a connection are slower.
func benchCopy(b *testing.B) {
	const size = 64 << 20
	p := startPeer(b)
	src, dst := dial(b, p.source), dial(b, p.sink)
	request(b, src, 1<<62)
	side := func(dst io.Writer, src io.Reader, copyN func(io.Writer, io.Reader, int64) (int64, error)) func() lap {
		return settled(timed(1, func() {
			if n, err := copyN(dst, src, size); n != size || err != nil {
				b.Fatal(n, err)
			}
		}))
	}
	ours := side(dst, src, io.CopyN)
	b.Run("vs-net", func(b *testing.B) {
		contest(b, 1, ours, side(dst.TCPConn, src.TCPConn, io.CopyN))
	})
	buf := make([]byte, 32<<10)
	b.Run("vs-loop", func(b *testing.B) {
		contest(b, 1, ours, side(dst.TCPConn, src.TCPConn, func(dst io.Writer, src io.Reader, n int64) (int64, error) {
			return io.CopyBuffer(struct{ io.Writer }{dst}, io.LimitReader(src, n), buf)
		}))
	})
}

// benchBare measures against the bare system call in one function of a
// RawConn with everything made beforehand.
func benchBare(b *testing.B) {
	c, other := pair(b, "tcp4")
	rc, err := c.SyscallConn()
	if err != nil {
		b.Fatal(err)
	}
	const ops = 100
	p := make([]byte, 64)
	side := func(size int, one func()) func() lap {
		f := timed(ops, func() {
			for range ops {
				one()
			}
		})
		feed := make([]byte, size)
		return func() lap {
			if size > 0 {
				write(b, other, feed)
				await(b, c, size)
			}
			return f()
		}
	}
	var vec sys.Vec
	vec.Load([][]byte{p}, 0)
	recv := func(flags int) func() {
		visit := func(fd uintptr) { sys.Recvmsg(fd, &vec, flags) }
		return func() { rc.Control(visit) }
	}
	b.Run("Available", func(b *testing.B) {
		queued := func(fd uintptr) { sys.Queued(fd) }
		contest(b, ops, side(0, func() { c.Available() }), side(0, func() { rc.Control(queued) }))
	})
	b.Run("TryRead/miss", func(b *testing.B) {
		contest(b, ops, side(0, func() { c.TryRead(p) }), side(0, recv(0)))
	})
	b.Run("TryRead/hit", func(b *testing.B) {
		contest(b, ops, side(ops*len(p), func() { c.TryRead(p) }), side(ops*len(p), recv(0)))
	})
	write(b, other, p) // to be peeked at and to stay
	await(b, c, len(p))
	b.Run("Peek", func(b *testing.B) {
		contest(b, ops, side(0, func() { c.Peek(p) }), side(0, recv(sys.MsgPeek)))
	})
}

// A lap is the cost of one turn of a side.
type lap struct {
	wall, cpu time.Duration
	allocs    uint64
}

// cpuTime returns the processor's time that this process has taken.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// A peer is the other process, with the addresses at which it does something.
type peer struct {
	pid    int
	sink   string // discards received data
	echo   string // sends it back
	source string // sends as much as is requested: see request
}

const peerVariable = "STREAMSOCK_BENCH_PEER"

// TestBenchSink is the other process: see startPeer. As a test of this process
// it has nothing to do.
func TestBenchSink(t *testing.T) {
	if os.Getenv(peerVariable) == "" {
		return
	}
	fmt.Println(serve(t, discard), serve(t, sendBack), serve(t, supply))
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0) // the connections may stall: this is no leak
}

// discard reads into memory of its own: io.Discard would allow for tricks.
func discard(c net.Conn) {
	p := make([]byte, 256<<10)
	for {
		if _, err := c.Read(p); err != nil {
			return
		}
	}
}

func sendBack(c net.Conn) {
	p := make([]byte, 64<<10)
	for {
		n, err := c.Read(p)
		if err != nil {
			return
		}
		if _, err := c.Write(p[:n]); err != nil {
			return
		}
	}
}

func supply(c net.Conn) {
	p := make([]byte, 256<<10)
	var count [8]byte
	for {
		if _, err := io.ReadFull(c, count[:]); err != nil {
			return
		}
		for left := binary.BigEndian.Uint64(count[:]); left > 0; {
			n, err := c.Write(p[:min(left, uint64(len(p)))])
			if err != nil {
				return
			}
			left -= uint64(n)
		}
	}
}

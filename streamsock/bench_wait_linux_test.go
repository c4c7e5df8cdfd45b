// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

// BenchmarkWait times the ways to wait for a response, against a Read that
// waits: Wait and then Read, ReadContext, a PollSet of one and of a thousand
// connections. It reports what BenchmarkBytes does. Run it by
//
//	go test -run '^$' -bench Wait/ -benchtime 20x -count 5 ./streamsock
func BenchmarkWait(b *testing.B) {
	c := dial(b, startPeer(b).echo)
	const ops = 200
	side := func(receive func(p []byte) (int, error)) func() lap {
		p := make([]byte, 64)
		return timed(ops, func() {
			for range ops {
				write(b, c, p)
				if n, err := receive(p); n != len(p) || err != nil {
					b.Fatal(n, err)
				}
			}
		})
	}
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	set := newPollSet(b)
	if err := set.Add(c, streamsock.Readable); err != nil {
		b.Fatal(err)
	}
	var ready []streamsock.Ready
	poll := func(p []byte) (int, error) {
		var err error
		if ready, err = set.PollInto(context.Background(), ready); len(ready) != 1 || err != nil {
			return 0, err
		}
		return c.TryRead(p)
	}
	for _, bm := range []struct {
		name    string
		receive func(p []byte) (int, error)
	}{
		{"Wait-and-Read", func(p []byte) (int, error) {
			if _, err := c.Wait(context.Background(), streamsock.Readable); err != nil {
				return 0, err
			}
			return c.Read(p)
		}},
		{"ReadContext", func(p []byte) (int, error) { return c.ReadContext(ctx, p) }},
		{"TimeoutConn", c.WithTimeouts(time.Minute, time.Minute).Read},
		{"PollSet", poll},
	} {
		b.Run(bm.name, func(b *testing.B) { contest(b, ops, side(bm.receive), side(c.TCPConn.Read)) })
	}
	l, err := streamsock.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	for range 500 {
		p, err := dialPair(l)
		if err != nil {
			b.Fatal(err)
		}
		defer p.peer.Close()
		defer p.c.Close()
		if err := errors.Join(set.Add(p.c, streamsock.Readable), set.Add(p.peer, streamsock.Readable)); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("PollSet-of-1001", func(b *testing.B) { contest(b, ops, side(poll), side(c.TCPConn.Read)) })
}

// BenchmarkRelay times what arrives through a relay of ours, through one that
// Go has started next to 4,000 idle ones, socat and haproxy, each its own
// process between the same two ends, and the processor's time that each takes.
// Programs that are not installed are skipped. Run it by
//
//	go test -run '^$' -bench Relay -benchtime 5x ./streamsock
func BenchmarkRelay(b *testing.B) {
	sink := startPeer(b).sink
	const chunk, chunks = 1 << 20, 256
	data := make([]byte, chunk)
	// through sends all of it and waits until the sink has closed.
	through := func(address string) error {
		c, err := streamsock.Dial("tcp4", address)
		if err != nil {
			return err
		}
		defer c.Close()
		likeOthers(c)
		for range chunks {
			if _, err := c.Write(data); err != nil {
				return err
			}
		}
		if err := c.CloseWrite(); err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, c)
		return err
	}
	type relay struct {
		name    string
		address string
		pids    []int
	}
	relays := []relay{startOwnRelay(b, "Relay", sink), startOwnRelay(b, "Go", sink)}
	for _, r := range []struct {
		name  string
		start func(*testing.B, string, string) *exec.Cmd
	}{{"socat", socat}, {"haproxy", haproxy}} {
		if _, err := exec.LookPath(r.name); err != nil {
			b.Logf("%s is not installed", r.name)
			continue
		}
		address := freeAddress(b)
		cmd := r.start(b, address, sink)
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
		relays = append(relays, relay{r.name, address, []int{cmd.Process.Pid}})
		until(b, r.name+" listens", func() bool {
			c, err := net.Dial("tcp4", address)
			if err == nil {
				c.Close()
			}
			return err == nil
		})
	}
	wall := make([]time.Duration, len(relays))
	used := make([]time.Duration, len(relays))
	rounds := 0
	for b.Loop() {
		rounds++
		for i, r := range relays {
			cpu, start := cpuOf(b, r.pids[0]), time.Now()
			if err := through(r.address); err != nil {
				b.Fatal(r.name, err)
			}
			wall[i] += time.Since(start)
			used[i] += cpuOf(b, r.pids[0]) - cpu
		}
	}
	b.ReportMetric(0, "ns/op")
	for i, r := range relays {
		b.ReportMetric(float64(rounds)*chunk*chunks/wall[i].Seconds()/1e6, r.name+"-MB/s")
		b.ReportMetric(float64(used[i].Milliseconds())/float64(rounds), r.name+"-cpu-ms")
	}
}

// startOwnRelay starts a relay to the sink in another process, by the function of the
// name.
func startOwnRelay(b *testing.B, name, sink string) (r struct {
	name    string
	address string
	pids    []int
}) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestBenchRelay$")
	cmd.Env = append(os.Environ(), relayVariable+"="+name+" "+sink)
	pid, _, stdout := start(b, cmd)
	r.name, r.pids = name, []int{pid}
	if _, err := fmt.Fscanln(stdout, &r.address); err != nil {
		b.Fatal(err)
	}
	return r
}

const relayVariable = "STREAMSOCK_BENCH_RELAY"

// TestBenchRelay is the other process of BenchmarkRelay, and no test.
func TestBenchRelay(t *testing.T) {
	name, sink, ok := strings.Cut(os.Getenv(relayVariable), " ")
	if !ok {
		t.Skip("this is the other process of BenchmarkRelay")
	}
	relayByGo = name == "Go"
	relayer := new(streamsock.Relayer)
	if relayByGo {
		for range testnet.Descriptors(4000*4) / 4 {
			r := relayPair(t)
			relayer.Go(t.Context(), r.a, r.b, nil)
		}
	}
	address := serve(t, func(c net.Conn) {
		out, err := streamsock.Dial("tcp4", sink)
		if err != nil {
			t.Error(err)
			return
		}
		in, err := streamsock.Wrap(c)
		if err != nil {
			t.Error(err)
			return
		}
		relayUntilEnd(t.Context(), relayer, in, out)
	})
	fmt.Println(address)
	io.Copy(io.Discard, os.Stdin) // until the benchmark ends
	os.Exit(0)
}

func socat(b *testing.B, address, sink string) *exec.Cmd {
	_, port, _ := net.SplitHostPort(address)
	return exec.Command("socat", "-b65536", "TCP-LISTEN:"+port+",bind=127.0.0.1,reuseaddr,fork", "TCP:"+sink)
}

func haproxy(b *testing.B, address, sink string) *exec.Cmd {
	b.Helper()
	name := filepath.Join(b.TempDir(), "haproxy.cfg")
	text := "defaults\n mode tcp\n timeout connect 10s\n timeout client 60s\n timeout server 60s\n option splice-auto\n" +
		"listen relay\n bind " + address + "\n server sink " + sink + "\n"
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return exec.Command("haproxy", "-db", "-f", name)
}

func freeAddress(b *testing.B) string {
	b.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// cpuOf returns the processor's time that a process and its children have
// taken; see proc_pid_stat(5).
func cpuOf(b *testing.B, pid int) time.Duration {
	b.Helper()
	names, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		b.Fatal(err)
	}
	var ticks int64
	for _, name := range names {
		text, _ := os.ReadFile(name) // it may have ended
		_, rest, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(rest)
		if len(fields) < 15 {
			continue
		}
		if own := strings.Contains(name, fmt.Sprintf("/%d/", pid)); !own && fields[1] != strconv.Itoa(pid) {
			continue
		}
		for _, i := range []int{11, 12, 13, 14} { // utime, stime, cutime, cstime
			n, err := strconv.ParseInt(fields[i], 10, 64)
			if err != nil {
				b.Fatal(err)
			}
			ticks += n
		}
	}
	return time.Duration(ticks) * (time.Second / 100) // USER_HZ
}

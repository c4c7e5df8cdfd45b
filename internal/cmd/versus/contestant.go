// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// This file is testdata/bench/contestant.h and its contestants in Go: the same
// arguments, works, loops, options and figures.

// A contestant does each work one time. A nil function is a work that it cannot do.
type contestant struct {
	dial    func(address string) net.Conn // opens the connection of the works from ping to urgent
	send    func(p []byte)                // sends p, if there is another way than Write
	writev  func()                        // sends the slices
	get     func()                        // asks for TCP_NODELAY
	set     func()                        // sets TCP_NODELAY
	urgent  func()                        // sends an urgent byte and waits for one
	connect func(address string)          // connects, sets TCP_NODELAY and SO_LINGER, by which it resets the connection
	idle    func(address string)          // opens one more such connection and waits for bytes on it
	file    func(f *os.File, size int64)  // sends the whole file
}

// The options that all contestants set. Package net enables TCP_NODELAY and is
// configured not to enable keep-alive.
var (
	options = []sockopt.Setting{
		sockopt.ReadBuffer.To(256 << 10),
		sockopt.WriteBuffer.To(256 << 10),
		sockopt.Congestion.To("cubic"),
	}
	netDialer = net.Dialer{KeepAlive: -1}
)

// slices16 returns 16 slices of 1 KiB that are not adjacent in memory, like slices from
// different sources.
func slices16() [][]byte {
	const size, gap = 1 << 10, 64
	all := bytes.Repeat([]byte{'x'}, 16*(size+gap))
	var bufs [][]byte
	for part := range slices.Chunk(all, size+gap) {
		bufs = append(bufs, part[:size:size])
	}
	return bufs
}

// byStreamsock returns the contestant of this library.
func byStreamsock() contestant {
	var c *streamsock.Conn
	dialer := streamsock.Dialer{NetDialer: &netDialer}
	dial := func(address string, opts ...sockopt.Setting) *streamsock.Conn {
		dialer.Options = opts
		c, err := dialer.DialStream(context.Background(), "tcp4", address)
		check(err)
		return c
	}
	bufs := slices16()
	set, err := streamsock.NewPollSet()
	check(err)
	return contestant{
		dial: func(address string) net.Conn {
			c = dial(address, options...)
			return c
		},
		send: func(p []byte) {
			_, err := c.Send(p, 0)
			check(err)
		},
		writev: func() {
			_, err := c.Writev(bufs)
			check(err)
		},
		get: func() {
			on, err := c.NoDelay()
			if check(err); !on {
				check(errors.New("NoDelay is off"))
			}
		},
		set: func() { check(sockopt.NoDelay.Set(c, true)) },
		urgent: func() {
			check(c.SendUrgent('!'))
			check(c.WaitUrgent(context.Background()))
			_, err := c.ReadUrgent()
			check(err)
		},
		connect: func(address string) { check(dial(address).Abort()) },
		idle: func(address string) {
			c := dial(address)
			check(c.SetLinger(0))
			check(set.Add(c, streamsock.Readable))
		},
		file: func(f *os.File, size int64) {
			_, err := c.SendFile(f, 0, size, nil)
			check(err)
		},
	}
}

// byNet returns the contestant of package net. It has no getter, so it uses the
// descriptor, and it cannot receive urgent data.
func byNet() contestant {
	var c *net.TCPConn
	var rc syscall.RawConn
	dial := func(d net.Dialer, address string) *net.TCPConn {
		c, err := d.Dial("tcp4", address)
		check(err)
		return c.(*net.TCPConn)
	}
	connected := func(address string) *net.TCPConn {
		c := dial(netDialer, address)
		check(c.SetLinger(0))
		return c
	}
	bufs := slices16()
	var backing, list net.Buffers // at their best: not allocated each time
	return contestant{
		dial: func(address string) net.Conn {
			d := netDialer
			d.Control = sockopt.Control(options...)
			c = dial(d, address)
			var err error
			rc, err = c.SyscallConn()
			check(err)
			return c
		},
		writev: func() {
			backing = append(backing[:0], bufs...)
			list = backing
			_, err := list.WriteTo(c)
			check(err)
		},
		get: func() {
			on, err := noDelay(rc)
			if check(err); on == 0 {
				check(errors.New("TCP_NODELAY is off"))
			}
		},
		set:     func() { check(c.SetNoDelay(true)) },
		connect: func(address string) { check(connected(address).Close()) },
		idle: func(address string) {
			c := connected(address)
			go c.Read(bytes.Repeat([]byte{'x'}, 4096)) // as a bufio.Reader has that was in use
		},
		file: func(f *os.File, size int64) {
			_, err := f.Seek(0, io.SeekStart)
			check(err)
			n, err := io.Copy(c, f)
			if check(err); n != size {
				check(io.ErrUnexpectedEOF)
			}
		},
	}
}

// check ends the program if err is not nil.
func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// compete does the work in the arguments: WORK COUNT SIZE PORT. Without arguments it
// prints the version of the contestant.
func compete(c contestant, args []string) {
	if len(args) == 0 {
		fmt.Printf("%s, GOMAXPROCS=%d\n", runtime.Version(), runtime.GOMAXPROCS(0))
		return
	}
	if len(args) != 4 {
		check(errors.New("usage: [WORK COUNT SIZE PORT]"))
	}
	count, err := strconv.Atoi(args[1])
	check(err)
	size, err := strconv.Atoi(args[2])
	check(err)
	address := net.JoinHostPort("127.0.0.1", args[3])
	switch args[0] {
	case "connect":
		rate(func() { c.connect(address) }, count, nil)
		return
	case "idle":
		idle(func() { c.idle(address) }, count)
		return
	}
	conn := c.dial(address)
	message := bytes.Repeat([]byte{'x'}, size)
	write := func() {
		_, err := conn.Write(message)
		check(err)
	}
	send := write
	if c.send != nil {
		send = func() { c.send(message) }
	}
	switch args[0] {
	case "ping":
		latency(func() {
			write()
			_, err := io.ReadFull(conn, message)
			check(err)
		}, count)
	case "urgent":
		latency(c.urgent, count)
	case "write":
		rate(write, count, conn)
	case "send":
		rate(send, count, conn)
	case "writev":
		rate(c.writev, count, conn)
	case "file":
		f, err := os.Open(os.Getenv(fileVariable))
		check(err)
		st, err := f.Stat()
		check(err)
		rate(func() { c.file(f, st.Size()) }, count, conn)
	case "get":
		rate(c.get, count, nil)
	case "set":
		rate(c.set, count, nil)
	default:
		check(fmt.Errorf("no work %s", args[0]))
	}
}

// warm returns the number of times a work is done before the clock starts.
func warm(count int) int { return count/10 + 1 }

// latency prints the median of the rounds and their 99th percentile, in nanoseconds.
func latency(op func(), count int) {
	took := make([]time.Duration, count)
	for i := range took {
		took[i] = 1 // so that the memory is there
	}
	for range warm(count) {
		op()
	}
	start := time.Now()
	last := time.Since(start)
	for i := range took {
		op()
		at := time.Since(start)
		took[i], last = at-last, at
	}
	slices.Sort(took)
	fmt.Println(took[count/2].Nanoseconds(), took[count*99/100].Nanoseconds())
}

// rate prints the time of one operation in nanoseconds. With a connection, the time ends
// when the peer has received everything and closes.
func rate(op func(), count int, c net.Conn) {
	for range warm(count) {
		op()
	}
	start := time.Now()
	for range count {
		op()
	}
	if c != nil {
		check(c.(interface{ CloseWrite() error }).CloseWrite())
		if _, err := c.Read(make([]byte, 1)); err != io.EOF {
			check(fmt.Errorf("at the end: %v", err))
		}
	}
	fmt.Println(float64(time.Since(start).Nanoseconds()) / float64(count))
}

// idle prints the memory of a connection in the process, in bytes.
func idle(op func(), count int) {
	op()
	before := resident()
	for range count {
		op()
	}
	fmt.Println((resident() - before) / count)
}

// resident returns the resident memory of the process, after garbage has been returned
// to the system.
func resident() int {
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/smaps_rollup")
	check(err)
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); fields[0] == "Rss:" {
			kib, err := strconv.Atoi(fields[1])
			check(err)
			return kib << 10
		}
	}
	check(errors.New("smaps_rollup has no Rss"))
	return 0
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"errors"
	"io"
	"net"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

// TestRelayIdle checks that a relay in which nothing moves has no descriptor
// beside its two connections, and two goroutines.
func TestRelayIdle(t *testing.T) {
	const each = 8 // descriptors: 4 sockets, and the pipes that a copy may have
	count := testnet.Descriptors(50*each) / each
	goroutines, pipes := runtime.NumGoroutine(), openPipes()
	var relays []*relayed
	for range count {
		r := relayPair(t)
		r.start(t.Context(), &streamsock.Relayer{})
		relays = append(relays, r)
	}
	for _, r := range relays {
		put(t, r.client, r.server, []byte("to the server"))
		take(t, r.server, []byte("to the server"))
		put(t, r.server, r.client, []byte("to the client"))
		take(t, r.client, []byte("to the client"))
	}
	until(t, "the pipes are released", func() bool {
		runtime.GC()
		return openPipes()-pipes < count
	})
	if n := runtime.NumGoroutine() - goroutines; n > 2*count {
		t.Errorf("%d goroutines for %d relays", n, count)
	}
	for _, r := range relays {
		r.client.CloseWrite()
		r.server.CloseWrite()
		r.done.ends(t, 0, nil)
	}
}

// The commands of fcntl(2) for the size of a pipe.
const setPipeSize, getPipeSize = 1031, 1032

// TestCopyGrowsPipe copies from a source that must be waited for, and then
// always has something to read. Only then the pipe grows.
func TestCopyGrowsPipe(t *testing.T) {
	const large = 1 << 20
	var p [2]int
	if err := syscall.Pipe2(p[:], syscall.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	size, _, _ := syscall.Syscall(syscall.SYS_FCNTL, uintptr(p[0]), setPipeSize, large)
	syscall.Close(p[0])
	syscall.Close(p[1])
	if size != large {
		t.Skip("the system does not make pipes of this size")
	}
	closePipes(t)
	peer, src := msgPair(t)
	dst, sink := msgPair(t)
	copying := begin(func() (int64, error) { return io.Copy(dst, src) })
	for range 9 {
		peer.Write([]byte("data"))
		take(t, sink, []byte("data"))
		copying.blocks(t)
	}
	if slices.Contains(pipeSizes(), large) {
		t.Error("the pipe has grown for some bytes")
	}
	writing := doing(func() error {
		for b := make([]byte, 1<<20); ; {
			if _, err := peer.Write(b); err != nil {
				return nil // the test has closed it
			}
		}
	})
	b := make([]byte, 64<<10)
	until(t, "the pipe grows", func() bool {
		io.ReadFull(sink, b)
		return slices.Contains(pipeSizes(), large)
	})
	dst.Close()
	if _, err := copying.end(t); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	peer.Close()
	writing.end(t)
}

// pipeSizes returns the sizes of the pipes that the process has open.
func pipeSizes() (sizes []uintptr) {
	names, _ := filepath.Glob("/proc/self/fd/*")
	for _, name := range names {
		fd, _ := strconv.Atoi(filepath.Base(name))
		if size, _, err := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), getPipeSize, 0); err == 0 {
			sizes = append(sizes, size)
		}
	}
	return sizes
}

// TestCopySmallPipes copies as a user who has so many pipes that the system makes only
// small ones.
func TestCopySmallPipes(t *testing.T) {
	if syscall.Getuid() == 0 {
		t.Skip("root may have any number of pipes")
	}
	closePipes(t)
	const small = 32 << 10
	for size := uintptr(small); size >= small; {
		var p [2]int
		if err := syscall.Pipe2(p[:], syscall.O_CLOEXEC); err != nil {
			t.Skip(err)
		}
		t.Cleanup(func() { syscall.Close(p[0]); syscall.Close(p[1]) })
		syscall.Syscall(syscall.SYS_FCNTL, uintptr(p[0]), setPipeSize, 1<<20)
		size, _, _ = syscall.Syscall(syscall.SYS_FCNTL, uintptr(p[0]), getPipeSize, 0)
	}
	before := openPipes()
	w := ourCopyN.between(connEnd, connEnd)
	copyEvent{limit: allOf, n: allOf}.run(w.open(t), w)
	if n := openPipes(); n > before {
		t.Errorf("the copy has made %d ends of pipes", n-before)
	}
}

// TestCopyAfterStuck copies after a copy that has ended with bytes in its pipe. The
// source is at the out-of-band mark, which splice(2) does not pass, so that the first
// bytes are not in a pipe.
func TestCopyAfterStuck(t *testing.T) {
	peer, src := msgPair(t)
	fed := doing(func() error { return second(peer.Write(make([]byte, 1<<20))) })
	for range 3 {
		stuck := fullConn(t)
		stuck.SetWriteDeadline(time.Now().Add(20 * time.Millisecond))
		_, err := streamsock.CopyN(stuck, src, 1<<20)
		isTimeout(t, err)

		markPeer, atMark := msgPair(t)
		dst, sink := msgPair(t)
		urge(t, markPeer, atMark, "!")
		markPeer.Write([]byte("abc"))
		if e, err := atMark.Wait(t.Context(), readable); e != readable || err != nil {
			t.Fatal(e, err)
		}
		dst.SetWriteDeadline(time.Now().Add(patience))
		if n, err := streamsock.CopyN(dst, atMark, 3); n != 3 || err != nil {
			t.Fatalf("the copy after it: %d, %v", n, err)
		}
		take(t, sink, []byte("abc"))
	}
	src.Close()
	fed.end(t)
}

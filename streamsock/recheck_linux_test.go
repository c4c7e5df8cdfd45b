// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"errors"
	"os"
	"runtime"
	"testing"
	"time"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/internal/testnet"
)

// TestRecheck checks that recheck wakes waiting goroutines at the out-of-band
// mark for bytes that are there, ends nothing, and leaves a deadline of the
// TCPConn as it is.
func TestRecheck(t *testing.T) {
	client, tcp := testnet.Pair(t, "tcp4")
	c, err := wrap(client) // as Dial does
	if err != nil {
		t.Fatal(err)
	}
	s, err := wrap(tcp)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Sendmsg([][]byte{[]byte("ab"), []byte("!")}, OOB)
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err) // as gVisor
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte("cd")); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Recv(make([]byte, 2), WaitAll); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	for there := false; !there; runtime.Gosched() {
		s.raw.Control(func(fd uintptr) { there = sys.HasInputAtMark(fd) })
	}
	const patience, wait = 10 * time.Second, 300 * time.Millisecond
	end := time.Now().Add(wait)
	if err := tcp.SetReadDeadline(end); err != nil {
		t.Fatal(err)
	}
	looks, ended := make(chan bool, 100), make(chan error, 1)
	go func() {
		ended <- s.raw.Read(func(uintptr) bool {
			looks <- true
			return false
		})
	}()
	<-looks
	s.recheck(false)
	select {
	case <-looks:
	case err := <-ended:
		t.Fatalf("it is not woken: %v", err)
	case <-time.After(patience):
		t.Fatal("it is not woken")
	}
	select {
	case err := <-ended:
		if !errors.Is(err, os.ErrDeadlineExceeded) || time.Now().Before(end) {
			t.Errorf("%v, %v before the deadline", err, time.Until(end))
		}
	case <-time.After(patience):
		t.Error("the deadline is lost")
	}
	s.SetReadDeadline(time.Time{})
	if n, err := s.Recv(make([]byte, 2), WaitAll); n != 2 || err != nil {
		t.Error(n, err)
	}
}

// TestPeekFullBytewise lets PeekFull wait for bytes that arrive one by one, and
// has it woken meanwhile for nothing. A byte that arrives after a look is no
// reason to give up.
func TestPeekFullBytewise(t *testing.T) {
	client, tcp := testnet.Pair(t, "tcp4")
	s, err := wrap(tcp)
	if err != nil {
		t.Fatal(err)
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				s.recheck(true)
			}
		}
	}()
	p := make([]byte, 50)
	for i := range testnet.Rounds(300) {
		go func() {
			for range p {
				client.Write([]byte("a"))
			}
		}()
		if n, err := s.PeekFull(t.Context(), p); n != len(p) || err != nil {
			t.Errorf("round %d: %d, %v", i, n, err)
			break
		}
		if n, err := s.Recv(p, WaitAll); n != len(p) || err != nil {
			t.Fatal(n, err)
		}
	}
	close(stop)
	<-stopped
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package faults

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// TestStream sends a large file in each direction concurrently over one
// connection, on a line that drops, duplicates and reorders packets. The server
// is after a Relay. The files are of 1 GiB; with STREAMSOCK_LONG=1 they are of
// 16 GiB, which takes minutes.
func TestStream(t *testing.T) {
	alone(t, slow, func(t *testing.T, n *network) {
		size := int64(1) << 30
		if long() {
			size <<= 4
		}
		n.widen(t)
		l := &line{delay: 2 * time.Millisecond, late: 500 * time.Microsecond, loses: 200, doubles: 200, delays: 100}
		n.carry(t, l)
		s := &stream{T: t, size: size, up: newSink(t, 1, size), down: newSink(t, 2, size)}
		s.client, s.peer = n.dial(t)
		s.inner, s.server = loopback(t)
		useBBR(t, s.client)
		useBBR(t, s.peer)

		start := time.Now()
		s.exchange()
		took := time.Since(start)

		t.Logf("%d bytes each way in %v: %.1f MB/s", size, took.Round(time.Millisecond), float64(size)/1e6/took.Seconds())
		lost, doubled, delayed := l.lost.Load(), l.doubled.Load(), l.delayed.Load()
		t.Logf("packets lost: %d, doubled: %d, delayed: %d", lost, doubled, delayed)
		if lost == 0 || doubled == 0 || delayed == 0 {
			t.Error("the line was too good")
		}
		up, down := s.up.meanwhile, s.down.meanwhile
		t.Logf("when an eighth had arrived one way, %d and %d bytes had the other", up, down)
		if up == 0 || up >= size || down == 0 || down >= size {
			t.Error("the two ways were not at work at once")
		}
	})
}

// widen has the line take jumbo frames: it is the number of packets that costs
// time.
func (n *network) widen(t *testing.T) {
	t.Helper()
	for _, end := range [][2]string{{n.client(), "near"}, {n.middle(), "left"}, {n.middle(), "right"}, {n.server(), "far"}} {
		command(t, "ip", "-n", end[0], "link", "set", end[1], "mtu", "9000")
	}
}

// useBBR has a connection bear losses: with cubic it takes four times as long.
func useBBR(t *testing.T, c *streamsock.Conn) {
	t.Helper()
	err := sockopt.Congestion.Set(c, "bbr")
	if errors.Is(err, syscall.ENOENT) {
		t.Log("the system has no bbr")
	} else if err != nil {
		t.Fatal(err)
	}
}

// loopback returns the two ends of a connection on no line.
func loopback(t *testing.T) (a, b *streamsock.Conn) {
	t.Helper()
	x, y := testnet.Connect(t, "tcp4") // it has more to do than a Guard allows
	a, err := streamsock.Wrap(x)
	if err != nil {
		t.Fatal(err)
	}
	if b, err = streamsock.Wrap(y); err != nil {
		t.Fatal(err)
	}
	return a, b
}

// A stream contains the data in both directions between a client and a server:
// on the line to the peer, which a Relay joins to the inner connection, to the
// server.
type stream struct {
	*testing.T
	size                        int64
	client, peer, inner, server *streamsock.Conn
	up, down                    *sink
}

// exchange sends both files.
func (s *stream) exchange() {
	s.up.other, s.down.other = s.down, s.up
	var sending, all sync.WaitGroup
	sending.Go(func() {
		n, err := s.client.ReadFrom(s.up.want)
		s.moved("ReadFrom", n, err)
	})
	all.Go(func() {
		n, err := io.Copy(s.server, s.down.want)
		s.moved("Copy", n, err)
		s.server.CloseWrite()
	})
	all.Go(func() {
		n, err := s.server.WriteTo(s.up)
		s.moved("WriteTo of the server", n, err)
	})
	all.Go(func() {
		stats, err := streamsock.Relay(s.Context(), s.peer, s.inner)
		s.moved("Relay", stats.AToB, err)
		s.moved("Relay", stats.BToA, err)
	})
	n, err := s.client.WriteTo(s.down)
	s.moved("WriteTo", n, err)
	sending.Wait()
	s.troubled("client", s.client)
	s.troubled("peer", s.peer) // which the Relay has until the client ends
	s.client.CloseWrite()
	all.Wait()
}

// moved checks the data of a copy.
func (s *stream) moved(what string, n int64, err error) {
	if n != s.size || err != nil {
		s.Errorf("%s: %d bytes of %d, %v", what, n, s.size, err)
		s.client.Abort() // or the others would wait for the rest
	}
}

// troubled checks that the system has noticed the disturbances of the line.
func (s *stream) troubled(name string, c *streamsock.Conn) {
	info, err := c.Info()
	if err != nil {
		s.Errorf("Info of the %s: %v", name, err)
		return
	}
	s.Logf("the %s has sent %d segments again, %d duplicates, and got %d out of order, round trip %v",
		name, info.SegsRetransmitted, info.DSACKDups, info.SegsOutOfOrder, info.RTT)
	if info.SegsRetransmitted == 0 || info.DSACKDups == 0 || info.SegsOutOfOrder == 0 || info.ReordSeen == 0 {
		s.Errorf("the %s has seen no trouble: %+v", name, info)
	}
}

// A sink compares what arrives with the file that was sent.
type sink struct {
	want      *os.File
	size      int64
	got       atomic.Int64
	buf       []byte
	other     *sink
	meanwhile int64 // bytes of the other when an eighth had arrived here
}

// newSink makes a sparse file, each 4 MiB of which have 256 KiB of random bytes
// at a random place. Many small pieces would keep the disk busy.
func newSink(t *testing.T, seed byte, size int64) *sink {
	t.Helper()
	const step, piece = 4 << 20, 256 << 10
	f := file(t, nil)
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	chacha := rand.NewChaCha8([32]byte{seed})
	r, p := rand.New(chacha), make([]byte, piece)
	for at := int64(0); at < size; at += step {
		chacha.Read(p)
		if _, err := f.WriteAt(p, at+r.Int64N(step-piece)); err != nil {
			t.Fatal(err)
		}
	}
	return &sink{want: f, size: size}
}

func (s *sink) Write(p []byte) (int, error) {
	at := s.got.Load()
	s.buf = slices.Grow(s.buf[:0], len(p))[:len(p)]
	if _, err := s.want.ReadAt(s.buf, at); err != nil {
		return 0, err // [io.EOF]: more has arrived than was sent
	}
	if !bytes.Equal(p, s.buf) {
		return 0, fmt.Errorf("the %d bytes from %d on are not what was sent", len(p), at)
	}
	if end := s.got.Add(int64(len(p))); at < s.size/8 && end >= s.size/8 {
		s.meanwhile = s.other.got.Load()
	}
	return len(p), nil
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package faults

import (
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// The numbers of Linux's if_packet.h that package syscall does not have.
const (
	packetVnetHdr        = 15
	packetIgnoreOutgoing = 23
)

func openTap(device string) (int, error) {
	ifi, err := net.InterfaceByName(device)
	if err != nil {
		return 0, err
	}
	// Protocol 0 receives nothing before it is bound.
	fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW, 0)
	if err != nil {
		return 0, err
	}
	const all = syscall.ETH_P_ALL<<8 | syscall.ETH_P_ALL>>8 // to network order
	return fd, errors.Join(
		// With this header in front, the sums that the device was to
		// compute are computed at last; without, they would be wrong.
		syscall.SetsockoptInt(fd, syscall.SOL_PACKET, packetVnetHdr, 1),
		syscall.SetsockoptInt(fd, syscall.SOL_PACKET, packetIgnoreOutgoing, 1),
		syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_RCVBUFFORCE, 16<<20),
		syscall.Bind(fd, &syscall.SockaddrLinklayer{Protocol: uint16(all & 0xffff), Ifindex: ifi.Index}),
	)
}

// A line specifies what happens to the frames in both directions.
type line struct {
	delay time.Duration // of each
	late  time.Duration // in addition, of those that others overtake

	// One of this number of frames is lost, duplicated or late; 0 for none.
	loses, doubles, delays int

	// How many were.
	lost, doubled, delayed atomic.Int64
}

// A frame is a frame in transit and its time of arrival.
type frame struct {
	data *[]byte
	due  time.Time
}

// buffers are for frames.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

func frameOf(p []byte, due time.Time) frame {
	data := buffers.Get().(*[]byte)
	*data = append((*data)[:0], p...)
	return frame{data, due}
}

// slowDown starts to pass on frames, after a delay, until the test ends.
func (n *network) slowDown(t *testing.T, delay time.Duration) {
	t.Helper()
	n.carry(t, &line{delay: delay})
}

// carry starts to pass on frames, as specified by the line, until the test
// ends.
func (n *network) carry(t *testing.T, l *line) {
	t.Helper()
	if len(n.taps) != 2 {
		t.Fatal("the line has no middle")
	}
	var running sync.WaitGroup
	for i := range n.taps {
		from, to := n.taps[i], n.taps[1-i]
		way, detour := make(chan frame, 1<<12), make(chan frame, 1<<12)
		running.Go(func() {
			defer close(way)
			defer close(detour)
			l.enter(from, way, detour)
		})
		running.Go(func() { leave(way, to) })
		running.Go(func() { leave(detour, to) })
	}
	t.Cleanup(func() {
		for _, tap := range n.taps {
			tap.Close()
		}
		running.Wait()
	})
}

// enter sends frames on their way, and those on a detour that others overtake.
func (l *line) enter(from *os.File, way, detour chan<- frame) {
	for p := make([]byte, 66<<10); ; {
		size, err := from.Read(p)
		due := time.Now().Add(l.delay)
		switch {
		case errors.Is(err, os.ErrClosed):
			return
		case err != nil || one(l.loses, &l.lost):
			continue
		case one(l.delays, &l.delayed):
			detour <- frameOf(p[:size], due.Add(l.late))
			continue
		case one(l.doubles, &l.doubled):
			way <- frameOf(p[:size], due)
		}
		way <- frameOf(p[:size], due)
	}
}

// one is true of one in so many, by chance, and counts it.
func one(of int, count *atomic.Int64) bool {
	if of == 0 || rand.IntN(of) > 0 {
		return false
	}
	count.Add(1)
	return true
}

// leave has frames arrive.
func leave(way <-chan frame, to *os.File) {
	for f := range way {
		time.Sleep(time.Until(f.due))
		to.Write(*f.data) // a frame may be lost
		buffers.Put(f.data)
	}
}

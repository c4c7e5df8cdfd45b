// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package faults

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The numbers of Linux's if_packet.h that package syscall does not have.
const (
	packetVnetHdr        = 15
	packetIgnoreOutgoing = 23
)

// tap opens the two ends of the line that come out in the middle, and passes
// on. What is read from one and written to the other goes along the line.
func tap() error {
	var files []uintptr
	for _, device := range []string{"left", "right"} {
		fd, err := openTap(device)
		if err != nil {
			return fmt.Errorf("%s: %w", device, err)
		}
		files = append(files, uintptr(fd))
	}
	n := network{name: os.Getenv(netVariable)}
	return pass(n.server(), "listen", files...)
}

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

// A frame is what is on its way, and when it arrives.
type frame struct {
	data []byte
	due  time.Time
}

// slowDown begins to pass on what comes, after a delay, until the test ends.
func (n *network) slowDown(t *testing.T, delay time.Duration) {
	t.Helper()
	if len(n.taps) != 2 {
		t.Fatal("the line has no middle")
	}
	var running sync.WaitGroup
	for i := range n.taps {
		from, to := n.taps[i], n.taps[1-i]
		way := make(chan frame, 1<<16)
		running.Go(func() {
			defer close(way)
			for {
				p := make([]byte, 66<<10)
				size, err := from.Read(p)
				if errors.Is(err, os.ErrClosed) {
					return
				}
				if err == nil {
					way <- frame{p[:size:size], time.Now().Add(delay)}
				}
			}
		})
		running.Go(func() {
			for f := range way {
				time.Sleep(time.Until(f.due))
				to.Write(f.data) // a frame may be lost
			}
		})
	}
	t.Cleanup(func() {
		for _, tap := range n.taps {
			tap.Close()
		}
		running.Wait()
	})
}

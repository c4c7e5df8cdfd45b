// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo_test

import (
	"os"
	"syscall"
	"testing"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock/sockopt"
	"example.com/streamsock/streamsock/tcpinfo"
)

// The tests of this file check statements in the documentation of the fields
// that depend on the kernel, so that a change in a later kernel is noticed.

// recent returns the Info of c. It skips the test on emulators and on kernels
// before Linux 6.18.
func recent(t *testing.T, c syscall.Conn) *tcpinfo.Info {
	t.Helper()
	if e := os.Getenv("STREAMSOCK_EMULATOR"); e != "" {
		t.Skip("the emulator " + e + " is not a Linux kernel")
	}
	i, err := tcpinfo.Get(c)
	if err != nil {
		t.Fatal(err)
	}
	if !i.Has(tcpinfo.FieldReceivedCE) {
		t.Skip("the documentation describes later kernels")
	}
	return i
}

// TestHandshakeCounts checks how the SYN and the SYN-ACK are counted.
func TestHandshakeCounts(t *testing.T) {
	client, server := testnet.Pair(t, "tcp4")
	c, s := recent(t, client), recent(t, server)
	if c.Delivered != 1 || s.Delivered != 1 {
		t.Errorf("Delivered is %d and %d after the handshake, want 1", c.Delivered, s.Delivered)
	}
	if s.SegsOut != 0 {
		t.Errorf("SegsOut is %d on the accepted side, want 0: the SYN-ACK is not counted", s.SegsOut)
	}
}

// TestPacingRateZero checks that a SO_MAX_PACING_RATE of 0 is reported as a
// limit of 0, although it means no limit.
func TestPacingRateZero(t *testing.T) {
	c, _ := testnet.Pair(t, "tcp4")
	recent(t, c)
	if err := sockopt.MaxPacingRate.Set(c, 0); err != nil {
		t.Fatal(err)
	}
	i := recent(t, c)
	if i.MaxPacingRate != 0 || !i.Has(tcpinfo.FieldMaxPacingRate) {
		t.Errorf("MaxPacingRate is %d, %t, want 0, true", i.MaxPacingRate, i.Has(tcpinfo.FieldMaxPacingRate))
	}
}

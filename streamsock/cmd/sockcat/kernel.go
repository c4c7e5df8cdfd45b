// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"syscall"
	"time"

	"example.com/streamsock/streamsock/tcpinfo"
)

// kernel sets the numbers that the kernel reports of the connection, and the rest to
// unknown.
func (s *sample) kernel(c syscall.Conn) {
	s.rtt, s.rttVar, s.cwnd, s.retrans, s.segments = unknown, unknown, unknown, unknown, true
	info, err := tcpinfo.Get(c)
	if err != nil {
		return
	}
	seconds := func(f tcpinfo.Field, d time.Duration) float64 {
		if !info.Has(f) {
			return unknown
		}
		return d.Seconds()
	}
	number := func(f tcpinfo.Field, n int64) int64 {
		if !info.Has(f) {
			return unknown
		}
		return n
	}
	s.rtt = seconds(tcpinfo.FieldRTT, info.RTT)
	s.rttVar = seconds(tcpinfo.FieldRTTVar, info.RTTVar)
	s.cwnd = number(tcpinfo.FieldSndCwnd, info.SndCwnd)
	s.retrans = number(tcpinfo.FieldSegsRetransmitted, info.SegsRetransmitted)
	if s.retrans == unknown { // Windows counts bytes only
		s.segments = false
		s.retrans = number(tcpinfo.FieldBytesRetransmitted, info.BytesRetransmitted)
	}
}

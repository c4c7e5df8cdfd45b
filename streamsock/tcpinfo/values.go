// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo

// This file contains the parts that several structures have in common: values
// that mean that there is none, numbers of states, and flags.

// Values that mean that there is none.
func zero(v uint64) bool       { return v == 0 }
func ones32(v uint64) bool     { return v == 0xffffffff }
func ones64(v uint64) bool     { return v == 0xffffffffffffffff }
func unmeasured(v uint64) bool { return zero(v) || ones32(v) }

// infinite32 is TCP_INFINITE_SSTHRESH of Linux, net/tcp.h.
func infinite32(v uint64) bool { return v == 0x7fffffff }

// infiniteBSD is the threshold of a connection without a loss: TCP_MAXWIN <<
// TCP_MAX_WINSHIFT, netinet/tcp.h.
func infiniteBSD(v uint64) bool { return v == 65535<<14 }

// Numbers of states: enum of linux/tcp_states.h, netinet/tcp_fsm.h, and
// TCPSTATE of mstcpip.h.
var (
	linuxStates = []State{
		1: Established, SynSent, SynReceived, FinWait1, FinWait2, TimeWait, Closed, CloseWait, LastAck, Listen, Closing,
		SynReceived, Closed,
	}
	bsdStates = []State{
		Closed, Listen, SynSent, SynReceived, Established, CloseWait, FinWait1, Closing, LastAck, FinWait2, TimeWait,
	}
	windowsStates = []State{
		Closed, Listen, SynSent, SynReceived, Established, FinWait1, FinWait2, CloseWait, Closing, LastAck, TimeWait,
	}
)

// state returns the set function of a member that contains a state. A number
// that is not in the list is not a state known to this package.
func state(list []State) func(*Info, uint64) {
	return func(i *Info, v uint64) {
		if v < uint64(len(list)) && list[v] != 0 {
			i.State = list[v]
			i.has.add(FieldState)
		}
	}
}

func caState(i *Info, v uint64) {
	if v <= uint64(CALoss-CAOpen) {
		i.CAState = CAOpen + CAState(v)
		i.has.add(FieldCAState)
	}
}

// Flags of tcpi_options, the same on all systems that have it.
const (
	optTimestamps = 0x01
	optSACK       = 0x02
	optWScale     = 0x04
	optECN        = 0x08
)

func options(i *Info, v uint64) {
	i.store(FieldTimestamps, v&optTimestamps, each)
	i.store(FieldSACK, v&optSACK, each)
	i.store(FieldWindowScale, v&optWScale, each)
	i.store(FieldECN, v&optECN, each)
}

// fastOpen adds the flags of a member.
func (i *Info) fastOpen(f FastOpen) {
	i.FastOpen |= f
	i.has.add(FieldFastOpen)
}

// fastOpenIf returns the set function of a bit that is one flag.
func fastOpenIf(f FastOpen) func(*Info, uint64) {
	return func(i *Info, v uint64) {
		if v != 0 {
			i.fastOpen(f)
		} else {
			i.fastOpen(0)
		}
	}
}

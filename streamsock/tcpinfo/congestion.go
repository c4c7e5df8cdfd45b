// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"syscall"
	"time"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
)

// A Congestion is the state of a congestion control algorithm. At most one of
// the pointers is not nil. Most algorithms, such as cubic, report only their
// name.
//
// Platforms: linux; freebsd, netbsd and solaris report only the name.
type Congestion struct {
	// Algorithm is the name of the algorithm, such as "cubic" or "bbr".
	Algorithm string

	// BBR is the state of "bbr".
	BBR *BBR

	// DCTCP is the state of "dctcp".
	DCTCP *DCTCP

	// Vegas is the state of "vegas". The algorithms "illinois", "nv",
	// "westwood" and "yeah" report theirs in the same form.
	Vegas *Vegas

	// Sys is the union tcp_cc_info of linux/inet_diag.h returned by the kernel,
	// or empty.
	Sys []byte
}

// BBR is struct tcp_bbr_info of linux/inet_diag.h.
type BBR struct {
	// Bandwidth is the estimated bandwidth of the path, in bytes per second.
	Bandwidth int64

	// MinRTT is the estimated round-trip time of the path without queues, or 0
	// until it is measured.
	MinRTT time.Duration

	// PacingGain is the ratio of the sending rate to Bandwidth: 1.25 while
	// probing for more bandwidth, 0.75 while draining the queue.
	PacingGain float64

	// CwndGain is the ratio of the congestion window to Bandwidth times MinRTT.
	CwndGain float64
}

// DCTCP is struct tcp_dctcp_info of linux/inet_diag.h; see RFC 8257.
type DCTCP struct {
	// Enabled reports whether the connection uses ECN, which the algorithm
	// needs. Without ECN it behaves like reno.
	Enabled bool

	// CE reports whether the last segment received had a congestion mark.
	CE bool

	// Alpha is the estimated fraction of the data sent that is marked, from 0
	// to 1.
	Alpha float64

	// AckedECN is the number of bytes acknowledged with congestion marks in the
	// current round.
	AckedECN int64

	// Acked is the number of bytes acknowledged in the current round.
	Acked int64
}

// Vegas is struct tcpvegas_info of linux/inet_diag.h.
type Vegas struct {
	// Enabled reports whether the algorithm is active. It may have no meaning
	// for algorithms other than "vegas".
	Enabled bool

	// RTTCount is the number of round-trip times measured in the current round.
	RTTCount int64

	// RTT is the round-trip time, or 0 until it is measured. For "vegas" and
	// "yeah" it is the minimum since the connection was established.
	RTT time.Duration

	// MinRTT is the minimum round-trip time, or 0 until it is measured. For
	// "vegas" and "yeah" it is the minimum of the current round.
	MinRTT time.Duration
}

// GetCongestion returns the congestion control algorithm of the connection c
// and its state. It corresponds to the options TCP_CONGESTION and TCP_CC_INFO.
// Its errors are those of [Get].
//
// The name and the state are read by separate system calls. Do not change the
// algorithm at the same time, because the state of one could be interpreted as
// that of the other.
func GetCongestion(c syscall.Conn) (*Congestion, error) {
	var name, info []byte
	sysErr := errors.ErrUnsupported // if Control does not call the function
	err := control(c, congestion != nil, func(fd uintptr) { name, info, sysErr = askCongestion(fd) })
	if err != nil {
		return nil, err
	}
	if sysErr != nil {
		return nil, neterr.Wrap("get", c, sysError("getsockopt", sysErr))
	}
	return parseCongestion(string(name), hereBig, info), nil
}

// Options for the algorithm and its state; nil if the system does not have
// them.
var (
	congestion = sys.Lookup("Congestion")
	ccInfo     = sys.Lookup("CCInfo")
)

// nameSize is the size of the buffer for the name of an algorithm. No system
// has names of more than 16 bytes, and on Solaris [sys.Row.Get] cannot read
// options of more than 32.
const nameSize = 32

// askCongestion returns the name and the state. Linux has the latter since
// version 4.1.
func askCongestion(fd uintptr) (name, info []byte, err error) {
	name = make([]byte, nameSize)
	n, err := congestion.Get(fd, name)
	if err != nil {
		return nil, nil, err
	}
	name, _, _ = bytes.Cut(name[:n], []byte{0})
	if ccInfo == nil {
		return name, nil, nil
	}
	info = make([]byte, 64)
	if n, err = ccInfo.Get(fd, info); err != nil {
		return name, nil, nil
	}
	return name, info[:n], nil
}

// parseCongestion parses the state of the algorithm with that name. Algorithms
// use different structures, which only the name identifies.
func parseCongestion(name string, big bool, b []byte) *Congestion {
	c := &Congestion{Algorithm: name, Sys: b}
	var order binary.ByteOrder = binary.LittleEndian
	if big {
		order = binary.BigEndian
	}
	switch name {
	case "bbr":
		c.BBR = parseBBR(order, b)
	case "dctcp":
		c.DCTCP = parseDCTCP(order, b)
	case "illinois", "nv", "vegas", "westwood", "yeah":
		c.Vegas = parseVegas(order, b)
	}
	return c
}

func parseBBR(order binary.ByteOrder, b []byte) *BBR {
	const gainUnit = 1 << 8 // BBR_UNIT, net/ipv4/tcp_bbr.c
	if len(b) < 20 {
		return nil
	}
	return &BBR{
		Bandwidth:  int64(min(uint64(order.Uint32(b[4:]))<<32|uint64(order.Uint32(b)), 1<<63-1)),
		MinRTT:     measured(order.Uint32(b[8:])),
		PacingGain: float64(order.Uint32(b[12:])) / gainUnit,
		CwndGain:   float64(order.Uint32(b[16:])) / gainUnit,
	}
}

func parseDCTCP(order binary.ByteOrder, b []byte) *DCTCP {
	const alphaUnit = 1 << 10 // DCTCP_MAX_ALPHA, net/ipv4/tcp_dctcp.c
	if len(b) < 16 {
		return nil
	}
	return &DCTCP{
		Enabled:  order.Uint16(b) != 0,
		CE:       order.Uint16(b[2:]) != 0,
		Alpha:    float64(order.Uint32(b[4:])) / alphaUnit,
		AckedECN: int64(order.Uint32(b[8:])),
		Acked:    int64(order.Uint32(b[12:])),
	}
}

func parseVegas(order binary.ByteOrder, b []byte) *Vegas {
	if len(b) < 16 {
		return nil
	}
	return &Vegas{
		Enabled:  order.Uint32(b) != 0,
		RTTCount: int64(order.Uint32(b[4:])),
		RTT:      measured(order.Uint32(b[8:])),
		MinRTT:   measured(order.Uint32(b[12:])),
	}
}

// measured converts a time in microseconds, or returns 0 for the initial value
// of an algorithm: 20 s in westwood, 0x7fffffff in vegas, all ones in bbr.
func measured(v uint32) time.Duration {
	if v == 20e6 || v >= 0x7fffffff {
		return 0
	}
	return time.Duration(v) * time.Microsecond
}

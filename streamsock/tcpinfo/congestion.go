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

// A Congestion is what the algorithm of congestion control says of itself.
// At most one of the pointers is not nil. Most algorithms, such as cubic, say
// nothing but their name.
//
// Platforms: linux; freebsd, netbsd and solaris tell the name only.
type Congestion struct {
	// Algorithm is the name of the algorithm, such as "cubic" or "bbr".
	Algorithm string

	// BBR is what "bbr" says.
	BBR *BBR

	// DCTCP is what "dctcp" says.
	DCTCP *DCTCP

	// Vegas is what "vegas" says, and in the same form "illinois", "nv",
	// "westwood" and "yeah".
	Vegas *Vegas

	// Sys is the union tcp_cc_info of linux/inet_diag.h as the kernel gave it;
	// empty if it gave nothing.
	Sys []byte
}

// BBR is struct tcp_bbr_info of linux/inet_diag.h.
type BBR struct {
	// Bandwidth is the estimate of the path's bandwidth, in bytes a second.
	Bandwidth int64

	// MinRTT is the estimate of the path's round-trip time without queues; 0
	// before it is measured.
	MinRTT time.Duration

	// PacingGain is by how much faster than Bandwidth data is sent: 1.25 while
	// looking for more, 0.75 while emptying the queue.
	PacingGain float64

	// CwndGain is by how much the congestion window is larger than Bandwidth
	// times MinRTT.
	CwndGain float64
}

// DCTCP is struct tcp_dctcp_info of linux/inet_diag.h; see RFC 8257.
type DCTCP struct {
	// Enabled reports whether the connection has ECN, which the algorithm
	// needs; without it, it is as reno.
	Enabled bool

	// CE reports whether the last segment received was marked for congestion.
	CE bool

	// Alpha is the estimate of how much of what is sent gets marked: 0 none, 1
	// all.
	Alpha float64

	// AckedECN is how many bytes of the present round were acknowledged with
	// congestion marks.
	AckedECN int64

	// Acked is how many bytes of the present round were acknowledged.
	Acked int64
}

// Vegas is struct tcpvegas_info of linux/inet_diag.h.
type Vegas struct {
	// Enabled reports whether the algorithm is at work. Of others than "vegas"
	// it may have no meaning.
	Enabled bool

	// RTTCount is how many round-trip times were measured in the present round.
	RTTCount int64

	// RTT is the round-trip time; 0 before it is measured. For "vegas" and
	// "yeah" it is the minimum since the connection was established.
	RTT time.Duration

	// MinRTT is the minimum round-trip time; 0 before it is measured. For
	// "vegas" and "yeah" it is the minimum of the present round.
	MinRTT time.Duration
}

// GetCongestion asks the system which algorithm of congestion control the
// connection c has, and what that says of itself: the options TCP_CONGESTION
// and TCP_CC_INFO. Its errors are those of [Get].
//
// The kernel cannot be asked for both at once: do not change the algorithm at
// the same time, because what one says would be taken for what the other says.
func GetCongestion(c syscall.Conn) (*Congestion, error) {
	var name, info []byte
	sysErr := errors.ErrUnsupported // unless Control calls the function
	err := control(c, congestion != nil, func(fd uintptr) { name, info, sysErr = askCongestion(fd) })
	if err != nil {
		return nil, err
	}
	if sysErr != nil {
		return nil, neterr.Wrap("get", c, sysError("getsockopt", sysErr))
	}
	return parseCongestion(string(name), hereBig, info), nil
}

// Options that tell it; nil where the system does not have them.
var (
	congestion = sys.Lookup("Congestion")
	ccInfo     = sys.Lookup("CCInfo")
)

// nameSize is the size of the buffer for the name of an algorithm. No system
// has names of more than 16 bytes, and on Solaris [sys.Row.Get] cannot read
// options of more than 32.
const nameSize = 32

// askCongestion asks for the name and for the rest. Linux has the latter since
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

// parseCongestion reads what the algorithm of that name has written. Other
// algorithms write other structures, and nothing but the name tells which.
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

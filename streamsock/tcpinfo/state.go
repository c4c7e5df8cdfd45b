// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo

import (
	"strconv"
	"strings"
)

// A State is the state of a connection as defined in RFC 9293, section 3.3.2.
// The numbers are defined by this package; those of the systems differ.
type State uint8

// The states. The zero State is none of them.
const (
	Closed      State = iota + 1 // no connection: not yet, or no longer
	Listen                       // a listener
	SynSent                      // connecting, no response yet
	SynReceived                  // handshake not complete
	Established                  // open in both directions
	FinWait1                     // closed by this end, not yet acknowledged by the peer
	FinWait2                     // closed by this end, not by the peer
	CloseWait                    // closed by the peer, not by this end
	Closing                      // closed by both ends at the same time, not yet acknowledged by the peer
	LastAck                      // closed by both ends, not yet acknowledged by the peer
	TimeWait                     // closed by both ends; most systems report Closed instead
)

var stateNames = [...]string{
	Closed: "CLOSED", Listen: "LISTEN", SynSent: "SYN-SENT", SynReceived: "SYN-RECEIVED", Established: "ESTABLISHED",
	FinWait1: "FIN-WAIT-1", FinWait2: "FIN-WAIT-2", CloseWait: "CLOSE-WAIT", Closing: "CLOSING", LastAck: "LAST-ACK",
	TimeWait: "TIME-WAIT",
}

// String returns the name of the state in RFC 9293, or "unknown".
func (s State) String() string { return nameOf(stateNames[:], int(s)) }

func nameOf(names []string, i int) string {
	if i < len(names) && names[i] != "" {
		return names[i]
	}
	return "unknown"
}

// A CAState is the state of Linux congestion avoidance.
type CAState uint8

// The states of enum tcp_ca_state, linux/tcp.h. The zero CAState is none of
// them.
const (
	CAOpen     CAState = iota + 1 // normal
	CADisorder                    // duplicate or selective acknowledgments were received
	CACWR                         // the window is being reduced after a congestion mark or a drop in this host
	CARecovery                    // lost segments are being retransmitted
	CALoss                        // the retransmission timer has expired
)

var caStateNames = [...]string{
	CAOpen: "open", CADisorder: "disorder", CACWR: "cwr", CARecovery: "recovery", CALoss: "loss",
}

// String returns the name of the state as printed by ss(8), or "unknown".
func (s CAState) String() string { return nameOf(caStateNames[:], int(s)) }

// FastOpen is the result of TCP Fast Open, RFC 7413, a set of the flags below.
// Zero means that it was not used, or that the system has not recorded it.
type FastOpen uint32

// The flags. In parentheses are the values of GOOS on which they are reported.
const (
	FastOpenNegotiated       FastOpen = 1 << iota // fast open is in use (freebsd)
	FastOpenDataAcked                             // data in the SYN of either side was accepted (darwin, linux)
	FastOpenDataSent                              // this end sent data in the SYN (darwin)
	FastOpenDataReceived                          // the peer sent data in the SYN, with a valid cookie (darwin)
	FastOpenAccepted                              // accepted with fast open (linux)
	FastOpenDataNotAcked                          // the peer did not accept the data in the SYN (linux 5.5)
	FastOpenSynLost                               // the SYN was lost and retransmitted without data (darwin, linux 5.5)
	FastOpenCookieRequested                       // this end requested a cookie (darwin)
	FastOpenCookieReceived                        // the peer sent a cookie (darwin)
	FastOpenNoCookie                              // the peer sent no cookie (darwin, linux 5.5)
	FastOpenCookieWrong                           // the peer rejected the cookie (darwin)
	FastOpenCookieAsked                           // the peer requested a cookie (darwin)
	FastOpenCookieSent                            // this end sent the peer a cookie (darwin)
	FastOpenCookieInvalid                         // this end rejected the peer's cookie (darwin)
	FastOpenDisabled                              // disabled after failures on this network (darwin)
	FastOpenSendBlackhole                         // the network drops what is sent (darwin)
	FastOpenReceiveBlackhole                      // the network drops what is received (darwin)
	FastOpenProxy                                 // a proxy acknowledged all but one byte of the SYN (darwin)
)

var fastOpenNames = [...]string{
	"negotiated", "data-acked", "data-sent", "data-received", "accepted", "data-not-acked", "syn-lost",
	"cookie-requested", "cookie-received", "no-cookie", "cookie-wrong", "cookie-asked", "cookie-sent",
	"cookie-invalid", "disabled", "send-blackhole", "receive-blackhole", "proxy",
}

// String returns the names of the flags separated by "+", or "none".
func (f FastOpen) String() string {
	if f == 0 {
		return "none"
	}
	var names []string
	for i, name := range fastOpenNames {
		if flag := FastOpen(1) << i; f&flag != 0 {
			names = append(names, name)
			f &^= flag
		}
	}
	if f != 0 {
		names = append(names, "0x"+strconv.FormatUint(uint64(f), 16))
	}
	return strings.Join(names, "+")
}

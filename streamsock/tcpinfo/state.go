// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo

import (
	"strconv"
	"strings"
)

// A State is where a connection is in the life of RFC 9293, section 3.3.2.
// The numbers are this package's own; those of the systems differ.
type State uint8

// The states. The zero State is none of them.
const (
	Closed      State = iota + 1 // no connection: not yet, or no more
	Listen                       // a listener
	SynSent                      // dialed, no answer yet
	SynReceived                  // half-way through the handshake
	Established                  // open both ways
	FinWait1                     // this end has closed its writing, and the peer has not acknowledged that
	FinWait2                     // this end has closed its writing, the peer has not
	CloseWait                    // the peer has closed its writing, this end has not
	Closing                      // both have closed at the same time, and the peer has not acknowledged that
	LastAck                      // both have closed, and the peer has not acknowledged that
	TimeWait                     // both have closed; rarely seen, because most systems then say Closed
)

var stateNames = [...]string{
	Closed: "CLOSED", Listen: "LISTEN", SynSent: "SYN-SENT", SynReceived: "SYN-RECEIVED", Established: "ESTABLISHED",
	FinWait1: "FIN-WAIT-1", FinWait2: "FIN-WAIT-2", CloseWait: "CLOSE-WAIT", Closing: "CLOSING", LastAck: "LAST-ACK",
	TimeWait: "TIME-WAIT",
}

// String returns the name that RFC 9293 has for the state, or "unknown".
func (s State) String() string { return nameOf(stateNames[:], int(s)) }

func nameOf(names []string, i int) string {
	if i < len(names) && names[i] != "" {
		return names[i]
	}
	return "unknown"
}

// A CAState is what Linux' congestion avoidance is about.
type CAState uint8

// The states of enum tcp_ca_state, linux/tcp.h. The zero CAState is none of
// them.
const (
	CAOpen     CAState = iota + 1 // nothing unusual
	CADisorder                    // duplicate or selective acknowledgments: reordering, or a loss to come
	CACWR                         // the window is being reduced, after a congestion mark or a drop in this host
	CARecovery                    // fast retransmission of what was lost
	CALoss                        // the retransmission timer has run out
)

var caStateNames = [...]string{
	CAOpen: "open", CADisorder: "disorder", CACWR: "cwr", CARecovery: "recovery", CALoss: "loss",
}

// String returns the name as ss(8) has it, or "unknown".
func (s CAState) String() string { return nameOf(caStateNames[:], int(s)) }

// FastOpen says what became of TCP Fast Open, RFC 7413, on a connection: any
// number of the flags below. Zero says that it was not tried, or that the
// system does not remember.
type FastOpen uint32

// The flags. Behind each are the systems that tell it.
const (
	FastOpenNegotiated       FastOpen = 1 << iota // it is in use (freebsd)
	FastOpenDataAcked                             // data in the SYN, of either side, was accepted (darwin, linux)
	FastOpenDataSent                              // this end sent data in the SYN (darwin)
	FastOpenDataReceived                          // the peer sent data in the SYN, with a valid cookie (darwin)
	FastOpenAccepted                              // accepted by fast open (linux)
	FastOpenDataNotAcked                          // the peer did not accept the data in the SYN (linux 5.5)
	FastOpenSynLost                               // the SYN was lost, and repeated without data (darwin, linux 5.5)
	FastOpenCookieRequested                       // this end asked for a cookie (darwin)
	FastOpenCookieReceived                        // the peer gave a cookie (darwin)
	FastOpenNoCookie                              // the peer gave no cookie (darwin, linux 5.5)
	FastOpenCookieWrong                           // the peer refused the cookie (darwin)
	FastOpenCookieAsked                           // the peer asked for a cookie (darwin)
	FastOpenCookieSent                            // this end gave the peer a cookie (darwin)
	FastOpenCookieInvalid                         // this end refused the peer's cookie (darwin)
	FastOpenDisabled                              // switched off after bad experience on this network (darwin)
	FastOpenSendBlackhole                         // something on the way swallows what is sent (darwin)
	FastOpenReceiveBlackhole                      // something on the way swallows what is received (darwin)
	FastOpenProxy                                 // a proxy acknowledges all but one byte of the SYN (darwin)
)

var fastOpenNames = [...]string{
	"negotiated", "data-acked", "data-sent", "data-received", "accepted", "data-not-acked", "syn-lost",
	"cookie-requested", "cookie-received", "no-cookie", "cookie-wrong", "cookie-asked", "cookie-sent",
	"cookie-invalid", "disabled", "send-blackhole", "receive-blackhole", "proxy",
}

// String returns the names of the flags with a "+" between them, or "none".
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

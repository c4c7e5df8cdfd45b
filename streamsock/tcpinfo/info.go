// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo

import "time"

//go:generate go run ../../internal/cmd/tcpfields ../..

// An Info is what the system knows of a connection at one moment. It is a
// plain value: it may be copied, and copies share nothing.
//
// What was not told is zero, and [Info.Has] reports false for it.
//
// A count that the kernel keeps in 32 bits wraps: those of segments, except on
// darwin, and BytesRetransmitted on Windows.
type Info struct {
	// State is the state of the connection. After both ends have closed, most
	// systems say Closed, not TimeWait.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd, windows.
	State State

	// CAState is what the congestion avoidance is about.
	//
	// Platforms: linux.
	CAState CAState

	// Options that both ends agreed on in the handshake.

	// Timestamps reports whether segments have timestamps, RFC 7323.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd, windows.
	Timestamps bool

	// SACK reports whether there are selective acknowledgments, RFC 2018.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd.
	SACK bool

	// WindowScale reports whether windows are scaled, RFC 7323.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd.
	WindowScale bool

	// SndWScale is by how many bits the peer's window is scaled. Absent without
	// WindowScale.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd.
	SndWScale int64

	// RcvWScale is by how many bits this end's window is scaled. Absent without
	// WindowScale.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd.
	RcvWScale int64

	// ECN reports whether there are congestion marks, RFC 3168 or RFC 9768. Of
	// Windows, version 2004 and later tells it.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd, windows.
	ECN bool

	// ECNSeen reports whether the peer has sent a segment that could have been
	// marked.
	//
	// Platforms: linux.
	ECNSeen bool

	// FastOpen is what became of TCP Fast Open.
	//
	// Platforms: darwin, freebsd, linux.
	FastOpen FastOpen

	// Multipath reports whether this is a connection of multipath TCP, RFC 8684,
	// that has not fallen back to plain TCP. If so, all other fields are those of
	// one of its subflows, the first. The kernel says so; it is not guessed: an
	// older one may say that it is plain TCP, and else it is absent. So it is in
	// what Parse returns.
	//
	// Platforms: linux 6.10.
	Multipath bool

	// Times.

	// RTT is the smoothed round-trip time, RFC 6298. Its grain is a millisecond on
	// darwin and a tick of the clock on netbsd. Absent until measured.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd, windows.
	RTT time.Duration

	// RTTVar is the mean deviation of the round-trip time, RFC 6298. Absent until
	// measured.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd.
	RTTVar time.Duration

	// MinRTT is the least round-trip time of late (linux: of the last five minutes,
	// sysctl tcp_min_rtt_wlen) or of all (windows). Absent until measured.
	//
	// Platforms: linux 4.6, windows.
	MinRTT time.Duration

	// LatestRTT is the round-trip time measured last, to the millisecond. Absent
	// until measured.
	//
	// Platforms: darwin.
	LatestRTT time.Duration

	// RcvRTT is the round-trip time as estimated from what is received, by which
	// the receive buffer grows. Absent until measured.
	//
	// Platforms: linux.
	RcvRTT time.Duration

	// RTO is the retransmission timeout, RFC 6298. On darwin absent while the
	// timer does not run.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd.
	RTO time.Duration

	// ATO is the timeout of delayed acknowledgments. Absent before the first.
	//
	// Platforms: linux.
	ATO time.Duration

	// LastDataSent is the time since data was sent, or since the connection was
	// established. Absent before that. OpenBSD counts it in 32 bits, so that it
	// starts again from 0 after 71 minutes.
	//
	// Platforms: linux, openbsd.
	LastDataSent time.Duration

	// LastDataRecv is the time since data was received, or since the connection
	// was established. Absent before that. The BSDs count it in 32 bits, so that
	// it starts again from 0 after 71 minutes.
	//
	// Platforms: freebsd, linux, netbsd, openbsd.
	LastDataRecv time.Duration

	// LastAckRecv is the time since an acknowledgment was received. Absent before
	// the first. OpenBSD counts it in 32 bits, so that it starts again from 0
	// after 71 minutes.
	//
	// Platforms: linux, openbsd.
	LastAckRecv time.Duration

	// Age is how long ago the connection was made.
	//
	// Platforms: windows.
	Age time.Duration

	// Sizes and windows, in bytes.

	// SndMSS is the size of the largest segment to send, in bytes, without headers
	// and options.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd, windows.
	SndMSS int64

	// RcvMSS is the size of the largest segment to receive, in bytes; Linux
	// estimates it from those received. The BSDs but openbsd repeat SndMSS.
	//
	// Platforms: freebsd, linux, netbsd, openbsd.
	RcvMSS int64

	// AdvMSS is the size of the largest segment that the peer was asked to send,
	// in bytes.
	//
	// Platforms: linux.
	AdvMSS int64

	// PathMTU is the size of the largest packet that gets through, in bytes, with
	// headers.
	//
	// Platforms: linux.
	PathMTU int64

	// SndCwnd is the congestion window, in bytes. Linux and netbsd count it in
	// segments; here it is multiplied by SndMSS.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd, windows.
	SndCwnd int64

	// SndSsthresh is the congestion window at which slow start ends, in bytes.
	// Linux counts it in segments; here it is multiplied by SndMSS. Absent before
	// the first loss, when there is no such limit.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd.
	SndSsthresh int64

	// SndWnd is the window that the peer offers, in bytes. netbsd tells it in
	// whole segments.
	//
	// Platforms: darwin, freebsd, linux 5.4, netbsd, openbsd root, windows.
	SndWnd int64

	// RcvWnd is the window that this end offers, in bytes.
	//
	// Platforms: darwin, freebsd, linux 6.2, netbsd, openbsd, windows.
	RcvWnd int64

	// RcvSsthresh is the most that this end's window may grow to now, in bytes.
	//
	// Platforms: linux.
	RcvSsthresh int64

	// RcvSpace is how much the program reads in one round trip, in bytes, by which
	// the receive buffer grows.
	//
	// Platforms: linux.
	RcvSpace int64

	// Bytes of the stream, since the beginning.

	// BytesSent is the number of bytes sent, counting again those sent again.
	//
	// Platforms: darwin, linux 4.19, windows.
	BytesSent int64

	// BytesAcked is the number of bytes that the peer has acknowledged. Linux counts
	// the SYN that Dial sent as one, and the FIN as one.
	//
	// Platforms: linux 4.1.
	BytesAcked int64

	// BytesReceived is the number of bytes received, read or not. Linux counts the
	// peer's FIN as one.
	//
	// Platforms: darwin, linux 4.1, windows.
	BytesReceived int64

	// BytesRetransmitted is the number of bytes sent again.
	//
	// Platforms: darwin, linux 4.19, windows.
	BytesRetransmitted int64

	// NotSent is the number of bytes written and not yet sent for the first time.
	//
	// Platforms: linux 4.6.
	NotSent int64

	// InFlight is the number of bytes sent and not yet acknowledged. FreeBSD tells
	// it since version 14, on 64-bit machines.
	//
	// Platforms: freebsd, openbsd root, windows.
	InFlight int64

	// SndQueue is the number of bytes in the send buffer: not yet sent, or not yet
	// acknowledged.
	//
	// Platforms: darwin, openbsd root.
	SndQueue int64

	// Segments, since the beginning.

	// SegsOut is the number of segments sent, with or without data.
	//
	// Platforms: darwin, linux 4.2.
	SegsOut int64

	// SegsIn is the number of segments received, with or without data.
	//
	// Platforms: darwin, linux 4.2.
	SegsIn int64

	// DataSegsOut is the number of segments with data that were sent, counting
	// again those sent again.
	//
	// Platforms: linux 4.6.
	DataSegsOut int64

	// DataSegsIn is the number of segments with data that were received.
	//
	// Platforms: linux 4.6.
	DataSegsIn int64

	// SegsRetransmitted is the number of segments sent again.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd root.
	SegsRetransmitted int64

	// SegsOutOfOrder is the number of segments received out of order. Of Windows,
	// version 2004 and later tells it.
	//
	// Platforms: freebsd, linux 5.4, netbsd, openbsd root, windows.
	SegsOutOfOrder int64

	// Delivered is the number of segments that the peer has got, counting again
	// those that it got again.
	//
	// Platforms: linux 4.18.
	Delivered int64

	// DeliveredCE is how many of those were marked for congestion on the way.
	// FreeBSD tells it since version 14, on 64-bit machines.
	//
	// Platforms: freebsd, linux 4.18.
	DeliveredCE int64

	// ReceivedCE is how many received segments were marked for congestion on the
	// way. FreeBSD tells it since version 14, on 64-bit machines.
	//
	// Platforms: freebsd, linux 6.18.
	ReceivedCE int64

	// DSACKDups is the number of segments that the peer got twice and said so,
	// RFC 2883.
	//
	// Platforms: linux 4.19.
	DSACKDups int64

	// ZeroWindows is how often this end has offered no window.
	//
	// Platforms: freebsd, netbsd, openbsd root.
	ZeroWindows int64

	// Segments now.

	// Unacked is the number of segments sent and not yet acknowledged.
	//
	// Platforms: linux.
	Unacked int64

	// Sacked is how many of those were acknowledged selectively.
	//
	// Platforms: linux.
	Sacked int64

	// Lost is how many of those are taken for lost.
	//
	// Platforms: linux.
	Lost int64

	// Retrans is how many of those were sent again.
	//
	// Platforms: linux.
	Retrans int64

	// Reordering is by how many segments the path is known to reorder.
	//
	// Platforms: linux.
	Reordering int64

	// ReordSeen is how often reordering was seen, since the beginning.
	//
	// Platforms: linux 4.19.
	ReordSeen int64

	// Timers.

	// Retransmits is how often in a row the retransmission timer has run out,
	// without an acknowledgment in between.
	//
	// Platforms: linux.
	Retransmits int64

	// Timeouts is how often the retransmission timer has run out since the
	// beginning; Windows counts several in a row as one.
	//
	// Platforms: linux 6.7, windows.
	Timeouts int64

	// Probes is the number of probes sent in a row without an answer, of a window
	// of zero or to keep alive.
	//
	// Platforms: linux.
	Probes int64

	// Backoff is how often RTO has been doubled.
	//
	// Platforms: linux.
	Backoff int64

	// Rates, in bytes a second.

	// PacingRate is the rate at which segments are sent, in bytes a second. Absent
	// if there is no limit.
	//
	// Platforms: linux 3.15.
	PacingRate int64

	// MaxPacingRate is the limit set by SO_MAX_PACING_RATE, in bytes a second.
	// Absent if there is none.
	//
	// Platforms: linux 3.15.
	MaxPacingRate int64

	// DeliveryRate is the rate at which data was delivered of late, in bytes a
	// second. Absent until measured.
	//
	// Platforms: linux 4.9.
	DeliveryRate int64

	// DeliveryRateAppLimited reports whether DeliveryRate was low because the
	// program had not more to send.
	//
	// Platforms: linux 4.9.
	DeliveryRateAppLimited bool

	// Where the time went, since the beginning.

	// BusyTime is how long there was something sent and not acknowledged, or to
	// send.
	//
	// Platforms: linux 4.10.
	BusyTime time.Duration

	// RwndLimited is for how long the peer's window was too small. Of Windows,
	// version 1809 and later tells it.
	//
	// Platforms: linux 4.10, windows.
	RwndLimited time.Duration

	// SndbufLimited is for how long the send buffer was too small.
	//
	// Platforms: linux 4.10.
	SndbufLimited time.Duration

	// CwndLimited is for how long the congestion window was too small. Of Windows,
	// version 1809 and later tells it.
	//
	// Platforms: windows.
	CwndLimited time.Duration

	// AppLimited is for how long the program had nothing to send. Of Windows,
	// version 1809 and later tells it.
	//
	// Platforms: windows.
	AppLimited time.Duration

	// Listeners. All other fields but State are absent on one.

	// Backlog is how many connections wait for Accept.
	//
	// Platforms: linux.
	Backlog int64

	// MaxBacklog is how many may.
	//
	// Platforms: linux.
	MaxBacklog int64

	// Sys is the structure as the kernel gave it.
	Sys Raw

	has presence
}

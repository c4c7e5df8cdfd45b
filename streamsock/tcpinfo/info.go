// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo

import "time"

//go:generate go run ../../internal/cmd/tcpfields ../..

// An Info contains the kernel's statistics for a connection at one moment. It
// can be copied, and copies share nothing.
//
// Fields that the kernel does not report are zero; use [Info.Has] to
// distinguish them.
//
// A number that the kernel counts in 32 bits wraps: that of segments, except on
// macOS, and BytesRetransmitted on Windows.
type Info struct {
	// State is the state of the connection. After both ends have closed, most
	// systems report Closed, not TimeWait.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd, windows.
	State State

	// CAState is the state of congestion avoidance.
	//
	// Platforms: linux.
	CAState CAState

	// Options that both ends agreed on in the handshake.

	// Timestamps reports whether segments have timestamps, RFC 7323.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd, windows.
	Timestamps bool

	// SACK reports whether selective acknowledgments are used, RFC 2018.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd.
	SACK bool

	// WindowScale reports whether windows are scaled, RFC 7323.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd.
	WindowScale bool

	// SndWScale is the number of bits by which the peer's window is scaled.
	// Absent without WindowScale.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd.
	SndWScale int64

	// RcvWScale is the number of bits by which this end's window is scaled.
	// Absent without WindowScale.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd.
	RcvWScale int64

	// ECN reports whether explicit congestion notification is used, RFC 3168 or
	// RFC 9768. Windows reports it since Windows 10 version 2004.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd, windows.
	ECN bool

	// ECNSeen reports whether the peer has sent a segment that can carry a
	// congestion mark.
	//
	// Platforms: linux.
	ECNSeen bool

	// FastOpen is the result of TCP Fast Open.
	//
	// Platforms: darwin, freebsd, linux.
	FastOpen FastOpen

	// Multipath reports whether the connection uses multipath TCP, RFC 8684,
	// and has not fallen back to plain TCP. If so, all other fields are those
	// of its first subflow. Earlier kernels report only that a connection is
	// plain TCP; otherwise the field is absent. It is also absent in the result
	// of Parse.
	//
	// Platforms: linux 6.10.
	Multipath bool

	// Times.

	// RTT is the smoothed round-trip time, RFC 6298. Its resolution is a
	// millisecond on macOS and a clock tick on NetBSD. Absent until measured.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd, windows.
	RTT time.Duration

	// RTTVar is the mean deviation of the round-trip time, RFC 6298. Absent until
	// measured.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd.
	RTTVar time.Duration

	// MinRTT is the minimum round-trip time: on Linux of the last five minutes
	// (sysctl tcp_min_rtt_wlen), on Windows since the connection was
	// established. Absent until measured.
	//
	// Platforms: linux 4.6, windows.
	MinRTT time.Duration

	// LatestRTT is the most recently measured round-trip time, with a
	// resolution of one millisecond. Absent until measured.
	//
	// Platforms: darwin.
	LatestRTT time.Duration

	// RcvRTT is the round-trip time as estimated by the receiver, which is used
	// to enlarge the receive buffer. Absent until measured.
	//
	// Platforms: linux.
	RcvRTT time.Duration

	// RTO is the retransmission timeout, RFC 6298. On macOS it is absent while
	// the timer does not run.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd.
	RTO time.Duration

	// ATO is the timeout of delayed acknowledgments. Absent before the first.
	//
	// Platforms: linux.
	ATO time.Duration

	// LastDataSent is the time since data was sent or, if none was sent, since
	// the connection was established. Absent before that. OpenBSD counts it in
	// 32 bits, so it wraps to 0 after 71 minutes.
	//
	// Platforms: linux, openbsd.
	LastDataSent time.Duration

	// LastDataRecv is the time since data was received or, if none was
	// received, since the connection was established. Absent before that. The
	// BSDs count it in 32 bits, so it wraps to 0 after 71 minutes.
	//
	// Platforms: freebsd, linux, netbsd, openbsd.
	LastDataRecv time.Duration

	// LastAckRecv is the time since an acknowledgment was received. Absent
	// before the first. OpenBSD counts it in 32 bits, so it wraps to 0 after 71
	// minutes.
	//
	// Platforms: linux, openbsd.
	LastAckRecv time.Duration

	// Age is the time since the connection was established.
	//
	// Platforms: windows.
	Age time.Duration

	// Sizes and windows, in bytes.

	// SndMSS is the maximum size of a segment to send, in bytes, without
	// headers and options.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd, windows.
	SndMSS int64

	// RcvMSS is the maximum size of a segment to receive, in bytes. Linux
	// estimates it from the segments received. FreeBSD and NetBSD report
	// SndMSS.
	//
	// Platforms: freebsd, linux, netbsd, openbsd.
	RcvMSS int64

	// AdvMSS is the maximum segment size that was announced to the peer, in
	// bytes. If Timestamps is true, it is 12 bytes less than in the SYN,
	// because it does not include the timestamp.
	//
	// Platforms: linux.
	AdvMSS int64

	// PathMTU is the maximum size of a packet on the path, in bytes, with
	// headers.
	//
	// Platforms: linux.
	PathMTU int64

	// SndCwnd is the congestion window, in bytes. Linux and NetBSD count it in
	// segments, which are multiplied by SndMSS.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd, windows.
	SndCwnd int64

	// SndSsthresh is the congestion window at which slow start ends, in bytes.
	// Linux counts it in segments, which are multiplied by SndMSS. Absent while
	// there is no such limit: until the first loss or, with HyStart of Linux,
	// until the round-trip time increases.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd.
	SndSsthresh int64

	// SndWnd is the window offered by the peer, in bytes. NetBSD reports it in
	// whole segments.
	//
	// Platforms: darwin, freebsd, linux 5.4, netbsd, openbsd root, windows.
	SndWnd int64

	// RcvWnd is the window that this end offers, in bytes. On Linux it may
	// exceed what the window scale permits; the peer then receives a smaller
	// window.
	//
	// Platforms: darwin, freebsd, linux 6.2, netbsd, openbsd, windows.
	RcvWnd int64

	// RcvSsthresh is the current upper bound for this end's window, in bytes.
	//
	// Platforms: linux.
	RcvSsthresh int64

	// RcvSpace is the maximum number of bytes that the program has read in one
	// round-trip time, which is used to enlarge the receive buffer. It starts
	// with the initial window and never decreases.
	//
	// Platforms: linux.
	RcvSpace int64

	// Bytes of the stream, since the connection was established.

	// BytesSent is the number of bytes sent, including retransmissions.
	//
	// Platforms: darwin, linux 4.19, windows.
	BytesSent int64

	// BytesAcked is the number of bytes that the peer has acknowledged. On
	// Linux, the SYN sent by Dial and the FIN count as one byte each.
	//
	// Platforms: linux 4.1.
	BytesAcked int64

	// BytesReceived is the number of bytes received, whether read or not. On
	// Linux, the peer's FIN counts as one byte.
	//
	// Platforms: darwin, linux 4.1, windows.
	BytesReceived int64

	// BytesRetransmitted is the number of bytes retransmitted.
	//
	// Platforms: darwin, linux 4.19, windows.
	BytesRetransmitted int64

	// NotSent is the number of bytes written that have not been sent yet.
	//
	// Platforms: linux 4.6.
	NotSent int64

	// InFlight is the number of bytes sent and not yet acknowledged. FreeBSD
	// reports it since version 14, on 64-bit machines.
	//
	// Platforms: freebsd, openbsd root, windows.
	InFlight int64

	// SndQueue is the number of bytes in the send buffer: not yet sent, or not
	// yet acknowledged.
	//
	// Platforms: darwin, openbsd root.
	SndQueue int64

	// Segments, since the connection was established.

	// SegsOut is the number of segments sent, with or without data. On Linux,
	// the SYN-ACK of an accepted connection is not counted.
	//
	// Platforms: darwin, linux 4.2.
	SegsOut int64

	// SegsIn is the number of segments received, with or without data.
	//
	// Platforms: darwin, linux 4.2.
	SegsIn int64

	// DataSegsOut is the number of segments with data that were sent, including
	// retransmissions.
	//
	// Platforms: linux 4.6.
	DataSegsOut int64

	// DataSegsIn is the number of segments with data that were received.
	//
	// Platforms: linux 4.6.
	DataSegsIn int64

	// SegsRetransmitted is the number of segments retransmitted.
	//
	// Platforms: darwin, freebsd, linux, netbsd, openbsd root.
	SegsRetransmitted int64

	// SegsOutOfOrder is the number of segments received out of order. Windows
	// reports it since version 2004.
	//
	// Platforms: freebsd, linux 5.4, netbsd, openbsd root, windows.
	SegsOutOfOrder int64

	// Delivered is the number of segments delivered to the peer, including
	// those delivered more than once. The SYN and the FIN count as one each.
	//
	// Platforms: linux 4.18.
	Delivered int64

	// DeliveredCE is the number of delivered segments with a congestion mark.
	// With ECN of RFC 3168, Linux counts all segments that are acknowledged
	// while the peer reports congestion, which are more than those marked; the
	// peer's ReceivedCE is exact. FreeBSD reports it since version 14, on
	// 64-bit machines.
	//
	// Platforms: freebsd, linux 4.18.
	DeliveredCE int64

	// ReceivedCE is the number of received segments with a congestion mark.
	// FreeBSD reports it since version 14, on 64-bit machines.
	//
	// Platforms: freebsd, linux 6.18.
	ReceivedCE int64

	// DSACKDups is the number of segments that the peer has reported as
	// received twice, RFC 2883.
	//
	// Platforms: linux 4.19.
	DSACKDups int64

	// ZeroWindows is the number of times that this end has offered a zero
	// window.
	//
	// Platforms: freebsd, netbsd, openbsd root.
	ZeroWindows int64

	// Segments at present.

	// Unacked is the number of segments sent and not yet acknowledged.
	//
	// Platforms: linux.
	Unacked int64

	// Sacked is the number of unacknowledged segments that were acknowledged
	// selectively.
	//
	// Platforms: linux.
	Sacked int64

	// Lost is the number of unacknowledged segments that are considered lost.
	//
	// Platforms: linux.
	Lost int64

	// Retrans is the number of unacknowledged segments that were retransmitted.
	//
	// Platforms: linux.
	Retrans int64

	// Reordering is the number of segments by which the path is known to
	// reorder.
	//
	// Platforms: linux.
	Reordering int64

	// ReordSeen is the number of times that reordering was detected since the
	// connection was established.
	//
	// Platforms: linux 4.19.
	ReordSeen int64

	// Timers.

	// Retransmits is the number of times that the retransmission timer has
	// expired in a row, without an acknowledgment in between.
	//
	// Platforms: linux.
	Retransmits int64

	// Timeouts is the number of times that the retransmission timer has expired
	// since the connection was established. Windows counts several in a row as
	// one.
	//
	// Platforms: linux 6.7, windows.
	Timeouts int64

	// Probes is the number of unanswered probes in a row, of a zero window or
	// of keep-alive.
	//
	// Platforms: linux.
	Probes int64

	// Backoff is the number of times that RTO has been doubled. While a zero
	// window is probed, it is the number of times that the time between probes
	// has been doubled, and RTO is unchanged.
	//
	// Platforms: linux.
	Backoff int64

	// Rates, in bytes per second.

	// PacingRate is the rate at which the kernel would pace segments, in bytes
	// per second. Segments are actually paced only with the fq queueing
	// discipline, with the algorithm bbr, or with SO_MAX_PACING_RATE. Absent if
	// there is no limit.
	//
	// Platforms: linux 3.15.
	PacingRate int64

	// MaxPacingRate is the limit set by SO_MAX_PACING_RATE, in bytes per
	// second. Absent if there is no limit; if SO_MAX_PACING_RATE was set to 0,
	// which also means no limit, MaxPacingRate and PacingRate are 0 and not
	// absent.
	//
	// Platforms: linux 3.15.
	MaxPacingRate int64

	// DeliveryRate is the rate at which data was recently delivered, in bytes
	// per second. Absent until measured.
	//
	// Platforms: linux 4.9.
	DeliveryRate int64

	// DeliveryRateAppLimited reports whether DeliveryRate was limited because
	// the program had no more data to send.
	//
	// Platforms: linux 4.9.
	DeliveryRateAppLimited bool

	// Times by their cause, since the connection was established.

	// BusyTime is the total time with data that was unacknowledged or waiting
	// to be sent.
	//
	// Platforms: linux 4.10.
	BusyTime time.Duration

	// RwndLimited is the total time during which sending was limited by the
	// peer's window. Windows reports it since version 1809.
	//
	// Platforms: linux 4.10, windows.
	RwndLimited time.Duration

	// SndbufLimited is the total time during which sending was limited by the
	// send buffer.
	//
	// Platforms: linux 4.10.
	SndbufLimited time.Duration

	// CwndLimited is the total time during which sending was limited by the
	// congestion window. Windows reports it since version 1809.
	//
	// Platforms: windows.
	CwndLimited time.Duration

	// AppLimited is the total time during which the program had no data to
	// send. Windows reports it since version 1809.
	//
	// Platforms: windows.
	AppLimited time.Duration

	// Listeners. On a listener, all other fields except State are absent.

	// Backlog is the number of connections that wait to be accepted.
	//
	// Platforms: linux.
	Backlog int64

	// MaxBacklog is the maximum length of the accept queue, as passed to
	// listen(2) and limited by the system. Linux lets one connection more wait,
	// so Backlog can exceed it.
	//
	// Platforms: linux.
	MaxBacklog int64

	// Sys is the structure returned by the kernel.
	Sys Raw

	has presence
}

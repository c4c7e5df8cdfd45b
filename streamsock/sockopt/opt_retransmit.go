// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import "time"

// Options of retransmission, sorted by their C names.

// ConnNotifyThreshold is TCP_CONN_NOTIFY_THRESHOLD: the value of
// [NotifyThreshold] during the handshake.
//
//   - Value: whole milliseconds, rounded up; 0 for never.
//   - Default: that of the system.
//   - When: before connect.
//   - Platforms: solaris.
//   - See: tcp(7P) of illumos.
var ConnNotifyThreshold Option[time.Duration] = durationOption("ConnNotifyThreshold", BeforeConnect, duration{})

// MaxRetransmitTime is TCP_MAXRTMS: the same as [UserTimeout] on Windows, in a
// finer unit.
//
//   - Value: whole milliseconds, rounded up.
//   - Default: that of the system.
//   - When: any time.
//   - Platforms: windows.
//   - See: Windows Sockets, IPPROTO_TCP socket options; Windows 10 version
//     2004.
var MaxRetransmitTime Option[time.Duration] = durationOption("MaxRetransmitTime", AnyTime, duration{})

// NotifyThreshold is TCP_NOTIFY_THRESHOLD: the time that data may remain
// unacknowledged before TCP asks IP to look for another route.
//
//   - Value: whole milliseconds, rounded up; 0 for never.
//   - Default: that of the system.
//   - When: any time.
//   - Platforms: solaris.
//   - See: tcp(7P) of illumos.
var NotifyThreshold Option[time.Duration] = durationOption("NotifyThreshold", AnyTime, duration{})

// RetransmitFinDrop is TCP_RXT_FINDROP: whether the connection is dropped when
// its FIN is sent for the third time.
//
//   - Value: true to drop the connection.
//   - Default: false.
//   - When: any time.
//   - Platforms: darwin.
//   - See: netinet/tcp.h of macOS.
var RetransmitFinDrop Option[bool] = boolOption("RetransmitFinDrop", AnyTime)

// RTOInitial is TCP_RTO_INITIAL: the retransmission timeout while no round-trip
// time has been measured.
//
//   - Value: whole milliseconds, rounded up.
//   - Default: that of the system.
//   - When: before connect.
//   - Platforms: solaris.
//   - See: netinet/tcp.h of illumos.
var RTOInitial Option[time.Duration] = durationOption("RTOInitial", BeforeConnect, duration{})

// RTOMax is TCP_RTO_MAX_MS: the maximum retransmission timeout.
//
//   - Value: whole milliseconds, rounded up; on Linux the range is 1 to 120
//     seconds. Linux rounds further up to a tick of its clock, 1 to 10
//     milliseconds.
//   - Default: 120 seconds on Linux, from the sysctl net.ipv4.tcp_rto_max_ms.
//   - When: any time.
//   - Platforms: linux, solaris (TCP_RTO_MAX).
//   - See: linux/tcp.h, Linux 6.15.
var RTOMax Option[time.Duration] = durationOption("RTOMax", AnyTime, duration{})

// RTOMin is TCP_RTO_MIN_US: the minimum retransmission timeout.
//
//   - Value: whole microseconds, rounded up, up to 200 milliseconds. Linux
//     rounds further up to a tick of its clock, 1 to 10 milliseconds, and
//     rejects less than two ticks with EINVAL.
//   - Default: 200 milliseconds on Linux, from the sysctl
//     net.ipv4.tcp_rto_min_us.
//   - When: any time.
//   - Platforms: linux, solaris (TCP_RTO_MIN).
//   - See: linux/tcp.h, Linux 6.17.
var RTOMin Option[time.Duration] = durationOption("RTOMin", AnyTime, duration{})

// UserTimeout is TCP_USER_TIMEOUT: the maximum time that sent data may remain
// unacknowledged, or unsent because of a zero window, before the kernel ends
// the connection with ETIMEDOUT. The time is checked when the kernel
// retransmits or probes, so the connection may end later. On Linux it also
// replaces [KeepAliveCount].
//
//   - Value: whole milliseconds on Linux and Solaris, whole seconds on macOS,
//     FreeBSD and Windows, rounded up; 0 for the system's default.
//   - Default: 0.
//   - When: any time. Accepted connections inherit it. A multipath socket of
//     Linux does not support it.
//   - Platforms: darwin (TCP_RXT_CONNDROPTIME), freebsd (TCP_MAXUNACKTIME),
//     linux, solaris (TCP_ABORT_THRESHOLD), windows (TCP_MAXRT).
//   - See: tcp(7), RFC 5482.
var UserTimeout Option[time.Duration] = durationOption("UserTimeout", AnyTime, duration{})

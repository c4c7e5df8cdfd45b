// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import "time"

// The options of retransmission, sorted by their C names.

// ConnNotifyThreshold is TCP_CONN_NOTIFY_THRESHOLD: [NotifyThreshold] during
// the handshake.
//
//   - Value: whole milliseconds, rounded up; 0 for never.
//   - Initial value: the system's.
//   - When: before connect.
//   - Platforms: solaris.
//   - See: tcp(7P) of illumos.
var ConnNotifyThreshold Option[time.Duration] = durationOption("ConnNotifyThreshold", BeforeConnect, duration{})

// MaxRetransmitTime is TCP_MAXRTMS: [UserTimeout] of Windows in a finer
// unit.
//
//   - Value: whole milliseconds, rounded up.
//   - Initial value: the system's.
//   - When: any time.
//   - Platforms: windows.
//   - See: Windows Sockets, IPPROTO_TCP socket options; Windows 10 version
//     2004.
var MaxRetransmitTime Option[time.Duration] = durationOption("MaxRetransmitTime", AnyTime, duration{})

// NotifyThreshold is TCP_NOTIFY_THRESHOLD: how long data may stay
// unacknowledged before IP is told to look for another route.
//
//   - Value: whole milliseconds, rounded up; 0 for never.
//   - Initial value: the system's.
//   - When: any time.
//   - Platforms: solaris.
//   - See: tcp(7P) of illumos.
var NotifyThreshold Option[time.Duration] = durationOption("NotifyThreshold", AnyTime, duration{})

// RetransmitFinDrop is TCP_RXT_FINDROP: whether the connection is dropped
// when its FIN is sent the third time.
//
//   - Value: true drops it.
//   - Initial value: false.
//   - When: any time.
//   - Platforms: darwin.
//   - See: netinet/tcp.h of darwin.
var RetransmitFinDrop Option[bool] = boolOption("RetransmitFinDrop", AnyTime)

// RTOInitial is TCP_RTO_INITIAL: how long the system waits before it sends again when it
// has measured nothing yet.
//
//   - Value: whole milliseconds, rounded up.
//   - Initial value: the system's.
//   - When: before connect.
//   - Platforms: solaris.
//   - See: netinet/tcp.h of illumos.
var RTOInitial Option[time.Duration] = durationOption("RTOInitial", BeforeConnect, duration{})

// RTOMax is TCP_RTO_MAX_MS: the longest that the system waits before it
// sends again.
//
//   - Value: whole milliseconds, rounded up, on Linux from 1 second to 120.
//   - Initial value: 120 seconds on Linux.
//   - When: any time.
//   - Platforms: linux, solaris (TCP_RTO_MAX).
//   - See: linux/tcp.h, Linux 6.15.
var RTOMax Option[time.Duration] = durationOption("RTOMax", AnyTime, duration{})

// RTOMin is TCP_RTO_MIN_US: the shortest that the system waits before it
// sends again.
//
//   - Value: whole microseconds, rounded up, up to 200 milliseconds; Linux
//     rounds up further, to its clock's ticks of 1 to 10 milliseconds, and
//     refuses less than two ticks with EINVAL.
//   - Initial value: 200 milliseconds.
//   - When: any time.
//   - Platforms: linux, solaris (TCP_RTO_MIN).
//   - See: linux/tcp.h, Linux 6.17.
var RTOMin Option[time.Duration] = durationOption("RTOMin", AnyTime, duration{})

// UserTimeout is TCP_USER_TIMEOUT: how long sent data may stay
// unacknowledged, or unsent for want of a window, before the system breaks
// the connection with ETIMEDOUT. It is looked at when the system sends again
// or probes, so the break may come later. On Linux it also takes the place
// of [KeepAliveCount].
//
//   - Value: whole milliseconds on linux and solaris, whole seconds on
//     darwin, freebsd and windows, rounded up; 0 is the system's.
//   - Initial value: 0.
//   - When: any time; connections inherit it from a listener, not from a
//     multipath one.
//   - Platforms: darwin (TCP_RXT_CONNDROPTIME), freebsd (TCP_MAXUNACKTIME),
//     linux, solaris (TCP_ABORT_THRESHOLD), windows (TCP_MAXRT).
//   - See: tcp(7), RFC 5482.
var UserTimeout Option[time.Duration] = durationOption("UserTimeout", AnyTime, duration{})

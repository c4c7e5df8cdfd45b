// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import "time"

// The options of keep-alive, of level SOL_SOCKET and IPPROTO_TCP.

// KeepAlive is SO_KEEPALIVE: whether the system probes an idle peer and
// breaks the connection with ETIMEDOUT if it stays silent. [KeepAliveIdle],
// [KeepAliveInterval] and [KeepAliveCount] say when.
//
// Do not set it on a listener, because macOS and the BSDs then probe the peer
// that a listener does not have, and close it. The listeners of package
// streamsock set it on the connections only.
//
//   - Value: true probes.
//   - Initial value: false in the kernel; package net turns it on for every
//     connection, unless [net.Dialer].KeepAlive or its like is negative.
//   - When: any time.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: socket(7), RFC 1122 section 4.2.3.6.
var KeepAlive Option[bool] = boolOption("KeepAlive", AnyTime)

// KeepAliveCount is TCP_KEEPCNT: how many probes in a row may stay
// unanswered before [KeepAlive] breaks the connection.
//
//   - Value: probes; on Linux 1 to 127.
//   - Initial value: 9 by package net; the system's is 9 on Linux and 8 on
//     BSD systems.
//   - When: any time.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, solaris,
//     windows.
//   - See: tcp(7).
var KeepAliveCount Option[int] = intOption("KeepAliveCount", AnyTime, 1, maxInt)

// KeepAliveIdle is TCP_KEEPIDLE: how long a connection must be idle before
// [KeepAlive] sends its first probe. Windows has it since 10 1709; before, it can
// be set together with [KeepAliveInterval], by one call of [Apply] or by one
// dialer (SIO_KEEPALIVE_VALS), and cannot be read.
//
//   - Value: whole seconds, rounded up; on Linux 1 to 32767.
//   - Initial value: 15 seconds by package net; the system's is mostly 2
//     hours.
//   - When: any time.
//   - Platforms: aix, darwin (TCP_KEEPALIVE), dragonfly, freebsd, linux,
//     netbsd, solaris, windows.
//   - See: tcp(7).
var KeepAliveIdle Option[time.Duration] = durationOption("KeepAliveIdle", AnyTime, duration{})

// KeepAliveInterval is TCP_KEEPINTVL: how long [KeepAlive] waits between two
// probes. On Windows it is as [KeepAliveIdle].
//
//   - Value: whole seconds, rounded up; on Linux 1 to 32767.
//   - Initial value: 15 seconds by package net; the system's is mostly 75
//     seconds.
//   - When: any time.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, solaris,
//     windows.
//   - See: tcp(7).
var KeepAliveInterval Option[time.Duration] = durationOption("KeepAliveInterval", AnyTime, duration{})

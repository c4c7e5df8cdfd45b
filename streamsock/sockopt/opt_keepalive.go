// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import "time"

// Options of keep-alive, of levels SOL_SOCKET and IPPROTO_TCP.

// KeepAlive is SO_KEEPALIVE: whether the kernel sends probes on an idle
// connection, and ends the connection with ETIMEDOUT if the peer does not
// respond. [KeepAliveIdle], [KeepAliveInterval] and [KeepAliveCount] specify
// the times.
//
// Do not set it on a listening socket, because macOS and the BSDs then probe
// the socket as if it were a connection, and close it. The listeners of package
// streamsock set it only on the connections.
//
//   - Value: true to send probes.
//   - Default: false in the kernel. Package net turns it on for every
//     connection, unless [net.Dialer].KeepAlive or the like is negative.
//   - When: any time.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: socket(7), RFC 1122 section 4.2.3.6.
var KeepAlive Option[bool] = boolOption("KeepAlive", AnyTime)

// KeepAliveCount is TCP_KEEPCNT: the number of consecutive unanswered probes
// after which [KeepAlive] ends the connection.
//
//   - Value: probes; on Linux the range is 1 to 127.
//   - Default: 9, set by package net. The kernel's default is 9 on Linux and 8
//     on the BSDs.
//   - When: any time.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, solaris,
//     windows.
//   - See: tcp(7).
var KeepAliveCount Option[int] = intOption("KeepAliveCount", AnyTime, 1, maxInt)

// KeepAliveIdle is TCP_KEEPIDLE: the time without data after which [KeepAlive]
// sends the first probe. Windows supports it since Windows 10 version 1709. On
// earlier versions it can be set only together with [KeepAliveInterval], by one
// call of [Apply] or by one dialer (SIO_KEEPALIVE_VALS), and cannot be read.
//
//   - Value: whole seconds, rounded up; on Linux the range is 1 to 32767
//     seconds.
//   - Default: 15 seconds, set by package net. The kernel's default is 2 hours
//     on most systems.
//   - When: any time.
//   - Platforms: aix, darwin (TCP_KEEPALIVE), dragonfly, freebsd, linux,
//     netbsd, solaris, windows.
//   - See: tcp(7).
var KeepAliveIdle Option[time.Duration] = durationOption("KeepAliveIdle", AnyTime, duration{})

// KeepAliveInterval is TCP_KEEPINTVL: the time between two probes of
// [KeepAlive]. On Windows, the restrictions described with [KeepAliveIdle]
// apply to it too.
//
//   - Value: whole seconds, rounded up; on Linux the range is 1 to 32767
//     seconds.
//   - Default: 15 seconds, set by package net. The kernel's default is 75
//     seconds on most systems.
//   - When: any time.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, solaris,
//     windows.
//   - See: tcp(7).
var KeepAliveInterval Option[time.Duration] = durationOption("KeepAliveInterval", AnyTime, duration{})

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"math"
	"time"

	"example.com/streamsock/internal/sys"
)

// Other options of level SOL_SOCKET, sorted by their C names.

// AcceptConn is SO_ACCEPTCONN: whether the socket listens.
//
//   - Value: true on a listener.
//   - Default: false.
//   - When: any time.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: socket(7).
var AcceptConn ReadOnly[bool] = readOnly(boolOption("AcceptConn", AnyTime))

// AcceptFilter is SO_ACCEPTFILTER: a filter in the kernel that delays a new
// connection in Accept until data, or a complete HTTP request, has arrived. The
// equivalent on Linux is [DeferAccept].
//
//   - Value: name and argument of a filter whose kernel module is loaded; the
//     zero Filter removes it.
//   - Default: none; reading it then fails with EINVAL.
//   - When: on a listener, after listen(2), with Set. The options of a dialer
//     or listener are set too early.
//   - Platforms: dragonfly, freebsd, netbsd.
//   - See: accept_filter(9) of FreeBSD.
var AcceptFilter Option[Filter] = custom[Filter]("AcceptFilter", OnListener, filterCodec{})

// BusyPoll is SO_BUSY_POLL: the time for which a receive polls the network
// device before it blocks. A non-blocking receive, such as those of Go, polls
// the device once if it finds no data. The option does not affect epoll(7).
//
//   - Value: whole microseconds, rounded up; 0 for off.
//   - Default: 0, or the sysctl net.core.busy_read.
//   - When: any time.
//   - Platforms: linux.
//   - See: socket(7).
var BusyPoll Option[time.Duration] = durationOption("BusyPoll", AnyTime, duration{})

// BusyPollBudget is SO_BUSY_POLL_BUDGET: the maximum number of packets that one
// busy poll processes.
//
//   - Value: packets. Increasing it requires CAP_NET_ADMIN, even to 8 or less.
//   - Default: 0, which means 8.
//   - When: any time.
//   - Platforms: linux (set only).
//   - See: Documentation/networking/napi.rst of Linux 5.11.
var BusyPollBudget Option[int] = intOption("BusyPollBudget", AnyTime, 0, 65535)

// CompartmentID is SO_COMPARTMENT_ID: the network compartment of the socket. A
// compartment has its own interfaces, addresses and routes, for a container or
// a virtual network.
//
//   - Value: the number of the compartment.
//   - Default: that of the program, 1 outside of a container.
//   - When: before bind.
//   - Platforms: windows.
//   - See: ws2def.h.
var CompartmentID Option[int] = intOption("CompartmentID", BeforeBind, 0, maxInt)

// ConditionalAccept is SO_CONDITIONAL_ACCEPT: whether the program, instead of
// the system, acknowledges a connection request, when it accepts the
// connection. Package net accepts with AcceptEx, for which Windows documents no
// effect.
//
//   - Value: true to acknowledge in accept.
//   - Default: false.
//   - When: on a listener, before listen.
//   - Platforms: windows.
//   - See: Windows Sockets, SOL_SOCKET socket options.
var ConditionalAccept Option[bool] = boolOption("ConditionalAccept", OnListener)

// ConnectTime is SO_CONNECT_TIME: the time since the socket was connected.
//
//   - Value: whole seconds; -1 second if it is not connected.
//   - Default: -1 second.
//   - When: on a connection.
//   - Platforms: windows.
//   - See: Windows Sockets, SOL_SOCKET socket options.
var ConnectTime ReadOnly[time.Duration] = readOnly(durationOption("ConnectTime", OnConnection, duration{}))

// Cookie is SO_COOKIE: a number that identifies the socket, unique until the
// system restarts.
//
//   - Value: a number without further meaning.
//   - Default: assigned when it is first read.
//   - When: any time.
//   - Platforms: linux.
//   - See: sock_diag(7), Linux 4.12.
var Cookie ReadOnly[uint64] = readOnly(number[uint64]("Cookie", AnyTime, 0, math.MaxUint64))

// CPUHint is SO_CPUHINT: the processor on which the kernel handles the socket.
//
//   - Value: the number of a processor; -1 for none.
//   - Default: -1.
//   - When: any time.
//   - Platforms: dragonfly.
//   - See: getsockopt(2) of DragonFly.
var CPUHint ReadOnly[int] = readOnly(intOption("CPUHint", AnyTime, -1, maxInt))

// Debug is SO_DEBUG: whether the kernel records debugging information.
//
//   - Value: true to record; requires CAP_NET_ADMIN on Linux.
//   - Default: false.
//   - When: any time.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: socket(7).
var Debug Option[bool] = boolOption("Debug", AnyTime)

// Domain is SO_DOMAIN: the address family of the socket, such as AF_INET6.
//
//   - Value: the number of a family on this system.
//   - Default: the family with which the socket was created.
//   - When: any time.
//   - Platforms: freebsd, linux, openbsd, solaris.
//   - See: socket(7).
var Domain ReadOnly[int] = readOnly(intOption("Domain", AnyTime, 0, maxInt))

// DontRoute is SO_DONTROUTE: whether data is sent only to hosts on directly
// connected networks.
//
//   - Value: true to bypass gateways.
//   - Default: false.
//   - When: any time.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: socket(7).
var DontRoute Option[bool] = boolOption("DontRoute", AnyTime)

// IncomingCPU is SO_INCOMING_CPU: the processor that last received data for the
// socket. Set on the listeners of a [ReusePort] group, it directs new
// connections to the listener of the processor that received them.
//
//   - Value: the number of a processor; -1 for none.
//   - Default: -1 until data is received.
//   - When: any time.
//   - Platforms: linux.
//   - See: socket(7).
var IncomingCPU Option[int] = intOption("IncomingCPU", AnyTime, -1, maxInt)

// IncomingNAPIID is SO_INCOMING_NAPI_ID: the device queue that last received
// data for the socket.
//
//   - Value: the number of a queue; 0 if the device has none, like the loopback
//     device.
//   - Default: 0.
//   - When: any time.
//   - Platforms: linux.
//   - See: socket(7).
var IncomingNAPIID ReadOnly[uint32] = readOnly(number[uint32]("IncomingNAPIID", AnyTime, 0, math.MaxUint32))

// Linger is SO_LINGER: the behavior of Close if there is data that was written
// and not yet acknowledged. If it is off, Close returns immediately and the
// kernel sends the data in the background. If it is on with a zero timeout,
// Close discards unsent data and resets the connection. If it is on with a
// non-zero timeout, Close blocks, on most systems, until the data has been
// acknowledged or the timeout has expired; it occupies a thread meanwhile.
//
//   - Value: on or off, and whole seconds, rounded up; up to 327 seconds on
//     macOS, 32767 on DragonFly and OpenBSD, 65535 on FreeBSD, NetBSD and
//     Windows.
//   - Default: off.
//   - When: any time.
//   - Platforms: aix, darwin (SO_LINGER_SEC), dragonfly, freebsd, linux,
//     netbsd, openbsd, solaris, windows.
//   - See: socket(7), golang.org/issue/58882.
var Linger Option[Lingering] = Option[Lingering]{define("Linger", AnyTime, Readable|Writable, func(r sys.Row) Codec[Lingering] { return lingerCodec{r.Width, r.Unit} })}

// ListenIncompleteLen is SO_LISTENINCQLEN: the number of connections of a
// listener whose handshake is not complete, without those in the SYN cache.
//
//   - Value: connections.
//   - Default: 0.
//   - When: on a listener.
//   - Platforms: freebsd.
//   - See: getsockopt(2) of FreeBSD.
var ListenIncompleteLen ReadOnly[int] = readOnly(intOption("ListenIncompleteLen", OnListener, 0, maxInt))

// ListenQueueLen is SO_LISTENQLEN: the number of connections that wait to be
// accepted.
//
//   - Value: connections.
//   - Default: 0.
//   - When: on a listener.
//   - Platforms: freebsd.
//   - See: getsockopt(2) of FreeBSD.
var ListenQueueLen ReadOnly[int] = readOnly(intOption("ListenQueueLen", OnListener, 0, maxInt))

// ListenQueueLimit is SO_LISTENQLIMIT: the maximum number of connections that
// wait to be accepted, the backlog.
//
//   - Value: connections.
//   - Default: the backlog passed to listen(2).
//   - When: on a listener.
//   - Platforms: freebsd.
//   - See: getsockopt(2) of FreeBSD.
var ListenQueueLimit ReadOnly[int] = readOnly(intOption("ListenQueueLimit", OnListener, 0, maxInt))

// Mark is SO_MARK: the mark of packets that are sent, for routing rules and
// packet filters.
//
//   - Value: any number; requires CAP_NET_ADMIN, or CAP_NET_RAW since Linux
//     5.17.
//   - Default: 0.
//   - When: any time; before connect to affect the handshake.
//   - Platforms: linux.
//   - See: socket(7).
var Mark Option[uint32] = number[uint32]("Mark", AnyTime, 0, math.MaxUint32)

// MaxPacingRate is SO_MAX_PACING_RATE: the maximum rate at which data is sent.
//
//   - Value: bytes per second; 0 or all ones (^uint64(0)) for no limit. On
//     FreeBSD the value has 32 bits.
//   - Default: no limit.
//   - When: any time.
//   - Platforms: freebsd, linux.
//   - See: socket(7), tc-fq(8).
var MaxPacingRate Option[uint64] = number[uint64]("MaxPacingRate", AnyTime, 0, math.MaxUint64)

// NetNSCookie is SO_NETNS_COOKIE: a number that identifies the network
// namespace of the socket.
//
//   - Value: a number without further meaning.
//   - Default: that of the namespace in which the socket was created.
//   - When: any time.
//   - Platforms: linux.
//   - See: Linux 5.14.
var NetNSCookie ReadOnly[uint64] = readOnly(number[uint64]("NetNSCookie", AnyTime, 0, math.MaxUint64))

// NetServiceMarkingLevel is SO_NETSVC_MARKING_LEVEL: the level at which packets
// are marked for [NetServiceType].
//
//   - Value: 1 to 4 (NETSVC_MRKNG_*).
//   - Default: that of the interface.
//   - When: any time.
//   - Platforms: darwin.
//   - See: sys/socket.h of macOS.
var NetServiceMarkingLevel ReadOnly[int] = readOnly(intOption("NetServiceMarkingLevel", AnyTime, 0, maxInt))

// NetServiceType is SO_NET_SERVICE_TYPE: the kind of traffic of the connection,
// for the queues of the network and the system.
//
//   - Value: 0 (best effort) to 8 (responsive data), NET_SERVICE_TYPE_*.
//   - Default: 0.
//   - When: any time.
//   - Platforms: darwin.
//   - See: sys/socket.h of macOS.
var NetServiceType Option[int] = intOption("NetServiceType", AnyTime, 0, 8)

// NoSigPipe is SO_NOSIGPIPE: whether a write to a broken connection fails
// without the signal SIGPIPE. A Go program receives no such signal for a
// socket; a Go library in a C program may.
//
//   - Value: true for no signal.
//   - Default: false.
//   - When: any time.
//   - Platforms: darwin, dragonfly, freebsd, netbsd.
//   - See: getsockopt(2) of FreeBSD.
var NoSigPipe Option[bool] = boolOption("NoSigPipe", AnyTime)

// NRead is SO_NREAD: the number of bytes that were received and not yet read.
//
//   - Value: bytes.
//   - Default: 0.
//   - When: on a connection.
//   - Platforms: darwin.
//   - See: sys/socket.h of macOS.
var NRead ReadOnly[int] = readOnly(intOption("NRead", OnConnection, 0, maxInt))

// NWrite is SO_NWRITE: the number of bytes that were written and not yet
// acknowledged by the peer.
//
//   - Value: bytes.
//   - Default: 0.
//   - When: on a connection.
//   - Platforms: darwin.
//   - See: sys/socket.h of macOS.
var NWrite ReadOnly[int] = readOnly(intOption("NWrite", OnConnection, 0, maxInt))

// OOBInline is SO_OOBINLINE: whether urgent bytes are received inline, as part
// of the stream, instead of out of line.
//
//   - Value: true for inline, which RFC 6093 recommends.
//   - Default: false.
//   - When: any time; before the first urgent byte can arrive.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: socket(7), RFC 6093.
var OOBInline Option[bool] = boolOption("OOBInline", AnyTime)

// PauseAccept is SO_PAUSE_ACCEPT: whether a listener rejects new connections
// with a reset.
//
//   - Value: true to reject them.
//   - Default: false.
//   - When: on a listener.
//   - Platforms: windows.
//   - See: Windows Sockets, SOL_SOCKET socket options.
var PauseAccept Option[bool] = boolOption("PauseAccept", OnListener)

// PeekOffset is SO_PEEK_OFF: the offset in the received data at which a peek
// begins. Each peek increases it by the number of bytes peeked, and each read
// decreases it by the number of bytes read.
//
//   - Value: bytes; -1 to let every peek begin at the first byte.
//   - Default: -1.
//   - When: any time.
//   - Platforms: linux.
//   - See: socket(7), for TCP since Linux 6.9.
var PeekOffset Option[int] = intOption("PeekOffset", AnyTime, -1, maxInt)

// PreferBusyPoll is SO_PREFER_BUSY_POLL: whether the interrupts of the device
// stay off while programs poll its queue.
//
//   - Value: true to prefer polling; requires CAP_NET_ADMIN.
//   - Default: false.
//   - When: any time.
//   - Platforms: linux.
//   - See: Documentation/networking/napi.rst of Linux 5.11.
var PreferBusyPoll Option[bool] = boolOption("PreferBusyPoll", AnyTime)

// Priority is SO_PRIORITY: the priority of packets in the queues of the network
// device. Setting [TrafficClass] changes it, except on a socket for IPv6 only.
//
//   - Value: 0 to 6; a larger value requires CAP_NET_ADMIN or CAP_NET_RAW.
//   - Default: 0.
//   - When: any time. Accepted connections do not inherit it.
//   - Platforms: linux.
//   - See: socket(7), tc-prio(8).
var Priority Option[int] = intOption("Priority", AnyTime, 0, maxInt)

// Protocol is SO_PROTOCOL: the protocol of the socket.
//
//   - Value: 6 for TCP, 262 for MPTCP.
//   - Default: the protocol with which the socket was created.
//   - When: any time.
//   - Platforms: freebsd, linux, openbsd.
//   - See: socket(7).
var Protocol ReadOnly[int] = readOnly(intOption("Protocol", AnyTime, 0, maxInt))

// RoutingTable is SO_RTABLE: the routing table that the socket uses.
//
//   - Value: the number of a table.
//   - Default: that of the process.
//   - When: before connect.
//   - Platforms: freebsd (SO_SETFIB: set only), openbsd.
//   - See: setfib(2) of FreeBSD, getsockopt(2) of OpenBSD.
var RoutingTable Option[int] = intOption("RoutingTable", BeforeConnect, 0, maxInt)

// TxRehash is SO_TXREHASH: whether the connection may change to another of
// several paths when data is retransmitted.
//
//   - Value: true to try another path.
//   - Default: true, from the sysctl net.core.txrehash.
//   - When: before connect.
//   - Platforms: linux.
//   - See: Linux 5.18.
var TxRehash Option[bool] = boolOption("TxRehash", BeforeConnect)

// Type is SO_TYPE: the type of the socket.
//
//   - Value: SOCK_STREAM, which is 1 on most systems and 2 on Solaris and some
//     Linux ports.
//   - Default: the type with which the socket was created.
//   - When: any time.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: socket(7).
var Type ReadOnly[int] = readOnly(intOption("Type", AnyTime, 0, maxInt))

// UserCookie is SO_USER_COOKIE: the mark of packets that are sent, for ipfw(4)
// and dummynet(4).
//
//   - Value: any number.
//   - Default: 0.
//   - When: any time.
//   - Platforms: freebsd (set only).
//   - See: getsockopt(2) of FreeBSD.
var UserCookie Option[uint32] = number[uint32]("UserCookie", AnyTime, 0, math.MaxUint32)

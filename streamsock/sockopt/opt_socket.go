// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"math"
	"time"

	"example.com/streamsock/internal/sys"
)

// The other options of level SOL_SOCKET, sorted by their C names.

// AcceptConn is SO_ACCEPTCONN: whether the socket listens.
//
//   - Value: true on a listener.
//   - Initial value: false.
//   - When: any time.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: socket(7).
var AcceptConn ReadOnly[bool] = readOnly(boolOption("AcceptConn", AnyTime))

// AcceptFilter is SO_ACCEPTFILTER: a filter in the kernel that keeps a new
// connection from Accept until its first data, or a whole HTTP request, is
// there. Linux has [DeferAccept] instead.
//
//   - Value: name and argument of a filter whose kernel module is loaded;
//     the zero Filter removes it.
//   - Initial value: none; reading it then fails with EINVAL.
//   - When: on a listener, after listen(2): not in the options of a dialer
//     or listener, where it comes too early, but by Set.
//   - Platforms: dragonfly, freebsd, netbsd.
//   - See: accept_filter(9) of FreeBSD.
var AcceptFilter Option[Filter] = custom[Filter]("AcceptFilter", OnListener, filterCodec{})

// BusyPoll is SO_BUSY_POLL: how long a blocking receive polls the network
// device before it waits for an interrupt. Go's sockets never block in a
// receive; what counts here is that the device's queue is polled by epoll.
//
//   - Value: whole microseconds, rounded up; 0 is off. A larger value than
//     before wants CAP_NET_ADMIN.
//   - Initial value: 0, or the sysctl net.core.busy_read.
//   - When: any time.
//   - Platforms: linux.
//   - See: socket(7).
var BusyPoll Option[time.Duration] = durationOption("BusyPoll", AnyTime, duration{})

// BusyPollBudget is SO_BUSY_POLL_BUDGET: how many packets one busy poll may
// take.
//
//   - Value: packets; more than 8 wants CAP_NET_ADMIN.
//   - Initial value: 8.
//   - When: any time.
//   - Platforms: linux (set only).
//   - See: Documentation/networking/napi.rst of Linux 5.11.
var BusyPollBudget Option[int] = intOption("BusyPollBudget", AnyTime, 0, 65535)

// CompartmentID is SO_COMPARTMENT_ID: the network compartment that the socket
// belongs to. A compartment has its own interfaces, addresses and routes, for a
// container or a virtual network.
//
//   - Value: the number of the compartment.
//   - Initial value: that of the program, 1 outside of a container.
//   - When: before bind.
//   - Platforms: windows.
//   - See: ws2def.h.
var CompartmentID Option[int] = intOption("CompartmentID", BeforeBind, 0, maxInt)

// ConditionalAccept is SO_CONDITIONAL_ACCEPT: whether the program answers a
// connection request when it accepts it, and not the system before. Package
// net accepts by AcceptEx, for which Windows documents no effect.
//
//   - Value: true leaves the answer to the program.
//   - Initial value: false.
//   - When: on a listener, before listen.
//   - Platforms: windows.
//   - See: Windows Sockets, SOL_SOCKET socket options.
var ConditionalAccept Option[bool] = boolOption("ConditionalAccept", OnListener)

// ConnectTime is SO_CONNECT_TIME: how long the socket has been connected.
//
//   - Value: whole seconds; -1 if it is not connected.
//   - Initial value: -1.
//   - When: on a connection.
//   - Platforms: windows.
//   - See: Windows Sockets, SOL_SOCKET socket options.
var ConnectTime ReadOnly[time.Duration] = readOnly(durationOption("ConnectTime", OnConnection, duration{}))

// Cookie is SO_COOKIE: a number that names the socket, unique until the
// system restarts.
//
//   - Value: a number without further meaning.
//   - Initial value: given when it is first asked for.
//   - When: any time.
//   - Platforms: linux.
//   - See: Linux 4.12; sock_diag(7) shows it.
var Cookie ReadOnly[uint64] = readOnly(number[uint64]("Cookie", AnyTime, 0, math.MaxUint64))

// CPUHint is SO_CPUHINT: the processor on which the kernel handles the
// socket.
//
//   - Value: a processor's number; -1 if there is none.
//   - Initial value: -1.
//   - When: any time.
//   - Platforms: dragonfly.
//   - See: getsockopt(2) of DragonFly.
var CPUHint ReadOnly[int] = readOnly(intOption("CPUHint", AnyTime, -1, maxInt))

// Debug is SO_DEBUG: whether the kernel records debugging information.
//
//   - Value: true records; Linux wants CAP_NET_ADMIN for that.
//   - Initial value: false.
//   - When: any time.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: socket(7).
var Debug Option[bool] = boolOption("Debug", AnyTime)

// Domain is SO_DOMAIN: the address family of the socket, such as AF_INET6.
//
//   - Value: a family's number on this system.
//   - Initial value: what the socket was made with.
//   - When: any time.
//   - Platforms: freebsd, linux, openbsd, solaris.
//   - See: socket(7).
var Domain ReadOnly[int] = readOnly(intOption("Domain", AnyTime, 0, maxInt))

// DontRoute is SO_DONTROUTE: whether to send only to hosts on networks that
// this one is directly attached to.
//
//   - Value: true does without gateways.
//   - Initial value: false.
//   - When: any time.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: socket(7).
var DontRoute Option[bool] = boolOption("DontRoute", AnyTime)

// IncomingCPU is SO_INCOMING_CPU: the processor that last received for the
// socket. Set on the listeners of a [ReusePort] group, it steers new
// connections to the listener of the processor that received them.
//
//   - Value: a processor's number; -1 for none.
//   - Initial value: -1 until something was received.
//   - When: any time.
//   - Platforms: linux.
//   - See: socket(7).
var IncomingCPU Option[int] = intOption("IncomingCPU", AnyTime, -1, maxInt)

// IncomingNAPIID is SO_INCOMING_NAPI_ID: the device queue that last received
// for the socket.
//
//   - Value: a queue's number; 0 if the device has none, as loopback.
//   - Initial value: 0.
//   - When: any time.
//   - Platforms: linux.
//   - See: socket(7).
var IncomingNAPIID ReadOnly[uint32] = readOnly(number[uint32]("IncomingNAPIID", AnyTime, 0, math.MaxUint32))

// Linger is SO_LINGER: what Close does with data that was written and not
// yet acknowledged. Off, Close returns at once and the system goes on
// sending. On with timeout 0, Close throws the data away and resets the
// connection. On with a timeout, Close waits that long for the data to get
// through, on most systems, and blocks a thread meanwhile.
//
//   - Value: on or off, and whole seconds, rounded up; up to 327 on macOS,
//     32767 on DragonFly BSD and OpenBSD, 65535 on FreeBSD, NetBSD and
//     Windows.
//   - Initial value: off.
//   - When: any time.
//   - Platforms: aix, darwin (SO_LINGER_SEC), dragonfly, freebsd, linux,
//     netbsd, openbsd, solaris, windows.
//   - See: socket(7), golang.org/issue/58882.
var Linger Option[Lingering] = Option[Lingering]{define("Linger", AnyTime, Readable|Writable, func(r sys.Row) Codec[Lingering] { return lingerCodec{r.Width, r.Unit} })}

// ListenIncompleteLen is SO_LISTENINCQLEN: the number of connections of a listener
// whose handshake is not complete, without those in the SYN cache.
//
//   - Value: connections.
//   - Initial value: 0.
//   - When: on a listener.
//   - Platforms: freebsd.
//   - See: getsockopt(2) of FreeBSD.
var ListenIncompleteLen ReadOnly[int] = readOnly(intOption("ListenIncompleteLen", OnListener, 0, maxInt))

// ListenQueueLen is SO_LISTENQLEN: how many connections wait for Accept.
//
//   - Value: connections.
//   - Initial value: 0.
//   - When: on a listener.
//   - Platforms: freebsd.
//   - See: getsockopt(2) of FreeBSD.
var ListenQueueLen ReadOnly[int] = readOnly(intOption("ListenQueueLen", OnListener, 0, maxInt))

// ListenQueueLimit is SO_LISTENQLIMIT: how many connections may wait for
// Accept: the backlog.
//
//   - Value: connections.
//   - Initial value: what listen(2) was given.
//   - When: on a listener.
//   - Platforms: freebsd.
//   - See: getsockopt(2) of FreeBSD.
var ListenQueueLimit ReadOnly[int] = readOnly(intOption("ListenQueueLimit", OnListener, 0, maxInt))

// Mark is SO_MARK: the mark of the packets, which routing rules and packet
// filters look at.
//
//   - Value: a number of your own; Linux wants CAP_NET_ADMIN, or CAP_NET_RAW
//     since 5.17.
//   - Initial value: 0.
//   - When: any time; the handshake has it only if it is set before connect.
//   - Platforms: linux.
//   - See: socket(7).
var Mark Option[uint32] = number[uint32]("Mark", AnyTime, 0, math.MaxUint32)

// MaxPacingRate is SO_MAX_PACING_RATE: the rate that the system does not
// send faster than.
//
//   - Value: bytes per second; all ones (^uint64(0)) for no limit. FreeBSD
//     has 32 bits.
//   - Initial value: no limit.
//   - When: any time.
//   - Platforms: freebsd, linux.
//   - See: socket(7), tc-fq(8).
var MaxPacingRate Option[uint64] = number[uint64]("MaxPacingRate", AnyTime, 0, math.MaxUint64)

// NetNSCookie is SO_NETNS_COOKIE: a number that names the network namespace
// of the socket.
//
//   - Value: a number without further meaning.
//   - Initial value: that of the namespace in which the socket was made.
//   - When: any time.
//   - Platforms: linux.
//   - See: Linux 5.14.
var NetNSCookie ReadOnly[uint64] = readOnly(number[uint64]("NetNSCookie", AnyTime, 0, math.MaxUint64))

// NetServiceMarkingLevel is SO_NETSVC_MARKING_LEVEL: at which level packets
// are marked for [NetServiceType].
//
//   - Value: 1 to 4 (NETSVC_MRKNG_*).
//   - Initial value: what the interface has.
//   - When: any time.
//   - Platforms: darwin.
//   - See: sys/socket.h of darwin.
var NetServiceMarkingLevel ReadOnly[int] = readOnly(intOption("NetServiceMarkingLevel", AnyTime, 0, maxInt))

// NetServiceType is SO_NET_SERVICE_TYPE: what kind of traffic the connection
// carries, for the network's and the system's queues.
//
//   - Value: 0 best effort to 8 responsive data (NET_SERVICE_TYPE_*).
//   - Initial value: 0.
//   - When: any time.
//   - Platforms: darwin.
//   - See: sys/socket.h of darwin.
var NetServiceType Option[int] = intOption("NetServiceType", AnyTime, 0, 8)

// NoSigPipe is SO_NOSIGPIPE: whether a write to a broken connection fails
// without the signal SIGPIPE. A Go program gets no such signal for a socket;
// a Go library inside a C program may.
//
//   - Value: true for no signal.
//   - Initial value: false.
//   - When: any time.
//   - Platforms: darwin, dragonfly, freebsd, netbsd.
//   - See: getsockopt(2) of FreeBSD.
var NoSigPipe Option[bool] = boolOption("NoSigPipe", AnyTime)

// NRead is SO_NREAD: how much was received and not yet read.
//
//   - Value: bytes.
//   - Initial value: 0.
//   - When: on a connection.
//   - Platforms: darwin.
//   - See: sys/socket.h of darwin.
var NRead ReadOnly[int] = readOnly(intOption("NRead", OnConnection, 0, maxInt))

// NWrite is SO_NWRITE: how much was written and not yet acknowledged by the
// peer.
//
//   - Value: bytes.
//   - Initial value: 0.
//   - When: on a connection.
//   - Platforms: darwin.
//   - See: sys/socket.h of darwin.
var NWrite ReadOnly[int] = readOnly(intOption("NWrite", OnConnection, 0, maxInt))

// OOBInline is SO_OOBINLINE: whether the peer's urgent byte comes in its
// place among the other data instead of apart from it.
//
//   - Value: true for inline, which RFC 6093 recommends.
//   - Initial value: false.
//   - When: any time; set it before the first urgent byte can come.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: socket(7), RFC 6093.
var OOBInline Option[bool] = boolOption("OOBInline", AnyTime)

// PauseAccept is SO_PAUSE_ACCEPT: whether a listener refuses new connections by a
// reset.
//
//   - Value: true to refuse them.
//   - Initial value: false.
//   - When: on a listener.
//   - Platforms: windows.
//   - See: Windows Sockets, SOL_SOCKET socket options.
var PauseAccept Option[bool] = boolOption("PauseAccept", OnListener)

// PeekOffset is SO_PEEK_OFF: how far into the received data a peek begins.
// Each peek moves it forward by what it saw, each read back by what it took.
//
//   - Value: bytes; -1 has every peek begin at the first byte.
//   - Initial value: -1.
//   - When: any time.
//   - Platforms: linux.
//   - See: socket(7), for TCP since Linux 6.9.
var PeekOffset Option[int] = intOption("PeekOffset", AnyTime, -1, maxInt)

// PreferBusyPoll is SO_PREFER_BUSY_POLL: whether the device's interrupts
// stay off as long as programs poll its queue.
//
//   - Value: true prefers polling; wants CAP_NET_ADMIN.
//   - Initial value: false.
//   - When: any time.
//   - Platforms: linux.
//   - See: Documentation/networking/napi.rst of Linux 5.11.
var PreferBusyPoll Option[bool] = boolOption("PreferBusyPoll", AnyTime)

// Priority is SO_PRIORITY: the priority of the packets in the queues of the
// network device.
//
//   - Value: 0 to 6; more requires CAP_NET_ADMIN. Setting [TrafficClass] on a
//     socket that is for IPv4, also if for IPv6 too, changes it.
//   - Initial value: 0.
//   - When: any time.
//   - Platforms: linux.
//   - See: socket(7), tc-prio(8).
var Priority Option[int] = intOption("Priority", AnyTime, 0, maxInt)

// Protocol is SO_PROTOCOL: the protocol of the socket.
//
//   - Value: 6 for TCP, 262 for MPTCP.
//   - Initial value: what the socket was made with.
//   - When: any time.
//   - Platforms: freebsd, linux, openbsd.
//   - See: socket(7).
var Protocol ReadOnly[int] = readOnly(intOption("Protocol", AnyTime, 0, maxInt))

// RoutingTable is SO_RTABLE: the routing table that the socket uses.
//
//   - Value: a table's number.
//   - Initial value: that of the process.
//   - When: before connect.
//   - Platforms: freebsd (SO_SETFIB: set only), openbsd.
//   - See: setfib(2) of FreeBSD, getsockopt(2) of OpenBSD.
var RoutingTable Option[int] = intOption("RoutingTable", BeforeConnect, 0, maxInt)

// TxRehash is SO_TXREHASH: whether the flow takes another path of several
// when data has to be sent again.
//
//   - Value: true tries another path.
//   - Initial value: true, by the sysctl net.core.txrehash.
//   - When: before connect.
//   - Platforms: linux.
//   - See: Linux 5.18.
var TxRehash Option[bool] = boolOption("TxRehash", BeforeConnect)

// Type is SO_TYPE: the type of the socket.
//
//   - Value: SOCK_STREAM, which is 1 on most systems and 2 on solaris and
//     some Linux ports.
//   - Initial value: what the socket was made with.
//   - When: any time.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: socket(7).
var Type ReadOnly[int] = readOnly(intOption("Type", AnyTime, 0, maxInt))

// UserCookie is SO_USER_COOKIE: the mark of the packets, which ipfw(4) and
// dummynet(4) look at.
//
//   - Value: a number of your own.
//   - Initial value: 0.
//   - When: any time.
//   - Platforms: freebsd (set only).
//   - See: getsockopt(2) of FreeBSD.
var UserCookie Option[uint32] = number[uint32]("UserCookie", AnyTime, 0, math.MaxUint32)

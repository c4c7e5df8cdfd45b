// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"math"
	"time"
)

// Options of level IPPROTO_TCP, sorted by their C names. Those of keep-alive
// and retransmission are in other files.

// BlackBoxLog is TCP_LOG: the state of the connection's black box recorder.
//
//   - Value: 0 for off; for other states see TCP_LOG_STATE_* in
//     netinet/tcp_log_buf.h.
//   - Default: 0.
//   - When: any time.
//   - Platforms: freebsd.
//   - See: tcp_bbr(4) and netinet/tcp_log_buf.h of FreeBSD.
var BlackBoxLog Option[int] = intOption("BlackBoxLog", AnyTime, -1, maxInt)

// CCInfo is TCP_CC_INFO: the state of the congestion control algorithm. The
// layout depends on [Congestion]: union tcp_cc_info of linux/inet_diag.h.
//
//   - Value: bytes; empty if the algorithm reports nothing, like cubic and
//     reno.
//   - Default: depends on the algorithm.
//   - When: on a connection.
//   - Platforms: linux.
//   - See: tcp(7).
var CCInfo ReadOnly[[]byte] = readOnly(custom[[]byte]("CCInfo", OnConnection, BytesCodec(32)))

// Congestion is TCP_CONGESTION: the congestion control algorithm.
//
//   - Value: a name such as "cubic", "reno" or "bbr", at most 15 bytes. If the
//     system does not have the algorithm, the error is ENOENT. If it requires a
//     privilege, the error is EPERM.
//   - Default: that of the system: on Linux the sysctl
//     net.ipv4.tcp_congestion_control.
//   - When: any time.
//   - Platforms: freebsd, linux, netbsd (TCP_CONGCTL), solaris.
//   - See: tcp(7).
var Congestion Option[string] = custom[string]("Congestion", AnyTime, text{16, true})

// ConnectionTimeout is TCP_CONNECTIONTIMEOUT: the maximum duration of the
// handshake. [net.Dialer].Timeout does the same on every system. Linux limits
// the number of attempts instead; see [SynCount].
//
//   - Value: whole seconds (milliseconds on Solaris), rounded up; 0 for the
//     system's default.
//   - Default: that of the system, 75 seconds on most.
//   - When: before connect.
//   - Platforms: darwin, dragonfly (TCP_KEEPINIT), freebsd (TCP_KEEPINIT),
//     netbsd (TCP_KEEPINIT), solaris (TCP_CONN_ABORT_THRESHOLD).
//   - See: tcp(4) of macOS and FreeBSD.
var ConnectionTimeout Option[time.Duration] = durationOption("ConnectionTimeout", BeforeConnect, duration{})

// Cork is TCP_CORK: whether only full segments are sent. Turning it off sends
// the remaining data. On Linux, so does turning [NoDelay] on, or 200
// milliseconds without a full segment.
//
//   - Value: true to send only full segments.
//   - Default: false.
//   - When: any time.
//   - Platforms: darwin (TCP_NOPUSH), dragonfly (TCP_NOPUSH), freebsd
//     (TCP_NOPUSH), linux, openbsd (TCP_NOPUSH), solaris.
//   - See: tcp(7), tcp(4) of FreeBSD.
var Cork Option[bool] = boolOption("Cork", AnyTime)

// DeferAccept is TCP_DEFER_ACCEPT: the maximum time that Accept of a new
// connection is delayed until data arrives. The equivalent on the BSDs is
// [AcceptFilter].
//
//   - Value: whole seconds, rounded up, and by the kernel to the end of one of
//     its attempts to finish the handshake; 0 for off.
//   - Default: 0.
//   - When: on a listener.
//   - Platforms: linux.
//   - See: tcp(7).
var DeferAccept Option[time.Duration] = durationOption("DeferAccept", OnListener, duration{})

// DelayedAckMax is TCP_DELACK_MAX_US: the maximum time that an acknowledgement
// is delayed.
//
//   - Value: whole microseconds, rounded up, up to 200 milliseconds. Linux
//     rounds further up to a tick of its clock, 1 to 10 milliseconds, and
//     rejects less than two ticks with EINVAL.
//   - Default: 200 milliseconds on Linux.
//   - When: any time.
//   - Platforms: linux.
//   - See: linux/tcp.h, Linux 6.17.
var DelayedAckMax Option[time.Duration] = durationOption("DelayedAckMax", AnyTime, duration{})

// EnableECN is TCP_ENABLE_ECN: whether the connection requests explicit
// congestion notification.
//
//   - Value: true to request it.
//   - Default: that of the system.
//   - When: before connect.
//   - Platforms: darwin.
//   - See: netinet/tcp.h of macOS, RFC 3168.
var EnableECN Option[bool] = boolOption("EnableECN", BeforeConnect)

// Expedited1122 is TCP_EXPEDITED_1122: whether the urgent pointer is
// interpreted as specified in RFC 1122 instead of as in BSD. Both peers must
// agree.
//
//   - Value: true for RFC 1122.
//   - Default: false.
//   - When: any time; it cannot be turned off again.
//   - Platforms: windows.
//   - See: Windows Sockets, IPPROTO_TCP socket options.
var Expedited1122 Option[bool] = boolOption("Expedited1122", AnyTime)

// FailConnectOnICMPError is TCP_FAIL_CONNECT_ON_ICMP_ERROR: whether an ICMP
// error immediately ends an attempt to connect. [ICMPErrorInfo] then returns
// it.
//
//   - Value: true to end the attempt.
//   - Default: false.
//   - When: before connect.
//   - Platforms: windows.
//   - See: Windows Sockets, IPPROTO_TCP socket options; Windows 10 version
//     1709.
var FailConnectOnICMPError Option[bool] = boolOption("FailConnectOnICMPError", BeforeConnect)

// FastKeep is TCP_FASTKEEP: whether keep-alive probes are sent at the short
// intervals of the sysctls net.inet.tcp.f_keepidle and f_keepintvl.
//
//   - Value: true for short intervals.
//   - Default: false.
//   - When: any time.
//   - Platforms: dragonfly.
//   - See: tcp(4) of DragonFly.
var FastKeep Option[bool] = boolOption("FastKeep", AnyTime)

// FastOpen is TCP_FASTOPEN: whether a listener accepts data in the first packet
// of a connection. On Linux, it has no effect unless bit 2 of the sysctl
// net.ipv4.tcp_fastopen is set, which by default it is not.
//
//   - Value: on Linux the maximum number of such connections whose handshake is
//     not complete, limited to net.core.somaxconn, 0 for none; on other systems
//     1 for on and 0 for off.
//   - Default: 0.
//   - When: on a listener. Linux rejects it on a connection with EINVAL; the
//     option of the client is [FastOpenConnect].
//   - Platforms: darwin, freebsd, linux, windows.
//   - See: tcp(7), RFC 7413.
var FastOpen Option[int] = intOption("FastOpen", OnListener, 0, maxInt)

// FastOpenConnect is TCP_FASTOPEN_CONNECT: whether connect succeeds immediately
// and the handshake is sent with the first data that is written. An error of
// the connection is then returned by the first Write or Read, not by Dial.
//
//   - Value: true to delay the handshake.
//   - Default: false.
//   - When: before connect.
//   - Platforms: linux.
//   - See: tcp(7), Linux 4.11.
var FastOpenConnect Option[bool] = boolOption("FastOpenConnect", BeforeConnect)

// FastOpenKey is TCP_FASTOPEN_KEY: the key from which a listener generates the
// cookies of TCP Fast Open. Servers behind a load balancer need the same key.
//
//   - Value: 16 bytes, or 32 for a key and the previous one, since Linux 5.3.
//   - Default: the key of the system, which cannot be read: Get returns no
//     bytes for a socket without a key of its own.
//   - When: on a listener.
//   - Platforms: linux.
//   - See: linux/tcp.h, Linux 4.15.
var FastOpenKey Option[[]byte] = custom[[]byte]("FastOpenKey", OnListener, keyCodec{})

// FastOpenNoCookie is TCP_FASTOPEN_NO_COOKIE: whether data in the first packet
// is sent and accepted without a cookie.
//
//   - Value: true to omit the cookie.
//   - Default: false.
//   - When: before connect, or on a listener.
//   - Platforms: linux.
//   - See: linux/tcp.h, Linux 4.15.
var FastOpenNoCookie Option[bool] = boolOption("FastOpenNoCookie", BeforeConnect)

// FunctionBlock is TCP_FUNCTION_BLK: the TCP implementation of the system that
// serves the connection.
//
//   - Value: a name such as "freebsd", "rack" or "bbr", at most 31 bytes.
//   - Default: the sysctl net.inet.tcp.functions_default.
//   - When: any time.
//   - Platforms: freebsd.
//   - See: tcp(4) of FreeBSD.
var FunctionBlock Option[string] = custom[string]("FunctionBlock", AnyTime, functionBlockCodec{})

// ICMPErrorInfo is TCP_ICMP_ERROR_INFO: the ICMP message because of which an
// attempt to connect failed.
//
//   - Value: an [ICMPError].
//   - Default: none.
//   - When: on a connection that failed, with [FailConnectOnICMPError] set
//     before connect.
//   - Platforms: windows.
//   - See: Windows Sockets, IPPROTO_TCP socket options; Windows 10 version
//     1709.
var ICMPErrorInfo ReadOnly[ICMPError] = readOnly(custom[ICMPError]("ICMPErrorInfo", OnConnection, icmpErrorCodec{}))

// InitCwnd is TCP_INIT_CWND: the initial congestion window, the amount of data
// that is sent before any is acknowledged.
//
//   - Value: segments. More than the system's default requires a privilege.
//   - Default: that of the system.
//   - When: before connect, or on a listener.
//   - Platforms: solaris.
//   - See: tcp(7P) of illumos.
var InitCwnd Option[int] = intOption("InitCwnd", BeforeConnect, 0, maxInt)

// IsMPTCP is TCP_IS_MPTCP: whether the connection uses multipath TCP. For a
// connection that fell back to plain TCP, it is false.
//
//   - Value: true for multipath TCP.
//   - Default: false.
//   - When: on a connection.
//   - Platforms: linux.
//   - See: linux/tcp.h, Linux 6.10; [net.TCPConn.MultipathTCP].
var IsMPTCP ReadOnly[bool] = readOnly(boolOption("IsMPTCP", OnConnection))

// Linger2 is TCP_LINGER2: the time that a closed connection stays in the state
// FIN-WAIT-2, waiting for the peer to close.
//
//   - Value: whole seconds, rounded up; 0 for the system's default; negative to
//     reset the connection after the peer has acknowledged the end of the
//     stream. Linux reduces more than 120 seconds to 120.
//   - Default: 60 seconds on Linux, from the sysctl net.ipv4.tcp_fin_timeout.
//   - When: any time.
//   - Platforms: linux, solaris.
//   - See: tcp(7).
var Linger2 Option[time.Duration] = durationOption("Linger2", AnyTime, duration{negative: true})

// LogID is TCP_LOGID: the name under which the recorder of [BlackBoxLog]
// records the connection.
//
//   - Value: a name of at most 63 bytes.
//   - Default: empty.
//   - When: any time, if the kernel was built with TCP_BLACKBOX.
//   - Platforms: freebsd.
//   - See: netinet/tcp_log_buf.h of FreeBSD.
var LogID Option[string] = custom[string]("LogID", AnyTime, text{size: 64})

// MaxSegment is TCP_MAXSEG: the maximum segment size to send, and to announce
// in the handshake. On Windows it cannot be set.
//
//   - Value: bytes; on Linux the range is 88 to 32767, or 0 for the system's
//     default. On a connection, Get returns the size that both peers agreed on.
//   - Default: 536 or less before connecting.
//   - When: before connect. Linux ignores it on a connection.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows (get only).
//   - See: tcp(7), RFC 9293 section 3.7.1.
var MaxSegment Option[int] = intOption("MaxSegment", BeforeConnect, 0, maxInt)

// MD5Sig is TCP_MD5SIG: whether segments carry signatures. The keys are in a
// database of the system. Linux has [MD5SigExt] instead.
//
//   - Value: true for signatures.
//   - Default: false.
//   - When: before connect, or on a listener.
//   - Platforms: dragonfly (TCP_SIGNATURE_ENABLE), freebsd, netbsd, openbsd.
//   - See: tcp(4) and setkey(8), RFC 2385.
var MD5Sig Option[bool] = boolOption("MD5Sig", BeforeConnect)

// MD5SigExt is TCP_MD5SIG_EXT: the key for the signatures of the segments
// exchanged with some peers, as used by BGP. It cannot be read. It is not
// supported on a multipath socket.
//
//   - Value: a range of addresses and its key; an empty key removes the key of
//     the range; if there is none, the error is ENOENT. An IPv4 range also
//     applies to the IPv4 peers of an IPv6 socket.
//   - Default: none.
//   - When: before connect, or on a listener.
//   - Platforms: linux (set only).
//   - See: linux/tcp.h, RFC 2385.
var MD5SigExt Option[MD5Key] = custom[MD5Key]("MD5SigExt", BeforeConnect, md5KeyCodec{})

// NoDelay is TCP_NODELAY: whether small segments are sent without delay. If it
// is false, they are delayed while earlier data is not acknowledged (Nagle's
// algorithm).
//
//   - Value: true to send without delay.
//   - Default: true, because package net turns it on for every connection;
//     false in the kernel.
//   - When: any time.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: tcp(7), RFC 896.
var NoDelay Option[bool] = boolOption("NoDelay", AnyTime)

// NoOptions is TCP_NOOPT: whether the connection uses no TCP options.
//
//   - Value: true to use none.
//   - Default: false.
//   - When: before connect.
//   - Platforms: darwin, dragonfly, freebsd.
//   - See: tcp(4) of FreeBSD.
var NoOptions Option[bool] = boolOption("NoOptions", BeforeConnect)

// NotSentLowat is TCP_NOTSENT_LOWAT: the maximum number of bytes that may be
// written and not yet sent before a write blocks. A small value limits the
// delay of data in the send buffer. It also applies to Go's Write.
//
//   - Value: bytes. On Linux, 0 is the system's default
//     (net.ipv4.tcp_notsent_lowat) and -1 means no limit except [WriteBuffer];
//     on macOS, 0 means no limit and -1 is rejected.
//   - Default: 0. On Linux, a connection that a multipath listener accepts from
//     a peer without multipath TCP has -1, whatever was set on the listener.
//   - When: any time.
//   - Platforms: darwin, linux.
//   - See: tcp(7), Linux 3.12.
var NotSentLowat Option[int] = number("NotSentLowat", AnyTime, -1, maxInt)

// QuickAck is TCP_QUICKACK: whether data is acknowledged without delay. On
// Linux it is not permanent: the kernel turns it off and on itself, so set it
// again after each read. On macOS, true only means that every second segment of
// a stream is acknowledged; otherwise fewer are.
//
//   - Value: true to acknowledge without delay.
//   - Default: true on Linux at the start of a connection.
//   - When: any time. Accepted connections do not inherit it on Linux.
//   - Platforms: aix (TCP_NODELAYACK), darwin (TCP_SENDMOREACKS), linux.
//   - See: tcp(7).
var QuickAck Option[bool] = boolOption("QuickAck", AnyTime)

// RFC1323 is TCP_RFC1323: whether the connection uses window scaling and
// timestamps.
//
//   - Value: true for both.
//   - Default: that of the system: the option rfc1323 of the command no.
//   - When: before connect, or on a listener.
//   - Platforms: aix.
//   - See: setsockopt of AIX, RFC 7323.
var RFC1323 Option[bool] = boolOption("RFC1323", BeforeConnect)

// SACKEnable is TCP_SACK_ENABLE: whether the handshake offers selective
// acknowledgements.
//
//   - Value: true to offer them.
//   - Default: that of the system: the sysctl net.inet.tcp.sack.
//   - When: before connect, or on a listener.
//   - Platforms: openbsd.
//   - See: tcp(4) of OpenBSD, RFC 2018.
var SACKEnable Option[bool] = boolOption("SACKEnable", BeforeConnect)

// SavedSyn is TCP_SAVED_SYN: the headers of the packet that opened an accepted
// connection, starting with IP. It can be read only once.
//
//   - Value: bytes; none if nothing was saved.
//   - Default: none, unless the listener has [SaveSyn].
//   - When: on a connection.
//   - Platforms: linux.
//   - See: linux/tcp.h, Linux 4.2.
var SavedSyn ReadOnly[[]byte] = readOnly(custom[[]byte]("SavedSyn", OnConnection, BytesCodec(512)))

// SaveSyn is TCP_SAVE_SYN: whether accepted connections keep the packet that
// opened them, for [SavedSyn].
//
//   - Value: true to keep it.
//   - Default: false.
//   - When: on a listener without multipath TCP.
//   - Platforms: linux.
//   - See: linux/tcp.h, Linux 4.2.
var SaveSyn Option[bool] = boolOption("SaveSyn", OnListener)

// StdUrg is TCP_STDURG: whether the urgent pointer is interpreted as specified
// in RFC 1122, as pointing to the urgent byte, and not as in BSD, as pointing
// to the byte after it. Both peers must agree.
//
//   - Value: true for RFC 1122.
//   - Default: false.
//   - When: any time.
//   - Platforms: aix, windows.
//   - See: RFC 6093.
var StdUrg Option[bool] = boolOption("StdUrg", AnyTime)

// SynCount is TCP_SYNCNT: the number of times that the first packet of the
// handshake is retransmitted before connect fails with ETIMEDOUT. Since Linux
// 6.5, the first retransmissions are sent at intervals of one second, and the
// packet is retransmitted more often, unless the sysctl
// net.ipv4.tcp_syn_linear_timeouts, by default 4, is 0. For example, with 1 it
// is retransmitted twice and connect fails after 3 seconds; with 2, five times
// and 7 seconds; with 3, seven times and 20 seconds.
//
//   - Value: 1 to 127.
//   - Default: 6, from the sysctl net.ipv4.tcp_syn_retries.
//   - When: before connect.
//   - Platforms: linux.
//   - See: tcp(7).
var SynCount Option[int] = intOption("SynCount", BeforeConnect, 1, 127)

// ThinDupAck is TCP_THIN_DUPACK: whether a connection with little data in
// flight retransmits after the first duplicate acknowledgement. Since Linux
// 4.11 it has no effect and reads as false.
//
//   - Value: true to retransmit early.
//   - Default: false.
//   - When: any time.
//   - Platforms: linux.
//   - See: tcp(7).
var ThinDupAck Option[bool] = boolOption("ThinDupAck", AnyTime)

// ThinLinearTimeouts is TCP_THIN_LINEAR_TIMEOUTS: whether a connection with
// little data in flight waits for the same time before each of the first six
// retransmissions, instead of doubling it.
//
//   - Value: true not to double the time.
//   - Default: false.
//   - When: any time.
//   - Platforms: linux.
//   - See: Documentation/networking/tcp-thin.rst of Linux.
var ThinLinearTimeouts Option[bool] = boolOption("ThinLinearTimeouts", AnyTime)

// Timestamp is TCP_TIMESTAMP: the clock of the connection's timestamps. On
// Linux it can be set only on a socket in repair mode; otherwise the error is
// EPERM.
//
//   - Value: milliseconds, or microseconds on connections that use them.
//   - Default: the clock of the system with a random offset.
//   - When: on a connection.
//   - Platforms: linux.
//   - See: linux/tcp.h, RFC 7323.
var Timestamp Option[uint32] = number[uint32]("Timestamp", OnConnection, 0, math.MaxUint32)

// Timestamps is TCP_TIMESTAMPS: whether the connection uses the timestamps of
// RFC 7323. On Linux, the sysctl net.ipv4.tcp_timestamps applies to all
// connections.
//
//   - Value: true to use them.
//   - Default: that of the system, see Get-NetTCPSetting; false on most.
//   - When: before connect.
//   - Platforms: windows.
//   - See: Windows Sockets, IPPROTO_TCP socket options.
var Timestamps Option[bool] = boolOption("Timestamps", BeforeConnect)

// TxDelay is TCP_TX_DELAY: a delay for all packets that are sent, to simulate a
// long path in tests. It has an effect only if the network device has the fq
// queueing discipline, because the kernel only sets the departure time of the
// packets.
//
//   - Value: whole microseconds, rounded up. Newer kernels reject 268.4 seconds
//     (2²⁸ microseconds) and more with EINVAL.
//   - Default: 0.
//   - When: any time.
//   - Platforms: linux.
//   - See: tc-fq(8), linux/tcp.h, Linux 5.3.
var TxDelay Option[time.Duration] = durationOption("TxDelay", AnyTime, duration{})

// ULP is TCP_ULP: the protocol that the kernel runs on top of the connection,
// such as "tls". This package does not set the parameters that the protocol
// needs.
//
//   - Value: a name of at most 15 bytes. It cannot be removed again.
//   - Default: empty; "mptcp" on a multipath socket.
//   - When: on a connection.
//   - Platforms: linux.
//   - See: Documentation/networking/tls.rst of Linux.
var ULP Option[string] = custom[string]("ULP", OnConnection, text{16, true})

// WindowClamp is TCP_WINDOW_CLAMP: an upper bound for the window that is
// offered to the peer. It is not permanent: on a connection, the kernel
// overwrites it when the size of arriving segments changes its estimate of
// their overhead, usually at the first full-sized segments. On a listener it
// only reduces the window scale of accepted connections. To limit the window
// permanently, set [ReadBuffer].
//
//   - Value: bytes; at least 1152, to which smaller values are raised. 0 means
//     no limit except ReadBuffer, and is rejected on a connection and on a
//     listener with EINVAL.
//   - Default: 0; on a connection the value derived from the receive buffer.
//   - When: any time.
//   - Platforms: linux.
//   - See: tcp(7).
var WindowClamp Option[int] = intOption("WindowClamp", AnyTime, 0, maxInt)

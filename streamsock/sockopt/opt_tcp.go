// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"math"
	"time"
)

// The options of level IPPROTO_TCP, sorted by their C names. Those of keep-alive and of
// retransmission are in files of their own.

// BlackBoxLog is TCP_LOG: the state of the connection's black box recorder.
//
//   - Value: 0 off, other states as TCP_LOG_STATE_* of
//     netinet/tcp_log_buf.h.
//   - Initial value: 0.
//   - When: any time.
//   - Platforms: freebsd.
//   - See: tcp_bbr(4) and netinet/tcp_log_buf.h of FreeBSD.
var BlackBoxLog Option[int] = intOption("BlackBoxLog", AnyTime, -1, maxInt)

// CCInfo is TCP_CC_INFO: what the congestion control says of itself. The
// layout depends on [Congestion]: union tcp_cc_info of linux/inet_diag.h.
//
//   - Value: bytes; empty if the algorithm says nothing, as cubic and reno.
//   - Initial value: depends on the algorithm.
//   - When: on a connection.
//   - Platforms: linux.
//   - See: tcp(7).
var CCInfo ReadOnly[[]byte] = readOnly(custom[[]byte]("CCInfo", OnConnection, BytesCodec(32)))

// Congestion is TCP_CONGESTION: the algorithm of congestion control.
//
//   - Value: a name such as "cubic", "reno" or "bbr", at most 15 bytes;
//     ENOENT if the system has no such algorithm, EPERM if it is not for
//     unprivileged programs.
//   - Initial value: the system's: the sysctl
//     net.ipv4.tcp_congestion_control of Linux.
//   - When: any time.
//   - Platforms: freebsd, linux, netbsd (TCP_CONGCTL), solaris.
//   - See: tcp(7).
var Congestion Option[string] = custom[string]("Congestion", AnyTime, text{16, true})

// ConnectionTimeout is TCP_CONNECTIONTIMEOUT: how long the handshake may
// take. [net.Dialer].Timeout does the same everywhere; Linux counts tries
// instead, see [SynCount].
//
//   - Value: whole seconds (milliseconds on solaris), rounded up; 0 is the
//     system's.
//   - Initial value: the system's, mostly 75 seconds.
//   - When: before connect.
//   - Platforms: darwin, dragonfly (TCP_KEEPINIT), freebsd (TCP_KEEPINIT),
//     netbsd (TCP_KEEPINIT), solaris (TCP_CONN_ABORT_THRESHOLD).
//   - See: tcp(4) of darwin and FreeBSD.
var ConnectionTimeout Option[time.Duration] = durationOption("ConnectionTimeout", BeforeConnect, duration{})

// Cork is TCP_CORK: whether only full segments are sent. Turning it off
// sends what is left; so does, on Linux, turning [NoDelay] on, and the
// passing of 200 milliseconds.
//
//   - Value: true holds back.
//   - Initial value: false.
//   - When: any time.
//   - Platforms: darwin (TCP_NOPUSH), dragonfly (TCP_NOPUSH), freebsd
//     (TCP_NOPUSH), linux, openbsd (TCP_NOPUSH), solaris.
//   - See: tcp(7), tcp(4) of FreeBSD.
var Cork Option[bool] = boolOption("Cork", AnyTime)

// DeferAccept is TCP_DEFER_ACCEPT: how long a new connection may be kept
// from Accept while no data has come. BSD systems have [AcceptFilter]
// instead.
//
//   - Value: whole seconds, rounded up, and then by the system to a whole
//     number of its tries to finish the handshake; 0 is off.
//   - Initial value: 0.
//   - When: on a listener.
//   - Platforms: linux.
//   - See: tcp(7).
var DeferAccept Option[time.Duration] = durationOption("DeferAccept", OnListener, duration{})

// DelayedAckMax is TCP_DELACK_MAX_US: how long an acknowledgement may be
// delayed.
//
//   - Value: whole microseconds (milliseconds on solaris), rounded up; on Linux
//     up to 200 milliseconds. Linux rounds up further, to its clock's ticks of 1
//     to 10 milliseconds, and refuses less than two ticks with EINVAL.
//   - Initial value: 200 milliseconds on Linux.
//   - When: any time.
//   - Platforms: linux.
//   - See: linux/tcp.h, Linux 6.17.
var DelayedAckMax Option[time.Duration] = durationOption("DelayedAckMax", AnyTime, duration{})

// EnableECN is TCP_ENABLE_ECN: whether the connection asks for explicit
// congestion notification.
//
//   - Value: true asks.
//   - Initial value: the system's.
//   - When: before connect.
//   - Platforms: darwin.
//   - See: netinet/tcp.h of darwin, RFC 3168.
var EnableECN Option[bool] = boolOption("EnableECN", BeforeConnect)

// Expedited1122 is TCP_EXPEDITED_1122: whether urgent data follows RFC 1122
// instead of the habit of BSD. Both ends must agree.
//
//   - Value: true follows RFC 1122.
//   - Initial value: false.
//   - When: any time; cannot be turned off again.
//   - Platforms: windows.
//   - See: Windows Sockets, IPPROTO_TCP socket options.
var Expedited1122 Option[bool] = boolOption("Expedited1122", AnyTime)

// FailConnectOnICMPError is TCP_FAIL_CONNECT_ON_ICMP_ERROR: whether an ICMP
// error ends the attempt to connect at once. [ICMPErrorInfo] then tells it.
//
//   - Value: true ends it.
//   - Initial value: false.
//   - When: before connect.
//   - Platforms: windows.
//   - See: Windows Sockets, IPPROTO_TCP socket options; Windows 10 version
//     1709.
var FailConnectOnICMPError Option[bool] = boolOption("FailConnectOnICMPError", BeforeConnect)

// FastKeep is TCP_FASTKEEP: whether keep-alive probes follow each other fast, in the
// times of the sysctls net.inet.tcp.f_keepidle and f_keepintvl.
//
//   - Value: true for fast ones.
//   - Initial value: false.
//   - When: any time.
//   - Platforms: dragonfly.
//   - See: tcp(4) of DragonFly.
var FastKeep Option[bool] = boolOption("FastKeep", AnyTime)

// FastOpen is TCP_FASTOPEN: whether a listener accepts data in the first
// packet of a connection.
//
//   - Value: on Linux how many such connections may wait for the handshake's
//     end, 0 for none; elsewhere 1 is on, 0 off.
//   - Initial value: 0.
//   - When: on a listener; Linux refuses it on a connection with EINVAL. For
//     the other end see [FastOpenConnect].
//   - Platforms: darwin, freebsd, linux, windows.
//   - See: tcp(7), RFC 7413.
var FastOpen Option[int] = intOption("FastOpen", OnListener, 0, maxInt)

// FastOpenConnect is TCP_FASTOPEN_CONNECT: whether connect succeeds at once
// and the handshake goes out with the first data written. An error of the
// connection then comes from the first Write or Read, not from Dial.
//
//   - Value: true puts the handshake off.
//   - Initial value: false.
//   - When: before connect.
//   - Platforms: linux.
//   - See: tcp(7), Linux 4.11.
var FastOpenConnect Option[bool] = boolOption("FastOpenConnect", BeforeConnect)

// FastOpenKey is TCP_FASTOPEN_KEY: the key of the listener's cookies, the
// same on servers that stand for each other.
//
//   - Value: 16 bytes, or 32 for a key and the one before it, since Linux 5.3.
//   - Initial value: the system's; none is read back on a socket that has no
//     key of its own and a system without one.
//   - When: on a listener.
//   - Platforms: linux.
//   - See: tcp(7), Linux 4.15.
var FastOpenKey Option[[]byte] = custom[[]byte]("FastOpenKey", OnListener, keyCodec{})

// FastOpenNoCookie is TCP_FASTOPEN_NO_COOKIE: whether data in the first
// packet is taken and sent without a cookie.
//
//   - Value: true does without.
//   - Initial value: false.
//   - When: before connect, or on a listener.
//   - Platforms: linux.
//   - See: linux/tcp.h, Linux 4.15.
var FastOpenNoCookie Option[bool] = boolOption("FastOpenNoCookie", BeforeConnect)

// FunctionBlock is TCP_FUNCTION_BLK: which of the system's TCP
// implementations serves the connection.
//
//   - Value: a name such as "freebsd", "rack" or "bbr", at most 31 bytes.
//   - Initial value: the sysctl net.inet.tcp.functions_default.
//   - When: any time.
//   - Platforms: freebsd.
//   - See: tcp(4) of FreeBSD.
var FunctionBlock Option[string] = custom[string]("FunctionBlock", AnyTime, functionBlockCodec{})

// ICMPErrorInfo is TCP_ICMP_ERROR_INFO: the ICMP message that made the
// attempt to connect fail.
//
//   - Value: an [ICMPError].
//   - Initial value: none.
//   - When: on a connection that failed, with [FailConnectOnICMPError] set
//     before connect.
//   - Platforms: windows.
//   - See: Windows Sockets, IPPROTO_TCP socket options; Windows 10 version
//     1709.
var ICMPErrorInfo ReadOnly[ICMPError] = readOnly(custom[ICMPError]("ICMPErrorInfo", OnConnection, icmpErrorCodec{}))

// InitCwnd is TCP_INIT_CWND: how much may be sent at the beginning, before anything is
// acknowledged.
//
//   - Value: segments. A privilege is required for more than the system's.
//   - Initial value: the system's.
//   - When: before connect, or on a listener.
//   - Platforms: solaris.
//   - See: tcp(7P) of illumos.
var InitCwnd Option[int] = intOption("InitCwnd", BeforeConnect, 0, maxInt)

// IsMPTCP is TCP_IS_MPTCP: whether the connection is a multipath one. A
// connection that fell back to plain TCP answers false.
//
//   - Value: true for multipath.
//   - Initial value: false.
//   - When: on a connection.
//   - Platforms: linux.
//   - See: linux/tcp.h, Linux 6.10; [net.TCPConn.MultipathTCP].
var IsMPTCP ReadOnly[bool] = readOnly(boolOption("IsMPTCP", OnConnection))

// Linger2 is TCP_LINGER2: how long a connection that was closed stays in
// FIN-WAIT-2, waiting for the peer to close too.
//
//   - Value: whole seconds, rounded up; 0 is the system's; negative for not
//     at all.
//   - Initial value: 60 seconds on Linux, by the sysctl
//     net.ipv4.tcp_fin_timeout.
//   - When: any time.
//   - Platforms: linux, solaris.
//   - See: tcp(7).
var Linger2 Option[time.Duration] = durationOption("Linger2", AnyTime, duration{negative: true})

// LogID is TCP_LOGID: the name under which the recorder of [BlackBoxLog] keeps the
// connection.
//
//   - Value: a name of at most 63 bytes.
//   - Initial value: empty.
//   - When: any time, if the kernel was built with TCP_BLACKBOX.
//   - Platforms: freebsd.
//   - See: netinet/tcp_log_buf.h of FreeBSD.
var LogID Option[string] = custom[string]("LogID", AnyTime, text{size: 64})

// MaxSegment is TCP_MAXSEG: the largest segment to send, and to announce in
// the handshake.
//
//   - Value: bytes; on Linux 88 to 32767, or 0 for the system's. Of a
//     connection it reads back what both ends agreed on. Windows lets it be
//     read only.
//   - Initial value: 536 or less before the connection, then what both ends
//     agreed on.
//   - When: before connect.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows (get only).
//   - See: tcp(7), RFC 9293 section 3.7.1.
var MaxSegment Option[int] = intOption("MaxSegment", BeforeConnect, 0, maxInt)

// MD5Sig is TCP_MD5SIG: whether segments carry signatures. The keys are in
// the system's own database; Linux has [MD5SigExt] instead.
//
//   - Value: true for signatures.
//   - Initial value: false.
//   - When: before connect, or on a listener.
//   - Platforms: dragonfly (TCP_SIGNATURE_ENABLE), freebsd, netbsd, openbsd.
//   - See: tcp(4) and setkey(8), RFC 2385.
var MD5Sig Option[bool] = boolOption("MD5Sig", BeforeConnect)

// MD5SigExt is TCP_MD5SIG_EXT: a key for signing the segments from and to
// some peers, as BGP does. It cannot be read back. It wants a socket without
// multipath, which streamsock's listeners are unless told otherwise.
//
//   - Value: a range of addresses and the key for it; an empty key removes
//     it. An IPv4 range is also for a socket of both families.
//   - Initial value: none.
//   - When: before connect, or on a listener.
//   - Platforms: linux (set only).
//   - See: tcp(7), RFC 2385.
var MD5SigExt Option[MD5Key] = custom[MD5Key]("MD5SigExt", BeforeConnect, md5KeyCodec{})

// NoDelay is TCP_NODELAY: whether a small segment is sent at once, instead
// of being held back while earlier data is not yet acknowledged (Nagle's
// algorithm).
//
//   - Value: true sends at once.
//   - Initial value: true: package net turns it on for every connection;
//     false in the kernel.
//   - When: any time.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: tcp(7), RFC 896.
var NoDelay Option[bool] = boolOption("NoDelay", AnyTime)

// NoOptions is TCP_NOOPT: whether the connection does without TCP options.
//
//   - Value: true does without.
//   - Initial value: false.
//   - When: before connect.
//   - Platforms: darwin, dragonfly, freebsd.
//   - See: tcp(4) of FreeBSD.
var NoOptions Option[bool] = boolOption("NoOptions", BeforeConnect)

// NotSentLowat is TCP_NOTSENT_LOWAT: how much may be written and not yet
// sent before a write has to wait. A small value keeps the send buffer from
// growing stale.
//
//   - Value: bytes. On Linux 0 is the system's (net.ipv4.tcp_notsent_lowat) and
//     -1 for no limit but [WriteBuffer]; darwin takes 0 for that and refuses
//     -1. Go's Write waits by it too.
//   - Initial value: 0.
//   - When: any time; connections do not inherit it from a multipath
//     listener.
//   - Platforms: darwin, linux.
//   - See: tcp(7), Linux 3.12.
var NotSentLowat Option[int] = number("NotSentLowat", AnyTime, -1, maxInt)

// QuickAck is TCP_QUICKACK: whether data is acknowledged at once instead of
// after a while. On Linux it does not last: the system goes back to its own
// judgement, so set it again after reading. Darwin acknowledges every second
// segment of a stream instead of fewer, and never each one.
//
//   - Value: true acknowledges at once.
//   - Initial value: true on Linux, whose connections begin that way.
//   - When: any time.
//   - Platforms: aix (TCP_NODELAYACK), darwin (TCP_SENDMOREACKS), linux.
//   - See: tcp(7).
var QuickAck Option[bool] = boolOption("QuickAck", AnyTime)

// RFC1323 is TCP_RFC1323: whether the connection scales its window and sends timestamps.
//
//   - Value: true for both.
//   - Initial value: the system's: the option rfc1323 of the command no.
//   - When: before connect, or on a listener.
//   - Platforms: aix.
//   - See: setsockopt of AIX, RFC 7323.
var RFC1323 Option[bool] = boolOption("RFC1323", BeforeConnect)

// SACKEnable is TCP_SACK_ENABLE: whether the handshake offers selective acknowledgements.
//
//   - Value: true offers them.
//   - Initial value: the system's: the sysctl net.inet.tcp.sack.
//   - When: before connect, or on a listener.
//   - Platforms: openbsd.
//   - See: tcp(4) of OpenBSD, RFC 2018.
var SACKEnable Option[bool] = boolOption("SACKEnable", BeforeConnect)

// SavedSyn is TCP_SAVED_SYN: the headers of the packet that opened an
// accepted connection, from IP on. It can be read once.
//
//   - Value: bytes; none if nothing was saved.
//   - Initial value: none, unless the listener has [SaveSyn].
//   - When: on a connection.
//   - Platforms: linux.
//   - See: linux/tcp.h, Linux 4.2.
var SavedSyn ReadOnly[[]byte] = readOnly(custom[[]byte]("SavedSyn", OnConnection, BytesCodec(512)))

// SaveSyn is TCP_SAVE_SYN: whether accepted connections keep the packet that
// opened them, for [SavedSyn].
//
//   - Value: true keeps it.
//   - Initial value: false.
//   - When: on a listener, one without multipath.
//   - Platforms: linux.
//   - See: linux/tcp.h, Linux 4.2.
var SaveSyn Option[bool] = boolOption("SaveSyn", OnListener)

// StdUrg is TCP_STDURG: whether the urgent pointer is read as RFC 1122 says,
// at the urgent byte, and not as BSD did, behind it. Both ends must agree.
//
//   - Value: true follows RFC 1122.
//   - Initial value: false.
//   - When: any time.
//   - Platforms: aix, windows.
//   - See: RFC 6093.
var StdUrg Option[bool] = boolOption("StdUrg", AnyTime)

// SynCount is TCP_SYNCNT: how often the first packet of the handshake is
// sent again before connect fails with ETIMEDOUT.
//
//   - Value: 1 to 127.
//   - Initial value: 6, by the sysctl net.ipv4.tcp_syn_retries.
//   - When: before connect.
//   - Platforms: linux.
//   - See: tcp(7).
var SynCount Option[int] = intOption("SynCount", BeforeConnect, 1, 127)

// ThinDupAck is TCP_THIN_DUPACK: whether a connection with little in flight
// sends again after the first duplicate acknowledgement. Since Linux 4.11 it
// has no effect and reads back false.
//
//   - Value: true sends early.
//   - Initial value: false.
//   - When: any time.
//   - Platforms: linux.
//   - See: tcp(7).
var ThinDupAck Option[bool] = boolOption("ThinDupAck", AnyTime)

// ThinLinearTimeouts is TCP_THIN_LINEAR_TIMEOUTS: whether a connection with
// little in flight waits equally long between the first six tries to send
// again, instead of twice as long each time.
//
//   - Value: true waits equally long.
//   - Initial value: false.
//   - When: any time.
//   - Platforms: linux.
//   - See: Documentation/networking/tcp-thin.rst of Linux.
var ThinLinearTimeouts Option[bool] = boolOption("ThinLinearTimeouts", AnyTime)

// Timestamp is TCP_TIMESTAMP: the clock of the connection's timestamps.
// Linux lets it be set only on a socket under repair (EPERM).
//
//   - Value: milliseconds, or microseconds on connections that count so.
//   - Initial value: a random offset to the system's clock.
//   - When: on a connection.
//   - Platforms: linux.
//   - See: linux/tcp.h, RFC 7323.
var Timestamp Option[uint32] = number[uint32]("Timestamp", OnConnection, 0, math.MaxUint32)

// Timestamps is TCP_TIMESTAMPS: whether the connection uses the timestamps of RFC
// 7323. On Linux, the sysctl net.ipv4.tcp_timestamps decides for all connections.
//
//   - Value: true to use them.
//   - Initial value: the system's, see Get-NetTCPSetting; mostly false.
//   - When: before connect.
//   - Platforms: windows.
//   - See: Windows Sockets, IPPROTO_TCP socket options.
var Timestamps Option[bool] = boolOption("Timestamps", BeforeConnect)

// TxDelay is TCP_TX_DELAY: a delay for all packets sent, to feign a long
// path in tests.
//
//   - Value: whole microseconds, rounded up; newer kernels refuse 268.4
//     seconds (2²⁸ microseconds) and more with EINVAL.
//   - Initial value: 0.
//   - When: any time.
//   - Platforms: linux.
//   - See: linux/tcp.h, Linux 5.3.
var TxDelay Option[time.Duration] = durationOption("TxDelay", AnyTime, duration{})

// ULP is TCP_ULP: the protocol that the kernel runs on top of the
// connection, such as "tls". What it needs besides, this package does not
// set.
//
//   - Value: a name, at most 15 bytes; it cannot be taken off again.
//   - Initial value: empty.
//   - When: on a connection.
//   - Platforms: linux.
//   - See: Documentation/networking/tls.rst of Linux.
var ULP Option[string] = custom[string]("ULP", OnConnection, text{16, true})

// WindowClamp is TCP_WINDOW_CLAMP: the largest window to offer to the peer.
//
//   - Value: bytes; 0 for none but [ReadBuffer], refused on a connection and
//     on a listener with EINVAL.
//   - Initial value: 0, and on a connection what the buffer allows.
//   - When: any time.
//   - Platforms: linux.
//   - See: tcp(7).
var WindowClamp Option[int] = intOption("WindowClamp", AnyTime, 0, maxInt)

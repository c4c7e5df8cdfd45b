// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package sockopt provides the options of TCP sockets as typed values.
//
// Each option is a variable, such as [NoDelay]. Its Get and Set methods accept
// any value with a SyscallConn method, such as the connections and listeners of
// package net and of package streamsock:
//
//	on, err := sockopt.NoDelay.Get(c)
//	err = sockopt.UserTimeout.Set(c, 10*time.Second)
//	err = sockopt.Apply(c, sockopt.Cork.To(true), sockopt.Mark.To(7))
//
// The To method combines an option with a value into a [Setting], for the
// dialers and listeners of package streamsock or, with [Control], of package
// net:
//
//	d := net.Dialer{Control: sockopt.Control(sockopt.ReadBuffer.To(1 << 20))}
//
// Package sockopt has more than 120 options. It does not depend on package
// streamsock. Options, settings and codecs can be used by multiple goroutines
// simultaneously.
//
// # Reading an entry
//
// The documentation of an option begins with its C name, followed by these
// items:
//
//   - Value: the meaning of the value, its unit and its range.
//   - Default: the value on a socket on which the option has not been set.
//   - When: the time in the life of a socket at which to set the option.
//   - Platforms: the values of GOOS on which the option is supported, with the
//     C name if it differs, and with "get only" or "set only". The value
//     solaris includes illumos, darwin includes ios, and linux includes
//     android.
//   - See: manual pages, header files and standards.
//
// Most statements about Linux have been tested. Those about other systems are
// from their documentation and source, and were tested on Windows under wine
// only.
//
// A time is a [time.Duration] and is rounded up to the unit of the system. Get
// returns the value that the kernel reports, which may differ from the one set.
// For example, Linux doubles the sizes of buffers.
//
// Set returns an error wrapping [os.ErrInvalid], without setting the option, if
// the value does not have the documented form or range. For some limits, only
// the kernel rejects the value; the documentation then names its error, such as
// EINVAL.
//
// On Linux, accepted connections inherit the options of the listener, except
// those for listeners only and those whose documentation states otherwise.
//
// # Unsupported options
//
// A program that uses any of the options compiles on all systems. If the system
// does not have an option, Get and Set return an error wrapping
// [errors.ErrUnsupported]. They also do so if the running kernel or the kind of
// socket does not support it. [Info].Supported reports whether the package
// supports the option on the system.
//
// # Options of wrapped connections
//
// [Unwrap] returns the socket underneath a *tls.Conn and similar connections.
//
// # Multipath TCP
//
// Package net listens with multipath TCP by default on Linux, package
// streamsock only on request. Linux does not support some thirty options of
// this package on a multipath socket, such as [UserTimeout], [OOBInline],
// [MD5SigExt] and [SaveSyn].
//
// Linux also has some faults there. Setting [DontRoute], or setting
// [DeferAccept] on a multipath connection, succeeds but has no effect. Setting
// [BindAddressNoPort], [LocalPortRange] and, for IPv4, [FreeBind] and
// [Transparent] on a multipath connection fails with EINVAL, but changes the
// option.
//
// # Defining options
//
// [New] creates an option from the numbers of its level and name and a [Codec]:
//
//	var advice = sockopt.New("SO_CNX_ADVICE", 1, 53, sockopt.IntCodec())
//
// # What is left out
//
// These options have no variable in this package:
//
//   - SO_ERROR: reading it removes the error that the next Read would return.
//   - SO_RCVTIMEO, SO_SNDTIMEO: they have no effect, because Go's sockets are
//     non-blocking. Use deadlines.
//   - SO_ZEROCOPY, TCP_ZEROCOPY_RECEIVE, IP_RECVERR, IPV6_RECVERR,
//     SO_TIMESTAMP, SO_TIMESTAMPNS, SO_TIMESTAMPING, SO_SELECT_ERR_QUEUE,
//     SO_DEVMEM_DONTNEED: they use the socket's error queue or memory mapping.
//     If the error queue is not empty, Go's Read fails with "not pollable".
//   - TCP_INQ, SO_RCVMARK, SO_RCVPRIORITY, IP_RECVTOS, IP_RECVTTL, IP_RECVOPTS,
//     IP_PKTINFO, IPV6_RECVTCLASS, IPV6_RECVHOPLIMIT, IPV6_RECVPKTINFO,
//     IPV6_FLOWINFO: they request control messages with the data, which Read
//     does not return.
//   - TCP_INFO, TCP_CONNECTION_INFO, SIO_TCP_INFO: they are statistics; see
//     package tcpinfo.
//   - MPTCP_INFO, MPTCP_TCPINFO, MPTCP_SUBFLOW_ADDRS, MPTCP_FULL_INFO:
//     statistics of multipath connections, which package tcpinfo does not
//     provide.
//   - TCP_REPAIR and related options, TCP_AO_ADD_KEY and related options: they
//     are used in sequences of several calls.
//   - TCP_MD5SIG of Linux: [MD5SigExt] includes it.
//   - TLS_TX, TLS_RX: their value depends on the cipher; see [ULP].
//   - SO_ATTACH_FILTER, SO_ATTACH_BPF, SO_ATTACH_REUSEPORT_CBPF,
//     SO_ATTACH_REUSEPORT_EBPF, SO_DETACH_FILTER, SO_DETACH_REUSEPORT_BPF,
//     SO_LOCK_FILTER, SO_BPF_EXTENSIONS: their value is a program, or they
//     control one; see golang.org/x/net/bpf.
//   - SO_TXTIME: it is for control messages, which Write does not send.
//   - SO_CNX_ADVICE, SO_PEERSEC: rarely useful; use New.
//   - IP_IPSEC_POLICY, IP_XFRM_POLICY, IPV6_IPSEC_POLICY, IPV6_XFRM_POLICY:
//     their value is an IPsec policy.
//   - IPV6_FLOWLABEL_MGR, IPV6_FLOWINFO_SEND: they are used in sequences of
//     several calls.
//   - IPV6_HOPOPTS, IPV6_RTHDR, IPV6_DSTOPTS, IPV6_RTHDRDSTOPTS: extension
//     headers, which most networks drop.
//   - IP_PKTOPTIONS, IP_RETOPTS, IPV6_2292PKTOPTIONS, IPV6_PATHMTU,
//     IPV6_ADDRFORM: obsolete, or not useful with TCP.
//   - SO_SPLICE of FreeBSD and OpenBSD: its value is another socket.
//   - TCP_DELACK and TCP_CCALGOOPT of FreeBSD: they are supported only by some
//     TCP implementations and algorithms, each with its own values.
//   - TCP_PCAP_IN and TCP_PCAP_OUT of FreeBSD: they require a kernel built for
//     debugging.
//   - TCP_QUICKACK and TCP_MD5SIG of illumos: Solaris, which has the same GOOS,
//     lacks them.
//   - TCP_CONGESTION_ALGORITHM, TCP_DELAY_FIN_ACK, TCP_NOSYNRETRIES, TCP_NOURG,
//     TCP_ATMARK and TCP_OFFLOAD_PREFERENCE of Windows: Microsoft does not
//     document their meaning or values.
//   - TCP_BSDURGENT of Windows: the opposite of [Expedited1122].
//   - SIO_TCP_SET_ACK_FREQUENCY and SIO_TCP_INITIAL_RTO of Windows, similar to
//     [QuickAck] and [SynCount]: they are ioctls that can be set but not read.
//     The former is undocumented, the latter sets two values.
//   - SIO_LOOPBACK_FAST_PATH of Windows: deprecated.
//   - SIO_ACQUIRE_PORT_RESERVATION and related ioctls: they are used in
//     sequences of several calls.
//   - SO_UPDATE_ACCEPT_CONTEXT, SO_UPDATE_CONNECT_CONTEXT: package net sets
//     them.
//   - SO_BROADCAST, SO_PASSCRED, SO_PEERCRED, SO_INQ: not for TCP.
//   - FIONBIO, SIOCSPGRP, F_SETOWN: they interfere with Go's poller and
//     scheduler.
package sockopt

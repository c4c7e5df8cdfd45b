// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package sockopt has the options of TCP sockets as typed values.
//
// An option is a variable of this package, such as [NoDelay]. It reads and
// sets itself on anything that has a SyscallConn method, which connections
// and listeners of package net and of package streamsock have:
//
//	on, err := sockopt.NoDelay.Get(c)
//	err = sockopt.UserTimeout.Set(c, 10*time.Second)
//	err = sockopt.Apply(c, sockopt.Cork.To(true), sockopt.Mark.To(7))
//
// Bound to a value by its method To it is a [Setting], for the dialers and
// listeners of package streamsock or, by [Control], of package net:
//
//	d := net.Dialer{Control: sockopt.Control(sockopt.ReadBuffer.To(1 << 20))}
//
// # Reading an entry
//
// The documentation of each option begins with its name in C and has the same
// items in the same order. Value says what the value means, its unit and its
// range. Initial value is that of a connection that nobody has set it on.
// When says at which time of the socket's life to set it. Platforms lists the
// systems on which this package knows it, with the name in C where it is
// another, and with what can only be read (get only) or set (set only)
// there; solaris includes illumos, darwin includes ios, linux includes
// android. See names the manual pages and standards.
//
// A time is a [time.Duration] and is rounded up to the unit that the system
// counts in. What the system makes of a value is not hidden: Get answers what
// the system says, which may differ from what was set, as Linux doubles the
// sizes of buffers.
//
// # What a system lacks
//
// Every option exists on every system that Go runs on, so that a program
// compiles everywhere. Where the system does not have it, Get and Set answer
// an error for which errors.Is(err, [errors.ErrUnsupported]) holds; the same
// holds if the system has it and the running kernel or this kind of socket
// does not. [Info].Supported tells the former before trying.
//
// # Options under other connections
//
// [Unwrap] finds the socket under a *tls.Conn and the like.
//
// # Your own options
//
// [New] makes an option of the two numbers and a [Codec]:
//
//	var inq = sockopt.New("SO_INQ", 1, 84, sockopt.BoolCodec())
//
// # What is left out
//
// These options of TCP sockets have no variable here, on purpose:
//
//   - SO_ERROR: reading it takes the error away from the next Read.
//   - SO_RCVTIMEO, SO_SNDTIMEO: without effect, because Go's sockets do not
//     block. Use deadlines.
//   - SO_ZEROCOPY, TCP_ZEROCOPY_RECEIVE, IP_RECVERR, IPV6_RECVERR,
//     SO_TIMESTAMP, SO_TIMESTAMPING: they use the socket's error queue or
//     memory mapping. A filled error queue makes Go's Read fail with "not
//     pollable".
//   - TCP_INQ, SO_INQ, SO_RCVMARK, SO_RCVPRIORITY, IP_RECVTOS,
//     IPV6_RECVTCLASS, IPV6_FLOWINFO: they ask for control messages with the
//     data, which Read does not deliver.
//   - TCP_INFO, TCP_CONNECTION_INFO, SIO_TCP_INFO, MPTCP_INFO: not options
//     but statistics: package tcpinfo has them.
//   - TCP_REPAIR and its companions, TCP_AO_ADD_KEY and its companions:
//     protocols of their own, of several calls in a certain order.
//   - SO_ATTACH_FILTER, SO_ATTACH_REUSEPORT_CBPF, SO_ATTACH_REUSEPORT_EBPF and
//     SO_DETACH_FILTER: their value is a program; golang.org/x/net/bpf has
//     them.
//   - SO_SPLICE of FreeBSD and OpenBSD: its value is another socket.
//   - TCP_DELACK and TCP_CCALGOOPT of FreeBSD: only some of its TCP
//     implementations and algorithms have them, each with values of its own.
//   - TCP_PCAP_IN and TCP_PCAP_OUT of FreeBSD: for kernels built to be debugged.
//   - TCP_QUICKACK and TCP_MD5SIG of illumos: Solaris, with which it shares a
//     table here, lacks them.
//   - TCP_CONGESTION_ALGORITHM, TCP_DELAY_FIN_ACK, TCP_NOSYNRETRIES, TCP_NOURG,
//     TCP_ATMARK and TCP_OFFLOAD_PREFERENCE of Windows: Microsoft documents neither
//     their meaning nor their values.
//   - TCP_BSDURGENT of Windows: the opposite of [Expedited1122].
//   - SIO_TCP_SET_ACK_FREQUENCY and SIO_TCP_INITIAL_RTO of Windows, the like of
//     [QuickAck] and [SynCount]: ioctls that can be set and not read, the former
//     undocumented, the latter with two values in one.
//   - SIO_LOOPBACK_FAST_PATH of Windows: deprecated.
//   - SIO_ACQUIRE_PORT_RESERVATION and its companions: protocols of their own.
//   - SO_UPDATE_ACCEPT_CONTEXT, SO_UPDATE_CONNECT_CONTEXT: package net sets
//     them.
//   - SO_BROADCAST, SO_PASSCRED, SO_PEERCRED: not for TCP.
//   - FIONBIO, SIOCSPGRP, F_SETOWN: they break Go's poller and its scheduler.
package sockopt

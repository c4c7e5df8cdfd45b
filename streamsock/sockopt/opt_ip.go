// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"math"
	"net/netip"
)

// Options of levels IPPROTO_IP and IPPROTO_IPV6, sorted by name. If both levels
// have the option, the packets of the socket determine which one applies; see
// Set of [Option]. The packets of an IPv6 socket with an IPv4 address are IPv4
// packets; the kernels of Linux and Windows use the IPv4 option for them.

// AddrPreferences is IPV6_ADDR_PREFERENCES: the kind of source address that is
// chosen for an IPv6 connection, such as a temporary or a public one.
//
//   - Value: a set of bits, IPV6_PREFER_SRC_* of this system.
//   - Default: that of the system. Linux reports 0x500: public or default
//     address, home address. It does not report the bits for cryptographically
//     generated addresses.
//   - When: before connect.
//   - Platforms: aix, linux, solaris (IPV6_SRC_PREFERENCES).
//   - See: RFC 5014.
var AddrPreferences Option[int] = intOption("AddrPreferences", BeforeConnect, 0, maxInt)

// AutoFlowLabel is IPV6_AUTOFLOWLABEL: whether IPv6 packets carry a flow label
// that the system derives from the addresses and ports of the connection.
//
//   - Value: true to send a flow label.
//   - Default: true on Linux, from the sysctl net.ipv6.auto_flowlabels.
//   - When: any time.
//   - Platforms: darwin, dragonfly, freebsd, linux, openbsd.
//   - See: ip6(4), RFC 6437.
var AutoFlowLabel Option[bool] = boolOption("AutoFlowLabel", AnyTime)

// BindAddressNoPort is IP_BIND_ADDRESS_NO_PORT: whether the port of a socket
// that is bound to port 0 is chosen when the socket is connected, so that
// connections to different peers can share a port.
//
//   - Value: true to choose the port in connect.
//   - Default: false.
//   - When: before bind: in the options of a dialer with a LocalAddr.
//   - Platforms: linux.
//   - See: ip(7).
var BindAddressNoPort Option[bool] = boolOption("BindAddressNoPort", BeforeBind)

// DontFragment is IP_DONTFRAG, or IPV6_DONTFRAG on an IPv6 socket: whether
// packets must not be fragmented. On systems with only the IPv6 option, it is
// not supported on an IPv4 socket; see [MTUDiscover].
//
//   - Value: true to prevent fragmentation.
//   - Default: false. TCP does not send packets that this host would have to
//     fragment.
//   - When: any time.
//   - Platforms: aix (IPV6_DONTFRAG), darwin, dragonfly (IPV6_DONTFRAG),
//     freebsd, linux (IPV6_DONTFRAG), netbsd (IPV6_DONTFRAG), openbsd
//     (IPV6_DONTFRAG), solaris, windows (IP_DONTFRAGMENT).
//   - See: ip(4), ipv6(7).
var DontFragment Option[bool] = boolOption("DontFragment", AnyTime)

// FreeBind is IP_FREEBIND, or IPV6_FREEBIND on an IPv6 socket: whether a socket
// may be bound to an address that does not exist on this host, or not yet.
//
//   - Value: true to allow it.
//   - Default: false.
//   - When: before bind.
//   - Platforms: linux.
//   - See: ip(7).
var FreeBind Option[bool] = boolOption("FreeBind", BeforeBind)

// HopLimit is IP_TTL, or IPV6_UNICAST_HOPS on an IPv6 socket: the maximum
// number of hops of a packet that is sent.
//
//   - Value: 1 to 255 (0 to 255 for IPv6); -1 for the system's default, on
//     systems that support that value.
//   - Default: 64 on most systems; on Linux from the sysctl
//     net.ipv4.ip_default_ttl.
//   - When: any time. On Linux, accepted connections inherit it.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: ip(7), ipv6(7).
var HopLimit Option[int] = intOption("HopLimit", AnyTime, -1, 255)

// IPOptions is IP_OPTIONS: the options in the header of each IPv4 packet that
// is sent. Most networks drop packets with options. On systems other than
// Linux, Windows, DragonFly, FreeBSD and NetBSD, it can be set but not read.
//
//   - Value: at most 40 bytes, padded to a multiple of 4.
//   - Default: none.
//   - When: any time; before connect to affect the handshake. On Linux,
//     accepted connections do not inherit it.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: ip(7), RFC 791.
var IPOptions Option[[]byte] = custom[[]byte]("IPOptions", AnyTime, BytesCodec(40))

// LocalPortRange is IP_LOCAL_PORT_RANGE: the range from which the system
// chooses a port for a socket that is bound to port 0. It applies to IPv4 and
// IPv6. It can narrow the range of the system (net.ipv4.ip_local_port_range)
// but not extend it; a range outside of that is ignored.
//
//   - Value: a range; a bound of 0 is that of the system. If bind chooses the
//     port, and not connect, Linux does not use the last port of a range of
//     three.
//   - Default: the zero value.
//   - When: before bind, or before connect if there is no LocalAddr.
//   - Platforms: linux.
//   - See: linux/in.h, Linux 6.3.
var LocalPortRange Option[PortRange] = custom[PortRange]("LocalPortRange", BeforeBind, portRangeCodec{})

// MinHopLimit is IP_MINTTL, or IPV6_MINHOPCOUNT on an IPv6 socket: the minimum
// hop limit of a received packet; other packets are dropped. With 255, only
// packets of neighbors are accepted. On an IPv6 socket that also accepts IPv4
// connections, it is set for both. If the system has only IP_MINTTL, such a
// socket does not support it: listen on "tcp4".
//
//   - Value: 0 to 255.
//   - Default: 0.
//   - When: any time; on a listener to protect it, because Linux then ignores
//     handshakes with a smaller hop limit, and accepted connections inherit it.
//     Set on an accepted connection, it does not apply to the handshake.
//   - Platforms: dragonfly (IP_MINTTL), freebsd (IP_MINTTL), linux, netbsd
//     (IP_MINTTL), openbsd.
//   - See: ip(7), RFC 5082.
var MinHopLimit Option[int] = intOption("MinHopLimit", AnyTime, 0, 255)

// MTU is IP_MTU, or IPV6_MTU on an IPv6 socket: the maximum size of a packet on
// the path to the peer, as far as it is known.
//
//   - Value: bytes.
//   - Default: that of the interface.
//   - When: on a connection.
//   - Platforms: linux, windows.
//   - See: ip(7), ipv6(7).
var MTU ReadOnly[int] = readOnly(intOption("MTU", OnConnection, 0, maxInt))

// MTUDiscover is IP_MTU_DISCOVER, or IPV6_MTU_DISCOVER on an IPv6 socket:
// whether packets may be fragmented, and whether the MTU of the path is
// discovered. Linux has two more values, for sockets other than TCP, which are
// rejected.
//
//   - Value: a [PMTUDisc].
//   - Default: PMTUDiscWant; on Linux PMTUDiscDont if the sysctl
//     net.ipv4.ip_no_pmtu_disc is not 0.
//   - When: any time.
//   - Platforms: linux, windows.
//   - See: ip(7), ipv6(7).
var MTUDiscover Option[PMTUDisc] = enumOption[PMTUDisc]("MTUDiscover", AnyTime)

// OriginalDst is SO_ORIGINAL_DST, or IP6T_SO_ORIGINAL_DST on an IPv6 socket:
// the destination of a connection before a packet filter redirected it to this
// host.
//
//   - Value: an address and port. If the connection was not redirected, the
//     error is ENOENT. If the filter is not loaded, it is ENOPROTOOPT.
//   - Default: none.
//   - When: on a connection.
//   - Platforms: linux, windows (SO_ORIGINAL_DST).
//   - See: iptables-extensions(8), target REDIRECT.
var OriginalDst ReadOnly[netip.AddrPort] = readOnly(custom[netip.AddrPort]("OriginalDst", OnConnection, addrPortCodec{}))

// PortRangeClass is IP_PORTRANGE, or IPV6_PORTRANGE on an IPv6 socket: the
// system's range from which a port is chosen for a socket that is bound to port
// 0.
//
//   - Value: a [PortClass].
//   - Default: PortClassDefault.
//   - When: before bind.
//   - Platforms: darwin, dragonfly, freebsd, netbsd, openbsd.
//   - See: ip(4), ip6(4).
var PortRangeClass Option[PortClass] = enumOption[PortClass]("PortRangeClass", BeforeBind)

// TrafficClass is IP_TOS, or IPV6_TCLASS on an IPv6 socket: the traffic class
// of packets that are sent, also known as type of service (TOS). The upper six
// bits are the differentiated services code point (DSCP): for code point d, set
// d << 2.
//
//   - Value: 0 to 255. TCP uses the two lower bits for explicit congestion
//     notification: Linux ignores them. Windows accepts IP_TOS and ignores it,
//     unless the registry's DisableUserTOSSetting is 0, because Microsoft
//     recommends Quality of Service policies instead.
//   - Default: 0.
//   - When: any time. On Linux, accepted connections inherit it.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: ip(7), ipv6(7), RFC 2474.
var TrafficClass Option[uint8] = number[uint8]("TrafficClass", AnyTime, 0, 255)

// Transparent is IP_TRANSPARENT, or IPV6_TRANSPARENT on an IPv6 socket: whether
// a socket may be bound to any address and receive connections that a packet
// filter redirects to it, as a transparent proxy does.
//
//   - Value: true to allow it; requires CAP_NET_ADMIN or CAP_NET_RAW on Linux
//     and PRIV_NETINET_BINDANY on FreeBSD.
//   - Default: false.
//   - When: before bind.
//   - Platforms: freebsd (IP_BINDANY, IPV6_BINDANY), linux, openbsd
//     (SO_BINDANY).
//   - See: ip(7), ip(4) of FreeBSD, getsockopt(2) of OpenBSD.
var Transparent Option[bool] = boolOption("Transparent", BeforeBind)

// UnicastInterface is IP_UNICAST_IF, or IPV6_UNICAST_IF on an IPv6 socket: the
// network interface that the socket sends through. Unlike [BindToIfindex], it
// does not affect receiving and requires no privilege.
//
//   - Value: the index of an interface ([net.Interface].Index); 0 for any. On
//     Linux, the error for an index that does not exist is EADDRNOTAVAIL.
//   - Default: 0.
//   - When: before connect. Linux uses it only for UDP and raw sockets.
//   - Platforms: linux, windows.
//   - See: ip(7), Windows Sockets, IPPROTO_IP socket options.
var UnicastInterface Option[int] = intOption("UnicastInterface", BeforeConnect, 0, maxInt)

// UserMTU is IP_USER_MTU, or IPV6_USER_MTU on an IPv6 socket: an upper bound
// for the size of packets that are sent, if it is less than [MTU].
//
//   - Value: bytes; [math.MaxUint32] for no bound.
//   - Default: math.MaxUint32.
//   - When: any time.
//   - Platforms: windows.
//   - See: Windows Sockets, IPPROTO_IP socket options; Windows 10.
var UserMTU Option[uint32] = number[uint32]("UserMTU", AnyTime, 0, math.MaxUint32)

// V6Only is IPV6_V6ONLY: whether an IPv6 socket accepts only IPv6, and not IPv4
// as well. Package net sets it according to the network: "tcp6" is for IPv6
// only.
//
//   - Value: true for IPv6 only. OpenBSD supports only true.
//   - Default: set by package net. On a multipath IPv4 socket, Linux reports
//     false.
//   - When: before bind.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd
//     (get only), solaris, windows.
//   - See: ipv6(7), RFC 3493.
var V6Only Option[bool] = boolOption("V6Only", BeforeBind)

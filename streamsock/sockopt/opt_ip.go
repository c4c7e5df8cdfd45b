// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"math"
	"net/netip"
)

// The options of levels IPPROTO_IP and IPPROTO_IPV6, sorted by name. Where both
// have the option, the socket's packets decide which one governs: see Set of
// [Option]. Those of an IPv6 socket with an IPv4 address are IPv4; the kernels of
// linux and windows take the option of IPv4 for them.

// AddrPreferences is IPV6_ADDR_PREFERENCES: what kind of source address to
// choose for an IPv6 connection, such as a temporary or a public one.
//
//   - Value: a set of bits, IPV6_PREFER_SRC_* of this system.
//   - Initial value: the system's; what Linux reads back then is 0x804 or
//     the like: public or default, home, not cryptographic.
//   - When: before connect.
//   - Platforms: aix, linux, solaris (IPV6_SRC_PREFERENCES).
//   - See: RFC 5014.
var AddrPreferences Option[int] = intOption("AddrPreferences", BeforeConnect, 0, maxInt)

// AutoFlowLabel is IPV6_AUTOFLOWLABEL: whether IPv6 packets carry a flow
// label that the system makes from the connection's addresses and ports.
//
//   - Value: true for a label.
//   - Initial value: true on Linux, by the sysctl net.ipv6.auto_flowlabels.
//   - When: any time.
//   - Platforms: darwin, dragonfly, freebsd, linux, openbsd.
//   - See: ip6(4), RFC 6437.
var AutoFlowLabel Option[bool] = boolOption("AutoFlowLabel", AnyTime)

// BindAddressNoPort is IP_BIND_ADDRESS_NO_PORT: whether binding to an
// address with port 0 leaves the choice of the port to connect, so that
// connections to different peers can share it.
//
//   - Value: true leaves it to connect.
//   - Initial value: false.
//   - When: before bind: in the options of a dialer with a LocalAddr.
//   - Platforms: linux.
//   - See: ip(7).
var BindAddressNoPort Option[bool] = boolOption("BindAddressNoPort", BeforeBind)

// DontFragment is IP_DONTFRAG, or IPV6_DONTFRAG on an IPv6 socket: whether
// packets must not be fragmented. Where only IPv6 has it, an IPv4 socket
// answers that it is unsupported; see [MTUDiscover].
//
//   - Value: true forbids it.
//   - Initial value: false; TCP sends no packet that this host would have to
//     fragment anyway.
//   - When: any time.
//   - Platforms: aix (IPV6_DONTFRAG), darwin, dragonfly (IPV6_DONTFRAG),
//     freebsd, linux (IPV6_DONTFRAG), netbsd (IPV6_DONTFRAG), openbsd
//     (IPV6_DONTFRAG), solaris, windows (IP_DONTFRAGMENT).
//   - See: ip(4), ipv6(7).
var DontFragment Option[bool] = boolOption("DontFragment", AnyTime)

// FreeBind is IP_FREEBIND, or IPV6_FREEBIND on an IPv6 socket: whether a
// socket may bind to an address that this host does not have, or not yet.
//
//   - Value: true allows it.
//   - Initial value: false.
//   - When: before bind.
//   - Platforms: linux.
//   - See: ip(7).
var FreeBind Option[bool] = boolOption("FreeBind", BeforeBind)

// HopLimit is IP_TTL, or IPV6_UNICAST_HOPS on an IPv6 socket: how many
// routers a packet may pass.
//
//   - Value: 1 to 255 (IPv6 from 0); -1 is the system's, where it has that
//     value.
//   - Initial value: 64 on most systems.
//   - When: any time; connections inherit it from a listener on Linux.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: ip(7), ipv6(7).
var HopLimit Option[int] = intOption("HopLimit", AnyTime, -1, 255)

// IPOptions is IP_OPTIONS: the options in the header of each IPv4 packet.
// Most networks drop packets that have any. On systems other than linux,
// windows, dragonfly, freebsd and netbsd it can be set and not read.
//
//   - Value: at most 40 bytes, padded to a multiple of 4.
//   - Initial value: none.
//   - When: any time; the handshake has them only if they are set before
//     connect.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: ip(7), RFC 791.
var IPOptions Option[[]byte] = custom[[]byte]("IPOptions", AnyTime, BytesCodec(40))

// LocalPortRange is IP_LOCAL_PORT_RANGE: the range that a port is taken from
// when none is asked for. It narrows the system's range
// (net.ipv4.ip_local_port_range) and cannot widen it. It is for IPv4 and
// IPv6.
//
//   - Value: a range; a bound that is 0 is the system's.
//   - Initial value: the zero value.
//   - When: before bind, or before connect if there is no LocalAddr.
//   - Platforms: linux.
//   - See: ip(7), Linux 6.3.
var LocalPortRange Option[PortRange] = custom[PortRange]("LocalPortRange", BeforeBind, portRangeCodec{})

// MinHopLimit is IP_MINTTL, or IPV6_MINHOPCOUNT on an IPv6 socket: the hop
// limit that a packet must still have to be accepted. With 255, only a
// neighbor can send it. On an IPv6 socket that also accepts IPv4 connections it
// is set for both. Where the system has IP_MINTTL only, such a socket refuses
// it: listen on "tcp4" there.
//
//   - Value: 0 to 255.
//   - Initial value: 0.
//   - When: any time; connections inherit it from a listener on Linux, which
//     then ignores handshakes that do not have it. Set on a connection after
//     accept, it does not.
//   - Platforms: dragonfly (IP_MINTTL), freebsd (IP_MINTTL), linux, netbsd
//     (IP_MINTTL), openbsd.
//   - See: ip(7), RFC 5082.
var MinHopLimit Option[int] = intOption("MinHopLimit", AnyTime, 0, 255)

// MTU is IP_MTU, or IPV6_MTU on an IPv6 socket: the largest packet that the
// path to the peer is known to take.
//
//   - Value: bytes.
//   - Initial value: that of the interface.
//   - When: on a connection.
//   - Platforms: linux, windows.
//   - See: ip(7), ipv6(7).
var MTU ReadOnly[int] = readOnly(intOption("MTU", OnConnection, 0, maxInt))

// MTUDiscover is IP_MTU_DISCOVER, or IPV6_MTU_DISCOVER on an IPv6 socket:
// whether packets may be fragmented on their way. Linux has two more values,
// for sockets other than TCP; they are refused here.
//
//   - Value: a [PMTUDisc].
//   - Initial value: PMTUDiscWant.
//   - When: any time.
//   - Platforms: linux, windows.
//   - See: ip(7), ipv6(7).
var MTUDiscover Option[PMTUDisc] = enumOption[PMTUDisc]("MTUDiscover", AnyTime)

// OriginalDst is SO_ORIGINAL_DST, or IP6T_SO_ORIGINAL_DST on an IPv6 socket:
// where a connection was going before a packet filter redirected it here.
//
//   - Value: an address and port; ENOENT if it was not redirected,
//     ENOPROTOOPT if the filter is not loaded.
//   - Initial value: none.
//   - When: on a connection.
//   - Platforms: linux, windows (SO_ORIGINAL_DST).
//   - See: iptables-extensions(8), target REDIRECT.
var OriginalDst ReadOnly[netip.AddrPort] = readOnly(custom[netip.AddrPort]("OriginalDst", OnConnection, addrPortCodec{}))

// PortRangeClass is IP_PORTRANGE, or IPV6_PORTRANGE on an IPv6 socket: which
// of the system's ranges a port is taken from when none is asked for.
//
//   - Value: a [PortClass].
//   - Initial value: PortClassDefault.
//   - When: before bind.
//   - Platforms: darwin, dragonfly, freebsd, netbsd, openbsd.
//   - See: ip(4), ip6(4).
var PortRangeClass Option[PortClass] = enumOption[PortClass]("PortRangeClass", BeforeBind)

// TrafficClass is IP_TOS, or IPV6_TCLASS on an IPv6 socket: the traffic
// class of the packets, also known as type of service (TOS). The upper six bits are
// the differentiated services code point (DSCP): for code point d, set d << 2.
//
//   - Value: 0 to 255. TCP keeps the two lower bits, explicit congestion
//     notification, for itself: Linux ignores them. Windows accepts IP_TOS and
//     ignores it, unless the registry's DisableUserTOSSetting is 0: Microsoft has
//     the policies of Quality of Service decide.
//   - Initial value: 0.
//   - When: any time; connections inherit it from a listener on Linux.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: ip(7), ipv6(7), RFC 2474.
var TrafficClass Option[uint8] = number[uint8]("TrafficClass", AnyTime, 0, 255)

// Transparent is IP_TRANSPARENT, or IPV6_TRANSPARENT on an IPv6 socket:
// whether a socket may bind to any address and take what a packet filter
// sends its way, as a transparent proxy does.
//
//   - Value: true allows it; Linux wants CAP_NET_ADMIN or CAP_NET_RAW,
//     FreeBSD PRIV_NETINET_BINDANY.
//   - Initial value: false.
//   - When: before bind.
//   - Platforms: freebsd (IP_BINDANY, IPV6_BINDANY), linux, openbsd
//     (SO_BINDANY).
//   - See: ip(7), ip(4) of FreeBSD, getsockopt(2) of OpenBSD.
var Transparent Option[bool] = boolOption("Transparent", BeforeBind)

// UnicastInterface is IP_UNICAST_IF, or IPV6_UNICAST_IF on an IPv6 socket:
// the network interface that the socket sends through. Unlike
// [BindToIfindex] it does not say where to receive and wants no privilege.
//
//   - Value: an interface's index ([net.Interface].Index); 0 for any.
//   - Initial value: 0.
//   - When: before connect; Linux looks at it for UDP and raw sockets only.
//   - Platforms: linux, windows.
//   - See: ip(7), Windows Sockets, IPPROTO_IP socket options.
var UnicastInterface Option[int] = intOption("UnicastInterface", BeforeConnect, 0, maxInt)

// UserMTU is IP_USER_MTU, or IPV6_USER_MTU on an IPv6 socket: an upper bound of the
// packets that are sent, if it is lower than [MTU].
//
//   - Value: bytes; [math.MaxUint32] for no bound.
//   - Initial value: math.MaxUint32.
//   - When: any time.
//   - Platforms: windows.
//   - See: Windows Sockets, IPPROTO_IP socket options; Windows 10.
var UserMTU Option[uint32] = number[uint32]("UserMTU", AnyTime, 0, math.MaxUint32)

// V6Only is IPV6_V6ONLY: whether an IPv6 socket is for IPv6 alone, and not
// for IPv4 as well. Package net sets it by the network's name: "tcp6" is for
// IPv6 alone.
//
//   - Value: true for IPv6 alone. OpenBSD knows nothing else.
//   - Initial value: by package net.
//   - When: before bind.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd
//     (get only), solaris, windows.
//   - See: ipv6(7), RFC 3493.
var V6Only Option[bool] = boolOption("V6Only", BeforeBind)

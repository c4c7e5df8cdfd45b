// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"time"

	"golang.org/x/sys/unix"
)

// The rows are sorted by level, then by C name. See setsockopt(2), tcp(4),
// ip(4), ip6(4) and the headers sys/socket.h, netinet/tcp.h, netinet/in.h,
// netinet6/in6.h. Keep-alive times belong to the whole system (sysctl), and
// a socket of the IPv6 family never speaks IPv4.
var table = map[string]Row{
	"AcceptConn":   {Name: "SO_ACCEPTCONN", Level: unix.SOL_SOCKET, Number: unix.SO_ACCEPTCONN, Access: ReadOnly},
	"Transparent":  {Name: "SO_BINDANY", Level: unix.SOL_SOCKET, Number: unix.SO_BINDANY},
	"Debug":        {Name: "SO_DEBUG", Level: unix.SOL_SOCKET, Number: unix.SO_DEBUG},
	"Domain":       {Name: "SO_DOMAIN", Level: unix.SOL_SOCKET, Number: unix.SO_DOMAIN, Access: ReadOnly},
	"DontRoute":    {Name: "SO_DONTROUTE", Level: unix.SOL_SOCKET, Number: unix.SO_DONTROUTE},
	"KeepAlive":    {Name: "SO_KEEPALIVE", Level: unix.SOL_SOCKET, Number: unix.SO_KEEPALIVE},
	"Linger":       {Name: "SO_LINGER", Level: unix.SOL_SOCKET, Number: unix.SO_LINGER, Unit: time.Second, Ranges: []Range{{0, 32767}}},
	"OOBInline":    {Name: "SO_OOBINLINE", Level: unix.SOL_SOCKET, Number: unix.SO_OOBINLINE},
	"Protocol":     {Name: "SO_PROTOCOL", Level: unix.SOL_SOCKET, Number: unix.SO_PROTOCOL, Access: ReadOnly},
	"ReadBuffer":   {Name: "SO_RCVBUF", Level: unix.SOL_SOCKET, Number: unix.SO_RCVBUF},
	"ReceiveLowat": {Name: "SO_RCVLOWAT", Level: unix.SOL_SOCKET, Number: unix.SO_RCVLOWAT},
	"ReuseAddr":    {Name: "SO_REUSEADDR", Level: unix.SOL_SOCKET, Number: unix.SO_REUSEADDR},
	"ReusePort":    {Name: "SO_REUSEPORT", Level: unix.SOL_SOCKET, Number: unix.SO_REUSEPORT},
	"RoutingTable": {Name: "SO_RTABLE", Level: unix.SOL_SOCKET, Number: unix.SO_RTABLE},
	"WriteBuffer":  {Name: "SO_SNDBUF", Level: unix.SOL_SOCKET, Number: unix.SO_SNDBUF},
	"SendLowat":    {Name: "SO_SNDLOWAT", Level: unix.SOL_SOCKET, Number: unix.SO_SNDLOWAT},
	"Type":         {Name: "SO_TYPE", Level: unix.SOL_SOCKET, Number: unix.SO_TYPE, Access: ReadOnly},

	"MaxSegment": {Name: "TCP_MAXSEG", Level: unix.IPPROTO_TCP, Number: unix.TCP_MAXSEG},
	"MD5Sig":     {Name: "TCP_MD5SIG", Level: unix.IPPROTO_TCP, Number: unix.TCP_MD5SIG},
	"NoDelay":    {Name: "TCP_NODELAY", Level: unix.IPPROTO_TCP, Number: unix.TCP_NODELAY},
	"Cork":       {Name: "TCP_NOPUSH", Level: unix.IPPROTO_TCP, Number: unix.TCP_NOPUSH},
	"SACKEnable": {Name: "TCP_SACK_ENABLE", Level: unix.IPPROTO_TCP, Number: unix.TCP_SACK_ENABLE},

	"MinHopLimit": {Name: "IP_MINTTL", Level: unix.IPPROTO_IP, Number: unix.IP_MINTTL,
		V6: &Row{Name: "IPV6_MINHOPCOUNT", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_MINHOPCOUNT}},
	"IPOptions": {Name: "IP_OPTIONS", Level: unix.IPPROTO_IP, Number: unix.IP_OPTIONS},
	"PortRangeClass": {Name: "IP_PORTRANGE", Level: unix.IPPROTO_IP, Number: unix.IP_PORTRANGE,
		Values: []int{unix.IP_PORTRANGE_DEFAULT, unix.IP_PORTRANGE_HIGH, unix.IP_PORTRANGE_LOW},
		V6:     &Row{Name: "IPV6_PORTRANGE", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_PORTRANGE}},
	"TrafficClass": {Name: "IP_TOS", Level: unix.IPPROTO_IP, Number: unix.IP_TOS,
		V6: &Row{Name: "IPV6_TCLASS", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_TCLASS}},
	"HopLimit": {Name: "IP_TTL", Level: unix.IPPROTO_IP, Number: unix.IP_TTL,
		V6: &Row{Name: "IPV6_UNICAST_HOPS", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_UNICAST_HOPS}},

	"AutoFlowLabel": {Name: "IPV6_AUTOFLOWLABEL", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_AUTOFLOWLABEL},
	"DontFragment":  {Name: "IPV6_DONTFRAG", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_DONTFRAG},
	"V6Only":        {Name: "IPV6_V6ONLY", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_V6ONLY, Access: ReadOnly},
}

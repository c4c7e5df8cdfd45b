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
// netinet6/in6.h. The TCP_KEEP times are seconds since DragonFly 5.8 and were
// milliseconds before; package net relies on seconds as well. IPV6_MINHLIM is
// not the IPv6 spelling of IP_MINTTL, nor a socket option at all.
var table = map[string]Row{
	"AcceptConn":   {Name: "SO_ACCEPTCONN", Level: unix.SOL_SOCKET, Number: unix.SO_ACCEPTCONN, Access: ReadOnly},
	"AcceptFilter": {Name: "SO_ACCEPTFILTER", Level: unix.SOL_SOCKET, Number: unix.SO_ACCEPTFILTER},
	"CPUHint":      {Name: "SO_CPUHINT", Level: unix.SOL_SOCKET, Number: unix.SO_CPUHINT, Access: ReadOnly},
	"Debug":        {Name: "SO_DEBUG", Level: unix.SOL_SOCKET, Number: unix.SO_DEBUG},
	"DontRoute":    {Name: "SO_DONTROUTE", Level: unix.SOL_SOCKET, Number: unix.SO_DONTROUTE},
	"KeepAlive":    {Name: "SO_KEEPALIVE", Level: unix.SOL_SOCKET, Number: unix.SO_KEEPALIVE},
	"Linger":       {Name: "SO_LINGER", Level: unix.SOL_SOCKET, Number: unix.SO_LINGER, Unit: time.Second, Ranges: []Range{{0, 32767}}},
	"NoSigPipe":    {Name: "SO_NOSIGPIPE", Level: unix.SOL_SOCKET, Number: unix.SO_NOSIGPIPE},
	"OOBInline":    {Name: "SO_OOBINLINE", Level: unix.SOL_SOCKET, Number: unix.SO_OOBINLINE},
	"ReadBuffer":   {Name: "SO_RCVBUF", Level: unix.SOL_SOCKET, Number: unix.SO_RCVBUF},
	"ReceiveLowat": {Name: "SO_RCVLOWAT", Level: unix.SOL_SOCKET, Number: unix.SO_RCVLOWAT},
	"ReuseAddr":    {Name: "SO_REUSEADDR", Level: unix.SOL_SOCKET, Number: unix.SO_REUSEADDR},
	"ReusePort":    {Name: "SO_REUSEPORT", Level: unix.SOL_SOCKET, Number: unix.SO_REUSEPORT},
	"WriteBuffer":  {Name: "SO_SNDBUF", Level: unix.SOL_SOCKET, Number: unix.SO_SNDBUF},
	"SendLowat":    {Name: "SO_SNDLOWAT", Level: unix.SOL_SOCKET, Number: unix.SO_SNDLOWAT},
	"SendSpace":    {Name: "SO_SNDSPACE", Level: unix.SOL_SOCKET, Number: unix.SO_SNDSPACE, Access: ReadOnly},
	"Type":         {Name: "SO_TYPE", Level: unix.SOL_SOCKET, Number: unix.SO_TYPE, Access: ReadOnly},

	"FastKeep":          {Name: "TCP_FASTKEEP", Level: unix.IPPROTO_TCP, Number: unix.TCP_FASTKEEP},
	"KeepAliveCount":    {Name: "TCP_KEEPCNT", Level: unix.IPPROTO_TCP, Number: unix.TCP_KEEPCNT},
	"KeepAliveIdle":     {Name: "TCP_KEEPIDLE", Level: unix.IPPROTO_TCP, Number: unix.TCP_KEEPIDLE, Unit: time.Second},
	"ConnectionTimeout": {Name: "TCP_KEEPINIT", Level: unix.IPPROTO_TCP, Number: unix.TCP_KEEPINIT, Unit: time.Second},
	"KeepAliveInterval": {Name: "TCP_KEEPINTVL", Level: unix.IPPROTO_TCP, Number: unix.TCP_KEEPINTVL, Unit: time.Second},
	"MaxSegment":        {Name: "TCP_MAXSEG", Level: unix.IPPROTO_TCP, Number: unix.TCP_MAXSEG},
	"NoDelay":           {Name: "TCP_NODELAY", Level: unix.IPPROTO_TCP, Number: unix.TCP_NODELAY},
	"NoOptions":         {Name: "TCP_NOOPT", Level: unix.IPPROTO_TCP, Number: unix.TCP_NOOPT},
	"Cork":              {Name: "TCP_NOPUSH", Level: unix.IPPROTO_TCP, Number: unix.TCP_NOPUSH},
	"MD5Sig":            {Name: "TCP_SIGNATURE_ENABLE", Level: unix.IPPROTO_TCP, Number: unix.TCP_SIGNATURE_ENABLE},

	"MinHopLimit": {Name: "IP_MINTTL", Level: unix.IPPROTO_IP, Number: unix.IP_MINTTL},
	"IPOptions":   {Name: "IP_OPTIONS", Level: unix.IPPROTO_IP, Number: unix.IP_OPTIONS},
	"PortRangeClass": {Name: "IP_PORTRANGE", Level: unix.IPPROTO_IP, Number: unix.IP_PORTRANGE,
		Values: []int{unix.IP_PORTRANGE_DEFAULT, unix.IP_PORTRANGE_HIGH, unix.IP_PORTRANGE_LOW},
		V6:     &Row{Name: "IPV6_PORTRANGE", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_PORTRANGE}},
	"TrafficClass": {Name: "IP_TOS", Level: unix.IPPROTO_IP, Number: unix.IP_TOS,
		V6: &Row{Name: "IPV6_TCLASS", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_TCLASS}},
	"HopLimit": {Name: "IP_TTL", Level: unix.IPPROTO_IP, Number: unix.IP_TTL,
		V6: &Row{Name: "IPV6_UNICAST_HOPS", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_UNICAST_HOPS}},

	"AutoFlowLabel": {Name: "IPV6_AUTOFLOWLABEL", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_AUTOFLOWLABEL},
	"DontFragment":  {Name: "IPV6_DONTFRAG", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_DONTFRAG},
	"V6Only":        {Name: "IPV6_V6ONLY", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_V6ONLY},
}

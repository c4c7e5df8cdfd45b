// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"math"
	"time"

	"golang.org/x/sys/unix"
)

// Constants that x/sys lacks.
const (
	so_BINDTODEVICE = 0x1134 // sys/socket.h, macOS 15.4
)

// The rows are sorted by level, then by C name. See setsockopt(2), tcp(4),
// ip(4), ip6(4) and the headers sys/socket.h, netinet/tcp.h, netinet/in.h,
// netinet6/in6.h. SO_LINGER counts clock ticks here; SO_LINGER_SEC does not.
var table = map[string]Row{
	"AcceptConn":             {Name: "SO_ACCEPTCONN", Level: unix.SOL_SOCKET, Number: unix.SO_ACCEPTCONN, Access: ReadOnly},
	"BindToDevice":           {Name: "SO_BINDTODEVICE", Level: unix.SOL_SOCKET, Number: so_BINDTODEVICE},
	"Debug":                  {Name: "SO_DEBUG", Level: unix.SOL_SOCKET, Number: unix.SO_DEBUG},
	"DontRoute":              {Name: "SO_DONTROUTE", Level: unix.SOL_SOCKET, Number: unix.SO_DONTROUTE},
	"KeepAlive":              {Name: "SO_KEEPALIVE", Level: unix.SOL_SOCKET, Number: unix.SO_KEEPALIVE},
	"Linger":                 {Name: "SO_LINGER_SEC", Level: unix.SOL_SOCKET, Number: unix.SO_LINGER_SEC, Unit: time.Second, Ranges: []Range{{0, 327}}},
	"NetServiceMarkingLevel": {Name: "SO_NETSVC_MARKING_LEVEL", Level: unix.SOL_SOCKET, Number: unix.SO_NETSVC_MARKING_LEVEL, Access: ReadOnly},
	"NetServiceType":         {Name: "SO_NET_SERVICE_TYPE", Level: unix.SOL_SOCKET, Number: unix.SO_NET_SERVICE_TYPE},
	"NoSigPipe":              {Name: "SO_NOSIGPIPE", Level: unix.SOL_SOCKET, Number: unix.SO_NOSIGPIPE},
	"NRead":                  {Name: "SO_NREAD", Level: unix.SOL_SOCKET, Number: unix.SO_NREAD, Access: ReadOnly},
	"NWrite":                 {Name: "SO_NWRITE", Level: unix.SOL_SOCKET, Number: unix.SO_NWRITE, Access: ReadOnly},
	"OOBInline":              {Name: "SO_OOBINLINE", Level: unix.SOL_SOCKET, Number: unix.SO_OOBINLINE},
	"RandomPort":             {Name: "SO_RANDOMPORT", Level: unix.SOL_SOCKET, Number: unix.SO_RANDOMPORT},
	"ReadBuffer":             {Name: "SO_RCVBUF", Level: unix.SOL_SOCKET, Number: unix.SO_RCVBUF},
	"ReceiveLowat":           {Name: "SO_RCVLOWAT", Level: unix.SOL_SOCKET, Number: unix.SO_RCVLOWAT},
	"ReuseAddr":              {Name: "SO_REUSEADDR", Level: unix.SOL_SOCKET, Number: unix.SO_REUSEADDR},
	"ReusePort":              {Name: "SO_REUSEPORT", Level: unix.SOL_SOCKET, Number: unix.SO_REUSEPORT},
	"WriteBuffer":            {Name: "SO_SNDBUF", Level: unix.SOL_SOCKET, Number: unix.SO_SNDBUF},
	"SendLowat":              {Name: "SO_SNDLOWAT", Level: unix.SOL_SOCKET, Number: unix.SO_SNDLOWAT},
	"Type":                   {Name: "SO_TYPE", Level: unix.SOL_SOCKET, Number: unix.SO_TYPE, Access: ReadOnly},

	"ConnectionTimeout": {Name: "TCP_CONNECTIONTIMEOUT", Level: unix.IPPROTO_TCP, Number: unix.TCP_CONNECTIONTIMEOUT, Unit: time.Second},
	"EnableECN":         {Name: "TCP_ENABLE_ECN", Level: unix.IPPROTO_TCP, Number: unix.TCP_ENABLE_ECN},
	"FastOpen":          {Name: "TCP_FASTOPEN", Level: unix.IPPROTO_TCP, Number: unix.TCP_FASTOPEN},
	"KeepAliveIdle":     {Name: "TCP_KEEPALIVE", Level: unix.IPPROTO_TCP, Number: unix.TCP_KEEPALIVE, Unit: time.Second},
	"KeepAliveCount":    {Name: "TCP_KEEPCNT", Level: unix.IPPROTO_TCP, Number: unix.TCP_KEEPCNT},
	"KeepAliveInterval": {Name: "TCP_KEEPINTVL", Level: unix.IPPROTO_TCP, Number: unix.TCP_KEEPINTVL, Unit: time.Second},
	"MaxSegment":        {Name: "TCP_MAXSEG", Level: unix.IPPROTO_TCP, Number: unix.TCP_MAXSEG},
	"NoDelay":           {Name: "TCP_NODELAY", Level: unix.IPPROTO_TCP, Number: unix.TCP_NODELAY},
	"NoOptions":         {Name: "TCP_NOOPT", Level: unix.IPPROTO_TCP, Number: unix.TCP_NOOPT},
	"Cork":              {Name: "TCP_NOPUSH", Level: unix.IPPROTO_TCP, Number: unix.TCP_NOPUSH},
	"NotSentLowat":      {Name: "TCP_NOTSENT_LOWAT", Level: unix.IPPROTO_TCP, Number: unix.TCP_NOTSENT_LOWAT, Ranges: []Range{{0, math.MaxInt32}}},
	"UserTimeout":       {Name: "TCP_RXT_CONNDROPTIME", Level: unix.IPPROTO_TCP, Number: unix.TCP_RXT_CONNDROPTIME, Unit: time.Second},
	"RetransmitFinDrop": {Name: "TCP_RXT_FINDROP", Level: unix.IPPROTO_TCP, Number: unix.TCP_RXT_FINDROP},
	"QuickAck":          {Name: "TCP_SENDMOREACKS", Level: unix.IPPROTO_TCP, Number: unix.TCP_SENDMOREACKS},

	"BindToIfindex": {Name: "IP_BOUND_IF", Level: unix.IPPROTO_IP, Number: unix.IP_BOUND_IF,
		V6: &Row{Name: "IPV6_BOUND_IF", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_BOUND_IF}},
	"DontFragment": {Name: "IP_DONTFRAG", Level: unix.IPPROTO_IP, Number: unix.IP_DONTFRAG,
		V6: &Row{Name: "IPV6_DONTFRAG", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_DONTFRAG}},
	"IPOptions": {Name: "IP_OPTIONS", Level: unix.IPPROTO_IP, Number: unix.IP_OPTIONS},
	"PortRangeClass": {Name: "IP_PORTRANGE", Level: unix.IPPROTO_IP, Number: unix.IP_PORTRANGE,
		Values: []int{unix.IP_PORTRANGE_DEFAULT, unix.IP_PORTRANGE_HIGH, unix.IP_PORTRANGE_LOW},
		V6:     &Row{Name: "IPV6_PORTRANGE", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_PORTRANGE}},
	"TrafficClass": {Name: "IP_TOS", Level: unix.IPPROTO_IP, Number: unix.IP_TOS,
		V6: &Row{Name: "IPV6_TCLASS", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_TCLASS}},
	"HopLimit": {Name: "IP_TTL", Level: unix.IPPROTO_IP, Number: unix.IP_TTL,
		V6: &Row{Name: "IPV6_UNICAST_HOPS", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_UNICAST_HOPS}},

	"AutoFlowLabel": {Name: "IPV6_AUTOFLOWLABEL", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_AUTOFLOWLABEL},
	"V6Only":        {Name: "IPV6_V6ONLY", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_V6ONLY},
}

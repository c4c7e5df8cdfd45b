// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"time"

	"golang.org/x/sys/windows"
)

// Constants that x/sys lacks.
const (
	so_DEBUG              = 0x0001                // winsock2.h
	so_ACCEPTCONN         = 0x0002                // winsock2.h
	so_EXCLUSIVEADDRUSE   = ^windows.SO_REUSEADDR // winsock2.h
	so_OOBINLINE          = 0x0100                // winsock2.h
	so_SNDLOWAT           = 0x1003                // winsock2.h
	so_RCVLOWAT           = 0x1004                // winsock2.h
	so_TYPE               = 0x1008                // winsock2.h
	so_CONDITIONAL_ACCEPT = 0x3002                // winsock2.h
	so_PAUSE_ACCEPT       = 0x3003                // ws2def.h
	so_COMPARTMENT_ID     = 0x3004                // ws2def.h
	so_RANDOMIZE_PORT     = 0x3005                // ws2def.h
	so_PORT_SCALABILITY   = 0x3006                // ws2def.h
	so_REUSE_UNICASTPORT  = 0x3007                // ws2def.h, Windows 10
	so_ORIGINAL_DST       = 0x300f                // ws2def.h
	so_CONNECT_TIME       = 0x700c                // mswsock.h
	ip_OPTIONS            = 1                     // ws2ipdef.h
	ip_DONTFRAGMENT       = 14                    // ws2ipdef.h
	ip_UNICAST_IF         = 31                    // ws2ipdef.h, Windows Vista
	ip_MTU                = 73                    // ws2ipdef.h
	ip_USER_MTU           = 76                    // ws2ipdef.h
	ipv6_DONTFRAG         = 14                    // ws2ipdef.h
	ipv6_UNICAST_IF       = 31                    // ws2ipdef.h, Windows Vista
	ipv6_TCLASS           = 39                    // ws2ipdef.h
	ipv6_MTU              = 72                    // ws2ipdef.h
	ipv6_USER_MTU         = 76                    // ws2ipdef.h
)

// The rows are sorted by level, then by C name. See "Socket Options" in the
// Winsock reference and the headers winsock2.h, ws2def.h, ws2ipdef.h,
// ws2tcpip.h, mswsock.h. The struct linger is a pair of u_short.
var table = map[string]Row{
	"AcceptConn":        {Name: "SO_ACCEPTCONN", Level: windows.SOL_SOCKET, Number: so_ACCEPTCONN, Access: ReadOnly},
	"CompartmentID":     {Name: "SO_COMPARTMENT_ID", Level: windows.SOL_SOCKET, Number: so_COMPARTMENT_ID},
	"ConditionalAccept": {Name: "SO_CONDITIONAL_ACCEPT", Level: windows.SOL_SOCKET, Number: so_CONDITIONAL_ACCEPT},
	"ConnectTime":       {Name: "SO_CONNECT_TIME", Level: windows.SOL_SOCKET, Number: so_CONNECT_TIME, Unit: time.Second, Access: ReadOnly},
	"Debug":             {Name: "SO_DEBUG", Level: windows.SOL_SOCKET, Number: so_DEBUG},
	"DontRoute":         {Name: "SO_DONTROUTE", Level: windows.SOL_SOCKET, Number: windows.SO_DONTROUTE},
	"ExclusiveAddrUse":  {Name: "SO_EXCLUSIVEADDRUSE", Level: windows.SOL_SOCKET, Number: so_EXCLUSIVEADDRUSE},
	"KeepAlive":         {Name: "SO_KEEPALIVE", Level: windows.SOL_SOCKET, Number: windows.SO_KEEPALIVE},
	"Linger":            {Name: "SO_LINGER", Level: windows.SOL_SOCKET, Number: windows.SO_LINGER, Unit: time.Second, Width: 2},
	"OOBInline":         {Name: "SO_OOBINLINE", Level: windows.SOL_SOCKET, Number: so_OOBINLINE},
	"OriginalDst":       {Name: "SO_ORIGINAL_DST", Level: windows.SOL_SOCKET, Number: so_ORIGINAL_DST, Access: ReadOnly},
	"PauseAccept":       {Name: "SO_PAUSE_ACCEPT", Level: windows.SOL_SOCKET, Number: so_PAUSE_ACCEPT},
	"PortScalability":   {Name: "SO_PORT_SCALABILITY", Level: windows.SOL_SOCKET, Number: so_PORT_SCALABILITY},
	"RandomPort":        {Name: "SO_RANDOMIZE_PORT", Level: windows.SOL_SOCKET, Number: so_RANDOMIZE_PORT},
	"ReadBuffer":        {Name: "SO_RCVBUF", Level: windows.SOL_SOCKET, Number: windows.SO_RCVBUF},
	"ReceiveLowat":      {Name: "SO_RCVLOWAT", Level: windows.SOL_SOCKET, Number: so_RCVLOWAT},
	"ReuseAddr":         {Name: "SO_REUSEADDR", Level: windows.SOL_SOCKET, Number: windows.SO_REUSEADDR},
	"ReuseUnicastPort":  {Name: "SO_REUSE_UNICASTPORT", Level: windows.SOL_SOCKET, Number: so_REUSE_UNICASTPORT},
	"WriteBuffer":       {Name: "SO_SNDBUF", Level: windows.SOL_SOCKET, Number: windows.SO_SNDBUF},
	"SendLowat":         {Name: "SO_SNDLOWAT", Level: windows.SOL_SOCKET, Number: so_SNDLOWAT},
	"Type":              {Name: "SO_TYPE", Level: windows.SOL_SOCKET, Number: so_TYPE, Access: ReadOnly},

	"Expedited1122":          {Name: "TCP_EXPEDITED_1122", Level: windows.IPPROTO_TCP, Number: windows.TCP_EXPEDITED_1122},
	"FailConnectOnICMPError": {Name: "TCP_FAIL_CONNECT_ON_ICMP_ERROR", Level: windows.IPPROTO_TCP, Number: windows.TCP_FAIL_CONNECT_ON_ICMP_ERROR},
	"FastOpen":               {Name: "TCP_FASTOPEN", Level: windows.IPPROTO_TCP, Number: windows.TCP_FASTOPEN},
	"ICMPErrorInfo":          {Name: "TCP_ICMP_ERROR_INFO", Level: windows.IPPROTO_TCP, Number: windows.TCP_ICMP_ERROR_INFO, Access: ReadOnly},
	"KeepAliveCount":         {Name: "TCP_KEEPCNT", Level: windows.IPPROTO_TCP, Number: windows.TCP_KEEPCNT},
	"KeepAliveIdle":          {Name: "TCP_KEEPIDLE", Level: windows.IPPROTO_TCP, Number: windows.TCP_KEEPIDLE, Unit: time.Second},
	"KeepAliveInterval":      {Name: "TCP_KEEPINTVL", Level: windows.IPPROTO_TCP, Number: windows.TCP_KEEPINTVL, Unit: time.Second},
	"UserTimeout":            {Name: "TCP_MAXRT", Level: windows.IPPROTO_TCP, Number: windows.TCP_MAXRT, Unit: time.Second},
	"MaxRetransmitTime":      {Name: "TCP_MAXRTMS", Level: windows.IPPROTO_TCP, Number: windows.TCP_MAXRTMS, Unit: time.Millisecond},
	"MaxSegment":             {Name: "TCP_MAXSEG", Level: windows.IPPROTO_TCP, Number: windows.TCP_MAXSEG, Access: ReadOnly},
	"NoDelay":                {Name: "TCP_NODELAY", Level: windows.IPPROTO_TCP, Number: windows.TCP_NODELAY},
	"StdUrg":                 {Name: "TCP_STDURG", Level: windows.IPPROTO_TCP, Number: windows.TCP_STDURG},
	"Timestamps":             {Name: "TCP_TIMESTAMPS", Level: windows.IPPROTO_TCP, Number: windows.TCP_TIMESTAMPS},

	"DontFragment": {Name: "IP_DONTFRAGMENT", Level: windows.IPPROTO_IP, Number: ip_DONTFRAGMENT,
		V6: &Row{Name: "IPV6_DONTFRAG", Level: windows.IPPROTO_IPV6, Number: ipv6_DONTFRAG}},
	"MTU": {Name: "IP_MTU", Level: windows.IPPROTO_IP, Number: ip_MTU, Access: ReadOnly,
		V6: &Row{Name: "IPV6_MTU", Level: windows.IPPROTO_IPV6, Number: ipv6_MTU}},
	"MTUDiscover": {Name: "IP_MTU_DISCOVER", Level: windows.IPPROTO_IP, Number: windows.IP_MTU_DISCOVER,
		Values: []int{windows.IP_PMTUDISC_NOT_SET, windows.IP_PMTUDISC_DO, windows.IP_PMTUDISC_DONT, windows.IP_PMTUDISC_PROBE},
		V6:     &Row{Name: "IPV6_MTU_DISCOVER", Level: windows.IPPROTO_IPV6, Number: windows.IPV6_MTU_DISCOVER}},
	"IPOptions": {Name: "IP_OPTIONS", Level: windows.IPPROTO_IP, Number: ip_OPTIONS},
	"TrafficClass": {Name: "IP_TOS", Level: windows.IPPROTO_IP, Number: windows.IP_TOS,
		V6: &Row{Name: "IPV6_TCLASS", Level: windows.IPPROTO_IPV6, Number: ipv6_TCLASS}},
	"HopLimit": {Name: "IP_TTL", Level: windows.IPPROTO_IP, Number: windows.IP_TTL,
		V6: &Row{Name: "IPV6_UNICAST_HOPS", Level: windows.IPPROTO_IPV6, Number: windows.IPV6_UNICAST_HOPS}},
	"UnicastInterface": {Name: "IP_UNICAST_IF", Level: windows.IPPROTO_IP, Number: ip_UNICAST_IF, BigEndian: true,
		V6: &Row{Name: "IPV6_UNICAST_IF", Level: windows.IPPROTO_IPV6, Number: ipv6_UNICAST_IF}},
	"UserMTU": {Name: "IP_USER_MTU", Level: windows.IPPROTO_IP, Number: ip_USER_MTU,
		V6: &Row{Name: "IPV6_USER_MTU", Level: windows.IPPROTO_IPV6, Number: ipv6_USER_MTU}},

	"V6Only": {Name: "IPV6_V6ONLY", Level: windows.IPPROTO_IPV6, Number: windows.IPV6_V6ONLY},
}

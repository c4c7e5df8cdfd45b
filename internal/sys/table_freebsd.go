// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"time"

	"golang.org/x/sys/unix"
)

// Constants that x/sys lacks on some architectures.
const (
	tcp_MAXUNACKTIME = 68 // netinet/tcp.h, FreeBSD 14
)

// The rows are sorted by level, then by C name. See setsockopt(2), tcp(4),
// ip(4), ip6(4) and the headers sys/socket.h, netinet/tcp.h, netinet/in.h,
// netinet6/in6.h.
var table = map[string]Row{
	"AcceptConn":          {Name: "SO_ACCEPTCONN", Level: unix.SOL_SOCKET, Number: unix.SO_ACCEPTCONN, Access: ReadOnly},
	"AcceptFilter":        {Name: "SO_ACCEPTFILTER", Level: unix.SOL_SOCKET, Number: unix.SO_ACCEPTFILTER},
	"Debug":               {Name: "SO_DEBUG", Level: unix.SOL_SOCKET, Number: unix.SO_DEBUG},
	"Domain":              {Name: "SO_DOMAIN", Level: unix.SOL_SOCKET, Number: unix.SO_DOMAIN, Access: ReadOnly},
	"DontRoute":           {Name: "SO_DONTROUTE", Level: unix.SOL_SOCKET, Number: unix.SO_DONTROUTE},
	"KeepAlive":           {Name: "SO_KEEPALIVE", Level: unix.SOL_SOCKET, Number: unix.SO_KEEPALIVE},
	"Linger":              {Name: "SO_LINGER", Level: unix.SOL_SOCKET, Number: unix.SO_LINGER, Unit: time.Second, Ranges: []Range{{0, 65535}}},
	"ListenIncompleteLen": {Name: "SO_LISTENINCQLEN", Level: unix.SOL_SOCKET, Number: unix.SO_LISTENINCQLEN, Access: ReadOnly},
	"ListenQueueLen":      {Name: "SO_LISTENQLEN", Level: unix.SOL_SOCKET, Number: unix.SO_LISTENQLEN, Access: ReadOnly},
	"ListenQueueLimit":    {Name: "SO_LISTENQLIMIT", Level: unix.SOL_SOCKET, Number: unix.SO_LISTENQLIMIT, Access: ReadOnly},
	"MaxPacingRate":       {Name: "SO_MAX_PACING_RATE", Level: unix.SOL_SOCKET, Number: unix.SO_MAX_PACING_RATE, Width: 4},
	"NoSigPipe":           {Name: "SO_NOSIGPIPE", Level: unix.SOL_SOCKET, Number: unix.SO_NOSIGPIPE},
	"OOBInline":           {Name: "SO_OOBINLINE", Level: unix.SOL_SOCKET, Number: unix.SO_OOBINLINE},
	"Protocol":            {Name: "SO_PROTOCOL", Level: unix.SOL_SOCKET, Number: unix.SO_PROTOCOL, Access: ReadOnly},
	"ReadBuffer":          {Name: "SO_RCVBUF", Level: unix.SOL_SOCKET, Number: unix.SO_RCVBUF},
	"ReceiveLowat":        {Name: "SO_RCVLOWAT", Level: unix.SOL_SOCKET, Number: unix.SO_RCVLOWAT},
	"ReuseAddr":           {Name: "SO_REUSEADDR", Level: unix.SOL_SOCKET, Number: unix.SO_REUSEADDR},
	"ReusePort":           {Name: "SO_REUSEPORT", Level: unix.SOL_SOCKET, Number: unix.SO_REUSEPORT},
	"ReusePortLB":         {Name: "SO_REUSEPORT_LB", Level: unix.SOL_SOCKET, Number: unix.SO_REUSEPORT_LB},
	"RoutingTable":        {Name: "SO_SETFIB", Level: unix.SOL_SOCKET, Number: unix.SO_SETFIB, Access: WriteOnly},
	"WriteBuffer":         {Name: "SO_SNDBUF", Level: unix.SOL_SOCKET, Number: unix.SO_SNDBUF},
	"SendLowat":           {Name: "SO_SNDLOWAT", Level: unix.SOL_SOCKET, Number: unix.SO_SNDLOWAT},
	"Type":                {Name: "SO_TYPE", Level: unix.SOL_SOCKET, Number: unix.SO_TYPE, Access: ReadOnly},
	"UserCookie":          {Name: "SO_USER_COOKIE", Level: unix.SOL_SOCKET, Number: unix.SO_USER_COOKIE, Access: WriteOnly},

	"Congestion":        {Name: "TCP_CONGESTION", Level: unix.IPPROTO_TCP, Number: unix.TCP_CONGESTION},
	"FastOpen":          {Name: "TCP_FASTOPEN", Level: unix.IPPROTO_TCP, Number: unix.TCP_FASTOPEN},
	"FunctionBlock":     {Name: "TCP_FUNCTION_BLK", Level: unix.IPPROTO_TCP, Number: unix.TCP_FUNCTION_BLK},
	"KeepAliveCount":    {Name: "TCP_KEEPCNT", Level: unix.IPPROTO_TCP, Number: unix.TCP_KEEPCNT},
	"KeepAliveIdle":     {Name: "TCP_KEEPIDLE", Level: unix.IPPROTO_TCP, Number: unix.TCP_KEEPIDLE, Unit: time.Second},
	"ConnectionTimeout": {Name: "TCP_KEEPINIT", Level: unix.IPPROTO_TCP, Number: unix.TCP_KEEPINIT, Unit: time.Second},
	"KeepAliveInterval": {Name: "TCP_KEEPINTVL", Level: unix.IPPROTO_TCP, Number: unix.TCP_KEEPINTVL, Unit: time.Second},
	"BlackBoxLog":       {Name: "TCP_LOG", Level: unix.IPPROTO_TCP, Number: unix.TCP_LOG},
	"LogID":             {Name: "TCP_LOGID", Level: unix.IPPROTO_TCP, Number: unix.TCP_LOGID},
	"MaxSegment":        {Name: "TCP_MAXSEG", Level: unix.IPPROTO_TCP, Number: unix.TCP_MAXSEG},
	"UserTimeout":       {Name: "TCP_MAXUNACKTIME", Level: unix.IPPROTO_TCP, Number: tcp_MAXUNACKTIME, Unit: time.Second},
	"MD5Sig":            {Name: "TCP_MD5SIG", Level: unix.IPPROTO_TCP, Number: unix.TCP_MD5SIG},
	"NoDelay":           {Name: "TCP_NODELAY", Level: unix.IPPROTO_TCP, Number: unix.TCP_NODELAY},
	"NoOptions":         {Name: "TCP_NOOPT", Level: unix.IPPROTO_TCP, Number: unix.TCP_NOOPT},
	"Cork":              {Name: "TCP_NOPUSH", Level: unix.IPPROTO_TCP, Number: unix.TCP_NOPUSH},

	"Transparent": {Name: "IP_BINDANY", Level: unix.IPPROTO_IP, Number: unix.IP_BINDANY,
		V6: &Row{Name: "IPV6_BINDANY", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_BINDANY}},
	"DontFragment": {Name: "IP_DONTFRAG", Level: unix.IPPROTO_IP, Number: unix.IP_DONTFRAG,
		V6: &Row{Name: "IPV6_DONTFRAG", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_DONTFRAG}},
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
	"V6Only":        {Name: "IPV6_V6ONLY", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_V6ONLY},
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"time"

	"golang.org/x/sys/unix"
)

// The rows are sorted by level, then by C name. See socket(3SOCKET), tcp(7P),
// ip(7P), ip6(7P) and the headers sys/socket.h, netinet/tcp.h, netinet/in.h.
// This table is that of illumos, too.
var table = map[string]Row{
	"AcceptConn":       {Name: "SO_ACCEPTCONN", Level: unix.SOL_SOCKET, Number: unix.SO_ACCEPTCONN, Access: ReadOnly},
	"Debug":            {Name: "SO_DEBUG", Level: unix.SOL_SOCKET, Number: unix.SO_DEBUG},
	"Domain":           {Name: "SO_DOMAIN", Level: unix.SOL_SOCKET, Number: unix.SO_DOMAIN, Access: ReadOnly},
	"DontRoute":        {Name: "SO_DONTROUTE", Level: unix.SOL_SOCKET, Number: unix.SO_DONTROUTE},
	"ExclusiveAddrUse": {Name: "SO_EXCLBIND", Level: unix.SOL_SOCKET, Number: unix.SO_EXCLBIND},
	"KeepAlive":        {Name: "SO_KEEPALIVE", Level: unix.SOL_SOCKET, Number: unix.SO_KEEPALIVE},
	"Linger":           {Name: "SO_LINGER", Level: unix.SOL_SOCKET, Number: unix.SO_LINGER, Unit: time.Second},
	"OOBInline":        {Name: "SO_OOBINLINE", Level: unix.SOL_SOCKET, Number: unix.SO_OOBINLINE},
	"ReadBuffer":       {Name: "SO_RCVBUF", Level: unix.SOL_SOCKET, Number: unix.SO_RCVBUF},
	"ReceiveLowat":     {Name: "SO_RCVLOWAT", Level: unix.SOL_SOCKET, Number: unix.SO_RCVLOWAT},
	"ReuseAddr":        {Name: "SO_REUSEADDR", Level: unix.SOL_SOCKET, Number: unix.SO_REUSEADDR},
	"WriteBuffer":      {Name: "SO_SNDBUF", Level: unix.SOL_SOCKET, Number: unix.SO_SNDBUF},
	"SendLowat":        {Name: "SO_SNDLOWAT", Level: unix.SOL_SOCKET, Number: unix.SO_SNDLOWAT},
	"Type":             {Name: "SO_TYPE", Level: unix.SOL_SOCKET, Number: unix.SO_TYPE, Access: ReadOnly},

	"UserTimeout":         {Name: "TCP_ABORT_THRESHOLD", Level: unix.IPPROTO_TCP, Number: unix.TCP_ABORT_THRESHOLD, Unit: time.Millisecond},
	"Congestion":          {Name: "TCP_CONGESTION", Level: unix.IPPROTO_TCP, Number: unix.TCP_CONGESTION},
	"ConnectionTimeout":   {Name: "TCP_CONN_ABORT_THRESHOLD", Level: unix.IPPROTO_TCP, Number: unix.TCP_CONN_ABORT_THRESHOLD, Unit: time.Millisecond},
	"ConnNotifyThreshold": {Name: "TCP_CONN_NOTIFY_THRESHOLD", Level: unix.IPPROTO_TCP, Number: unix.TCP_CONN_NOTIFY_THRESHOLD, Unit: time.Millisecond},
	"Cork":                {Name: "TCP_CORK", Level: unix.IPPROTO_TCP, Number: unix.TCP_CORK},
	"InitCwnd":            {Name: "TCP_INIT_CWND", Level: unix.IPPROTO_TCP, Number: unix.TCP_INIT_CWND},
	"KeepAliveCount":      {Name: "TCP_KEEPCNT", Level: unix.IPPROTO_TCP, Number: tcp_KEEPCNT},
	"KeepAliveIdle":       {Name: "TCP_KEEPIDLE", Level: unix.IPPROTO_TCP, Number: tcp_KEEPIDLE, Unit: time.Second},
	"KeepAliveInterval":   {Name: "TCP_KEEPINTVL", Level: unix.IPPROTO_TCP, Number: tcp_KEEPINTVL, Unit: time.Second},
	"Linger2":             {Name: "TCP_LINGER2", Level: unix.IPPROTO_TCP, Number: unix.TCP_LINGER2, Unit: time.Second},
	"MaxSegment":          {Name: "TCP_MAXSEG", Level: unix.IPPROTO_TCP, Number: unix.TCP_MAXSEG},
	"NoDelay":             {Name: "TCP_NODELAY", Level: unix.IPPROTO_TCP, Number: unix.TCP_NODELAY},
	"NotifyThreshold":     {Name: "TCP_NOTIFY_THRESHOLD", Level: unix.IPPROTO_TCP, Number: unix.TCP_NOTIFY_THRESHOLD, Unit: time.Millisecond},
	"RTOInitial":          {Name: "TCP_RTO_INITIAL", Level: unix.IPPROTO_TCP, Number: unix.TCP_RTO_INITIAL, Unit: time.Millisecond},
	"RTOMax":              {Name: "TCP_RTO_MAX", Level: unix.IPPROTO_TCP, Number: unix.TCP_RTO_MAX, Unit: time.Millisecond},
	"RTOMin":              {Name: "TCP_RTO_MIN", Level: unix.IPPROTO_TCP, Number: unix.TCP_RTO_MIN, Unit: time.Millisecond},

	"BindToIfindex": {Name: "IP_BOUND_IF", Level: unix.IPPROTO_IP, Number: unix.IP_BOUND_IF,
		V6: &Row{Name: "IPV6_BOUND_IF", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_BOUND_IF}},
	"DontFragment": {Name: "IP_DONTFRAG", Level: unix.IPPROTO_IP, Number: unix.IP_DONTFRAG,
		V6: &Row{Name: "IPV6_DONTFRAG", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_DONTFRAG}},
	"IPOptions": {Name: "IP_OPTIONS", Level: unix.IPPROTO_IP, Number: unix.IP_OPTIONS},
	"TrafficClass": {Name: "IP_TOS", Level: unix.IPPROTO_IP, Number: unix.IP_TOS,
		V6: &Row{Name: "IPV6_TCLASS", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_TCLASS}},
	"HopLimit": {Name: "IP_TTL", Level: unix.IPPROTO_IP, Number: unix.IP_TTL,
		V6: &Row{Name: "IPV6_UNICAST_HOPS", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_UNICAST_HOPS}},

	"AddrPreferences": {Name: "IPV6_SRC_PREFERENCES", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_SRC_PREFERENCES},
	"V6Only":          {Name: "IPV6_V6ONLY", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_V6ONLY},
}

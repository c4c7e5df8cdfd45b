// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"time"

	"golang.org/x/sys/unix"
)

// Constants that x/sys lacks.
const (
	tcp_IS_MPTCP         = 43 // linux/tcp.h, Linux 6.10
	ip6t_SO_ORIGINAL_DST = 80 // linux/netfilter_ipv6/ip6_tables.h
)

// The rows are sorted by level, then by C name. See socket(7), tcp(7), ip(7),
// ipv6(7) and the headers asm/socket.h, linux/tcp.h, linux/in.h, linux/in6.h.
var table = map[string]Row{
	"AcceptConn":       {Name: "SO_ACCEPTCONN", Level: unix.SOL_SOCKET, Number: unix.SO_ACCEPTCONN, Access: ReadOnly},
	"BindToDevice":     {Name: "SO_BINDTODEVICE", Level: unix.SOL_SOCKET, Number: unix.SO_BINDTODEVICE},
	"BindToIfindex":    {Name: "SO_BINDTOIFINDEX", Level: unix.SOL_SOCKET, Number: unix.SO_BINDTOIFINDEX},
	"BufferLock":       {Name: "SO_BUF_LOCK", Level: unix.SOL_SOCKET, Number: unix.SO_BUF_LOCK},
	"BusyPoll":         {Name: "SO_BUSY_POLL", Level: unix.SOL_SOCKET, Number: unix.SO_BUSY_POLL, Unit: time.Microsecond},
	"BusyPollBudget":   {Name: "SO_BUSY_POLL_BUDGET", Level: unix.SOL_SOCKET, Number: unix.SO_BUSY_POLL_BUDGET, Access: WriteOnly},
	"Cookie":           {Name: "SO_COOKIE", Level: unix.SOL_SOCKET, Number: unix.SO_COOKIE, Width: 8, Access: ReadOnly},
	"Debug":            {Name: "SO_DEBUG", Level: unix.SOL_SOCKET, Number: unix.SO_DEBUG},
	"Domain":           {Name: "SO_DOMAIN", Level: unix.SOL_SOCKET, Number: unix.SO_DOMAIN, Access: ReadOnly},
	"DontRoute":        {Name: "SO_DONTROUTE", Level: unix.SOL_SOCKET, Number: unix.SO_DONTROUTE},
	"IncomingCPU":      {Name: "SO_INCOMING_CPU", Level: unix.SOL_SOCKET, Number: unix.SO_INCOMING_CPU},
	"IncomingNAPIID":   {Name: "SO_INCOMING_NAPI_ID", Level: unix.SOL_SOCKET, Number: unix.SO_INCOMING_NAPI_ID, Access: ReadOnly},
	"KeepAlive":        {Name: "SO_KEEPALIVE", Level: unix.SOL_SOCKET, Number: unix.SO_KEEPALIVE},
	"Linger":           {Name: "SO_LINGER", Level: unix.SOL_SOCKET, Number: unix.SO_LINGER, Unit: time.Second},
	"Mark":             {Name: "SO_MARK", Level: unix.SOL_SOCKET, Number: unix.SO_MARK},
	"MaxPacingRate":    {Name: "SO_MAX_PACING_RATE", Level: unix.SOL_SOCKET, Number: unix.SO_MAX_PACING_RATE, Width: 8, Fit: fitRate},
	"MemInfo":          {Name: "SO_MEMINFO", Level: unix.SOL_SOCKET, Number: unix.SO_MEMINFO, Access: ReadOnly},
	"NetNSCookie":      {Name: "SO_NETNS_COOKIE", Level: unix.SOL_SOCKET, Number: unix.SO_NETNS_COOKIE, Width: 8, Access: ReadOnly},
	"OOBInline":        {Name: "SO_OOBINLINE", Level: unix.SOL_SOCKET, Number: unix.SO_OOBINLINE},
	"PeekOffset":       {Name: "SO_PEEK_OFF", Level: unix.SOL_SOCKET, Number: unix.SO_PEEK_OFF},
	"PreferBusyPoll":   {Name: "SO_PREFER_BUSY_POLL", Level: unix.SOL_SOCKET, Number: unix.SO_PREFER_BUSY_POLL},
	"Priority":         {Name: "SO_PRIORITY", Level: unix.SOL_SOCKET, Number: unix.SO_PRIORITY},
	"Protocol":         {Name: "SO_PROTOCOL", Level: unix.SOL_SOCKET, Number: unix.SO_PROTOCOL, Access: ReadOnly},
	"ReadBuffer":       {Name: "SO_RCVBUF", Level: unix.SOL_SOCKET, Number: unix.SO_RCVBUF},
	"ReadBufferForce":  {Name: "SO_RCVBUFFORCE", Level: unix.SOL_SOCKET, Number: unix.SO_RCVBUFFORCE, Access: WriteOnly},
	"ReceiveLowat":     {Name: "SO_RCVLOWAT", Level: unix.SOL_SOCKET, Number: unix.SO_RCVLOWAT},
	"ReserveMem":       {Name: "SO_RESERVE_MEM", Level: unix.SOL_SOCKET, Number: unix.SO_RESERVE_MEM},
	"ReuseAddr":        {Name: "SO_REUSEADDR", Level: unix.SOL_SOCKET, Number: unix.SO_REUSEADDR},
	"ReusePort":        {Name: "SO_REUSEPORT", Level: unix.SOL_SOCKET, Number: unix.SO_REUSEPORT},
	"WriteBuffer":      {Name: "SO_SNDBUF", Level: unix.SOL_SOCKET, Number: unix.SO_SNDBUF},
	"WriteBufferForce": {Name: "SO_SNDBUFFORCE", Level: unix.SOL_SOCKET, Number: unix.SO_SNDBUFFORCE, Access: WriteOnly},
	"SendLowat":        {Name: "SO_SNDLOWAT", Level: unix.SOL_SOCKET, Number: unix.SO_SNDLOWAT, Access: ReadOnly},
	"TxRehash":         {Name: "SO_TXREHASH", Level: unix.SOL_SOCKET, Number: unix.SO_TXREHASH},
	"Type":             {Name: "SO_TYPE", Level: unix.SOL_SOCKET, Number: unix.SO_TYPE, Access: ReadOnly},

	"CCInfo":             {Name: "TCP_CC_INFO", Level: unix.IPPROTO_TCP, Number: unix.TCP_CC_INFO, Access: ReadOnly},
	"Congestion":         {Name: "TCP_CONGESTION", Level: unix.IPPROTO_TCP, Number: unix.TCP_CONGESTION},
	"Cork":               {Name: "TCP_CORK", Level: unix.IPPROTO_TCP, Number: unix.TCP_CORK},
	"DeferAccept":        {Name: "TCP_DEFER_ACCEPT", Level: unix.IPPROTO_TCP, Number: unix.TCP_DEFER_ACCEPT, Unit: time.Second},
	"DelayedAckMax":      {Name: "TCP_DELACK_MAX_US", Level: unix.IPPROTO_TCP, Number: unix.TCP_DELACK_MAX_US, Unit: time.Microsecond, Ranges: []Range{{1, 200_000}}},
	"FastOpen":           {Name: "TCP_FASTOPEN", Level: unix.IPPROTO_TCP, Number: unix.TCP_FASTOPEN},
	"FastOpenConnect":    {Name: "TCP_FASTOPEN_CONNECT", Level: unix.IPPROTO_TCP, Number: unix.TCP_FASTOPEN_CONNECT},
	"FastOpenKey":        {Name: "TCP_FASTOPEN_KEY", Level: unix.IPPROTO_TCP, Number: unix.TCP_FASTOPEN_KEY},
	"FastOpenNoCookie":   {Name: "TCP_FASTOPEN_NO_COOKIE", Level: unix.IPPROTO_TCP, Number: unix.TCP_FASTOPEN_NO_COOKIE},
	"IsMPTCP":            {Name: "TCP_IS_MPTCP", Level: unix.IPPROTO_TCP, Number: tcp_IS_MPTCP, Access: ReadOnly},
	"KeepAliveCount":     {Name: "TCP_KEEPCNT", Level: unix.IPPROTO_TCP, Number: unix.TCP_KEEPCNT, Ranges: []Range{{1, 127}}},
	"KeepAliveIdle":      {Name: "TCP_KEEPIDLE", Level: unix.IPPROTO_TCP, Number: unix.TCP_KEEPIDLE, Unit: time.Second, Ranges: []Range{{1, 32767}}},
	"KeepAliveInterval":  {Name: "TCP_KEEPINTVL", Level: unix.IPPROTO_TCP, Number: unix.TCP_KEEPINTVL, Unit: time.Second, Ranges: []Range{{1, 32767}}},
	"Linger2":            {Name: "TCP_LINGER2", Level: unix.IPPROTO_TCP, Number: unix.TCP_LINGER2, Unit: time.Second},
	"MaxSegment":         {Name: "TCP_MAXSEG", Level: unix.IPPROTO_TCP, Number: unix.TCP_MAXSEG, Ranges: []Range{{0, 0}, {88, 32767}}},
	"MD5SigExt":          {Name: "TCP_MD5SIG_EXT", Level: unix.IPPROTO_TCP, Number: unix.TCP_MD5SIG_EXT, Fit: fitPeer, Access: WriteOnly},
	"NoDelay":            {Name: "TCP_NODELAY", Level: unix.IPPROTO_TCP, Number: unix.TCP_NODELAY},
	"NotSentLowat":       {Name: "TCP_NOTSENT_LOWAT", Level: unix.IPPROTO_TCP, Number: unix.TCP_NOTSENT_LOWAT},
	"QuickAck":           {Name: "TCP_QUICKACK", Level: unix.IPPROTO_TCP, Number: unix.TCP_QUICKACK},
	"RTOMax":             {Name: "TCP_RTO_MAX_MS", Level: unix.IPPROTO_TCP, Number: unix.TCP_RTO_MAX_MS, Unit: time.Millisecond, Ranges: []Range{{1000, 120_000}}},
	"RTOMin":             {Name: "TCP_RTO_MIN_US", Level: unix.IPPROTO_TCP, Number: unix.TCP_RTO_MIN_US, Unit: time.Microsecond, Ranges: []Range{{1, 200_000}}},
	"SavedSyn":           {Name: "TCP_SAVED_SYN", Level: unix.IPPROTO_TCP, Number: unix.TCP_SAVED_SYN, Access: ReadOnly},
	"SaveSyn":            {Name: "TCP_SAVE_SYN", Level: unix.IPPROTO_TCP, Number: unix.TCP_SAVE_SYN},
	"SynCount":           {Name: "TCP_SYNCNT", Level: unix.IPPROTO_TCP, Number: unix.TCP_SYNCNT},
	"ThinDupAck":         {Name: "TCP_THIN_DUPACK", Level: unix.IPPROTO_TCP, Number: unix.TCP_THIN_DUPACK},
	"ThinLinearTimeouts": {Name: "TCP_THIN_LINEAR_TIMEOUTS", Level: unix.IPPROTO_TCP, Number: unix.TCP_THIN_LINEAR_TIMEOUTS},
	"Timestamp":          {Name: "TCP_TIMESTAMP", Level: unix.IPPROTO_TCP, Number: unix.TCP_TIMESTAMP},
	"TxDelay":            {Name: "TCP_TX_DELAY", Level: unix.IPPROTO_TCP, Number: unix.TCP_TX_DELAY, Unit: time.Microsecond},
	"ULP":                {Name: "TCP_ULP", Level: unix.IPPROTO_TCP, Number: unix.TCP_ULP},
	"UserTimeout":        {Name: "TCP_USER_TIMEOUT", Level: unix.IPPROTO_TCP, Number: unix.TCP_USER_TIMEOUT, Unit: time.Millisecond},
	"WindowClamp":        {Name: "TCP_WINDOW_CLAMP", Level: unix.IPPROTO_TCP, Number: unix.TCP_WINDOW_CLAMP},

	"BindAddressNoPort": {Name: "IP_BIND_ADDRESS_NO_PORT", Level: unix.IPPROTO_IP, Number: unix.IP_BIND_ADDRESS_NO_PORT},
	"FreeBind": {Name: "IP_FREEBIND", Level: unix.IPPROTO_IP, Number: unix.IP_FREEBIND,
		V6: &Row{Name: "IPV6_FREEBIND", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_FREEBIND}},
	"LocalPortRange": {Name: "IP_LOCAL_PORT_RANGE", Level: unix.IPPROTO_IP, Number: unix.IP_LOCAL_PORT_RANGE},
	"MinHopLimit": {Name: "IP_MINTTL", Level: unix.IPPROTO_IP, Number: unix.IP_MINTTL,
		V6: &Row{Name: "IPV6_MINHOPCOUNT", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_MINHOPCOUNT}},
	"MTU": {Name: "IP_MTU", Level: unix.IPPROTO_IP, Number: unix.IP_MTU, Access: ReadOnly,
		V6: &Row{Name: "IPV6_MTU", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_MTU}},
	"MTUDiscover": {Name: "IP_MTU_DISCOVER", Level: unix.IPPROTO_IP, Number: unix.IP_MTU_DISCOVER,
		Values: []int{unix.IP_PMTUDISC_WANT, unix.IP_PMTUDISC_DO, unix.IP_PMTUDISC_DONT, unix.IP_PMTUDISC_PROBE},
		V6:     &Row{Name: "IPV6_MTU_DISCOVER", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_MTU_DISCOVER}},
	"IPOptions": {Name: "IP_OPTIONS", Level: unix.IPPROTO_IP, Number: unix.IP_OPTIONS},
	"TrafficClass": {Name: "IP_TOS", Level: unix.IPPROTO_IP, Number: unix.IP_TOS,
		V6: &Row{Name: "IPV6_TCLASS", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_TCLASS}},
	"Transparent": {Name: "IP_TRANSPARENT", Level: unix.IPPROTO_IP, Number: unix.IP_TRANSPARENT,
		V6: &Row{Name: "IPV6_TRANSPARENT", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_TRANSPARENT}},
	"HopLimit": {Name: "IP_TTL", Level: unix.IPPROTO_IP, Number: unix.IP_TTL, Ranges: []Range{{-1, -1}, {1, 255}},
		V6: &Row{Name: "IPV6_UNICAST_HOPS", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_UNICAST_HOPS}},
	"UnicastInterface": {Name: "IP_UNICAST_IF", Level: unix.IPPROTO_IP, Number: unix.IP_UNICAST_IF, BigEndian: true,
		V6: &Row{Name: "IPV6_UNICAST_IF", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_UNICAST_IF, BigEndian: true}},
	"OriginalDst": {Name: "SO_ORIGINAL_DST", Level: unix.IPPROTO_IP, Number: unix.SO_ORIGINAL_DST, Access: ReadOnly,
		V6: &Row{Name: "IP6T_SO_ORIGINAL_DST", Level: unix.IPPROTO_IPV6, Number: ip6t_SO_ORIGINAL_DST}},

	"AddrPreferences": {Name: "IPV6_ADDR_PREFERENCES", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_ADDR_PREFERENCES},
	"AutoFlowLabel":   {Name: "IPV6_AUTOFLOWLABEL", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_AUTOFLOWLABEL},
	"DontFragment":    {Name: "IPV6_DONTFRAG", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_DONTFRAG},
	"V6Only":          {Name: "IPV6_V6ONLY", Level: unix.IPPROTO_IPV6, Number: unix.IPV6_V6ONLY},
}

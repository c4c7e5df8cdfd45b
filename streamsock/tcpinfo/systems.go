// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo

// This file contains the structures of all systems. Members have the names of
// the headers; names that begin with "__" are members that the kernel does not
// fill in.

// linux is struct tcp_info of linux/tcp.h. It has grown only at its end and in
// its bit-fields: to 104 bytes in 2.6.10, 120 in 3.15, 136 in 4.1, 144 in 4.2,
// 160 in 4.6, 168 in 4.9, 192 in 4.10, 200 in 4.18, 224 in 4.19, 232 in 5.4,
// 240 in 6.2, 248 in 6.7 and 280 in 6.18.
//
// The last four of these 280 bytes are omitted: 6.18 has two 16-bit integers
// there, 7.0 four bit-fields, and nothing distinguishes them.
var linux = newLayout("linux", finishLinux, []member{
	{name: "tcpi_state", width: 1, set: state(linuxStates)},
	{name: "tcpi_ca_state", width: 1, set: caState},
	{name: "tcpi_retransmits", width: 1, field: FieldRetransmits},
	{name: "tcpi_probes", width: 1, field: FieldProbes},
	{name: "tcpi_backoff", width: 1, field: FieldBackoff},
	{name: "tcpi_options", width: 1, set: linuxOptions},
	{name: "tcpi_snd_wscale", width: 1, bits: 4, field: FieldSndWScale},
	{name: "tcpi_rcv_wscale", width: 1, bits: 4, field: FieldRcvWScale},
	{name: "tcpi_delivery_rate_app_limited", width: 1, bits: 1, least: 168, field: FieldDeliveryRateAppLimited},
	{name: "tcpi_fastopen_client_fail", width: 1, bits: 2, least: 232, set: linuxFastOpenFail},
	{name: "tcpi_rto", width: 4, field: FieldRTO, unit: microseconds},
	{name: "tcpi_ato", width: 4, field: FieldATO, unit: microseconds, absent: zero},
	{name: "tcpi_snd_mss", width: 4, field: FieldSndMSS},
	{name: "tcpi_rcv_mss", width: 4, field: FieldRcvMSS},
	{name: "tcpi_unacked", width: 4, field: FieldUnacked},
	{name: "tcpi_sacked", width: 4, field: FieldSacked},
	{name: "tcpi_lost", width: 4, field: FieldLost},
	{name: "tcpi_retrans", width: 4, field: FieldRetrans},
	{name: "tcpi_fackets", width: 4},
	{name: "tcpi_last_data_sent", width: 4, field: FieldLastDataSent, unit: milliseconds},
	{name: "tcpi_last_ack_sent", width: 4}, // not recorded, according to the header
	{name: "tcpi_last_data_recv", width: 4, field: FieldLastDataRecv, unit: milliseconds},
	{name: "tcpi_last_ack_recv", width: 4, field: FieldLastAckRecv, unit: milliseconds},
	{name: "tcpi_pmtu", width: 4, field: FieldPathMTU, absent: zero},
	{name: "tcpi_rcv_ssthresh", width: 4, field: FieldRcvSsthresh},
	{name: "tcpi_rtt", width: 4, field: FieldRTT, unit: microseconds, absent: zero},
	{name: "tcpi_rttvar", width: 4, field: FieldRTTVar, unit: microseconds},
	{name: "tcpi_snd_ssthresh", width: 4, field: FieldSndSsthresh, unit: segments, absent: infinite32},
	{name: "tcpi_snd_cwnd", width: 4, field: FieldSndCwnd, unit: segments},
	{name: "tcpi_advmss", width: 4, field: FieldAdvMSS},
	{name: "tcpi_reordering", width: 4, field: FieldReordering},
	{name: "tcpi_rcv_rtt", width: 4, field: FieldRcvRTT, unit: microseconds, absent: zero},
	{name: "tcpi_rcv_space", width: 4, field: FieldRcvSpace},
	{name: "tcpi_total_retrans", width: 4, field: FieldSegsRetransmitted},
	{name: "tcpi_pacing_rate", width: 8, field: FieldPacingRate, absent: ones64},
	{name: "tcpi_max_pacing_rate", width: 8, field: FieldMaxPacingRate, absent: ones64},
	{name: "tcpi_bytes_acked", width: 8, field: FieldBytesAcked},
	{name: "tcpi_bytes_received", width: 8, field: FieldBytesReceived},
	{name: "tcpi_segs_out", width: 4, field: FieldSegsOut},
	{name: "tcpi_segs_in", width: 4, field: FieldSegsIn},
	{name: "tcpi_notsent_bytes", width: 4, field: FieldNotSent},
	{name: "tcpi_min_rtt", width: 4, field: FieldMinRTT, unit: microseconds, absent: unmeasured},
	{name: "tcpi_data_segs_in", width: 4, field: FieldDataSegsIn},
	{name: "tcpi_data_segs_out", width: 4, field: FieldDataSegsOut},
	{name: "tcpi_delivery_rate", width: 8, field: FieldDeliveryRate, absent: zero},
	{name: "tcpi_busy_time", width: 8, field: FieldBusyTime, unit: microseconds},
	{name: "tcpi_rwnd_limited", width: 8, field: FieldRwndLimited, unit: microseconds},
	{name: "tcpi_sndbuf_limited", width: 8, field: FieldSndbufLimited, unit: microseconds},
	{name: "tcpi_delivered", width: 4, field: FieldDelivered},
	{name: "tcpi_delivered_ce", width: 4, field: FieldDeliveredCE},
	{name: "tcpi_bytes_sent", width: 8, field: FieldBytesSent},
	{name: "tcpi_bytes_retrans", width: 8, field: FieldBytesRetransmitted},
	{name: "tcpi_dsack_dups", width: 4, field: FieldDSACKDups},
	{name: "tcpi_reord_seen", width: 4, field: FieldReordSeen},
	{name: "tcpi_rcv_ooopack", width: 4, field: FieldSegsOutOfOrder},
	{name: "tcpi_snd_wnd", width: 4, field: FieldSndWnd},
	{name: "tcpi_rcv_wnd", width: 4, field: FieldRcvWnd},
	{name: "tcpi_rehash", width: 4},
	{name: "tcpi_total_rto", width: 2, field: FieldTimeouts},
	{name: "tcpi_total_rto_recoveries", width: 2},
	{name: "tcpi_total_rto_time", width: 4}, // milliseconds
	{name: "tcpi_received_ce", width: 4, field: FieldReceivedCE},
	{name: "tcpi_delivered_e1_bytes", width: 4},
	{name: "tcpi_delivered_e0_bytes", width: 4},
	{name: "tcpi_delivered_ce_bytes", width: 4},
	{name: "tcpi_received_e1_bytes", width: 4},
	{name: "tcpi_received_e0_bytes", width: 4},
	{name: "tcpi_received_ce_bytes", width: 4},
})

func linuxOptions(i *Info, v uint64) {
	const (
		optECNSeen  = 0x10
		optSynData  = 0x20
		optTFOChild = 0x80
	)
	options(i, v)
	i.store(FieldECNSeen, v&optECNSeen, each)
	fastOpenIf(FastOpenDataAcked)(i, v&optSynData)
	fastOpenIf(FastOpenAccepted)(i, v&optTFOChild)
}

// linuxFastOpenFail converts enum tcp_fastopen_client_fail.
func linuxFastOpenFail(i *Info, v uint64) {
	i.fastOpen([...]FastOpen{0, FastOpenNoCookie, FastOpenDataNotAcked, FastOpenSynLost}[v&3])
}

// finishLinux interprets members that have another meaning in some states:
// tcp_get_info, net/ipv4/tcp.c. Those of a listener describe its queue. Before
// a connection is established, the kernel counts times from its own start; RTT
// is absent until then.
func finishLinux(i *Info) {
	switch i.State {
	case Listen:
		if i.Has(FieldSacked) {
			i.set(FieldBacklog, i.Unacked)
			i.set(FieldMaxBacklog, i.Sacked)
		}
	case SynSent, Closed:
		if !i.Has(FieldRTT) {
			i.forget(FieldLastDataSent)
			i.forget(FieldLastDataRecv)
			i.forget(FieldLastAckRecv)
		}
	}
}

// freebsd is struct tcp_info of netinet/tcp.h. Up to FreeBSD 13 it has 236
// bytes, of which the last 104 are padding. FreeBSD 14 has used some of these
// and has 240 bytes on 64-bit machines; on others it cannot be distinguished
// from the earlier one.
var freebsd = newLayout("freebsd", finishFreeBSD, []member{
	{name: "tcpi_state", width: 1, set: state(bsdStates)},
	{name: "__tcpi_ca_state", width: 1},
	{name: "__tcpi_retransmits", width: 1},
	{name: "__tcpi_probes", width: 1},
	{name: "__tcpi_backoff", width: 1},
	{name: "tcpi_options", width: 1, set: freebsdOptions},
	{name: "tcpi_snd_wscale", width: 1, bits: 4, field: FieldSndWScale},
	{name: "tcpi_rcv_wscale", width: 1, bits: 4, field: FieldRcvWScale},
	{name: "tcpi_rto", width: 4, field: FieldRTO, unit: microseconds},
	{name: "__tcpi_ato", width: 4},
	{name: "tcpi_snd_mss", width: 4, field: FieldSndMSS},
	{name: "tcpi_rcv_mss", width: 4, field: FieldRcvMSS},
	{name: "__tcpi_unacked", width: 4},
	{name: "__tcpi_sacked", width: 4},
	{name: "__tcpi_lost", width: 4},
	{name: "__tcpi_retrans", width: 4},
	{name: "__tcpi_fackets", width: 4},
	{name: "__tcpi_last_data_sent", width: 4},
	{name: "__tcpi_last_ack_sent", width: 4},
	{name: "tcpi_last_data_recv", width: 4, field: FieldLastDataRecv, unit: microseconds},
	{name: "__tcpi_last_ack_recv", width: 4},
	{name: "__tcpi_pmtu", width: 4},
	{name: "__tcpi_rcv_ssthresh", width: 4},
	{name: "tcpi_rtt", width: 4, field: FieldRTT, unit: microseconds, absent: zero},
	{name: "tcpi_rttvar", width: 4, field: FieldRTTVar, unit: microseconds},
	{name: "tcpi_snd_ssthresh", width: 4, field: FieldSndSsthresh, absent: infiniteBSD},
	{name: "tcpi_snd_cwnd", width: 4, field: FieldSndCwnd},
	{name: "__tcpi_advmss", width: 4},
	{name: "__tcpi_reordering", width: 4},
	{name: "__tcpi_rcv_rtt", width: 4},
	{name: "tcpi_rcv_space", width: 4, field: FieldRcvWnd},
	{name: "tcpi_snd_wnd", width: 4, field: FieldSndWnd},
	{name: "tcpi_snd_bwnd", width: 4}, // no longer used
	{name: "tcpi_snd_nxt", width: 4},
	{name: "tcpi_rcv_nxt", width: 4},
	{name: "tcpi_toe_tid", width: 4},
	{name: "tcpi_snd_rexmitpack", width: 4, field: FieldSegsRetransmitted},
	{name: "tcpi_rcv_ooopack", width: 4, field: FieldSegsOutOfOrder},
	{name: "tcpi_snd_zerowin", width: 4, field: FieldZeroWindows},
	{name: "tcpi_delivered_ce", width: 4, least: 240, field: FieldDeliveredCE},
	{name: "tcpi_received_ce", width: 4, least: 240, field: FieldReceivedCE},
	{name: "__tcpi_delivered_e1_bytes", width: 4},
	{name: "__tcpi_delivered_e0_bytes", width: 4},
	{name: "__tcpi_delivered_ce_bytes", width: 4},
	{name: "__tcpi_received_e1_bytes", width: 4},
	{name: "__tcpi_received_e0_bytes", width: 4},
	{name: "__tcpi_received_ce_bytes", width: 4},
	{name: "tcpi_total_tlp", width: 4, least: 240},
	{name: "tcpi_total_tlp_bytes", width: 8, least: 240},
	{name: "tcpi_snd_una", width: 4, least: 240},
	{name: "tcpi_snd_max", width: 4, least: 240},
	{name: "tcpi_rcv_numsacks", width: 4, least: 240},
	{name: "tcpi_rcv_adv", width: 4, least: 240},
	{name: "tcpi_dupacks", width: 4, least: 240},
})

func freebsdOptions(i *Info, v uint64) {
	const (
		optTFO = 0x20
		optACE = 0x40 // RFC 9768, instead of optECN
	)
	options(i, v)
	if v&optACE != 0 {
		i.set(FieldECN, 1)
	}
	fastOpenIf(FastOpenNegotiated)(i, v&optTFO)
}

func finishFreeBSD(i *Info) { i.inFlight() }

// inFlight subtracts sequence numbers, which wrap to 0.
func (i *Info) inFlight() {
	una, _ := i.Sys.Member("tcpi_snd_una")
	if highest, ok := i.Sys.Member("tcpi_snd_max"); ok {
		i.set(FieldInFlight, int64(uint32(highest)-uint32(una)))
	}
}

// netbsd is struct tcp_info of netinet/tcp.h: that of FreeBSD 13, in which two
// windows are divided by the segment size (tcp_fill_info,
// netinet/tcp_usrreq.c), and the size of a segment is the same in both
// directions.
var netbsd = newLayout("netbsd", nil, []member{
	{name: "tcpi_state", width: 1, set: state(bsdStates)},
	{name: "__tcpi_ca_state", width: 1},
	{name: "__tcpi_retransmits", width: 1},
	{name: "__tcpi_probes", width: 1},
	{name: "__tcpi_backoff", width: 1},
	{name: "tcpi_options", width: 1, set: options},
	{name: "tcpi_snd_wscale", width: 1, bits: 4, field: FieldSndWScale},
	{name: "tcpi_rcv_wscale", width: 1, bits: 4, field: FieldRcvWScale},
	{name: "tcpi_rto", width: 4, field: FieldRTO, unit: microseconds},
	{name: "__tcpi_ato", width: 4},
	{name: "tcpi_snd_mss", width: 4, field: FieldSndMSS},
	{name: "tcpi_rcv_mss", width: 4, field: FieldRcvMSS},
	{name: "__tcpi_unacked", width: 4},
	{name: "__tcpi_sacked", width: 4},
	{name: "__tcpi_lost", width: 4},
	{name: "__tcpi_retrans", width: 4},
	{name: "__tcpi_fackets", width: 4},
	{name: "__tcpi_last_data_sent", width: 4},
	{name: "__tcpi_last_ack_sent", width: 4},
	{name: "tcpi_last_data_recv", width: 4, field: FieldLastDataRecv, unit: microseconds},
	{name: "__tcpi_last_ack_recv", width: 4},
	{name: "__tcpi_pmtu", width: 4},
	{name: "__tcpi_rcv_ssthresh", width: 4},
	{name: "tcpi_rtt", width: 4, field: FieldRTT, unit: microseconds, absent: zero},
	{name: "tcpi_rttvar", width: 4, field: FieldRTTVar, unit: microseconds},
	{name: "tcpi_snd_ssthresh", width: 4, field: FieldSndSsthresh, absent: infiniteBSD},
	{name: "tcpi_snd_cwnd", width: 4, field: FieldSndCwnd, unit: segments},
	{name: "__tcpi_advmss", width: 4},
	{name: "__tcpi_reordering", width: 4},
	{name: "__tcpi_rcv_rtt", width: 4},
	{name: "tcpi_rcv_space", width: 4, field: FieldRcvWnd},
	{name: "tcpi_snd_wnd", width: 4, field: FieldSndWnd, unit: segments},
	{name: "tcpi_snd_bwnd", width: 4}, // not used
	{name: "tcpi_snd_nxt", width: 4},
	{name: "tcpi_rcv_nxt", width: 4},
	{name: "tcpi_toe_tid", width: 4},
	{name: "tcpi_snd_rexmitpack", width: 4, field: FieldSegsRetransmitted},
	{name: "tcpi_rcv_ooopack", width: 4, field: FieldSegsOutOfOrder},
	{name: "tcpi_snd_zerowin", width: 4, field: FieldZeroWindows},
})

// openbsd is struct tcp_info of netinet/tcp.h. The members after tcpi_rcv_space
// are zero unless the process belongs to the superuser: tcp_fill_info,
// netinet/tcp_usrreq.c.
var openbsd = newLayout("openbsd", finishOpenBSD, []member{
	{name: "tcpi_state", width: 1, set: state(bsdStates)},
	{name: "__tcpi_ca_state", width: 1},
	{name: "__tcpi_retransmits", width: 1},
	{name: "__tcpi_probes", width: 1},
	{name: "__tcpi_backoff", width: 1},
	{name: "tcpi_options", width: 1, set: options},
	{name: "tcpi_snd_wscale", width: 1, field: FieldSndWScale},
	{name: "tcpi_rcv_wscale", width: 1, field: FieldRcvWScale},
	{name: "tcpi_rto", width: 4, field: FieldRTO, unit: microseconds},
	{name: "__tcpi_ato", width: 4},
	{name: "tcpi_snd_mss", width: 4, field: FieldSndMSS},
	{name: "tcpi_rcv_mss", width: 4, field: FieldRcvMSS},
	{name: "__tcpi_unacked", width: 4},
	{name: "__tcpi_sacked", width: 4},
	{name: "__tcpi_lost", width: 4},
	{name: "__tcpi_retrans", width: 4},
	{name: "__tcpi_fackets", width: 4},
	{name: "tcpi_last_data_sent", width: 4, field: FieldLastDataSent, unit: microseconds},
	{name: "tcpi_last_ack_sent", width: 4},
	{name: "tcpi_last_data_recv", width: 4, field: FieldLastDataRecv, unit: microseconds},
	{name: "tcpi_last_ack_recv", width: 4, field: FieldLastAckRecv, unit: microseconds},
	{name: "__tcpi_pmtu", width: 4},
	{name: "__tcpi_rcv_ssthresh", width: 4},
	{name: "tcpi_rtt", width: 4, field: FieldRTT, unit: microseconds, absent: zero},
	{name: "tcpi_rttvar", width: 4, field: FieldRTTVar, unit: microseconds},
	{name: "tcpi_snd_ssthresh", width: 4, field: FieldSndSsthresh, absent: infiniteBSD},
	{name: "tcpi_snd_cwnd", width: 4, field: FieldSndCwnd},
	{name: "__tcpi_advmss", width: 4},
	{name: "__tcpi_reordering", width: 4},
	{name: "__tcpi_rcv_rtt", width: 4},
	{name: "tcpi_rcv_space", width: 4, field: FieldRcvWnd},
	{name: "tcpi_snd_wnd", width: 4, field: FieldSndWnd},
	{name: "tcpi_snd_nxt", width: 4},
	{name: "tcpi_rcv_nxt", width: 4},
	{name: "tcpi_toe_tid", width: 4},
	{name: "tcpi_snd_rexmitpack", width: 4, field: FieldSegsRetransmitted},
	{name: "tcpi_rcv_ooopack", width: 4, field: FieldSegsOutOfOrder},
	{name: "tcpi_snd_zerowin", width: 4, field: FieldZeroWindows},
	{name: "tcpi_rttmin", width: 4}, // the minimum RTO
	{name: "tcpi_max_sndwnd", width: 4},
	{name: "tcpi_rcv_adv", width: 4},
	{name: "tcpi_rcv_up", width: 4},
	{name: "tcpi_snd_una", width: 4},
	{name: "tcpi_snd_up", width: 4},
	{name: "tcpi_snd_wl1", width: 4},
	{name: "tcpi_snd_wl2", width: 4},
	{name: "tcpi_snd_max", width: 4},
	{name: "tcpi_ts_recent", width: 4},
	{name: "tcpi_ts_recent_age", width: 4},
	{name: "tcpi_rfbuf_cnt", width: 4},
	{name: "tcpi_rfbuf_ts", width: 4},
	{name: "tcpi_so_rcv_sb_cc", width: 4},
	{name: "tcpi_so_rcv_sb_hiwat", width: 4},
	{name: "tcpi_so_rcv_sb_lowat", width: 4},
	{name: "tcpi_so_rcv_sb_wat", width: 4},
	{name: "tcpi_so_snd_sb_cc", width: 4, field: FieldSndQueue},
	{name: "tcpi_so_snd_sb_hiwat", width: 4},
	{name: "tcpi_so_snd_sb_lowat", width: 4},
	{name: "tcpi_so_snd_sb_wat", width: 4},
})

// finishOpenBSD checks whether the kernel has filled in the members for the
// superuser: the receive buffer of any socket has a non-zero size.
func finishOpenBSD(i *Info) {
	i.inFlight()
	if size, ok := i.Sys.Member("tcpi_so_rcv_sb_hiwat"); ok && size > 0 {
		return
	}
	for _, f := range [...]Field{
		FieldSndWnd, FieldSegsRetransmitted, FieldSegsOutOfOrder, FieldZeroWindows, FieldInFlight, FieldSndQueue,
	} {
		i.forget(f)
	}
}

// darwin is struct tcp_connection_info of netinet/tcp.h.
var darwin = newLayout("darwin", nil, []member{
	{name: "tcpi_state", width: 1, set: state(bsdStates)},
	{name: "tcpi_snd_wscale", width: 1, field: FieldSndWScale},
	{name: "tcpi_rcv_wscale", width: 1, field: FieldRcvWScale},
	{name: "__pad1", width: 1},
	{name: "tcpi_options", width: 4, set: options},
	{name: "tcpi_flags", width: 4},
	{name: "tcpi_rto", width: 4, field: FieldRTO, unit: milliseconds, absent: zero},
	{name: "tcpi_maxseg", width: 4, field: FieldSndMSS},
	{name: "tcpi_snd_ssthresh", width: 4, field: FieldSndSsthresh, absent: infiniteBSD},
	{name: "tcpi_snd_cwnd", width: 4, field: FieldSndCwnd},
	{name: "tcpi_snd_wnd", width: 4, field: FieldSndWnd},
	{name: "tcpi_snd_sbbytes", width: 4, field: FieldSndQueue},
	{name: "tcpi_rcv_wnd", width: 4, field: FieldRcvWnd},
	{name: "tcpi_rttcur", width: 4, field: FieldLatestRTT, unit: milliseconds, absent: zero},
	{name: "tcpi_srtt", width: 4, field: FieldRTT, unit: milliseconds, absent: zero},
	{name: "tcpi_rttvar", width: 4, field: FieldRTTVar, unit: milliseconds},
	{name: "tcpi_tfo_cookie_req", width: 4, bits: 1, set: fastOpenIf(FastOpenCookieRequested)},
	{name: "tcpi_tfo_cookie_rcv", width: 4, bits: 1, set: fastOpenIf(FastOpenCookieReceived)},
	{name: "tcpi_tfo_syn_loss", width: 4, bits: 1, set: fastOpenIf(FastOpenSynLost)},
	{name: "tcpi_tfo_syn_data_sent", width: 4, bits: 1, set: fastOpenIf(FastOpenDataSent)},
	{name: "tcpi_tfo_syn_data_acked", width: 4, bits: 1, set: fastOpenIf(FastOpenDataAcked)},
	{name: "tcpi_tfo_syn_data_rcv", width: 4, bits: 1, set: fastOpenIf(FastOpenDataReceived)},
	{name: "tcpi_tfo_cookie_req_rcv", width: 4, bits: 1, set: fastOpenIf(FastOpenCookieAsked)},
	{name: "tcpi_tfo_cookie_sent", width: 4, bits: 1, set: fastOpenIf(FastOpenCookieSent)},
	{name: "tcpi_tfo_cookie_invalid", width: 4, bits: 1, set: fastOpenIf(FastOpenCookieInvalid)},
	{name: "tcpi_tfo_cookie_wrong", width: 4, bits: 1, set: fastOpenIf(FastOpenCookieWrong)},
	{name: "tcpi_tfo_no_cookie_rcv", width: 4, bits: 1, set: fastOpenIf(FastOpenNoCookie)},
	{name: "tcpi_tfo_heuristics_disable", width: 4, bits: 1, set: fastOpenIf(FastOpenDisabled)},
	{name: "tcpi_tfo_send_blackhole", width: 4, bits: 1, set: fastOpenIf(FastOpenSendBlackhole)},
	{name: "tcpi_tfo_recv_blackhole", width: 4, bits: 1, set: fastOpenIf(FastOpenReceiveBlackhole)},
	{name: "tcpi_tfo_onebyte_proxy", width: 4, bits: 1, set: fastOpenIf(FastOpenProxy)},
	{name: "tcpi_txpackets", width: 8, field: FieldSegsOut},
	{name: "tcpi_txbytes", width: 8, field: FieldBytesSent},
	{name: "tcpi_txretransmitbytes", width: 8, field: FieldBytesRetransmitted},
	{name: "tcpi_rxpackets", width: 8, field: FieldSegsIn},
	{name: "tcpi_rxbytes", width: 8, field: FieldBytesReceived},
	{name: "tcpi_rxoutoforderbytes", width: 8},
	{name: "tcpi_txretransmitpackets", width: 8, field: FieldSegsRetransmitted},
})

// windows is TCP_INFO_v0 of mstcpip.h, 88 bytes. Version 1, 136 bytes,
// continues with SndLimTransRwin, and version 2, 152 bytes, with
// OutOfOrderPktsIn.
var windows = newLayout("windows", nil, []member{
	{name: "State", width: 4, set: state(windowsStates)},
	{name: "Mss", width: 4, field: FieldSndMSS},
	{name: "ConnectionTimeMs", width: 8, field: FieldAge, unit: milliseconds},
	{name: "TimestampsEnabled", width: 1, field: FieldTimestamps},
	{name: "RttUs", width: 4, field: FieldRTT, unit: microseconds, absent: unmeasured},
	{name: "MinRttUs", width: 4, field: FieldMinRTT, unit: microseconds, absent: unmeasured},
	{name: "BytesInFlight", width: 4, field: FieldInFlight},
	{name: "Cwnd", width: 4, field: FieldSndCwnd},
	{name: "SndWnd", width: 4, field: FieldSndWnd},
	{name: "RcvWnd", width: 4, field: FieldRcvWnd},
	{name: "RcvBuf", width: 4},
	{name: "BytesOut", width: 8, field: FieldBytesSent},
	{name: "BytesIn", width: 8, field: FieldBytesReceived},
	{name: "BytesReordered", width: 4},
	{name: "BytesRetrans", width: 4, field: FieldBytesRetransmitted},
	{name: "FastRetrans", width: 4},
	{name: "DupAcksIn", width: 4},
	{name: "TimeoutEpisodes", width: 4, field: FieldTimeouts},
	{name: "SynRetrans", width: 1},
	{name: "SndLimTransRwin", width: 4},
	{name: "SndLimTimeRwin", width: 4, field: FieldRwndLimited, unit: milliseconds},
	{name: "SndLimBytesRwin", width: 8},
	{name: "SndLimTransCwnd", width: 4},
	{name: "SndLimTimeCwnd", width: 4, field: FieldCwndLimited, unit: milliseconds},
	{name: "SndLimBytesCwnd", width: 8},
	{name: "SndLimTransSnd", width: 4},
	{name: "SndLimTimeSnd", width: 4, field: FieldAppLimited, unit: milliseconds},
	{name: "SndLimBytesSnd", width: 8},
	{name: "OutOfOrderPktsIn", width: 4, field: FieldSegsOutOfOrder},
	{name: "EcnNegotiated", width: 1, field: FieldECN},
	{name: "EceAcksIn", width: 4},
	{name: "PtoEpisodes", width: 4},
})

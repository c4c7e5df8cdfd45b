// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock/sockopt"
	"example.com/streamsock/streamsock/tcpinfo"
)

var patience = testnet.Patience

func realKernel(tb testing.TB) {
	tb.Helper()
	if os.Getenv("STREAMSOCK_EMULATOR") == "qemu-user" {
		tb.Skip("qemu-user returns only 4 bytes of TCP_INFO")
	}
}

func awaitState(tb testing.TB, c syscall.Conn, want tcpinfo.State) *tcpinfo.Info {
	tb.Helper()
	return await(tb, c, want.String(), func(i *tcpinfo.Info) bool { return i.State == want })
}

// TestBytes moves a known number of bytes each way.
func TestBytes(t *testing.T) {
	realKernel(t)
	const up, down = 1 << 20, 12345
	for _, network := range []string{"tcp4", "tcp6"} {
		client, server := testnet.Pair(t, network)
		move(t, client, server, up)
		move(t, server, client, down)
		for _, tt := range []struct {
			name           string
			c              *net.TCPConn
			sent, received int64
			syn            int64 // of the dialer
		}{
			{"client", client, up, down, 1},
			{"server", server, down, up, 0},
		} {
			i := await(t, tt.c, "acknowledgment", func(i *tcpinfo.Info) bool { return i.Unacked == 0 })
			for _, f := range []tcpinfo.Field{tcpinfo.FieldBytesAcked, tcpinfo.FieldBytesReceived} {
				if !i.Has(f) {
					t.Skipf("this kernel does not report %v", f)
				}
			}
			if i.BytesAcked != tt.sent+tt.syn || i.BytesReceived != tt.received {
				t.Errorf("%s, %s: %d acknowledged and %d received, want %d and %d", network, tt.name,
					i.BytesAcked, i.BytesReceived, tt.sent+tt.syn, tt.received)
			}
			if i.Has(tcpinfo.FieldBytesSent) && i.BytesSent-i.BytesRetransmitted != tt.sent {
				t.Errorf("%s, %s: %d sent, %d of them again, want %d", network, tt.name, i.BytesSent, i.BytesRetransmitted, tt.sent)
			}
			if i.NotSent != 0 || i.SegsIn == 0 || i.SegsOut == 0 || i.Has(tcpinfo.FieldDataSegsIn) && (i.DataSegsIn == 0 || i.DataSegsOut == 0) {
				t.Errorf("%s, %s: %v", network, tt.name, i)
			}
		}
	}
}

// TestNotSent fills the buffers of a peer that does not read.
func TestNotSent(t *testing.T) {
	realKernel(t)
	client, _ := testnet.Pair(t, "tcp4")
	type result struct {
		n   int
		err error
	}
	written := make(chan result, 1)
	p := make([]byte, 32<<20)
	go func() {
		n, err := client.Write(p)
		written <- result{n, err}
	}()
	full := func(i *tcpinfo.Info) bool {
		return i.NotSent > 0 && i.Unacked == 0 || !i.Has(tcpinfo.FieldNotSent)
	}
	await(t, client, "full window", full)
	client.SetWriteDeadline(time.Unix(1, 0))
	w := <-written
	if !errors.Is(w.err, os.ErrDeadlineExceeded) {
		t.Fatal(w)
	}
	i := await(t, client, "full window", full)
	if !i.Has(tcpinfo.FieldNotSent) || !i.Has(tcpinfo.FieldBytesAcked) {
		t.Skip("not reported by this kernel")
	}
	if i.BytesAcked-1+i.NotSent != int64(w.n) {
		t.Errorf("wrote %d: %d acknowledged, %d not sent: %v", w.n, i.BytesAcked-1, i.NotSent, i)
	}
}

// TestCloseSequence follows both ends through the states.
func TestCloseSequence(t *testing.T) {
	realKernel(t)
	client, server := testnet.Pair(t, "tcp4")
	awaitState(t, client, tcpinfo.Established)
	awaitState(t, server, tcpinfo.Established)
	if _, err := server.Write([]byte("unread, before the end")); err != nil {
		t.Fatal(err)
	}
	if err := server.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	awaitState(t, client, tcpinfo.CloseWait)
	awaitState(t, server, tcpinfo.FinWait2)
	move(t, client, server, 1000) // the other direction still works
	if err := client.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	awaitState(t, client, tcpinfo.Closed)
	i := awaitState(t, server, tcpinfo.Closed)
	if !i.Has(tcpinfo.FieldLastDataSent) || !i.Has(tcpinfo.FieldLastDataRecv) || !i.Has(tcpinfo.FieldLastAckRecv) {
		t.Errorf("the times of a closed connection are absent: %v", i)
	}
	rest, err := io.ReadAll(client)
	if string(rest) != "unread, before the end" || err != nil {
		t.Errorf("%q, %v", rest, err)
	}
}

// TestUnconnected asks about a socket that was never connected. The kernel
// reports times since it was started.
func TestUnconnected(t *testing.T) {
	realKernel(t)
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Skip(err)
	}
	f := os.NewFile(uintptr(fd), "socket")
	defer f.Close()
	i := mustGet(t, f)
	if i.State != tcpinfo.Closed {
		t.Errorf("state %v, want %v", i.State, tcpinfo.Closed)
	}
	for _, field := range []tcpinfo.Field{
		tcpinfo.FieldRTT, tcpinfo.FieldLastDataSent, tcpinfo.FieldLastDataRecv, tcpinfo.FieldLastAckRecv,
	} {
		if i.Has(field) {
			t.Errorf("%v is present: %v", field, i)
		}
	}
}

// TestReset has a peer that breaks the connection off.
func TestReset(t *testing.T) {
	realKernel(t)
	client, server := testnet.Pair(t, "tcp4")
	if err := server.SetLinger(0); err != nil {
		t.Fatal(err)
	}
	server.Close()
	awaitState(t, client, tcpinfo.Closed)
	// To ask has not taken the error away.
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Error(err)
	}
}

func TestListener(t *testing.T) {
	realKernel(t)
	lc := net.ListenConfig{}
	lc.SetMultipathTCP(false)
	l, err := lc.Listen(t.Context(), "tcp", testnet.Loopback(t, "tcp"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	sc := l.(*net.TCPListener)
	if i := mustGet(t, sc); i.State != tcpinfo.Listen || i.Backlog != 0 || !i.Has(tcpinfo.FieldBacklog) || i.MaxBacklog < 2 {
		t.Errorf("%v", i)
	}
	for range 2 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	i := await(t, sc, "two to accept", func(i *tcpinfo.Info) bool { return i.Backlog == 2 })
	for f := range i.All() {
		if f != tcpinfo.FieldState && f != tcpinfo.FieldBacklog && f != tcpinfo.FieldMaxBacklog {
			t.Errorf("a listener reports %v", f)
		}
	}
}

// TestUnits compares the normalised numbers with the kernel's own.
func TestUnits(t *testing.T) {
	realKernel(t)
	client, server := testnet.Pair(t, "tcp4")
	move(t, client, server, 1<<20)
	i := mustGet(t, client)
	raw := func(name string) int64 {
		v, ok := i.Sys.Member(name)
		if !ok {
			t.Errorf("no %s", name)
		}
		return int64(v)
	}
	if i.RTT <= 0 || i.RTT > patience || i.RTT != time.Duration(raw("tcpi_rtt"))*time.Microsecond {
		t.Errorf("RTT %v, tcpi_rtt %d", i.RTT, raw("tcpi_rtt"))
	}
	if i.RTO < i.RTT || i.RTO != time.Duration(raw("tcpi_rto"))*time.Microsecond {
		t.Errorf("RTO %v, tcpi_rto %d", i.RTO, raw("tcpi_rto"))
	}
	if i.SndCwnd == 0 || i.SndCwnd != raw("tcpi_snd_cwnd")*raw("tcpi_snd_mss") {
		t.Errorf("SndCwnd %d, %d segments of %d bytes", i.SndCwnd, raw("tcpi_snd_cwnd"), raw("tcpi_snd_mss"))
	}
	mss, err := sockopt.MaxSegment.Get(client)
	if err != nil {
		t.Fatal(err)
	}
	if i.SndMSS != int64(mss) {
		t.Errorf("SndMSS %d, TCP_MAXSEG %d", i.SndMSS, mss)
	}
	if i.Has(tcpinfo.FieldMinRTT) && (i.MinRTT <= 0 || i.MinRTT > time.Second) {
		t.Errorf("MinRTT %v", i.MinRTT)
	}
	// 200 ms of silence are reported in milliseconds.
	then := time.Now()
	j := await(t, client, "silence", func(i *tcpinfo.Info) bool { return i.LastDataSent >= 200*time.Millisecond })
	if gone := time.Since(then); j.LastDataSent-i.LastDataSent > gone+100*time.Millisecond {
		t.Errorf("in %v the silence grew from %v to %v", gone, i.LastDataSent, j.LastDataSent)
	}
}

// TestWindowScale has two ends that scale differently: what one sends by, the
// other receives by. The two numbers share a byte, in an order that depends on
// the machine.
func TestWindowScale(t *testing.T) {
	realKernel(t)
	l, err := net.Listen("tcp4", testnet.Loopback(t, "tcp4"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d := net.Dialer{Control: sockopt.Control(sockopt.ReadBuffer.To(8192))}
	c, err := d.DialContext(t.Context(), "tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	client, server := mustGet(t, c.(*net.TCPConn)), mustGet(t, s.(*net.TCPConn))
	if !client.WindowScale || !server.WindowScale {
		t.Skip("windows are not scaled here")
	}
	if client.RcvWScale != server.SndWScale || client.SndWScale != server.RcvWScale || client.RcvWScale >= client.SndWScale {
		t.Errorf("client sends by %d and receives by %d, server by %d and %d",
			client.SndWScale, client.RcvWScale, server.SndWScale, server.RcvWScale)
	}
	t.Logf("client sends by %d and receives by %d", client.SndWScale, client.RcvWScale)
}

// TestMaxPacingRate sets the value that is then reported.
func TestMaxPacingRate(t *testing.T) {
	realKernel(t)
	client, _ := testnet.Pair(t, "tcp4")
	if i := mustGet(t, client); i.Has(tcpinfo.FieldMaxPacingRate) {
		t.Errorf("a limit at the beginning: %d", i.MaxPacingRate)
	}
	if err := sockopt.MaxPacingRate.Set(client, 123456789); err != nil {
		t.Fatal(err)
	}
	if i := mustGet(t, client); !i.Has(tcpinfo.FieldMaxPacingRate) || i.MaxPacingRate != 123456789 {
		t.Errorf("%d", i.MaxPacingRate)
	}
}

// TestUnderTLS finds the connection under TLS.
func TestUnderTLS(t *testing.T) {
	realKernel(t)
	client, _ := testnet.Pair(t, "tcp4")
	c, err := sockopt.Unwrap(tls.Client(client, &tls.Config{ServerName: "example.com"}))
	if err != nil {
		t.Fatal(err)
	}
	if i := mustGet(t, c); i.State != tcpinfo.Established || i.SndMSS == 0 {
		t.Errorf("%v", i)
	}
}

// TestMultipath has connections that are of multipath TCP and that are not.
func TestMultipath(t *testing.T) {
	realKernel(t)
	plain, _ := testnet.Pair(t, "tcp4")
	if i := mustGet(t, plain); i.Multipath || !i.Has(tcpinfo.FieldMultipath) {
		t.Errorf("plain: %v, Has is %v", i.Multipath, i.Has(tcpinfo.FieldMultipath))
	}

	lc := net.ListenConfig{}
	lc.SetMultipathTCP(true)
	l, err := lc.Listen(t.Context(), "tcp4", testnet.Loopback(t, "tcp4"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, multipath := range []bool{false, true} {
		d := net.Dialer{}
		d.SetMultipathTCP(multipath)
		c, err := d.DialContext(t.Context(), "tcp4", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		tcp := c.(*net.TCPConn)
		want, err := tcp.MultipathTCP()
		if err != nil {
			t.Fatal(err)
		}
		i := mustGet(t, tcp)
		if i.Has(tcpinfo.FieldMultipath) && i.Multipath != want {
			t.Errorf("dialed with multipath %v: %v, package net says %v", multipath, i.Multipath, want)
		}
		if i.State != tcpinfo.Established || i.SndMSS == 0 {
			t.Errorf("dialed with multipath %v: %v", multipath, i)
		}
		t.Logf("dialed with multipath %v: %v", multipath, i.Multipath)
	}
}

func TestGetCongestion(t *testing.T) {
	if os.Getenv("STREAMSOCK_EMULATOR") == "qemu-user" {
		t.Skip("qemu-user has no TCP_CC_INFO, and no TCP_CONGESTION on big-endian machines")
	}
	client, server := testnet.Pair(t, "tcp4")
	available, err := os.ReadFile("/proc/sys/net/ipv4/tcp_available_congestion_control")
	if err != nil {
		t.Skip(err)
	}
	tried := 0
	for _, name := range strings.Fields(string(available)) {
		if err := sockopt.Congestion.Set(client, name); err != nil {
			t.Logf("%s: %v", name, err)
			continue
		}
		tried++
		move(t, client, server, 1<<18)
		c, err := tcpinfo.GetCongestion(client)
		if err != nil {
			t.Fatal(err)
		}
		if c.Algorithm != name {
			t.Errorf("%s: %q", name, c.Algorithm)
		}
		switch name {
		case "bbr":
			if b := c.BBR; b == nil || b.Bandwidth <= 0 || b.MinRTT < 0 || b.MinRTT > patience || b.PacingGain < 0.1 || b.PacingGain > 10 ||
				b.CwndGain < 0.1 || b.CwndGain > 10 {
				t.Errorf("bbr: %+v, %+v", c, b)
			}
		case "dctcp":
			if c.DCTCP == nil || c.DCTCP.Alpha < 0 || c.DCTCP.Alpha > 1 {
				t.Errorf("dctcp: %+v, %+v", c, c.DCTCP)
			}
		case "vegas":
			if c.Vegas == nil {
				t.Errorf("vegas: %+v", c)
			}
		case "cubic", "reno":
			if c.BBR != nil || c.DCTCP != nil || c.Vegas != nil || len(c.Sys) != 0 {
				t.Errorf("%s: %+v", name, c)
			}
		}
	}
	if tried == 0 {
		t.Skip("this kernel lets nothing be chosen")
	}
}

// TestAgainstSS compares with the output of ss(8) at the same moment: one that
// nothing changed around.
func TestAgainstSS(t *testing.T) {
	realKernel(t)
	if _, err := exec.LookPath("ss"); err != nil {
		t.Skip(err)
	}
	client, server := testnet.Pair(t, "tcp4")
	move(t, client, server, 300000)
	move(t, server, client, 7000)
	var before *tcpinfo.Info
	var text string
	for end := time.Now().Add(patience); ; {
		before = mustGet(t, client)
		text = ss(t, client)
		if text != "" && still(before, mustGet(t, client)) {
			break
		}
		if time.Now().After(end) {
			t.Skipf("the connection does not hold still, or ss says %q", text)
		}
	}
	for name, want := range map[string]string{
		"rtt":            fmt.Sprintf("%v/%v", ms(before.RTT), ms(before.RTTVar)),
		"rto":            ms(before.RTO),
		"mss":            fmt.Sprint(before.SndMSS),
		"cwnd":           fmt.Sprint(before.SndCwnd / before.SndMSS),
		"bytes_sent":     fmt.Sprint(before.BytesSent),
		"bytes_acked":    fmt.Sprint(before.BytesAcked),
		"bytes_received": fmt.Sprint(before.BytesReceived),
		"segs_out":       fmt.Sprint(before.SegsOut),
		"segs_in":        fmt.Sprint(before.SegsIn),
		"data_segs_out":  fmt.Sprint(before.DataSegsOut),
		"data_segs_in":   fmt.Sprint(before.DataSegsIn),
		"pmtu":           fmt.Sprint(before.PathMTU),
		"advmss":         fmt.Sprint(before.AdvMSS),
		"rcvmss":         fmt.Sprint(before.RcvMSS),
		"minrtt":         ms(before.MinRTT),
		"wscale":         fmt.Sprintf("%d,%d", before.SndWScale, before.RcvWScale),
		"delivered":      fmt.Sprint(before.Delivered),
		"rcv_space":      fmt.Sprint(before.RcvSpace),
		"rcv_ssthresh":   fmt.Sprint(before.RcvSsthresh),
		"snd_wnd":        fmt.Sprint(before.SndWnd),
		"rcv_wnd":        fmt.Sprint(before.RcvWnd),
	} {
		m := regexp.MustCompile(`(?:^|\s)` + name + `:(\S+)`).FindStringSubmatch(text)
		switch {
		case m != nil && m[1] != want:
			t.Errorf("%s is %s, ss says %s", name, want, m[1])
		case m == nil && slices.Contains([]string{"rtt", "rto", "mss", "cwnd", "bytes_acked", "bytes_received"}, name):
			t.Errorf("ss does not say %s: %s", name, text)
		}
	}
	for name, want := range map[string]int64{"pacing_rate": before.PacingRate, "delivery_rate": before.DeliveryRate} {
		m := regexp.MustCompile(name + ` (\d+)bps`).FindStringSubmatch(text)
		if m != nil && m[1] != fmt.Sprint(8*want) {
			t.Errorf("%s is %d bytes per second, ss says %s bits", name, want, m[1])
		}
	}
	for word, has := range map[string]bool{"ts": before.Timestamps, "sack": before.SACK, "ecn": before.ECN} {
		if slices.Contains(strings.Fields(text), word) != has {
			t.Errorf("%s is %v, ss says %s", word, has, text)
		}
	}
}

// still reports whether nothing has changed but the time.
func still(i, j *tcpinfo.Info) bool {
	clocks := []tcpinfo.Field{tcpinfo.FieldLastDataSent, tcpinfo.FieldLastDataRecv, tcpinfo.FieldLastAckRecv}
	list := func(i *tcpinfo.Info) (values []any) {
		for f, v := range i.All() {
			if !slices.Contains(clocks, f) {
				values = append(values, v)
			}
		}
		return values
	}
	return slices.Equal(list(i), list(j))
}

// ms writes milliseconds as ss does.
func ms(d time.Duration) string {
	return strconv.FormatFloat(float64(d.Microseconds())/1000, 'g', 6, 64)
}

// ss returns the output of ss for a connection, on one line.
func ss(t *testing.T, c *net.TCPConn) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, "ss", "-tinoH", "src", c.LocalAddr().String(), "dst", c.RemoteAddr().String()).Output()
	if err != nil {
		t.Skipf("ss: %v", err)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/streamsock/sockopt"
	"example.com/streamsock/streamsock/tcpinfo"
)

// TestShaped sends over a path of 20 Mbit/s that loses one segment in a
// hundred: the loopback device of a network namespace, with a token bucket
// before it and a filter behind. It runs with STREAMSOCK_NETNS=1, and needs
// root and the commands ip, tc and nft. The test runs itself again inside the
// namespace.
func TestShaped(t *testing.T) {
	const inside = "STREAMSOCK_NETNS_INSIDE"
	switch {
	case os.Getenv(inside) != "":
		shaped(t)
		return
	case os.Getenv("STREAMSOCK_NETNS") == "":
		t.Skip("needs STREAMSOCK_NETNS=1")
	case os.Getuid() != 0:
		t.Skip("needs root")
	}
	name := fmt.Sprintf("streamsock-%d", os.Getpid())
	run := func(command string) {
		t.Helper()
		words := strings.Fields(strings.ReplaceAll(command, "NS", name))
		if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", words, err, out)
		}
	}
	run("ip netns add NS")
	t.Cleanup(func() { run("ip netns delete NS") })
	run("ip -n NS link set lo mtu 1500 gso_max_size 1500 gso_max_segs 1 up")
	run("tc -n NS qdisc add dev lo root tbf rate 20mbit burst 10k limit 300k")
	run("ip netns exec NS nft add table inet loss")
	run("ip netns exec NS nft add chain inet loss input { type filter hook input priority 0 ; }")
	run("ip netns exec NS nft add rule inet loss input tcp dport 7007 numgen random mod 100 < 1 drop")

	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "ip", "netns", "exec", name, binary, "-test.run=^TestShaped$", "-test.v")
	c.Env = append(os.Environ(), inside+"=1")
	out, err := c.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}

func shaped(t *testing.T) {
	client, server := pairAt(t, "127.0.0.1:7007")
	if err := sockopt.Congestion.Set(client, "reno"); err != nil {
		t.Skip(err)
	}
	const size, rate = 5 << 20, 20e6 / 8
	// The system measures the delivery rate with each acknowledgment, and reports
	// the last one: many that are handled at once seem to be a fast path.
	var rates []int64
	moved, sampled := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(sampled)
		for {
			select {
			case <-moved:
				return
			case <-time.After(10 * time.Millisecond):
				if i, err := tcpinfo.Get(client); err == nil {
					rates = append(rates, i.DeliveryRate)
				}
			}
		}
	}()
	start := time.Now()
	move(t, client, server, size)
	took := time.Since(start)
	close(moved)
	<-sampled
	slices.Sort(rates)
	deliveryRate := rates[len(rates)/2]
	i := await(t, client, "acknowledgment", func(i *tcpinfo.Info) bool { return i.Unacked == 0 })
	t.Logf("%v: %v", took, i)

	for _, f := range []tcpinfo.Field{tcpinfo.FieldBytesRetransmitted, tcpinfo.FieldDeliveryRate, tcpinfo.FieldBusyTime} {
		if !i.Has(f) {
			t.Fatalf("%v is absent", f)
		}
	}
	if i.SegsRetransmitted == 0 || i.BytesRetransmitted < i.SegsRetransmitted || i.BytesRetransmitted > i.SegsRetransmitted*i.SndMSS {
		t.Errorf("%d bytes in %d segments retransmitted", i.BytesRetransmitted, i.SegsRetransmitted)
	}
	if i.BytesAcked != size+1 || i.BytesSent != size+i.BytesRetransmitted {
		t.Errorf("%d sent, %d of them again, %d acknowledged", i.BytesSent, i.BytesRetransmitted, i.BytesAcked)
	}
	if !i.Has(tcpinfo.FieldSndSsthresh) || i.SndSsthresh < i.SndMSS || i.SndSsthresh > size || i.SndMSS > 1460 {
		t.Errorf("SndSsthresh %d, SndMSS %d", i.SndSsthresh, i.SndMSS)
	}
	if deliveryRate < rate/4 || deliveryRate > 2*rate {
		t.Errorf("DeliveryRate %d on a path of %g bytes a second", deliveryRate, rate)
	}
	if i.BusyTime < took/2 || i.BusyTime > took+time.Second {
		t.Errorf("busy for %v of %v", i.BusyTime, took)
	}
	if i.RTT < time.Millisecond || i.RTT > time.Second || i.MinRTT > i.RTT {
		t.Errorf("RTT %v, MinRTT %v", i.RTT, i.MinRTT)
	}
}

// pairAt is testnet.Pair with an address.
func pairAt(t *testing.T, address string) (client, server *net.TCPConn) {
	t.Helper()
	lc := net.ListenConfig{}
	lc.SetMultipathTCP(false)
	l, err := lc.Listen(t.Context(), "tcp4", address)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp4", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	s, err := l.Accept() // the handshake is done
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return c.(*net.TCPConn), s.(*net.TCPConn)
}

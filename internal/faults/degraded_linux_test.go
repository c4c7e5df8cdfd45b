// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package faults

import (
	"bytes"
	"context"
	"io"
	"regexp"
	"strconv"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/tcpinfo"
)

// TestLoss loses 5 of 100 packets, in both directions: all that gets through
// is what was sent.
func TestLoss(t *testing.T) {
	for _, tt := range []struct {
		name string
		copy func(t *testing.T, n *network) (c *streamsock.Conn)
	}{
		{"Write and Read", lossyBytes},
		{"ReadFrom and WriteTo", lossyCopy},
		{"urgent bytes in between", lossyInline},
		{"an urgent byte apart", lossyApart},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inside(t, direct, func(t *testing.T, n *network) {
				const lose = "meta l4proto tcp numgen random mod 100 < 5 counter drop"
				filter(t, n.server(), lose)
				filter(t, n.client(), lose)
				start := time.Now()
				c := tt.copy(t, n)
				dropped := drops(t, n.server())
				if dropped == 0 {
					t.Error("no packet was dropped")
				}
				before := ask(t, c).SegsRetransmitted
				resent := told(t, c, `retrans:\d+/(\d+)`)
				after := ask(t, c).SegsRetransmitted
				t.Logf("%v, %d packets dropped, %d to %d resent, ss says %v",
					time.Since(start).Round(time.Millisecond), dropped, before, after, resent)
				if before == 0 || resent < float64(before) || resent > float64(after) {
					t.Errorf("%d to %d packets resent, ss says %v", before, after, resent)
				}
			})
		})
	}
}

// size is the number of bytes sent on a lossy line.
const size = 2 << 20

func lossyUrgent(t *testing.T, n *network, inline bool, send func(c *streamsock.Conn, data []byte)) *streamsock.Conn {
	t.Helper()
	c, from := n.dial(t)
	back, to := n.dial(t)
	if err := from.SetOOBInline(inline); err != nil {
		t.Fatal(err)
	}
	data := random(size)
	go func() {
		send(c, data)
		c.CloseWrite()
	}()
	copied := copies(to, from)
	back.SetReadDeadline(time.Now().Add(2 * patience))
	got := new(bytes.Buffer)
	if k, err := back.WriteTo(got); k != size || err != nil {
		t.Errorf("WriteTo: %d, %v", k, err)
	}
	from.SetReadDeadline(time.Now().Add(patience)) // or a copy that hangs never ends
	if err := <-copied; err != nil {
		t.Errorf("ReadFrom: %v", err)
	}
	same(t, got.Bytes(), data)
	return c
}

// delay is the delay of a packet on the slow line.
const delay = 25 * time.Millisecond

// TestRoundTrip uses a line on which a response takes a twentieth of a second.
func TestRoundTrip(t *testing.T) {
	inside(t, slow, func(t *testing.T, n *network) {
		n.slowDown(t, delay)
		c, peer := n.dial(t)
		for _, c := range []*streamsock.Conn{c, peer} {
			c.SetDeadline(time.Now().Add(2 * patience))
		}
		t.Run("an answer", func(t *testing.T) {
			start := time.Now()
			write(t, c, "question")
			read(t, peer, "question")
			write(t, peer, "answer")
			read(t, c, "answer")
			if took := time.Since(start); took < 2*delay || took > patience {
				t.Errorf("it took %v", took)
			}
		})
		t.Run("nothing waits for what is not there", func(t *testing.T) {
			start := time.Now()
			write(t, c, "late")
			k, err := peer.Recv(make([]byte, 4), streamsock.Peek|streamsock.DontWait)
			got, errCheck := peer.Check()
			if took := time.Since(start); took >= delay {
				t.Logf("this machine took %v for that", took)
			} else if k != 0 || err != streamsock.ErrWouldBlock || got != streamsock.Idle || errCheck != nil {
				t.Errorf("Recv: %d, %v; Check: %v, %v", k, err, got, errCheck)
			}
			p := make([]byte, 4)
			if k, err := peer.Peek(p); string(p[:k]) != "late" || err != nil {
				t.Errorf("Peek: %q, %v", p[:k], err)
			}
			is(t, peer, streamsock.Pending, nil)
			halves := [][]byte{make([]byte, 1), make([]byte, 10)}
			if k, err := peer.Readv(halves); k != 4 || err != nil || string(halves[0])+string(halves[1][:3]) != "late" {
				t.Errorf("Readv: %d, %v, %q", k, err, halves)
			}
		})
		t.Run("urgent", func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			start := time.Now()
			if err := c.SendUrgent('!'); err != nil {
				t.Fatal(err)
			}
			if err := peer.WaitUrgent(ctx); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); took < delay {
				t.Errorf("WaitUrgent saw it after %v", took)
			}
			if b, err := peer.ReadUrgent(); b != '!' || err != nil {
				t.Errorf("ReadUrgent: %q, %v", b, err)
			}
		})
		t.Run("many bytes", func(t *testing.T) {
			data := random(4 << 20)
			go func() {
				c.Write(data)
				c.CloseWrite()
			}()
			got := new(bytes.Buffer)
			if k, err := io.Copy(got, peer); k != int64(len(data)) || err != nil {
				t.Errorf("Copy: %d, %v", k, err)
			}
			same(t, got.Bytes(), data)
		})
		info := ask(t, c)
		t.Logf("round trip %v, the shortest %v, ss says %v ms", info.RTT, info.MinRTT, told(t, c, `minrtt:([\d.]+)`))
		if info.MinRTT < 2*delay || info.MinRTT > 2*delay*6/5 || info.RTT < info.MinRTT {
			t.Errorf("a round trip takes %v, the shortest took %v", info.RTT, info.MinRTT)
		}
	})
}

func ask(t *testing.T, c *streamsock.Conn) *tcpinfo.Info {
	t.Helper()
	info, err := c.Info()
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// drops returns the number of packets dropped by the filter of a namespace.
func drops(t *testing.T, space string) int {
	t.Helper()
	list := command(t, "ip", "netns", "exec", space, "nft", "list", "table", "inet", "fault")
	m := regexp.MustCompile(`counter packets (\d+)`).FindStringSubmatch(list)
	if m == nil {
		t.Fatalf("no counter: %s", list)
	}
	k, err := strconv.Atoi(m[1])
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// told returns a number that ss reports for the connection; 0 if it is not
// there.
func told(t *testing.T, c *streamsock.Conn, pattern string) float64 {
	t.Helper()
	list := command(t, "ss", "-tinH", "sport", "=", ":"+portOf(c))
	m := regexp.MustCompile(pattern).FindStringSubmatch(list)
	if m == nil {
		t.Logf("not there: %s", list)
		return 0
	}
	x, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// TestUrgentAnnounced checks that an urgent byte that is announced but not here
// is distinguished from one that will not arrive.
func TestUrgentAnnounced(t *testing.T) {
	client, server := tightPair(t)
	// Linux announces an urgent byte only if less than 64 KiB before it are
	// unsent.
	if err := client.SetWriteBuffer(16 << 10); err != nil {
		t.Fatal(err)
	}
	data := ascii(1 << 20)
	n, err := client.TryWrite(data)
	if err != streamsock.ErrWouldBlock {
		t.Fatal(err)
	}
	n = fill(t, client, server, data, n)
	// A little room for the byte, but none at the peer.
	if err := client.SetWriteBuffer(1 << 20); err != nil {
		t.Fatal(err)
	}
	if err := client.SendUrgent('!'); err != nil {
		t.Fatal(err)
	}
	until(t, "the byte is announced", func() bool {
		_, err := server.ReadUrgent()
		if err != streamsock.ErrNoUrgent && err != streamsock.ErrWouldBlock {
			t.Fatal(err)
		}
		return err == streamsock.ErrWouldBlock
	})
	w := beginWait(t.Context(), t, server)
	take(t, server, data[:n])
	w.ends(t, 0, nil)
	if b, err := server.ReadUrgent(); b != '!' || err != nil {
		t.Errorf("%q, %v", b, err)
	}
}

// TestUrgentMultipath checks that the urgent calls are refused where the system
// would send the byte as an ordinary one.
func TestUrgentMultipath(t *testing.T) {
	lc := streamsock.ListenConfig{Multipath: true}
	l, err := lc.Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	defer l.Close()
	var d net.Dialer
	d.SetMultipathTCP(true)
	nc, err := d.DialContext(t.Context(), "tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	client := wrap(t, nc.(*net.TCPConn))
	defer client.Close()
	l.SetDeadline(time.Now().Add(patience))
	server, err := l.AcceptStream()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if multi, err := client.MultipathTCP(); !multi || err != nil {
		t.Skipf("the connection is not multipath: %v, %v", multi, err)
	}
	client.Write([]byte("ab"))
	awaitBytes(t, server, 2)
	ctx := patient(t)
	set := newPollSet(t)
	for _, c := range []*streamsock.Conn{client, server} {
		_, readErr := c.ReadUrgent()
		_, recvErr := c.Recv(make([]byte, 1), streamsock.OOB)
		_, sendErr := c.Send([]byte("abc"), streamsock.OOB) // sends nothing
		_, markErr := c.AtMark()
		_, eventErr := c.Wait(ctx, streamsock.Urgent|streamsock.Writable)
		for name, err := range map[string]error{
			"ReadUrgent":   readErr,
			"Recv":         recvErr,
			"Send":         sendErr,
			"AtMark":       markErr,
			"Wait":         eventErr,
			"SendUrgent":   c.SendUrgent('!'),
			"WaitUrgent":   c.WaitUrgent(ctx),
			"PollSet.Add":  set.Add(c, urgent|writable),
			"SetOOBInline": c.SetOOBInline(true),
		} {
			var e *net.OpError
			if !errors.Is(err, errors.ErrUnsupported) || !errors.As(err, &e) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	take(t, server, []byte("ab"))
	client.CloseWrite()
	takeRest(t, server, nil)
}

// BenchmarkWaitUrgent measures a round of one urgent byte there and one back,
// both waited for, against one of ordinary bytes by Read and Write.
func BenchmarkWaitUrgent(b *testing.B) {
	client, server := pair(b, "tcp4")
	for _, c := range []*streamsock.Conn{client, server} {
		if err := sockopt.Congestion.Set(c, "cubic"); err != nil {
			b.Log(err)
		}
	}
	urgent := func(from, to *streamsock.Conn) error {
		if err := from.SendUrgent('!'); err != nil {
			return err
		}
		if err := to.WaitUrgent(b.Context()); err != nil {
			return err
		}
		_, err := to.ReadUrgent()
		return err
	}
	p := make([]byte, 1)
	ordinary := func(from, to *streamsock.Conn) error {
		if _, err := from.Write(p); err != nil {
			return err
		}
		_, err := to.Read(p)
		return err
	}
	for name, send := range map[string]func(from, to *streamsock.Conn) error{"urgent": urgent, "ordinary": ordinary} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				if err := errors.Join(send(client, server), send(server, client)); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2]), "p50-ns")
			b.ReportMetric(float64(took[len(took)*99/100]), "p99-ns")
		})
	}
}

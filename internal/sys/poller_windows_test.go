// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"errors"
	"maps"
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/windows"

	"example.com/streamsock/internal/testnet"
)

// A testPoller calls Set again when it must.
type testPoller struct {
	*Poller
	t     *testing.T
	armed map[uint64]func()
}

func newTestPoller(t *testing.T) *testPoller {
	t.Helper()
	p, err := NewPoller()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Close()
		if _, open := openPollers.Load(p); open || len(p.pending) != 0 {
			t.Errorf("%d requests are pending after Close", len(p.pending))
		}
	})
	return &testPoller{p, t, make(map[uint64]func())}
}

// set has the Poller wait for events of c.
func (p *testPoller) set(c *net.TCPConn, id uint64, want Events) {
	p.t.Helper()
	if err := withFD(p.t, c, func(fd uintptr) error { return p.Set(fd, id, want) }); err != nil {
		p.t.Fatal(err)
	}
	p.armed[id] = func() {
		withFD(p.t, c, func(fd uintptr) error { return p.Set(fd, id, want) })
	}
}

// wait is Wait, which calls Set again for those that have no events.
func (p *testPoller) wait(block bool) (got map[uint64]Events) {
	p.t.Helper()
	got = make(map[uint64]Events)
	for again := true; again; {
		again = false
		var ready [MaxReady]Ready
		n, err := p.Wait(ready[:], block && len(got) == 0)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, r := range ready[:n] {
			if r.Events == 0 {
				again = true
				p.armed[r.ID]()
				continue
			}
			got[r.ID] = r.Events
		}
	}
	return got
}

func withFD(t *testing.T, c *net.TCPConn, f func(fd uintptr) error) (err error) {
	t.Helper()
	rc, rcErr := c.SyscallConn()
	if rcErr == nil {
		rcErr = rc.Control(func(fd uintptr) { err = f(fd) })
	}
	if rcErr != nil {
		t.Fatal(rcErr)
	}
	return err
}

// reports waits until the Poller has reported exactly these.
func (p *testPoller) reports(want map[uint64]Events) {
	p.t.Helper()
	defer time.AfterFunc(10*time.Second, p.Wake).Stop()
	all := make(map[uint64]Events)
	for len(all) < len(want) {
		got := p.wait(true)
		if len(got) == 0 {
			p.t.Fatalf("%v so far, want %v", all, want)
		}
		maps.Copy(all, got)
	}
	if !maps.Equal(all, want) {
		p.t.Errorf("%v, want %v", all, want)
	}
	p.quiet()
}

// quiet checks that the Poller reports nothing now.
func (p *testPoller) quiet() {
	p.t.Helper()
	if got := p.wait(false); len(got) != 0 {
		p.t.Errorf("%v", got)
	}
}

func send(t *testing.T, c *net.TCPConn) {
	t.Helper()
	if _, err := c.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
}

// TestPollerOnce checks that events are reported once, with the newest id and
// events, and only those that were requested.
func TestPollerOnce(t *testing.T) {
	p := newTestPoller(t)
	client, server := testnet.Pair(t, "tcp4")
	p.set(server, 1, Readable)
	p.quiet()
	send(t, client)
	p.reports(map[uint64]Events{1: Readable})
	p.quiet() // although it is still readable
	p.set(server, 1, Readable)
	p.reports(map[uint64]Events{1: Readable})

	p.set(server, 2, Urgent)
	for range 300 { // many canceled requests at a time
		p.set(server, 2, Urgent)
	}
	p.quiet()
	p.set(server, 2, Readable|Writable|Urgent)
	p.reports(map[uint64]Events{2: Readable | Writable})

	p.set(server, 3, Writable) // is true immediately, and not reported
	withFD(t, server, func(fd uintptr) error { p.Remove(fd, 3); p.Remove(fd, 3); return nil })
	p.quiet()

	client.CloseWrite()
	p.set(server, 4, Writable)
	p.reports(map[uint64]Events{4: Writable}) // not PeerClosed
	server.Read(make([]byte, 1))
	p.set(server, 5, PeerClosed)
	p.reports(map[uint64]Events{5: PeerClosed})
	p.set(server, 6, Urgent) // the peer's end is not requested
	p.quiet()
}

// TestPollerClosed checks that a socket that is closed is reported, so that its
// owner notices, and that the next one with its number has nothing of it.
func TestPollerClosed(t *testing.T) {
	p := newTestPoller(t)
	_, server := testnet.Pair(t, "tcp4")
	p.set(server, 1, Readable)
	server.Close()
	p.reports(map[uint64]Events{1: Broken})
	for id := uint64(2); id < 20; id++ {
		_, server := testnet.Pair(t, "tcp4")
		p.set(server, 100+id, Readable)
		server.Close()
		delete(p.armed, 100+id)
		p.armed[100+id] = func() { t.Errorf("%d is reported without events", 100+id) }
		client, next := testnet.Pair(t, "tcp4")
		p.set(next, id, Readable)
		got := p.wait(false)
		if e := got[100+id]; e != 0 && e != Broken || got[id] != 0 { // none if the number is used again
			t.Errorf("%v", got)
		}
		send(t, client)
		p.reports(map[uint64]Events{id: Readable})
	}
}

// TestPollerMany has requests on several handles of AFD.
func TestPollerMany(t *testing.T) {
	p := newTestPoller(t)
	const count = 2*deviceRequests + 1
	var conns []*net.TCPConn
	for len(conns) < count {
		client, server := testnet.Pair(t, "tcp4")
		conns = append(conns, client, server)
	}
	for i, c := range conns {
		p.set(c, uint64(i+1), Readable)
	}
	if got := len(p.devices); got != 3 {
		t.Errorf("%d handles for %d requests", got, len(conns))
	}
	for i, c := range conns {
		if i%2 != 0 {
			withFD(t, c, func(fd uintptr) error { p.Remove(fd, uint64(i+1)); return nil })
		}
	}
	for end := time.Now().Add(testnet.Patience); len(p.pending) > len(conns)/2 && time.Now().Before(end); {
		p.quiet() // until all canceled requests have ended
	}
	if len(p.pending) != len(conns)/2 {
		t.Errorf("%d requests are pending", len(p.pending))
	}
	want := make(map[uint64]Events)
	for i := range conns {
		if i%100 == 0 {
			send(t, conns[i^1])
			want[uint64(i+1)] = Readable
		}
	}
	p.reports(want)
}

// TestPollerWake checks that Wake counts once, also before Wait, and that Close
// ends Wait.
func TestPollerWake(t *testing.T) {
	p := newTestPoller(t)
	var ready [MaxReady]Ready
	for range 3 {
		p.Wake()
	}
	if n, err := p.Wait(ready[:], true); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	p.quiet()
	_, server := testnet.Pair(t, "tcp4")
	p.set(server, 1, Readable)
	ended := make(chan error)
	go func() {
		_, err := p.Wait(ready[:], true)
		ended <- err
	}()
	p.Wake()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	go func() {
		_, err := p.Wait(ready[:], true)
		ended <- err
	}()
	p.Close()
	if err := <-ended; err != os.ErrClosed {
		t.Error(err)
	}
	if err := p.Close(); err != os.ErrClosed {
		t.Error(err)
	}
	if err := withFD(t, server, func(fd uintptr) error { return p.Set(fd, 1, Readable) }); err != os.ErrClosed {
		t.Error(err)
	}
	p.Wake()
}

// TestPollerFile checks the errors for files that are not sockets.
func TestPollerFile(t *testing.T) {
	p := newTestPoller(t)
	f, err := os.Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := p.Set(f.Fd(), 1, Readable); err != errors.ErrUnsupported {
		t.Error(err)
	}
	if err := p.Set(uintptr(windows.InvalidHandle), 1, Readable); err == nil {
		t.Error("no error for an invalid handle")
	}
	p.quiet()
}

// TestAsk checks what Ask returns, which excludes events that were not
// requested.
func TestAsk(t *testing.T) {
	client, server := testnet.Pair(t, "tcp4")
	ask := func(want Events) (got Events) {
		var p Poll
		err := withFD(t, server, func(fd uintptr) (err error) { got, err = p.Ask(fd, want); return err })
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	const all = Readable | Writable | Urgent | PeerClosed
	if got := ask(all); got != Writable {
		t.Errorf("%b of a new connection", got)
	}
	send(t, client)
	p := newTestPoller(t)
	p.set(server, 1, Readable)
	p.reports(map[uint64]Events{1: Readable})
	if got := ask(all); got != Readable|Writable {
		t.Errorf("%b with a byte", got)
	}
	server.Read(make([]byte, 1))
	client.CloseWrite()
	p.set(server, 1, PeerClosed)
	p.reports(map[uint64]Events{1: PeerClosed})
	for want, is := range map[Events]Events{all: Readable | Writable | PeerClosed, Writable: Writable, Readable: Readable, Urgent: 0} {
		if got := ask(want); got != is {
			t.Errorf("%b asked for %b at the end", got, want)
		}
	}
}

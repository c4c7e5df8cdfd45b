// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package sys

import (
	"errors"
	"os"
	"testing"
	"time"

	"example.com/streamsock/internal/kqmodel"
)

// TestKqueueReadable reports readable data once each time that it is wanted.
func TestKqueueReadable(t *testing.T) {
	onEach(t, func(t *testing.T, p *testPoller) {
		s := p.m.NewSocket()
		p.set(s, Readable)
		p.quiet()
		s.Arrive(2)
		p.want(s, Readable)
		p.quiet()
		p.set(s, Readable) // the bytes are still there
		p.want(s, Readable)
		s.Read(2)
		p.set(s, Readable)
		p.quiet()
		s.FIN()
		p.want(s, Readable)
	})
}

// TestKqueueWritable reports room, whatever the peer does.
func TestKqueueWritable(t *testing.T) {
	onEach(t, func(t *testing.T, p *testPoller) {
		s := p.m.NewSocket()
		s.SetRoom(0)
		p.set(s, Writable)
		s.Arrive(1)
		s.FIN()
		p.quiet()
		s.SetRoom(100)
		p.want(s, Writable)
		p.set(s, Writable)
		p.want(s, Writable)
	})
}

// TestKqueueTogether reports both directions together.
func TestKqueueTogether(t *testing.T) {
	onEach(t, func(t *testing.T, p *testPoller) {
		s := p.m.NewSocket()
		s.Arrive(1)
		s.FIN()
		p.set(s, Readable|Writable|PeerClosed)
		p.want(s, Readable|Writable|PeerClosed)
		p.quiet()
	})
}

// TestKqueueUrgent reports an urgent byte and no other.
func TestKqueueUrgent(t *testing.T) {
	onEach(t, func(t *testing.T, p *testPoller) {
		for _, before := range []int{0, 3} {
			s := p.m.NewSocket()
			p.set(s, Urgent)
			s.Arrive(5)
			p.quiet()
			s.ArriveUrgent(before)
			p.want(s, Urgent)
			p.set(s, Urgent)
			p.want(s, Urgent)
		}
	})
}

// TestKqueueUrgentInline reports the byte until a read takes it.
func TestKqueueUrgentInline(t *testing.T) {
	onEach(t, func(t *testing.T, p *testPoller) {
		s := p.m.NewSocket()
		s.SetInline(true)
		s.ArriveUrgent(3)
		p.set(s, Urgent)
		p.want(s, Urgent)
		s.Read(10) // to the mark
		p.set(s, Urgent)
		p.want(s, Urgent)
		s.Read(10)
		p.set(s, Urgent)
		p.quiet()
	})
}

// TestKqueueUrgentReceived reports an urgent byte no more when it was received, though the
// kernel does until a read passes the mark, and then reports the next one.
func TestKqueueUrgentReceived(t *testing.T) {
	onEach(t, func(t *testing.T, p *testPoller) {
		s := p.m.NewSocket()
		s.ArriveUrgent(3)
		p.set(s, Urgent)
		p.want(s, Urgent)
		if err := s.ReadUrgent(false); err != nil {
			t.Fatal(err)
		}
		p.set(s, Urgent)
		p.quiet()
		s.Arrive(4)
		p.quiet()
		s.ArriveUrgent(1)
		p.want(s, Urgent)
	})
}

// TestKqueueEnd reports the peer's FIN if it is wanted, and then no urgent byte.
func TestKqueueEnd(t *testing.T) {
	onEach(t, func(t *testing.T, p *testPoller) {
		s := p.m.NewSocket()
		p.set(s, Urgent|PeerClosed)
		s.Arrive(5)
		s.FIN()
		p.want(s, PeerClosed)
		s = p.m.NewSocket()
		p.set(s, Urgent|PeerClosed)
		s.Reset()
		p.want(s, PeerClosed|Broken)
	})
}

// TestKqueueUnasked reports the end of both directions and errors to all.
func TestKqueueUnasked(t *testing.T) {
	onEach(t, func(t *testing.T, p *testPoller) {
		for _, want := range []Events{0, Urgent, Readable, Writable} {
			s := p.m.NewSocket()
			s.SetRoom(0)
			p.set(s, want)
			s.Reset()
			p.want(s, want&(Readable|Writable)|Broken)
			s = p.m.NewSocket()
			s.SetRoom(0)
			s.CloseWrite()
			p.set(s, want&^Writable)
			p.quiet()
			s.FIN()
			p.want(s, want&Readable|PeerClosed)
			s = p.m.NewSocket()
			s.SetRoom(0)
			s.FIN()
			p.set(s, want&^Readable)
			p.quiet()
		}
	})
}

// TestKqueueUrgentShut reports an urgent byte after a shutdown of this side.
func TestKqueueUrgentShut(t *testing.T) {
	onEach(t, func(t *testing.T, p *testPoller) {
		s := p.m.NewSocket()
		s.CloseRead()
		p.set(s, Urgent)
		p.quiet()
		s.ArriveUrgent(1)
		p.want(s, Urgent)
	})
}

// TestKqueueFull finds the end of a peer that has filled the receive buffer, which darwin
// takes for a low-water mark that was reached.
func TestKqueueFull(t *testing.T) {
	onEach(t, func(t *testing.T, p *testPoller) {
		s := p.m.NewSocket()
		s.Fill()
		p.set(s, Urgent|PeerClosed)
		p.quiet()
		s.Read(10)
		s.Fill()
		p.quiet()
		s.FIN()
		p.want(s, PeerClosed)
	})
}

// TestKqueueUpdate replaces the wanted events.
func TestKqueueUpdate(t *testing.T) {
	onEach(t, func(t *testing.T, p *testPoller) {
		s := p.m.NewSocket()
		p.set(s, Readable|Writable)
		p.set(s, PeerClosed)
		s.Arrive(1)
		p.quiet()
		p.set(s, Readable)
		p.want(s, Readable)
		p.set(s, Urgent)
		p.set(s, Writable)
		p.want(s, Writable)
		s.ArriveUrgent(0)
		p.set(s, PeerClosed)
		p.quiet()
	})
}

// TestKqueueDisarmed reports no event again that was reported and not armed.
func TestKqueueDisarmed(t *testing.T) {
	onEach(t, func(t *testing.T, p *testPoller) {
		s := p.m.NewSocket()
		s.Arrive(1)
		p.set(s, Readable)
		p.want(s, Readable)
		s.Arrive(1)
		p.quiet()
		if n := p.m.Knotes(s.FD()); n != 0 {
			t.Errorf("%d knotes are left", n)
		}
		p.set(s, Readable)
		p.want(s, Readable)
	})
}

// TestKqueueRemove reports no event of a removed descriptor.
func TestKqueueRemove(t *testing.T) {
	onEach(t, func(t *testing.T, p *testPoller) {
		s := p.m.NewSocket()
		p.set(s, Readable|Writable|Urgent)
		p.Remove(s.FD(), uint64(s.FD()))
		s.ArriveUrgent(1)
		p.quiet()
		if n := p.m.Knotes(s.FD()); n != 0 {
			t.Errorf("%d knotes are left", n)
		}
	})
}

// TestKqueueReused uses the number of a socket that was closed unnoticed.
func TestKqueueReused(t *testing.T) {
	onEach(t, func(t *testing.T, p *testPoller) {
		old := p.m.NewSocket()
		p.Set(old.FD(), 1, Readable|Writable)
		old.Close()
		s := p.m.NewSocket()
		if s.FD() != old.FD() {
			t.Fatalf("the number is %d, want %d", s.FD(), old.FD())
		}
		s.ArriveUrgent(1)
		p.quiet() // the kernel has dropped the knotes of the number
		p.Set(s.FD(), 2, Readable)
		if got := p.next(); len(got) != 1 || got[0] != (Ready{2, Readable}) {
			t.Errorf("ready: %v", got)
		}
		p.Remove(s.FD(), 1) // does not affect the new file of the number
		p.Set(s.FD(), 2, Readable)
		if got := p.next(); len(got) != 1 || got[0] != (Ready{2, Readable}) {
			t.Errorf("ready after Remove with another id: %v", got)
		}
	})
}

// TestKqueueClosed refuses a number that is not open.
func TestKqueueClosed(t *testing.T) {
	onEach(t, func(t *testing.T, p *testPoller) {
		s := p.m.NewSocket()
		p.set(s, Readable)
		s.Close()
		if err := p.Set(s.FD(), uint64(s.FD()), Readable); err == nil {
			t.Error("no error")
		}
		p.quiet()
	})
}

// TestKqueueShort reports the rest if there is more than the caller has room for.
func TestKqueueShort(t *testing.T) {
	onEach(t, func(t *testing.T, p *testPoller) {
		want := make(map[uint64]bool)
		for range 7 {
			s := p.m.NewSocket()
			s.ArriveUrgent(1)
			p.set(s, Readable|Writable|Urgent)
			want[uint64(s.FD())] = true
		}
		for end := time.Now().Add(5 * time.Second); len(want) > 0 && time.Now().Before(end); {
			ready := make([]Ready, 2)
			n, err := p.Wait(ready, true)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range ready[:n] {
				delete(want, r.ID)
			}
		}
		if len(want) > 0 {
			t.Errorf("not reported: %v", want)
		}
	})
}

// TestKqueueMany has more descriptors than poll(2) of macOS takes.
func TestKqueueMany(t *testing.T) {
	p := newKqueueTest(t, kqmodel.Darwin)
	var last *kqmodel.Socket
	for range 3 {
		last = p.m.NewSocket()
		p.set(last, Readable)
	}
	for fd := last.FD() + 1; fd < 11000; fd++ {
		p.m.OpenAt(fd, last) // only the number matters
	}
	s := p.m.NewSocket()
	p.set(s, Readable)
	s.Arrive(1)
	p.want(s, Readable)
}

// TestKqueueWake ends Wait.
func TestKqueueWake(t *testing.T) {
	onEach(t, func(t *testing.T, p *testPoller) {
		p.Wake()
		if n, err := p.Wait(make([]Ready, 1), true); n != 0 || err != nil {
			t.Errorf("Wait: %d, %v", n, err)
		}
		done := make(chan error, 1)
		go func() {
			_, err := p.Wait(make([]Ready, 1), true)
			done <- err
		}()
		s := p.m.NewSocket()
		p.set(s, Urgent)
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; !errors.Is(err, os.ErrClosed) {
			t.Errorf("Wait after Close: %v", err)
		}
		if err := p.Set(s.FD(), 1, Readable); !errors.Is(err, os.ErrClosed) {
			t.Errorf("Set after Close: %v", err)
		}
		if n := p.m.Queues(); n != 0 {
			t.Errorf("%d queues are left", n)
		}
	})
}

// TestKqueueLate reports nothing of an event that Wait has got already, when the number was
// closed and is used again before Wait looks at it.
func TestKqueueLate(t *testing.T) {
	onEach(t, func(t *testing.T, p *testPoller) {
		q := p.poller.(*kqueuePoller)
		old := p.m.NewSocket()
		p.Set(old.FD(), 1, Readable)
		late := kevent{Ident: old.FD(), Filter: q.kind.read, Udata: uintptr(q.entries[old.FD()].tag)}
		old.Close()
		s := p.m.NewSocket()
		p.Set(s.FD(), 2, Readable)
		if n := q.collect(make([]Ready, 1), []kevent{late}); n != 0 {
			t.Errorf("%d events are reported", n)
		}
		s.Arrive(1)
		if got := p.next(); len(got) != 1 || got[0] != (Ready{2, Readable}) {
			t.Errorf("ready: %v", got)
		}
	})
}

// TestKqueueExcept reads the events of EVFILT_EXCEPT, whose flags are an errno at the end.
func TestKqueueExcept(t *testing.T) {
	const connReset = 54 // sys/errno.h of the BSDs
	for name, k := range kinds {
		for _, tt := range []struct {
			e    kevent
			want bool
		}{
			{kevent{Fflags: k.oob}, true},
			{kevent{}, false},
			{kevent{Flags: evEOF}, false},
			{kevent{Flags: evEOF, Fflags: k.oob}, true}, // after a shutdown of this side
			{kevent{Flags: evEOF, Fflags: connReset}, false},
		} {
			tt.e.Filter = k.except
			if got := k.add(kqueueState{}, tt.e).urgent; k.hasUrgent() && got != tt.want {
				t.Errorf("%s: %+v: urgent is %t", name, tt.e, got)
			}
		}
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package sys

import (
	"syscall"
	"testing"

	"example.com/streamsock/internal/kqmodel"
)

// TestKqueueAsk polls for all events in each state, and for the state of the
// peer.
func TestKqueueAsk(t *testing.T) {
	const all = Readable | Writable | Urgent | PeerClosed
	type steps []func(s *kqmodel.Socket)
	var (
		arrive  = func(s *kqmodel.Socket) { s.Arrive(3) }
		urgent  = func(s *kqmodel.Socket) { s.ArriveUrgent(3) }
		mark    = func(s *kqmodel.Socket) { s.ArriveUrgent(0) }
		inline  = func(s *kqmodel.Socket) { s.SetInline(true) }
		fin     = (*kqmodel.Socket).FIN
		rst     = (*kqmodel.Socket).Reset
		read    = func(s *kqmodel.Socket) { s.Read(10) }
		receive = func(s *kqmodel.Socket) { s.ReadUrgent(false) }
		full    = func(s *kqmodel.Socket) { s.SetRoom(0) }
		write   = (*kqmodel.Socket).CloseWrite
		shut    = (*kqmodel.Socket).CloseRead
	)
	for _, tt := range []struct {
		name  string
		steps steps
		want  Events
		peer  Liveness
		err   error
	}{
		{"nothing", nil, Writable, Idle, nil},
		{"no room", steps{full}, 0, Idle, nil},
		{"bytes", steps{arrive}, Readable | Writable, Pending, nil},
		{"read bytes", steps{arrive, read}, Writable, Idle, nil},
		{"urgent", steps{urgent}, Readable | Writable | Urgent, Pending, nil},
		{"urgent, nothing before", steps{mark}, Writable | Urgent, Idle, nil},
		{"urgent, at the mark", steps{urgent, read}, Writable | Urgent, Idle, nil},
		{"urgent, received", steps{urgent, receive}, Readable | Writable, Pending, nil},
		{"urgent, received at the mark", steps{urgent, read, receive}, Writable, Idle, nil},
		{"urgent, read past", steps{urgent, arrive, read, read}, Writable, Idle, nil},
		{"urgent, inline", steps{inline, urgent}, Readable | Writable | Urgent, Pending, nil},
		{"urgent, inline, at the mark", steps{inline, urgent, read}, Readable | Writable | Urgent, Pending, nil},
		{"urgent, inline, read", steps{inline, urgent, read, read}, Writable, Idle, nil},
		{"FIN", steps{fin}, Readable | Writable | PeerClosed, HalfClosed, nil},
		{"bytes, FIN", steps{arrive, fin}, Readable | Writable | PeerClosed, HalfClosed, nil},
		{"urgent, FIN", steps{urgent, fin}, all, HalfClosed, nil},
		{"urgent, received, FIN", steps{urgent, receive, fin}, Readable | Writable | PeerClosed, HalfClosed, nil},
		{"CloseWrite", steps{write}, Writable, Idle, nil},
		{"CloseWrite, FIN", steps{write, fin}, Readable | Writable | PeerClosed, Ended, nil},
		{"bytes, FIN, CloseWrite", steps{arrive, fin, write}, Readable | Writable | PeerClosed, Ended, nil},
		{"reset", steps{rst}, Readable | Writable | PeerClosed | Broken, Lost, syscall.ECONNRESET},
		{"bytes, reset", steps{arrive, rst}, Readable | Writable | PeerClosed | Broken, Lost, syscall.ECONNRESET},
		{"reset, reported", steps{rst, read}, Readable | Writable | PeerClosed, Ended, nil},
		{"CloseRead", steps{shut}, Readable | Writable, Idle, nil},
		{"bytes, CloseRead", steps{arrive, shut}, Readable | Writable, Pending, nil},
		{"CloseRead, FIN", steps{shut, fin}, Readable | Writable | PeerClosed, HalfClosed, nil},
	} {
		for _, system := range kqmodel.Systems {
			m := modelKernel{kqmodel.New(system)}
			kind := kinds[system.Name]
			s := m.NewSocket()
			for _, step := range tt.steps {
				step(s)
			}
			want, peer := tt.want, tt.peer
			if shutDown := s.Look().ReadDone && !s.PeerDone() && s.Look().Err == 0; shutDown && m.peerState(s.FD()) == peerUnknown {
				want |= PeerClosed // the kernel does not report which side has shut down
				if s.Look().Connected {
					peer = HalfClosed
				} else {
					peer = Ended
				}
			}
			var a kqueueAsk
			for ask := range all + 1 {
				got, err := a.ask(m, kind, s.FD(), ask)
				unasked := want & Broken
				if s.Look().ReadDone && s.Look().WriteDone {
					unasked |= PeerClosed
				}
				if got != want&ask|unasked || err != nil {
					t.Errorf("%s, %s: ask for %05b: %05b, %v, want %05b", system.Name, tt.name, ask, got, err, want&ask|unasked)
				}
			}
			if got, err := a.checkPeer(m, kind, s.FD()); got != peer || err != tt.err {
				t.Errorf("%s, %s: CheckPeer: %v, %v, want %v, %v", system.Name, tt.name, got, err, peer, tt.err)
			}
			if n := m.Queues(); n != 0 {
				t.Fatalf("%d queues are left", n)
			}
			// Without a queue, some cannot be told apart.
			switch unknown := m.peerState(s.FD()) == peerUnknown; {
			case peer == Lost || peer == Ended && unknown:
				peer = Lost
			case peer == HalfClosed && unknown && s.Look().Bytes > 0:
				peer = Pending
			}
			if got, err := a.checkPeer(exhausted{m}, kind, s.FD()); got != peer || err != nil {
				t.Errorf("%s, %s: CheckPeer without a descriptor: %v, %v, want %v", system.Name, tt.name, got, err, peer)
			}
		}
	}
}

// TestKqueueAskClosed asks for a number that is not open.
func TestKqueueAskClosed(t *testing.T) {
	for _, system := range kqmodel.Systems {
		m := modelKernel{kqmodel.New(system)}
		var a kqueueAsk
		if got, err := a.ask(m, kinds[system.Name], 9, Readable); got != 0 || err != syscall.EBADF {
			t.Errorf("%s: %v, %v, want EBADF", system.Name, got, err)
		}
	}
}

// An exhausted kernel has no descriptor for a queue.
type exhausted struct{ modelKernel }

func (exhausted) kqueue(int) (kqueue, error) { return nil, syscall.EMFILE }

// TestKqueueAskExhausted asks poll(2) if no descriptor is free.
func TestKqueueAskExhausted(t *testing.T) {
	for _, system := range kqmodel.Systems {
		m := exhausted{modelKernel{kqmodel.New(system)}}
		s := m.NewSocket()
		s.Arrive(1)
		var a kqueueAsk
		got, err := a.ask(m, kinds[system.Name], s.FD(), Readable|Writable|Urgent)
		if got != Readable|Writable || err != nil {
			t.Errorf("%s: %v, %v", system.Name, got, err)
		}
	}
}

// TestPeerState reads the states of netinet/tcp_fsm.h.
func TestPeerState(t *testing.T) {
	for state, want := range map[byte]peerState{
		0: peerUnknown, 4: peerOpen, 5: peerEnded, 6: peerOpen, 7: peerEnded, 8: peerEnded, 9: peerOpen, 10: peerEnded,
	} {
		if got := bsdPeerState(state); got != want {
			t.Errorf("state %d: %d, want %d", state, got, want)
		}
	}
}

// TestUrgentMemory receives an urgent byte before the bytes that precede it,
// and reads up to its place, where darwin continues reporting it. The next
// byte, at the same place, is reported, though darwin forgets it when it is
// looked at.
func TestUrgentMemory(t *testing.T) {
	for _, system := range kqmodel.Systems {
		m := modelKernel{kqmodel.New(system)}
		s := m.NewSocket()
		var a kqueueAsk
		var memory urgentMemory
		ask := func(step string, want Events) {
			t.Helper()
			got, err := a.ask(m, kinds[system.Name], s.FD(), Urgent)
			if got = memory.check(m, s.FD(), got, Urgent); got != want || err != nil {
				t.Errorf("%s, %s: %v, %v, want %v", system.Name, step, got, err, want)
			}
		}
		receive := func(step string, peek bool, want error) {
			t.Helper()
			b := []byte{'!'}
			n, err := 1, s.ReadUrgent(peek)
			if err != nil {
				b[0], n = 0, 0
			}
			if n, err = memory.receive(b, n, err, peek); err != want || err == nil && (n != 1 || b[0] != '!') {
				t.Errorf("%s, %s: %q, %d, %v, want %v", system.Name, step, b, n, err, want)
			}
		}
		ask("nothing", 0)
		receive("nothing", false, syscall.EINVAL)
		s.ArriveUrgent(3)
		ask("a byte", Urgent)
		receive("a byte", false, nil)
		ask("received", 0)
		s.Read(3)
		ask("at the mark", 0)
		receive("at the mark", false, syscall.EINVAL)
		s.ArriveUrgent(0)
		ask("the next", Urgent)
		ask("the next, again", Urgent)
		receive("the next, peeked", true, nil)
		ask("the next, peeked", Urgent)
		receive("the next", false, nil)
		ask("the next, received", 0)
		receive("the next, received", false, syscall.EINVAL)
		s.ArriveUrgent(2)
		ask("the third", Urgent)
		receive("the third", false, nil)
		receive("the third, again", false, syscall.EINVAL)
		ask("the third, received", 0)
	}
}

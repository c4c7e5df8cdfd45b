// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package sys

import (
	"errors"
	"slices"
	"syscall"
	"testing"

	"example.com/streamsock/internal/kqmodel"
)

// TestPollOfDarwin shows why the Poller of macOS does not use poll(2): in each
// case, poll(2) reports the wrong events or none, and the kqueue reports the
// right ones.
func TestPollOfDarwin(t *testing.T) {
	tests := []struct {
		name   string
		want   Events
		before func(s *kqmodel.Socket) // in poll(2)
		after  func(s *kqmodel.Socket)
		poll   Events // 0 if poll(2) sleeps on
		kqueue Events
	}{
		{
			name: "an urgent byte", want: Urgent,
			after: func(s *kqmodel.Socket) { s.ArriveUrgent(0) },
			poll:  0, kqueue: Urgent,
		},
		{
			name: "the end, if an urgent byte is wanted", want: Urgent | PeerClosed,
			after: func(s *kqmodel.Socket) { s.FIN() },
			poll:  Urgent | PeerClosed, kqueue: PeerClosed,
		},
		{
			name: "a reset, if an urgent byte is wanted", want: Urgent | PeerClosed,
			after: func(s *kqmodel.Socket) { s.Reset() },
			poll:  Urgent | PeerClosed, kqueue: PeerClosed | Broken,
		},
		{
			name: "the end after an ordinary byte", want: Urgent,
			before: func(s *kqmodel.Socket) { s.Arrive(1) },
			after:  func(s *kqmodel.Socket) { s.Reset() },
			poll:   0, kqueue: Broken,
		},
		{
			name: "a reset, if nothing is wanted", want: 0,
			after: func(s *kqmodel.Socket) { s.Reset() },
			poll:  0, kqueue: Broken,
		},
	}
	for _, tt := range tests {
		for _, x := range []struct {
			call string
			p    *testPoller
			want Events
		}{{"poll", newPollTest(t, kqmodel.Darwin), tt.poll}, {"kqueue", newKqueueTest(t, kqmodel.Darwin), tt.kqueue}} {
			s := x.p.m.NewSocket()
			x.p.set(s, tt.want)
			got := make(chan []Ready, 1)
			go func() { got <- x.p.next() }()
			for _, step := range []func(s *kqmodel.Socket){tt.before, tt.after} {
				if step != nil {
					x.p.m.AwaitSleep()
					step(s)
				}
			}
			if x.want == 0 {
				x.p.m.AwaitSleep()
				x.p.set(s, Writable) // which ends it
				x.want = Writable
				if s.Look().Err != 0 {
					x.want = PeerClosed // POLLHUP hides POLLOUT, and there is no POLLERR
				}
			}
			if got, want := <-got, []Ready{{uint64(s.FD()), x.want}}; !slices.Equal(got, want) {
				t.Errorf("%s, %s: %v, want %v", tt.name, x.call, got, want)
			}
		}
	}
}

// TestPollOfDarwinMany has more descriptors than poll(2) takes.
func TestPollOfDarwinMany(t *testing.T) {
	p := newPollTest(t, kqmodel.Darwin)
	s := p.m.NewSocket()
	for id := uint64(1); id <= 10240; id++ { // and the waker
		if err := p.Set(s.FD(), id, Readable); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.Wait(make([]Ready, 1), false); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("Wait: %v, want EINVAL", err)
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package sys

import (
	"slices"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/kqmodel"
)

// kinds has the numbers of each system of the model.
var kinds = map[string]*kqueueKind{
	"darwin": &kqueueDarwin, "dragonfly": &kqueueDragonfly, "freebsd": &kqueueFreeBSD,
	"netbsd": &kqueueNetBSD, "openbsd": &kqueueOpenBSD,
}

// A modelKernel is a kqueueKernel that is a model.
type modelKernel struct{ *kqmodel.Kernel }

func (m modelKernel) kqueue(int) (kqueue, error)     { return modelQueue{m.Queue()}, nil }
func (m modelKernel) newWaker() (pollWaker, error)   { return modelWaker{m.Kernel, m.NewPipe()}, nil }
func (m modelKernel) isConnected(fd uintptr) bool    { return m.state(fd).Connected }
func (m modelKernel) queued(fd uintptr) (int, error) { return m.state(fd).Bytes, nil }
func (m modelKernel) atMark(fd uintptr) bool         { return m.state(fd).AtMark }

func (m modelKernel) state(fd uintptr) kqmodel.State {
	if s := m.Socket(fd); s != nil {
		return s.Look()
	}
	return kqmodel.State{}
}

func (m modelKernel) peerState(fd uintptr) peerState {
	switch s := m.Socket(fd); {
	case s == nil || m.System.Name == "dragonfly": // which has no TCP_INFO
		return peerUnknown
	case s.PeerDone():
		return peerEnded
	case s.Look().Connected:
		return peerOpen
	}
	return peerUnknown
}

func (m modelKernel) peekUrgent(fd uintptr) (byte, error) {
	if s := m.Socket(fd); s != nil {
		return '!', s.ReadUrgent(true)
	}
	return 0, syscall.EBADF
}

func (m modelKernel) isInline(fd uintptr) bool {
	s := m.Socket(fd)
	return s != nil && s.Inline()
}

func (m modelKernel) poll(fds []pollFD, timeout int) (int, error) {
	list := make([]kqmodel.PollFD, len(fds))
	for i, p := range fds {
		list[i] = kqmodel.PollFD{FD: uintptr(p.Fd), Events: int16(p.Events)}
	}
	n, err := m.Poll(list, timeout)
	for i := range list {
		fds[i].Revents = pollWord(list[i].Revents)
	}
	return n, err
}

// A modelQueue is a kqueue of the model.
type modelQueue struct{ q *kqmodel.Queue }

func (m modelQueue) close() { m.q.Close() }

func (m modelQueue) kevent(changes, events []kevent, block bool) (int, error) {
	list := make([]kqmodel.Event, len(changes))
	for i, e := range changes {
		list[i] = kqmodel.Event(e)
	}
	got := make([]kqmodel.Event, len(events))
	n, err := m.q.Kevent(list, got, block)
	for i, e := range got[:n] {
		events[i] = kevent(e)
	}
	return n, err
}

// A modelWaker is a pipe of the model.
type modelWaker struct {
	k *kqmodel.Kernel
	p *kqmodel.Pipe
}

func (w modelWaker) fd() uintptr { return w.p.FD() }
func (w modelWaker) wake()       { w.p.Write() }
func (w modelWaker) drain()      { w.p.Drain() }
func (w modelWaker) close()      { w.k.Close(w.p.FD()) }

// A poller is the interface of all Pollers.
type poller interface {
	Set(fd uintptr, id uint64, want Events) error
	Remove(fd uintptr, id uint64)
	Wait(ready []Ready, block bool) (int, error)
	Wake()
	Close() error
}

// A testPoller is a Poller on a model.
type testPoller struct {
	poller
	t *testing.T
	m modelKernel
}

// newKqueueTest returns a Poller by kqueue.
func newKqueueTest(t *testing.T, s kqmodel.System) *testPoller {
	t.Helper()
	m := modelKernel{kqmodel.New(s)}
	p, err := newKqueuePoller(m, kinds[s.Name])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return &testPoller{p, t, m}
}

// newPollTest returns a Poller by poll(2).
func newPollTest(t *testing.T, s kqmodel.System) *testPoller {
	t.Helper()
	m := modelKernel{kqmodel.New(s)}
	w, _ := m.newWaker()
	p := newPollPoller(w, m.poll)
	t.Cleanup(func() { p.Close() })
	return &testPoller{p, t, m}
}

// set makes the Poller report the events of a socket, with its number as the id.
func (p *testPoller) set(s *kqmodel.Socket, want Events) {
	p.t.Helper()
	if err := p.Set(s.FD(), uint64(s.FD()), want); err != nil {
		p.t.Fatal(err)
	}
}

// next waits for the next event. It returns nothing if there is none for a long time.
func (p *testPoller) next() []Ready {
	p.t.Helper()
	const long = 5 * time.Second
	late := time.AfterFunc(long, p.Wake)
	defer late.Stop()
	for end := time.Now().Add(long); ; {
		ready := make([]Ready, MaxReady)
		n, err := p.Wait(ready, true)
		if err != nil {
			p.t.Fatal(err)
		}
		if n > 0 || time.Now().After(end) {
			return ready[:n]
		}
	}
}

// want fails unless the next that is reported are these events of the socket alone.
func (p *testPoller) want(s *kqmodel.Socket, events Events) {
	p.t.Helper()
	if got, want := p.next(), []Ready{{uint64(s.FD()), events}}; !slices.Equal(got, want) {
		p.t.Errorf("ready: %v, want %v", got, want)
	}
}

// quiet fails if anything is reported. An urgent byte of another socket shows that
// the thread for urgent data has looked at the others, where there is one.
func (p *testPoller) quiet() {
	p.t.Helper()
	other := p.m.NewSocket()
	defer other.Close()
	other.ArriveUrgent(0)
	p.set(other, Urgent)
	p.want(other, Urgent)
	p.Remove(other.FD(), uint64(other.FD()))
	ready := make([]Ready, MaxReady)
	if n, err := p.Wait(ready, false); n != 0 || err != nil {
		p.t.Errorf("ready: %v, %v, want nothing", ready[:n], err)
	}
}

// onEach runs a test on the kqueue of each system.
func onEach(t *testing.T, test func(t *testing.T, p *testPoller)) {
	for _, s := range kqmodel.Systems {
		t.Run(s.Name, func(t *testing.T) { test(t, newKqueueTest(t, s)) })
	}
}

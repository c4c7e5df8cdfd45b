// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"os"
	"sync"
	"syscall"

	"example.com/streamsock/internal/sys"
)

// A probe is one non-blocking check of a connection. Pooled, like transfer.
type probe struct {
	visit func(fd uintptr) // bound method value do
	look  func(p *probe, fd uintptr)

	number func(fd uintptr) (int, error) // of numberProbe
	n      int
	fd     uintptr  // of descriptorProbe
	poll   sys.Poll // of eventProbe
	events sys.Events
	urgent *sys.UrgentMemory
	peer   sys.Liveness // of peerProbe
	err    error
}

var probePool = sync.Pool{New: func() any {
	p := new(probe)
	p.visit = p.do
	return p
}}

func newProbe() *probe { return probePool.Get().(*probe) }

func (p *probe) release() { probePool.Put(p) }

func (p *probe) do(fd uintptr) {
	p.err = nil
	p.look(p, fd)
}

// run calls look with the descriptor. It returns the error of the RawConn;
// p.err is the error of look.
func (p *probe) run(rc syscall.RawConn, look func(p *probe, fd uintptr)) error {
	p.look, p.peer, p.err = look, 0, errNoDescriptor
	return rc.Control(p.visit)
}

// descriptorProbe sets the descriptor number.
func descriptorProbe(p *probe, fd uintptr) { p.fd = fd }

// numberProbe sets the number.
func numberProbe(p *probe, fd uintptr) { p.n, p.err = p.number(fd) }

// eventProbe sets the events that occurred.
func eventProbe(p *probe, fd uintptr) {
	want := p.events
	p.events = 0
	if want&sys.Urgent != 0 {
		if p.err = checkUrgent(fd); p.err != nil {
			return
		}
	}
	p.events, p.err = p.poll.Ask(fd, want)
	p.events = p.urgent.Check(fd, p.events, want)
	p.err = os.NewSyscallError("poll", p.err)
}

// peerProbe sets the state of the peer.
func peerProbe(p *probe, fd uintptr) { p.peer, p.err = sys.CheckPeer(fd) }

// getInt returns a number that the system reports for c.
func (c *conn) getInt(number func(fd uintptr) (int, error)) (int, error) {
	rc, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	p := newProbe()
	defer p.release()
	p.number = number
	if err := p.run(rc, numberProbe); err != nil {
		return 0, c.opError("get", err)
	}
	if sys.IsUnsupported(p.err) || p.err == errNoMark { // not the error of a system call
		return 0, c.opError("get", p.err)
	}
	if p.err != nil {
		return 0, c.opError("get", os.NewSyscallError("ioctl", p.err))
	}
	return p.n, nil
}

// poll returns which of the events have occurred, and those that are always
// reported.
func (p *pollable) poll(want sys.Events) (sys.Events, error) {
	rc, err := p.SyscallConn()
	if err != nil {
		return 0, err
	}
	look := newProbe()
	defer look.release()
	look.events, look.urgent = want, &p.urgent
	if err := look.run(rc, eventProbe); err != nil {
		return 0, err
	}
	return look.events, look.err
}

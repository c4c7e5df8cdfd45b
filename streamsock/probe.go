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

// A probe is one look at a connection, without waiting. Pooled, like transfer.
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

// run looks at the connection. Its error is that of the RawConn; that of the look
// is p.err.
func (p *probe) run(rc syscall.RawConn, look func(p *probe, fd uintptr)) error {
	p.look, p.peer, p.err = look, 0, errNoDescriptor
	return rc.Control(p.visit)
}

// descriptorProbe gets the descriptor number.
func descriptorProbe(p *probe, fd uintptr) { p.fd = fd }

// numberProbe gets a number.
func numberProbe(p *probe, fd uintptr) { p.n, p.err = p.number(fd) }

// eventProbe gets those of the events that occurred.
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

// peerProbe gets what is known of the peer.
func peerProbe(p *probe, fd uintptr) { p.peer, p.err = sys.CheckPeer(fd) }

// getInt returns a number that the system has for c.
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
	if sys.IsUnsupported(p.err) || p.err == errNoMark { // which is no error of a call
		return 0, c.opError("get", p.err)
	}
	if p.err != nil {
		return 0, c.opError("get", os.NewSyscallError("ioctl", p.err))
	}
	return p.n, nil
}

// poll returns which of the events hold now, and those that are reported unasked.
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

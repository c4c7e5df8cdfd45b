// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"net"
	"reflect"
	"slices"
	"sync"
	"syscall"
	"time"

	"example.com/streamsock/internal/sys"
)

// A pollable can be waited for: a connection, a [Listener] or a [Socket].
type pollable struct {
	urgent      sys.UrgentMemory
	raw         rawConn
	deadlines   deadliner // of package net; nil for the zero Conn
	read, write deadline
	sets        pollSets
}

// A deadliner is a connection of package net, or a listener with one deadline.
type deadliner interface {
	SetReadDeadline(t time.Time) error
	SetWriteDeadline(t time.Time) error
}

// A rawConn is a raw connection of package net with only the methods of
// [syscall.RawConn]. With the other methods, [os.File.ReadFrom] would use its
// own splice loop, which loses data after an urgent byte.
type rawConn struct{ syscall.RawConn }

func (p *pollable) init(raw syscall.RawConn, d deadliner) {
	p.raw.RawConn = raw
	p.deadlines, p.read.of, p.write.of = d, p, p
}

// base returns p. Types that embed a pollable have it as a method.
func (p *pollable) base() *pollable { return p }

// SyscallConn returns the raw connection. All calls return the same value.
func (p *pollable) SyscallConn() (syscall.RawConn, error) {
	if p.raw.RawConn == nil {
		return nil, syscall.EINVAL
	}
	return &p.raw, nil
}

// close calls f, which closes the connection of package net, and unblocks all
// waits.
func (p *pollable) close(f func() error) error {
	p.sets.leave()
	fd, open := p.descriptor()
	err := f()
	p.read.closed()
	p.write.closed()
	if open {
		waiting.wake(fd) // waits of another Conn, if Wrap was called twice
	}
	return err
}

// descriptor returns the descriptor number, which identifies nothing after p
// was closed.
func (p *pollable) descriptor() (fd uintptr, open bool) {
	rc, err := p.SyscallConn()
	if err != nil {
		return 0, false
	}
	look := newProbe()
	defer look.release()
	err = look.run(rc, descriptorProbe)
	return look.fd, err == nil
}

// pollSets are the PollSets of which a socket is a member.
type pollSets struct {
	mu     sync.Mutex
	list   []membership
	closed bool
}

// A membership is a member of a PollSet.
type membership struct {
	set *PollSet
	c   syscall.Conn
}

// add adds the membership to the list, if f returns no error.
func (l *pollSets) add(m membership, f func() error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return net.ErrClosed
	}
	err := f()
	if err == nil && !slices.Contains(l.list, m) {
		l.list = append(l.list, m)
	}
	return err
}

// leave removes the socket, which is about to be closed, from all sets
// permanently.
func (l *pollSets) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for _, m := range l.list {
		if gone := m.set.drop(m.c); gone != nil && m.set.left != nil {
			m.set.left(gone)
		}
	}
	l.list = nil
}

// wake makes the sets check for events that the system does not report.
func (l *pollSets) wake() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range l.list {
		m.set.poller.Wake()
	}
}

// isNil reports whether v is nil or holds a nil pointer.
func isNil(v any) bool {
	r := reflect.ValueOf(v)
	return !r.IsValid() || r.Kind() == reflect.Pointer && r.IsNil()
}

// control calls f with the descriptor of rc.
func control(rc syscall.RawConn, f func(fd uintptr) error) error {
	var fErr error
	if err := rc.Control(func(fd uintptr) { fErr = f(fd) }); err != nil {
		return err
	}
	return fErr
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"errors"
	"log"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock/sockopt"
)

// Accept waits for the next connection and returns it. If the error is nil,
// the connection is a *[Conn], or with [ListenConfig].Plain a *[net.TCPConn]. See
// [Listener.AcceptStream].
func (l *Listener) Accept() (net.Conn, error) {
	c, err := l.AcceptStream()
	switch {
	case err != nil:
		return nil, err // a nil *Conn in a net.Conn would not be nil
	case l.plain:
		return c.TCPConn, nil
	}
	return c, nil
}

// AcceptTCP is Accept with the connection as package net's type. The options
// are applied to it too.
func (l *Listener) AcceptTCP() (*net.TCPConn, error) {
	c, err := l.AcceptStream()
	if err != nil {
		return nil, err
	}
	return c.TCPConn, nil
}

// AcceptStream is Accept with the connection's own type.
//
// If an option cannot be set on a connection, AcceptStream calls
// [ListenConfig].Refused, closes the connection and waits for the next, so that a
// peer cannot end a server's loop: whether an option can be set may depend on the
// peer, which may use the other version of the Internet Protocol. A connection that
// the peer has reset meanwhile is closed without a call.
//
// An option that a multipath connection cannot have, for which the system's
// error wraps [errors.ErrUnsupported], is left out on that connection. Its Get
// method then returns that error too.
func (l *Listener) AcceptStream() (*Conn, error) {
	for {
		nc, err := l.adopt(l.queue.take())
		if nc == nil && err == nil {
			if nc, err = l.TCPListener.AcceptTCP(); err == nil {
				l.keepAlive.setUp(nc)
			}
		}
		if err != nil {
			return nil, err
		}
		if c := l.admit(nc); c != nil {
			return c, nil
		}
	}
}

// AcceptContext is [Listener.AcceptStream] that also ends when ctx does, with an error
// that wraps ctx.Err(). No connection is lost then: the next call of any of the
// methods returns it. The listener's deadline counts as well.
//
// A deadline that is set on the embedded TCPListener directly does not count. On
// plan9, js and wasip1 the error wraps [errors.ErrUnsupported].
func (l *Listener) AcceptContext(ctx context.Context) (*Conn, error) {
	for futile := 0; ; futile++ {
		err := l.overdue(&l.read)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, l.opError("accept", err)
		}
		c, err := l.TryAccept()
		if err != ErrWouldBlock {
			return c, err
		}
		if pause := backoff(futile); pause > 0 { // another accepts them all
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				continue
			}
		}
		if _, err = l.await(ctx, sys.Readable); err != nil {
			return nil, l.opError("accept", err)
		}
	}
}

// TryAccept is [Listener.AcceptStream] that does not wait: if no connection is there,
// the error is [ErrWouldBlock]. The deadline does not count. It is accept(2).
//
// To create the Conn it needs another free descriptor for a moment. If there is none,
// the error is one such as [syscall.EMFILE], and the connection is kept for the next
// call of any of the methods. On plan9, js and wasip1 the error wraps
// [errors.ErrUnsupported].
func (l *Listener) TryAccept() (*Conn, error) {
	rc, err := l.SyscallConn()
	if err != nil {
		return nil, err
	}
	for {
		f := l.queue.take()
		if f == nil {
			f, err = acceptFile(rc)
		}
		switch {
		case sys.IsAgain(err):
			return nil, ErrWouldBlock
		case err != nil:
			return nil, l.opError("accept", err)
		}
		nc, err := l.adopt(f)
		if err != nil {
			return nil, err
		}
		if c := l.admit(nc); c != nil {
			return c, nil
		}
	}
}

// acceptFile takes a connection from the system's queue.
func acceptFile(rc syscall.RawConn) (*os.File, error) {
	for {
		var fd uintptr
		var err error
		controlErr := rc.Control(func(from uintptr) { fd, err = sys.Accept(from) })
		if controlErr != nil {
			return nil, neterr.Bare(controlErr)
		}
		switch {
		case err == nil:
			return os.NewFile(fd, "socket"), nil
		case sys.IsAgain(err):
			return nil, err
		case !sys.IsInterrupted(err) && !sys.IsAborted(err):
			return nil, neterr.Syscall("accept", err)
		}
	}
}

// An acceptQueue has the accepted sockets that could not become connections.
type acceptQueue struct {
	mu     sync.Mutex
	files  []*os.File
	closed bool
}

// keptSockets is the number of sockets in all acceptQueues.
var keptSockets atomic.Int64

// take returns the first, or nil.
func (q *acceptQueue) take() *os.File {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.files) == 0 {
		return nil
	}
	f := q.files[0]
	q.files = q.files[1:]
	keptSockets.Add(-1)
	return f
}

// isEmpty reports whether there is none.
func (q *acceptQueue) isEmpty() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.files) == 0
}

// put keeps an accepted socket, unless the listener was closed.
func (q *acceptQueue) put(f *os.File) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		f.Close()
		return
	}
	q.files = append(q.files, f)
	keptSockets.Add(1)
}

// close closes what is in the queue.
func (q *acceptQueue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	keptSockets.Add(-int64(len(q.files)))
	for _, f := range q.files {
		f.Close()
	}
	q.files = nil
}

// adopt makes a connection of package net of an accepted socket, with what package
// net sets. If there is none, it returns nil. If it fails, the socket is put back.
func (l *Listener) adopt(f *os.File) (*net.TCPConn, error) {
	if f == nil {
		return nil, nil
	}
	before, err := managed(f)
	var nc *net.TCPConn
	if err == nil {
		nc, err = tcpConn(f)
	}
	if err != nil {
		l.queue.put(f)
		l.sets.wake()
		return nil, l.opError("accept", err)
	}
	f.Close()
	_ = restore(nc, before) // what [net.FileConn] has set
	for _, s := range l.netOptions {
		_ = sockopt.Apply(nc, s) // package net ignores an error too
	}
	return nc, nil
}

// admit creates a Conn from a new connection. It returns nil if the connection was
// closed because an option could not be set.
func (l *Listener) admit(nc *net.TCPConn) *Conn {
	c, err := l.setUp(nc)
	if err == nil {
		return c
	}
	defer nc.Close()
	if !isConnected(nc) || sys.IsNotConnected(err) {
		return nil
	}
	err = withOp("accept", err)
	if l.refused != nil {
		l.refused(nc, err)
	} else {
		log.Printf("streamsock: %v", err)
	}
	return nil
}

// setUp creates a Conn from a new connection and applies the options.
func (l *Listener) setUp(nc *net.TCPConn) (*Conn, error) {
	c, err := wrapWith(nc, l.connOptions)
	if err == nil {
		return c, nil
	}
	if !errors.Is(err, errors.ErrUnsupported) || !isMultipath(nc) {
		return nil, err
	}
	if c, err = wrap(nc); err != nil {
		return nil, err
	}
	for _, s := range l.connOptions {
		if err := sockopt.Apply(c, s); err != nil && !errors.Is(err, errors.ErrUnsupported) {
			return nil, err
		}
	}
	return c, nil
}

// isMultipath reports whether the socket is one of multipath TCP, even if the
// connection has fallen back to plain TCP.
func isMultipath(c syscall.Conn) bool {
	const mptcp = 262
	p, err := sockopt.Protocol.Get(c)
	return err == nil && p == mptcp
}

// isConnected reports whether c still has a peer; it is false after a reset.
func isConnected(c syscall.Conn) bool {
	rc, err := c.SyscallConn()
	if err != nil {
		return false
	}
	connected := false
	err = rc.Control(func(fd uintptr) { connected = sys.IsConnected(fd) })
	return err == nil && connected
}

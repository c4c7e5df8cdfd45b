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

// Accept waits for the next connection and returns it. The connection is a
// *[Conn] or, if [ListenConfig].Plain was set, a *[net.TCPConn]. See
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

// AcceptTCP is like Accept but returns a *net.TCPConn. The options are set on
// it.
func (l *Listener) AcceptTCP() (*net.TCPConn, error) {
	c, err := l.AcceptStream()
	if err != nil {
		return nil, err
	}
	return c.TCPConn, nil
}

// AcceptStream is like Accept but returns a *Conn.
//
// If an option cannot be set on a connection, AcceptStream calls
// [ListenConfig].Refused, closes the connection and waits for the next one. It
// does not return an error, because the result can depend on the peer, for
// example on the IP version it uses, and a peer must not be able to end the
// loop of a server. A connection that the peer has already reset is closed
// without calling Refused.
//
// If a multipath connection does not support an option, it is accepted without
// the option.
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

// AcceptContext is like [Listener.AcceptStream] but also returns when ctx ends,
// with an error wrapping ctx.Err(). No connection is lost: the next call of any
// of the methods returns it. AcceptContext also honors the listener's deadline,
// but not one set directly on the embedded TCPListener.
//
// On Plan 9, js and wasip1 the error wraps [errors.ErrUnsupported].
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

// TryAccept is like [Listener.AcceptStream] but never blocks. If no connection
// is waiting, it returns [ErrWouldBlock]. It ignores the deadline. TryAccept
// corresponds to accept(2).
//
// To create the Conn, TryAccept briefly needs another free descriptor. If none
// is free, it returns an error such as [syscall.EMFILE], and keeps the
// connection for the next call of any of the methods. On Plan 9, js and wasip1
// the error wraps [errors.ErrUnsupported].
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

// acceptFile accepts a connection.
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

// An acceptQueue has accepted sockets for which no Conn could be created.
type acceptQueue struct {
	mu     sync.Mutex
	files  []*os.File
	closed bool
}

// keptSockets is the number of sockets in all acceptQueues.
var keptSockets atomic.Int64

// take removes and returns the first file, or returns nil.
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

// isEmpty reports whether the queue is empty.
func (q *acceptQueue) isEmpty() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.files) == 0
}

// put adds an accepted socket, unless the listener was closed.
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

// close closes the sockets in the queue.
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

// adopt returns a connection of package net for an accepted socket, with the
// options that package net sets, or nil if f is nil. If it fails, it puts f
// back into the queue.
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
	_ = restore(nc, before) // net.FileConn has changed them
	for _, s := range l.netOptions {
		_ = sockopt.Apply(nc, s) // package net ignores the error too
	}
	return nc, nil
}

// admit creates a Conn for a new connection. It returns nil if the connection
// was closed because an option could not be set.
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

// setUp creates a Conn for a new connection and sets the options.
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

// isMultipath reports whether the socket is a multipath TCP socket, even if the
// connection has fallen back to plain TCP.
func isMultipath(c syscall.Conn) bool {
	const mptcp = 262
	p, err := sockopt.Protocol.Get(c)
	return err == nil && p == mptcp
}

// isConnected reports whether c still has a peer, which is false after a reset.
func isConnected(c syscall.Conn) bool {
	rc, err := c.SyscallConn()
	if err != nil {
		return false
	}
	connected := false
	err = rc.Control(func(fd uintptr) { connected = sys.IsConnected(fd) })
	return err == nil && connected
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"io"
	"net"
	"sync/atomic"
	"syscall"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock/sockopt"
)

// A relaySide is a connection of a relay.
type relaySide struct {
	net.Conn              // the one that is read and written
	given    net.Conn     // the argument of Relay
	own      TimeoutConn  // how it is read and written if it is a socket, otherwise zero
	under    syscall.Conn // the socket, or nil
}

// init makes s the side of c. If it fails, s can be closed.
func (s *relaySide) init(c net.Conn) error {
	s.given = c
	if isNil(c) {
		return syscall.EINVAL
	}
	s.Conn = c
	switch given := c.(type) {
	case *net.TCPConn:
		w, err := Wrap(given)
		if err != nil {
			return err
		}
		s.Conn, s.own = w, *w.WithTimeouts(0, 0)
	case *net.UnixConn:
		w, err := WrapUnix(given)
		if err != nil {
			return err
		}
		s.Conn, s.own = w, *w.WithTimeouts(0, 0)
	case *Conn:
		s.own = *given.WithTimeouts(0, 0)
	case *UnixConn:
		s.own = *given.WithTimeouts(0, 0)
	case *TimeoutConn:
		s.own = *given
	default:
		s.under, _ = sockopt.Unwrap(c) // without it, less is known
		return nil
	}
	s.under = s.own.c
	_, err := s.own.c.SyscallConn()
	return err
}

// isSocket reports whether the bytes of the side are those of the socket.
func (s *relaySide) isSocket() bool { return s.own.c != nil }

// tcp returns the Conn, also that of a TimeoutConn, or nil.
func (s *relaySide) tcp() *Conn {
	c, _ := s.own.outer.(*Conn)
	return c
}

func (s *relaySide) copyEnd() copyEnd { return s.own.copyEnd() }

// fault returns the error of the relay for that of a read or write.
func (s *relaySide) fault(op string, err error) error {
	if s.isSocket() {
		err = s.own.c.opError(op, err)
	}
	return &RelayError{Conn: s.given, Op: op, Err: err, side: s}
}

// closeWrite ends the stream to the peer, if the connection has a way to.
func (s *relaySide) closeWrite() error {
	c, ok := s.Conn.(interface{ CloseWrite() error })
	if !ok {
		return nil
	}
	if err := c.CloseWrite(); err != nil {
		return s.fault("write", neterr.Bare(err))
	}
	return nil
}

// isGone reports whether there is no connection any more, as far as is known.
func (s *relaySide) isGone() bool {
	l, _ := CheckConn(s.Conn)
	return l == Closed
}

// unacked returns the number of bytes that the peer has not acknowledged and still
// can: 0 where it is not known.
func (s *relaySide) unacked() int64 {
	if s.under == nil || s.isGone() {
		return 0
	}
	rc, err := s.under.SyscallConn()
	if err != nil {
		return 0
	}
	n := 0
	_ = control(rc, func(fd uintptr) (err error) {
		n, err = sys.Unacked(fd)
		return err
	})
	return int64(n)
}

// close closes the connection, by a reset if it is to be one and can be.
func (s *relaySide) close(reset bool) {
	if s.Conn == nil {
		return
	}
	if c, ok := s.under.(io.Closer); ok && reset {
		_ = sockopt.Linger.Set(s.under, sockopt.Lingering{On: true})
		c.Close() // first, or TLS would send the peer a regular end
	}
	s.Conn.Close()
}

// A countingConn counts what is written to a side, also during the copy, and has the
// relay know when a write waits.
type countingConn struct {
	run     *relayRun
	side    *relaySide
	count   atomic.Int64
	waiting atomic.Bool // a write waits, or may
}

func (w *countingConn) Write(p []byte) (n int, err error) {
	w.waits()
	n, err = w.side.Write(p)
	w.moved(n)
	return n, err
}

// waits notes that a write waits, or may.
func (w *countingConn) waits() {
	w.waiting.Store(true)
	w.run.lookAfter()
}

// moved notes that n bytes were written, and that nothing waits.
func (w *countingConn) moved(n int) {
	w.count.Add(int64(n))
	w.waiting.Store(false)
}

// An errWriter keeps the error of Write, which io.Copy does not tell from that of Read.
type errWriter struct {
	w   io.Writer
	err error
}

func (w *errWriter) Write(p []byte) (n int, err error) {
	n, w.err = w.w.Write(p)
	return n, w.err
}

func (w *countingConn) copyEnd() copyEnd {
	end := w.side.copyEnd()
	end.counting = w
	return end
}

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
	net.Conn              // the connection that is read and written
	given    net.Conn     // the argument of Relay
	own      TimeoutConn  // reads and writes it if it is a socket, otherwise zero
	under    syscall.Conn // the socket, or nil
}

// init initializes s for c. If it fails, s can still be closed.
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
		s.under, _ = sockopt.Unwrap(c) // nil if there is no socket
		return nil
	}
	s.under = s.own.c
	_, err := s.own.c.SyscallConn()
	return err
}

// isSocket reports whether the bytes of the connection are those of the socket.
func (s *relaySide) isSocket() bool { return s.own.c != nil }

// tcp returns the Conn, or that of a TimeoutConn, or nil.
func (s *relaySide) tcp() *Conn {
	c, _ := s.own.outer.(*Conn)
	return c
}

func (s *relaySide) copyEnd() copyEnd { return s.own.copyEnd() }

// fault returns the error of the relay for an error of a read or write.
func (s *relaySide) fault(op string, err error) error {
	if s.isSocket() {
		err = s.own.c.opError(op, err)
	}
	return &RelayError{Conn: s.given, Op: op, Err: err, side: s}
}

// endStream ends the stream to the peer, like closeWrite, but after the
// handshake of a *tls.Conn, before which its CloseWrite fails.
func (s *relaySide) endStream() error {
	if c, ok := s.Conn.(interface{ Handshake() error }); ok {
		if err := c.Handshake(); err != nil {
			return s.fault("write", neterr.Bare(err))
		}
	}
	return s.closeWrite()
}

// closeWrite ends the stream to the peer, if the connection has a method for
// that.
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

// isGone reports whether the connection no longer exists, as far as is known.
func (s *relaySide) isGone() bool {
	l, _ := CheckConn(s.Conn)
	return l == Closed
}

// unacked returns the number of bytes that the peer has not acknowledged and
// still can acknowledge, or 0 if that is unknown.
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

// close closes the connection, with a reset if reset is true and the connection
// supports it.
func (s *relaySide) close(reset bool) {
	if s.Conn == nil {
		return
	}
	if c, ok := s.under.(io.Closer); ok && reset {
		_ = sockopt.Linger.Set(s.under, sockopt.Lingering{On: true})
		c.Close() // first, because TLS would send the peer a regular end
	}
	s.Conn.Close()
}

// A countingConn counts the bytes written to a connection during the copy, and
// notifies the relay when a write blocks.
type countingConn struct {
	run     *relayRun
	side    *relaySide
	count   atomic.Int64
	waiting atomic.Bool // a write blocks, or may block
}

func (w *countingConn) Write(p []byte) (n int, err error) {
	w.waits()
	n, err = w.side.Write(p)
	w.moved(n)
	return n, err
}

// waits records that a write blocks, or may block.
func (w *countingConn) waits() {
	w.waiting.Store(true)
	w.run.lookAfter()
}

// moved records that n bytes were written, and that no write blocks.
func (w *countingConn) moved(n int) {
	w.count.Add(int64(n))
	w.waiting.Store(false)
}

// An errWriter keeps the error of Write, because io.Copy does not distinguish
// it from an error of Read.
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

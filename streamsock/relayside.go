// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock/sockopt"
)

// A relaySide is a connection of a relay.
type relaySide struct {
	net.Conn               // the one that is read and written
	given    net.Conn      // the argument of Relay
	sock     *conn         // of a Conn, UnixConn or TimeoutConn, otherwise nil
	tcp      *Conn         // the Conn, also under a TimeoutConn, otherwise nil
	timeout  time.Duration // the read timeout of a TimeoutConn
	under    syscall.Conn  // the socket, or nil
}

// newRelaySide returns a side, also if there is an error.
func newRelaySide(c net.Conn) (*relaySide, error) {
	s := &relaySide{Conn: c, given: c}
	if isNil(c) {
		s.Conn = nil
		return s, syscall.EINVAL
	}
	var err error
	switch c := c.(type) {
	case *net.TCPConn:
		var w *Conn
		if w, err = Wrap(c); err == nil {
			s.Conn, s.sock, s.tcp = w, &w.conn, w
		}
	case *net.UnixConn:
		var w *UnixConn
		if w, err = WrapUnix(c); err == nil {
			s.Conn, s.sock = w, &w.conn
		}
	case *Conn:
		s.sock, s.tcp = &c.conn, c
	case *UnixConn:
		s.sock = &c.conn
	case *TimeoutConn:
		s.sock, s.timeout = c.c, c.read
		s.tcp, _ = c.outer.(*Conn)
	default:
		s.under, _ = sockopt.Unwrap(c) // without it, less is known
		return s, nil
	}
	if err == nil {
		_, err = s.sock.SyscallConn()
	}
	if err != nil {
		return s, err
	}
	s.under = s.sock
	return s, nil
}

func (s *relaySide) copyEnd() copyEnd {
	if t, ok := s.Conn.(*TimeoutConn); ok {
		return t.copyEnd()
	}
	return s.sock.copyEnd()
}

// fault returns the error of the relay for that of a read or write.
func (s *relaySide) fault(op string, err error) error {
	if s.sock != nil {
		err = s.sock.opError(op, err)
	}
	return &RelayError{s.given, op, err}
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

// A countingConn counts what is written to a side, also during the copy.
type countingConn struct {
	side  *relaySide
	count atomic.Int64
	err   error // of Write
}

func (w *countingConn) Write(p []byte) (n int, err error) {
	n, err = w.side.Write(p)
	w.count.Add(int64(n))
	w.err = err
	return n, err
}

func (w *countingConn) copyEnd() copyEnd {
	end := w.side.copyEnd()
	end.count = &w.count
	return end
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock/sockopt"
)

// BUG(streamsock): On DragonFly, Solaris, AIX and Windows, Check also returns
// HalfClosed after this side has called CloseRead. For multipath connections
// and Unix sockets, it does so on all systems.

// BUG(streamsock): On Solaris and AIX, Check returns Pending if there is unread
// data before the end of the stream. On Windows, it returns HalfClosed instead
// of Closed for a connection that both sides have ended.

// BUG(streamsock): On gVisor, Check may return ErrBroken instead of io.EOF,
// because gVisor does not distinguish a connection that both sides have ended
// from one that was reset.

// BUG(streamsock): On Plan 9, js and wasip1, Check returns
// errors.ErrUnsupported.

// Liveness is the state of a connection as returned by [Conn.Check]. The zero
// Liveness means that the state is unknown.
type Liveness uint8

const (
	// Idle means that the connection is established, as far as the system
	// knows, and that there is no data to read.
	Idle = Liveness(sys.Idle)

	// Pending means that the connection is established and that there is data
	// to read. Under TLS, the data may be only a session ticket, or the peer's
	// close_notify, after which the connection is not usable; see [CheckConn].
	Pending = Liveness(sys.Pending)

	// HalfClosed means that the peer has closed its direction of the stream.
	// Read returns the data that the peer has sent before, and then [io.EOF].
	// The peer may have closed the connection, or may still wait for data from
	// this side.
	HalfClosed = Liveness(sys.HalfClosed)

	// Closed means that the connection no longer exists. On most systems, data
	// that was received before can still be read.
	Closed = Liveness(sys.Ended)
)

var livenessNames = [...]string{Idle: "Idle", Pending: "Pending", HalfClosed: "HalfClosed", Closed: "Closed"}

// String returns the name of l, such as "HalfClosed".
func (l Liveness) String() string {
	if int(l) < len(livenessNames) && livenessNames[l] != "" {
		return livenessNames[l]
	}
	return fmt.Sprintf("Liveness(%d)", uint8(l))
}

// Check reports whether the peer is still connected. It does not block, ignores
// the deadlines, and can be called while other goroutines are blocked in Read
// and Write. It consumes nothing: neither data, nor the end of the stream, nor
// an error that a later Read is to return.
//
// Check sends nothing. The failure of an unreachable peer is noticed only after
// unacknowledged data or keep-alive probes time out.
//
//	state of the connection         nothing to read   something to read
//	established                     Idle              Pending
//	the peer has sent its FIN       HalfClosed        HalfClosed
//	both FINs are acknowledged      Closed, io.EOF    Closed, io.EOF
//	reset or timed out              Closed, ErrBroken Closed, ErrBroken
//	Close was called here           Closed, net.ErrClosed
//
// The error is nil for Idle, Pending and HalfClosed. For Closed, the error is:
//
//   - [io.EOF], if both sides have ended the stream, or if a Read or Write has
//     already returned the error that broke the connection;
//   - an error wrapping [ErrBroken], if the connection was reset or has timed
//     out. On Linux and Windows, the next Read returns the cause; see [IsReset]
//     and [IsTimedOut]. On macOS and the BSDs, the error of Check wraps it too;
//   - [net.ErrClosed], if the Conn has been closed.
//
// For any other error the Liveness is zero. If the system cannot report the
// state, the error wraps [errors.ErrUnsupported].
//
// A pool can reuse a connection that is Idle. If it is Pending, the peer has
// sent data that was not requested. Under TLS, Idle is not sufficient; see
// [CheckConn].
//
// An urgent byte out of line does not count as something to read, nor does less
// data than [sockopt.ReceiveLowat]. A connection that is being established with
// [sockopt.FastOpenConnect] is Idle until it is refused.
//
// Check calls poll(2), which for an Idle connection is the only system call on
// Linux, and getsockopt(2) with TCP_INFO. On macOS and the BSDs, it uses a
// kqueue(2); if no file descriptor is free for it, it uses poll(2), and the
// error of Closed may then be ErrBroken instead of io.EOF. On Windows, it uses
// the request IOCTL_AFD_POLL, on which WSAPoll is based.
func (c *conn) Check() (Liveness, error) {
	rc, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	return check(c, rc)
}

// CheckConn is like [Conn.Check] but for any connection, such as a *tls.Conn.
// It finds the socket with [sockopt.Unwrap]; if there is none, the error wraps
// [errors.ErrUnsupported]. The socket may be a TCP or a Unix socket. CheckConn
// ignores data in layers above the socket, such as data that a *tls.Conn has
// received and not yet returned.
//
// Under TLS, CheckConn cannot decide whether a connection is usable. If it is
// Pending, the data may be a session ticket, a key update, or close_notify, by
// which the peer ends its stream. If it is Idle, TLS may have received
// close_notify together with the last response. HalfClosed and Closed
// connections are not usable. For the others, a pool calls Read of the TLS
// connection with a deadline: if the socket was Idle before and Read times out,
// the connection is usable and unchanged. Any other result, including data and
// io.EOF, means that it is not. See the example named pool.
func CheckConn(c net.Conn) (Liveness, error) {
	sc, err := sockopt.Unwrap(c)
	if err != nil {
		return 0, err
	}
	rc, err := sc.SyscallConn()
	if err != nil {
		return 0, err
	}
	return check(c, rc)
}

func check(c net.Conn, rc syscall.RawConn) (Liveness, error) {
	p := newProbe()
	defer p.release()
	if err := p.run(rc, peerProbe); err != nil {
		if errors.Is(err, net.ErrClosed) {
			return Closed, neterr.Wrap("check", c, err)
		}
		return 0, neterr.Wrap("check", c, err)
	}
	switch {
	case p.peer == sys.Ended:
		return Closed, io.EOF
	case p.peer == sys.Lost && p.err != nil:
		return Closed, neterr.Wrap("check", c, fmt.Errorf("%w: %w", ErrBroken, os.NewSyscallError("recvmsg", p.err)))
	case p.peer == sys.Lost:
		return Closed, neterr.Wrap("check", c, ErrBroken)
	case p.err != nil:
		return 0, neterr.Wrap("check", c, os.NewSyscallError("poll", p.err))
	}
	return Liveness(p.peer), nil
}

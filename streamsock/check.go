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

// BUG(streamsock): On DragonFly, Solaris, AIX and Windows, and everywhere for a
// multipath connection and a Unix socket, Check returns HalfClosed also after a
// CloseRead of this side.

// BUG(streamsock): On Solaris and AIX, Check returns Pending if the end of the
// stream lies after unread data. On Windows it returns HalfClosed instead of Closed
// for a connection that both sides have ended.

// BUG(streamsock): On gVisor, Check may answer ErrBroken for io.EOF: it does not
// tell a connection that both sides have ended from one that was reset.

// BUG(streamsock): On plan9, js and wasip1, Check answers
// errors.ErrUnsupported.

// Liveness is what is known of the peer: see [Conn.Check]. The zero Liveness
// says that nothing is.
type Liveness uint8

const (
	// Idle says that the connection stands, as far as the system knows, and
	// that there is nothing to read.
	Idle = Liveness(sys.Idle)

	// Pending says that the connection stands and that there is something to
	// read. Under TLS that may be only a session ticket, or the peer's close_notify,
	// after which the connection is not usable; see [CheckConn].
	Pending = Liveness(sys.Pending)

	// HalfClosed says that the peer has ended its side of the stream: what it
	// sent before can still be read, and then comes [io.EOF]. The peer may
	// have closed the connection, or it may still wait for what we write.
	HalfClosed = Liveness(sys.HalfClosed)

	// Closed says that there is no connection any more. What came before its
	// end can still be read on most systems.
	Closed = Liveness(sys.Ended)
)

var livenessNames = [...]string{Idle: "Idle", Pending: "Pending", HalfClosed: "HalfClosed", Closed: "Closed"}

// String returns the name, as "HalfClosed".
func (l Liveness) String() string {
	if int(l) < len(livenessNames) && livenessNames[l] != "" {
		return livenessNames[l]
	}
	return fmt.Sprintf("Liveness(%d)", uint8(l))
}

// Check reports whether the peer is still there. It waits for nothing and takes
// nothing from the connection: no data, no end, and no error that a later Read
// is to return. It takes no notice of the deadlines, and works while other
// goroutines wait in Read and Write. Nothing is sent: of a peer that went away
// without a word the system knows only once a keep-alive probe, or data, was
// not answered.
//
//	                                nothing to read   something to read
//	the connection stands           Idle              Pending
//	the peer has sent its FIN       HalfClosed        HalfClosed
//	both have, and it was answered  Closed, io.EOF    Closed, io.EOF
//	reset or timed out              Closed, ErrBroken Closed, ErrBroken
//	Close was called here           Closed, net.ErrClosed
//
// The error is nil with Idle, Pending and HalfClosed. With Closed it says why:
//
//   - [io.EOF]: both sides have ended the stream, or a Read or Write has
//     reported already what broke the connection;
//   - an error for which errors.Is(err, [ErrBroken]) holds: the connection was
//     reset, or has timed out. On Linux and Windows, only the error of the next
//     Read says which of the two, see [IsReset] and [IsTimedOut]; on macOS and the
//     BSDs, this error does too;
//   - [net.ErrClosed]: the Conn itself has been closed.
//
// With any other error the Liveness is zero; such as one for which
// errors.Is(err, [errors.ErrUnsupported]) holds, where the system cannot tell.
//
// A pool can reuse an Idle connection. If it is Pending, the peer has sent data that
// was not requested. Under TLS that is not sufficient; see [CheckConn].
//
// An urgent byte out of line is nothing to read, and neither is less than
// [sockopt.ReceiveLowat]. A connection that is being set up by
// [sockopt.FastOpenConnect] is Idle until it is refused.
//
// On macOS and the BSDs, Check asks a kqueue(2). If no file descriptor is free, it uses
// poll(2), and the error of Closed does not distinguish why the connection has ended.
// Elsewhere it is poll(2), which on Linux is the only system call for an Idle connection,
// and TCP_INFO of tcp(7); on Windows it is the request that WSAPoll is made of.
func (c *conn) Check() (Liveness, error) {
	rc, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	return check(c, rc)
}

// CheckConn is [Conn.Check] for the socket under any connection, such as a
// *tls.Conn. It finds it as [sockopt.Unwrap] does; if there is none,
// errors.Is(err, [errors.ErrUnsupported]) holds. What the layers above hold
// back does not count: data that a *tls.Conn has received and not yet returned
// is nothing to read here.
//
// Under TLS, CheckConn cannot decide whether a connection is usable. If it is Pending,
// the data may be a session ticket, a key update, or close_notify, by which the peer ends
// its stream. If it is Idle, TLS may have received close_notify together with the last
// response. HalfClosed and Closed connections are not usable. For the others, a pool
// calls Read of the TLS connection with a deadline: if the socket was Idle before and
// Read times out, the connection is usable and unchanged. Any other result, including
// data and io.EOF, means that it is not. See the example named pool.
//
// The socket may also be a Unix one.
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

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"example.com/streamsock/internal/sys"
)

// DrainLimit is how many bytes [Conn.CloseGraceful] throws away at most before
// it gives the peer up. It is what net/http reads at most of a request's body
// that the handler left unread.
const DrainLimit = 256 << 10

// How says which side of a connection [Conn.Shutdown] shuts down. The zero How
// is none, and not allowed.
type How uint8

const (
	// ShutRead is the side that this Conn reads from. It is SHUT_RD.
	ShutRead How = 1 << iota

	// ShutWrite is the side that this Conn writes to. It is SHUT_WR.
	ShutWrite

	// ShutBoth is both. It is SHUT_RDWR.
	ShutBoth = ShutRead | ShutWrite
)

// String returns the name, as "ShutWrite".
func (h How) String() string {
	switch h {
	case ShutRead:
		return "ShutRead"
	case ShutWrite:
		return "ShutWrite"
	case ShutBoth:
		return "ShutBoth"
	}
	return fmt.Sprintf("How(%d)", uint8(h))
}

// Shutdown is shutdown(2): it ends one side of the connection, or both, for all
// who use it, and leaves the Conn open. Close is still needed.
//
// After ShutWrite, the peer reads what was written before and then the end of
// the stream; a Write here fails, and [IsBrokenPipe] reports true. After ShutRead, a Read
// here returns [io.EOF], at once if another goroutine waits in it; on windows it
// fails with WSAESHUTDOWN, and one that waits may go on waiting. The peer is
// not told: what it goes on sending is lost on the BSDs and on darwin, resets
// the connection on windows, and on Linux is still read, if there is any,
// before the io.EOF; there it resets the connection after ShutBoth.
//
// To shut down what is shut down already is no error, even when both sides have
// been and the system says that there is no connection any more. When the
// connection is broken, there is an error, for which [IsNotConnected] reports true
// on most systems, unless a Read or Write has reported it already. After Close it is
// [net.ErrClosed]. For a How that is none, errors.Is(err, [os.ErrInvalid]) holds.
func (c *conn) Shutdown(how How) error {
	switch how {
	case ShutRead:
		return c.CloseRead()
	case ShutWrite:
		return c.CloseWrite()
	case ShutBoth:
		// Both, even if the first fails: it changes nothing for the other.
		return firstOf(c.CloseRead(), c.CloseWrite())
	}
	if _, err := c.SyscallConn(); err != nil {
		return err
	}
	return c.opError("shutdown", fmt.Errorf("%v: %w", how, os.ErrInvalid))
}

// CloseRead is [Conn.CloseRead].
func (c *conn) CloseRead() error {
	if _, err := c.SyscallConn(); err != nil {
		return err
	}
	return c.unlessEnded(c.net.CloseRead())
}

// CloseWrite is [Conn.CloseWrite].
func (c *conn) CloseWrite() error {
	if _, err := c.SyscallConn(); err != nil {
		return err
	}
	return c.unlessEnded(c.net.CloseWrite())
}

// unlessEnded returns err, or nil if it says that there is no connection
// because both sides have ended it.
func (c *conn) unlessEnded(err error) error {
	if err == nil || !sys.IsNotConnected(err) {
		return err
	}
	if _, why := c.Check(); why == io.EOF {
		return nil
	}
	return err
}

// Close is [net.TCPConn.Close]. It also ends what waits in [Conn.Wait] and
// [Conn.WaitUrgent] and takes c out of every [PollSet]; to close the embedded
// TCPConn directly does not.
func (c *conn) Close() error {
	if _, err := c.SyscallConn(); err != nil {
		return err
	}
	return c.pollable.close(c.net.Close)
}

// Abort closes the connection by a reset. The peer's Read fails, and [IsReset]
// reports true for its error; what was written and has not arrived is thrown away,
// and so is what has not been read here. It never waits, whatever SetLinger
// was told, and wakes all who wait in a Read or Write as Close does. No state
// TIME_WAIT is left behind.
//
// After Close it returns an error for which errors.Is(err, [net.ErrClosed])
// holds. With any other error the Conn is closed, and the peer may have seen an
// ordinary end.
//
// As long as the connection has a duplicate descriptor, by
// [net.TCPConn.File] or in another process, there is no reset before that is
// closed too.
//
// It is SO_LINGER with a time of 0, and close(2); see RFC 9293, section 3.10.5.
func (c *Conn) Abort() error {
	if _, err := c.SyscallConn(); err != nil {
		return err
	}
	err := c.SetLinger(0)
	if err != nil && c.isGone() {
		err = nil // no more to reset: some systems take no option then
	}
	return firstOf(c.Close(), err)
}

// isGone reports whether there is no connection any more.
func (c *conn) isGone() bool {
	l, _ := c.Check()
	return l == Closed
}

// CloseGraceful closes the connection so that the peer gets all that was
// written: it ends our side of the stream, as CloseWrite does, reads and throws
// away what the peer still sends until that ends its side, and then closes.
// Close alone resets the connection if there is unread data, or if there comes
// any, and the reset destroys what the peer has not yet received: a server that
// refuses a request with an answer before it has read all of it must not just
// close.
//
// The error is nil if the peer has ended its side. If not, it says why:
//
//   - that of the context, by errors.Is, when it is done: then CloseGraceful
//     returns at once. Give it a deadline, for a peer may take any time;
//   - [ErrDrainLimit], when the peer has sent more than [DrainLimit];
//   - [net.ErrClosed], when the Conn was closed before or meanwhile;
//   - the connection's own error, such as that of a reset; see [IsReset].
//
// In every case the Conn is closed afterwards, and nothing is left running. A
// Read or Write of another goroutine ends, the latter at once; on windows, what
// it has begun is sent first.
//
// The read deadline no longer counts, nor does SetLinger: Close at the end does
// not wait, and the system sends what is left, as it does after any Close. On
// Linux there is an error if the reading side was shut down before the peer
// had ended; elsewhere nothing can be known then, and the error is nil.
func (c *conn) CloseGraceful(ctx context.Context) error {
	if _, err := c.SyscallConn(); err != nil {
		return err
	}
	if l, ok := c.net.(interface{ SetLinger(sec int) error }); ok {
		_ = l.SetLinger(-1) // if it fails, the connection has ended, and what follows says so
	}
	if !sys.HasMsg {
		_ = c.SetReadDeadline(time.Time{})
	}

	closed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(closed)
		c.Close() // which ends drain
	})
	err := c.drain()
	if !stop() {
		<-closed
		if errors.Is(err, net.ErrClosed) {
			err = c.opError("close", ctx.Err())
		}
	}
	c.Close() // if it is not yet; what counts is the peer's end
	return err
}

// drain ends our side and reads to the end of the other.
func (c *conn) drain() error {
	shutErr := c.CloseWrite()
	if errors.Is(shutErr, net.ErrClosed) {
		return shutErr
	}
	buf := make([]byte, 16<<10)
	for total := 0; total <= DrainLimit; {
		n, err := c.recvDespiteDeadline(buf)
		total += n
		if err == io.EOF {
			return firstOf(c.endError(), shutErr)
		}
		if err != nil {
			return err
		}
	}
	return c.opError("close", ErrDrainLimit)
}

// recvDespiteDeadline is Recv that ignores the read deadline, which another
// goroutine may set at any time.
func (c *conn) recvDespiteDeadline(p []byte) (int, error) {
	for futile := 0; ; futile++ {
		n, err := c.Recv(p, DontWait)
		switch {
		case !sys.HasMsg:
			return c.Recv(p, 0)
		case err != ErrWouldBlock:
			return n, err
		}
		if err := c.awaitReadable(context.Background(), futile, false); err != nil {
			return 0, c.opError("read", err)
		}
	}
}

// endError returns why the end of the stream that was read is not the peer's,
// or nil.
func (c *conn) endError() error {
	switch l, err := c.Check(); {
	case l == Closed && err != io.EOF:
		return err
	case l == Idle || l == Pending:
		return c.opError("close", errReadShut)
	}
	return nil
}

// firstOf returns the first error that is one.
func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

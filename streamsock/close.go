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

// DrainLimit is the maximum number of bytes that [Conn.CloseGraceful] reads and
// discards while it waits for the peer to close. It equals the limit up to
// which net/http reads the part of a request's body that a handler has left
// unread.
const DrainLimit = 256 << 10

// How specifies the direction or directions of a connection that
// [Conn.Shutdown] shuts down. The zero How is not valid.
type How uint8

const (
	// ShutRead is the direction that this side reads, SHUT_RD.
	ShutRead How = 1 << iota

	// ShutWrite is the direction that this side writes, SHUT_WR.
	ShutWrite

	// ShutBoth is both directions, SHUT_RDWR.
	ShutBoth = ShutRead | ShutWrite
)

// String returns the name of h, such as "ShutWrite".
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

// Shutdown shuts down one or both directions of the connection, for all
// descriptors of the socket. It corresponds to shutdown(2). The Conn stays open
// and must still be closed.
//
// After ShutWrite, the peer reads the data that was written before and then the
// end of the stream. A Write on this side fails with an error for which
// [IsBrokenPipe] reports true.
//
// After ShutRead, a Read on this side returns [io.EOF], and a blocked Read is
// unblocked. The peer is not notified. The effect of data that it sends
// afterwards depends on the system: on Linux, Read returns the data before
// io.EOF, unless ShutBoth was used, which resets the connection. On macOS and
// the BSDs, the data is discarded. On Windows, the connection is reset, Read
// fails with WSAESHUTDOWN, and a blocked Read may stay blocked.
//
// Shutting down a direction that is already shut down is not an error, even if
// both directions are and the kernel reports that there is no connection. If
// the connection has failed, Shutdown returns an error, for which
// [IsNotConnected] reports true on most systems, unless a Read or Write has
// already returned the cause. After Close the error wraps [net.ErrClosed]. For
// an invalid How it wraps [os.ErrInvalid].
func (c *conn) Shutdown(how How) error {
	switch how {
	case ShutRead:
		return c.CloseRead()
	case ShutWrite:
		return c.CloseWrite()
	case ShutBoth:
		// Call CloseWrite even if CloseRead fails.
		return firstOf(c.CloseRead(), c.CloseWrite())
	}
	if _, err := c.SyscallConn(); err != nil {
		return err
	}
	return c.opError("shutdown", fmt.Errorf("streamsock: %v is not ShutRead, ShutWrite or ShutBoth: %w", how, os.ErrInvalid))
}

// CloseRead implements [Conn.CloseRead].
func (c *conn) CloseRead() error {
	if _, err := c.SyscallConn(); err != nil {
		return err
	}
	return c.unlessEnded(c.net.CloseRead())
}

// CloseWrite implements [Conn.CloseWrite].
func (c *conn) CloseWrite() error {
	if _, err := c.SyscallConn(); err != nil {
		return err
	}
	return c.unlessEnded(c.net.CloseWrite())
}

// unlessEnded returns err, or nil if err only means that both sides have ended
// the connection.
func (c *conn) unlessEnded(err error) error {
	if err == nil || !sys.IsNotConnected(err) {
		return err
	}
	if _, why := c.Check(); why == io.EOF {
		return nil
	}
	return err
}

// Close closes the connection, like [net.TCPConn.Close]. It also unblocks
// [Conn.Wait] and [Conn.WaitUrgent] and removes c from every [PollSet]. Closing
// the embedded TCPConn or UnixConn directly does neither.
func (c *conn) Close() error {
	if _, err := c.SyscallConn(); err != nil {
		return err
	}
	return c.pollable.close(c.net.Close)
}

// Abort closes the connection with a reset. The peer's Read fails with an error
// for which [IsReset] reports true. Data that was written and not yet delivered
// is discarded, and so is data that was not read. Abort never blocks, whatever
// was set by SetLinger, and unblocks Read and Write as Close does. The
// connection does not enter the state TIME_WAIT.
//
// If the Conn is already closed, the error wraps [net.ErrClosed]. After any
// other error the Conn is closed, and the peer may see a regular end of the
// stream.
//
// While the socket has another descriptor, from [Conn.Dup] or
// [net.TCPConn.File] or in another process, no reset is sent. It is sent when
// the last descriptor is closed.
//
// Abort corresponds to setting SO_LINGER with a timeout of 0 and calling
// close(2); see RFC 9293, section 3.10.5.
func (c *Conn) Abort() error {
	if _, err := c.SyscallConn(); err != nil {
		return err
	}
	err := c.SetLinger(0)
	if err != nil && c.isGone() {
		err = nil // nothing to reset; some systems then reject the option
	}
	return firstOf(c.Close(), err)
}

// isGone reports whether the connection no longer exists.
func (c *conn) isGone() bool {
	l, _ := c.Check()
	return l == Closed
}

// CloseGraceful closes the connection so that the peer receives all data that
// was written. It ends this side's direction of the stream as CloseWrite does,
// reads and discards what the peer still sends until the peer ends its
// direction, and then closes the connection.
//
// Close alone resets the connection if there is unread data or if data arrives
// later, and the reset destroys data that the peer has not yet received.
// Therefore a server that rejects a request before it has read all of it must
// not simply call Close.
//
// CloseGraceful always closes the Conn, and leaves no goroutine behind. If the
// peer has ended its direction, the error is nil. Otherwise the error is:
//
//   - that of ctx, if ctx ends first. CloseGraceful then returns immediately.
//     Use a context with a deadline, because the peer may take any time;
//   - [ErrDrainLimit], if the peer has sent more than [DrainLimit] bytes;
//   - [net.ErrClosed], if the Conn was closed before or meanwhile;
//   - the error of the connection, for example if it was reset; see [IsReset].
//
// All of these are wrapped in a *[net.OpError]. CloseGraceful unblocks other
// goroutines' Read and Write; a blocked Write returns immediately, except on
// Windows, where the data of that call is sent first.
//
// CloseGraceful ignores the read deadline and SetLinger: the final Close does
// not block, and the kernel sends the remaining data in the background. If the
// reading direction was shut down before the peer had ended its direction,
// CloseGraceful returns an error on Linux. On other systems that cannot be
// detected, and the error is nil.
func (c *conn) CloseGraceful(ctx context.Context) error {
	if _, err := c.SyscallConn(); err != nil {
		return err
	}
	if l, ok := c.net.(interface{ SetLinger(sec int) error }); ok {
		_ = l.SetLinger(-1) // if it fails, the connection has ended, which drain reports
	}
	if !sys.HasMsg {
		_ = c.SetReadDeadline(time.Time{})
	}

	closed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(closed)
		c.Close() // unblocks drain
	})
	err := c.drain()
	if !stop() {
		<-closed
		if errors.Is(err, net.ErrClosed) {
			err = c.opError("close", ctx.Err())
		}
	}
	c.Close() // unless closed already; only the result of drain matters
	return err
}

// drain ends this side's direction and reads to the end of the other.
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

// recvDespiteDeadline is like Recv but ignores the read deadline, which another
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

// endError returns an error if the end of the stream was not caused by the
// peer, otherwise nil.
func (c *conn) endError() error {
	switch l, err := c.Check(); {
	case l == Closed && err != io.EOF:
		return err
	case l == Idle || l == Pending:
		return c.opError("close", errReadShut)
	}
	return nil
}

// firstOf returns the first non-nil error.
func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

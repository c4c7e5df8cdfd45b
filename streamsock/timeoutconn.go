// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"io"
	"net"
	"syscall"
	"time"
)

// A TimeoutConn is a Conn whose operations each time out after a fixed duration
// without progress, like sockets with SO_RCVTIMEO and SO_SNDTIMEO in other
// libraries. Thus an operation on a stalled connection times out, and one on a
// slow connection does not. Use [Conn.WithTimeouts] to obtain one.
//
// The read timeout applies to each Read, Readv and Peek, and the write timeout
// to each Write and Writev. Both apply to a copy by ReadFrom or WriteTo, and
// thus by [io.Copy]. Where a copy of a Conn is done inside the kernel
// (splice(2), sendfile(2)), so is that of a TimeoutConn, except for files on
// Windows.
//
// A timeout runs only while the operation is blocked on this connection, and
// starts again whenever data has been transferred. Hence a copy whose source is
// silent does not exceed the write timeout of its destination. The time in
// which an operation waits for another goroutine's Read or Write does not
// count.
//
// A write transfers data when the kernel accepts it, as with SO_SNDTIMEO. On
// Linux, the kernel unblocks a write when a third of the send buffer is free. If
// a slow receiver may need more than the write timeout for that, set
// [sockopt.NotSentLowat] or a smaller [sockopt.WriteBuffer].
//
// Deadlines apply as well: an operation returns an error wrapping
// [os.ErrDeadlineExceeded] when either the timeout or the deadline is exceeded.
// Deadlines can be set at any time and are not changed by a timeout. A deadline
// set before [Wrap] also applies, except that a write timeout removes a write
// deadline. A deadline set on the embedded TCPConn later is lost.
//
// When an operation times out, another goroutine's Read or Write of the
// embedded TCPConn can fail with [os.ErrDeadlineExceeded] too. On systems other
// than Linux, the same can happen to a Read or Write of the Conn.
//
// A TimeoutConn does not embed a *net.TCPConn, because [net.Buffers] would
// bypass its timeouts. With a TimeoutConn, WriteTo of net.Buffers calls Write
// for each buffer; Writev makes one system call.
//
// Multiple goroutines may invoke methods on a TimeoutConn simultaneously.
type TimeoutConn struct {
	c           *conn    // of outer
	outer       net.Conn // a *Conn or *UnixConn
	read, write time.Duration
}

var (
	_ net.Conn      = (*TimeoutConn)(nil)
	_ syscall.Conn  = (*TimeoutConn)(nil)
	_ io.ReaderFrom = (*TimeoutConn)(nil)
	_ io.WriterTo   = (*TimeoutConn)(nil)
)

// WithTimeouts returns a TimeoutConn for c. A timeout of 0 or less means no
// timeout. The Conn remains usable, without timeouts.
func (c *Conn) WithTimeouts(read, write time.Duration) *TimeoutConn {
	return &TimeoutConn{&c.conn, c, read, write}
}

// Read is like [Conn.Read] with the read timeout.
func (t *TimeoutConn) Read(p []byte) (n int, err error) {
	done, err := t.receive(single(p), 0)
	return int(done), err
}

// Readv is like [Conn.Readv] with the read timeout.
func (t *TimeoutConn) Readv(bufs [][]byte) (n int64, err error) {
	return t.receive(vectored(bufs), 0)
}

// Peek is like [Conn.Peek] with the read timeout.
func (t *TimeoutConn) Peek(p []byte) (n int, err error) {
	done, err := t.receive(single(p), Peek)
	return int(done), err
}

func (t *TimeoutConn) receive(tr *transfer, f Flags) (n int64, err error) {
	if t.c != nil {
		tr.limit = t.c.readTimeout(t.read)
	}
	return t.c.receiveBy(tr, f)
}

// Write is like [Conn.Write] with the write timeout.
func (t *TimeoutConn) Write(p []byte) (n int, err error) {
	done, err := t.send(single(p))
	return int(done), err
}

// Writev is like [Conn.Writev] with the write timeout.
func (t *TimeoutConn) Writev(bufs [][]byte) (n int64, err error) { return t.send(vectored(bufs)) }

func (t *TimeoutConn) send(tr *transfer) (n int64, err error) {
	if t.c != nil {
		tr.limit = t.c.writeTimeout(t.write)
	}
	return t.c.sendBy(tr, 0)
}

// ReadFrom is like [Conn.ReadFrom] with the write timeout and, if r is a
// TimeoutConn, the read timeout of r.
func (t *TimeoutConn) ReadFrom(r io.Reader) (n int64, err error) {
	n, err, handled := splice(t, r)
	if !handled {
		if _, err := t.c.SyscallConn(); err != nil {
			return 0, err
		}
		return t.c.readFrom(r, t, t.write)
	}
	if err != nil {
		err = t.c.opError("readfrom", err)
	}
	return n, err
}

// WriteTo is like [Conn.WriteTo] with the read timeout and, if w is a
// TimeoutConn, the write timeout of w.
func (t *TimeoutConn) WriteTo(w io.Writer) (n int64, err error) {
	if n, err, handled := splice(w, t); handled {
		if err != nil {
			err = t.c.opError("writeto", err)
		}
		return n, err
	}
	n, err = io.Copy(w, onlyReader{t})
	return n, t.c.wholeError("writeto", err)
}

// An onlyWriter and an onlyReader have no other methods, which io.Copy would
// call again.
type (
	onlyWriter struct{ io.Writer }
	onlyReader struct{ io.Reader }
)

// Close closes the connection; see [Conn.Close].
func (t *TimeoutConn) Close() error { return t.c.Close() }

// CloseRead shuts down the reading side of the connection; see
// [Conn.CloseRead].
func (t *TimeoutConn) CloseRead() error { return t.c.CloseRead() }

// CloseWrite shuts down the writing side of the connection; see
// [Conn.CloseWrite].
func (t *TimeoutConn) CloseWrite() error { return t.c.CloseWrite() }

// LocalAddr returns the local network address.
func (t *TimeoutConn) LocalAddr() net.Addr { return t.c.LocalAddr() }

// RemoteAddr returns the remote network address.
func (t *TimeoutConn) RemoteAddr() net.Addr { return t.c.RemoteAddr() }

// SetDeadline sets the read and write deadlines; see [Conn.SetDeadline].
func (t *TimeoutConn) SetDeadline(at time.Time) error { return t.c.SetDeadline(at) }

// SetReadDeadline sets the read deadline; see [Conn.SetDeadline].
func (t *TimeoutConn) SetReadDeadline(at time.Time) error { return t.c.SetReadDeadline(at) }

// SetWriteDeadline sets the write deadline; see [Conn.SetDeadline].
func (t *TimeoutConn) SetWriteDeadline(at time.Time) error { return t.c.SetWriteDeadline(at) }

// NetConn returns the underlying *[Conn] or *[UnixConn], whose methods have no
// timeouts.
func (t *TimeoutConn) NetConn() net.Conn { return t.outer }

// SyscallConn returns the raw connection, for socket options; see
// [Conn.SyscallConn].
func (t *TimeoutConn) SyscallConn() (syscall.RawConn, error) { return t.c.SyscallConn() }

func (t *TimeoutConn) base() *pollable {
	if t.c == nil {
		return nil
	}
	return t.c.base()
}

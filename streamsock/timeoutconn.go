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

// A TimeoutConn is a Conn of which every operation has a time of its own in
// which it has to get on: the receive and send timeouts of other libraries
// (SO_RCVTIMEO and SO_SNDTIMEO), which end a connection whose peer stands still
// and leave a slow one alone.
//
// Each Read, Readv and Peek may wait for the read timeout, and each Write and
// Writev for the write timeout. So may a copy by ReadFrom or WriteTo, and by
// [io.Copy]; the kernel still does it (splice(2), sendfile(2)) where it does for a
// Conn, except for files on Windows. A timeout runs only while the operation waits
// for the connection, and starts again whenever bytes have moved: a copy whose
// source is silent does not time out the connection that it writes to. To wait
// until another goroutine's Read, or Write, is over does not count.
//
// The deadlines count as well: an operation ends at whichever comes first, with
// an error wrapping [os.ErrDeadlineExceeded]. They may be set at any time, by any
// goroutine, and stay as they are set. So does one that was set before [Wrap],
// except that a write timeout removes a write deadline of before. A deadline set on
// the TCPConn itself later is lost.
//
// While an operation times out, another goroutine's Read or Write of the embedded
// TCPConn can end with [os.ErrDeadlineExceeded] too, and on systems other than Linux
// that of the Conn.
//
// It is a type of its own because [net.Buffers] would bypass the timeouts of one
// that embeds *net.TCPConn. Their WriteTo calls Write for each buffer here; Writev
// is one system call.
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

// WithTimeouts returns a TimeoutConn for c. A timeout of 0 is none. The Conn may
// be used as well, without timeouts.
func (c *Conn) WithTimeouts(read, write time.Duration) *TimeoutConn {
	return &TimeoutConn{&c.conn, c, read, write}
}

// Read is [net.TCPConn.Read] with the read timeout.
func (t *TimeoutConn) Read(p []byte) (n int, err error) {
	done, err := t.receive(single(p), 0)
	return int(done), err
}

// Readv is [Conn.Readv] with the read timeout.
func (t *TimeoutConn) Readv(bufs [][]byte) (n int64, err error) {
	return t.receive(vectored(bufs), 0)
}

// Peek is [Conn.Peek] with the read timeout.
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

// Write is [net.TCPConn.Write] with the write timeout.
func (t *TimeoutConn) Write(p []byte) (n int, err error) {
	done, err := t.send(single(p))
	return int(done), err
}

// Writev is [Conn.Writev] with the write timeout.
func (t *TimeoutConn) Writev(bufs [][]byte) (n int64, err error) { return t.send(vectored(bufs)) }

func (t *TimeoutConn) send(tr *transfer) (n int64, err error) {
	if t.c != nil {
		tr.limit = t.c.writeTimeout(t.write)
	}
	return t.c.sendBy(tr, 0)
}

// ReadFrom is [Conn.ReadFrom] with the timeouts: the write timeout, and the read
// timeout of r if it is a TimeoutConn.
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

// WriteTo is [Conn.WriteTo] with the timeouts: the read timeout, and the write
// timeout of w if it is a TimeoutConn.
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

// Close is [Conn.Close].
func (t *TimeoutConn) Close() error { return t.c.Close() }

// CloseRead is [Conn.CloseRead].
func (t *TimeoutConn) CloseRead() error { return t.c.CloseRead() }

// CloseWrite is [Conn.CloseWrite].
func (t *TimeoutConn) CloseWrite() error { return t.c.CloseWrite() }

// LocalAddr is [net.TCPConn.LocalAddr].
func (t *TimeoutConn) LocalAddr() net.Addr { return t.c.LocalAddr() }

// RemoteAddr is [net.TCPConn.RemoteAddr].
func (t *TimeoutConn) RemoteAddr() net.Addr { return t.c.RemoteAddr() }

// SetDeadline is [Conn.SetDeadline].
func (t *TimeoutConn) SetDeadline(at time.Time) error { return t.c.SetDeadline(at) }

// SetReadDeadline is [Conn.SetReadDeadline].
func (t *TimeoutConn) SetReadDeadline(at time.Time) error { return t.c.SetReadDeadline(at) }

// SetWriteDeadline is [Conn.SetWriteDeadline].
func (t *TimeoutConn) SetWriteDeadline(at time.Time) error { return t.c.SetWriteDeadline(at) }

// NetConn returns the Conn, for all that has no timeouts.
func (t *TimeoutConn) NetConn() net.Conn { return t.outer }

// SyscallConn is [Conn.SyscallConn]. It makes socket options work on t.
func (t *TimeoutConn) SyscallConn() (syscall.RawConn, error) { return t.c.SyscallConn() }

func (t *TimeoutConn) base() *pollable {
	if t.c == nil {
		return nil
	}
	return t.c.base()
}

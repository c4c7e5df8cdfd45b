// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// A TimeoutConn is a Conn of which every operation has a time of its own in
// which it has to get on: the receive and send timeouts of other libraries
// (SO_RCVTIMEO and SO_SNDTIMEO), which end a connection whose peer stands still
// and leave a slow one alone.
//
// Each Read, Readv and Peek may wait for the read timeout, and each Write and
// Writev for the write timeout. A copy by ReadFrom or WriteTo, and so by
// [io.Copy], starts the times anew whenever bytes have moved, and is still done
// by the system (splice(2), sendfile(2)) where that of a Conn is.
//
// The deadlines count as well: an operation ends at whichever comes first, with
// an error for which errors.Is(err, [os.ErrDeadlineExceeded]) holds. They may be
// set at any time, by any goroutine, and stay as they are set.
//
// It is a type of its own because [net.Buffers] would pass by the timeouts of
// one that embeds *net.TCPConn. Their WriteTo calls Write for each buffer here;
// Writev is one system call. Two goroutines that read at the same time share
// the time of the one that began last.
type TimeoutConn struct {
	c           *Conn
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
	return &TimeoutConn{c, read, write}
}

// Read is [net.TCPConn.Read] with the read timeout.
func (t *TimeoutConn) Read(p []byte) (n int, err error) {
	t.c.read.roll(t.read)
	defer t.c.read.rolled(t.read)
	return t.c.Read(p)
}

// Readv is [Conn.Readv] with the read timeout.
func (t *TimeoutConn) Readv(bufs [][]byte) (n int64, err error) {
	t.c.read.roll(t.read)
	defer t.c.read.rolled(t.read)
	return t.c.Readv(bufs)
}

// Peek is [Conn.Peek] with the read timeout.
func (t *TimeoutConn) Peek(p []byte) (n int, err error) {
	t.c.read.roll(t.read)
	defer t.c.read.rolled(t.read)
	return t.c.Peek(p)
}

// Write is [net.TCPConn.Write] with the write timeout.
func (t *TimeoutConn) Write(p []byte) (n int, err error) {
	t.c.write.roll(t.write)
	defer t.c.write.rolled(t.write)
	return t.c.Write(p)
}

// Writev is [Conn.Writev] with the write timeout.
func (t *TimeoutConn) Writev(bufs [][]byte) (n int64, err error) {
	t.c.write.roll(t.write)
	defer t.c.write.rolled(t.write)
	return t.c.Writev(bufs)
}

// ReadFrom is [Conn.ReadFrom] with the timeouts: the write timeout, and the read
// timeout of r if it is a TimeoutConn.
func (t *TimeoutConn) ReadFrom(r io.Reader) (n int64, err error) {
	if n, err, handled := splice(t, r); handled {
		if err != nil {
			err = t.c.opError("readfrom", err)
		}
		return n, err
	}
	if f, ok := r.(*os.File); ok {
		return t.sendFile(f)
	}
	return io.Copy(onlyWriter{t}, r)
}

// sendChunk is how much of a file is sent before the write timeout starts anew.
const sendChunk = 128 << 10

func (t *TimeoutConn) sendFile(f *os.File) (n int64, err error) {
	t.c.write.roll(t.write)
	defer t.c.write.rolled(t.write)
	for {
		m, err := t.c.ReadFrom(&io.LimitedReader{R: f, N: sendChunk})
		n += m
		if err != nil || m < sendChunk {
			return n, err
		}
		t.c.write.renew(t.write)
	}
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
	return io.Copy(w, onlyReader{t})
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
func (t *TimeoutConn) NetConn() net.Conn { return t.c }

// SyscallConn is [Conn.SyscallConn]. It makes socket options work on t.
func (t *TimeoutConn) SyscallConn() (syscall.RawConn, error) { return t.c.SyscallConn() }

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"io"
	"net"

	"example.com/streamsock/internal/neterr"
)

// ReadFrom copies from r to c until the end of r. [io.Copy] calls it.
//
// On Linux it has the system move the bytes by splice(2) if r is a *Conn, a
// *net.TCPConn, a stream *net.UnixConn, or an [io.LimitedReader] of one of
// them, and by sendfile(2) if r is an *os.File; elsewhere it does what
// [net.TCPConn.ReadFrom] does.
//
// A peer's urgent byte does not end or stop the copy: every other byte
// arrives in its order. (Package net's own splice stops there, and then takes
// the end of the stream for its success.)
func (c *Conn) ReadFrom(r io.Reader) (n int64, err error) {
	if n, err, handled := splice(c, r); handled {
		if err != nil {
			err = c.opError("readfrom", err)
		}
		return n, err
	}
	return c.TCPConn.ReadFrom(r)
}

// WriteTo copies from c to w until the end of the stream. [io.Copy] calls it.
//
// On Linux it has the system move the bytes by splice(2) if w is a *Conn, a
// *net.TCPConn, a stream *net.UnixConn or an *os.File, past urgent bytes as
// [Conn.ReadFrom] does.
func (c *Conn) WriteTo(w io.Writer) (n int64, err error) {
	if n, err, handled := splice(w, c); handled {
		if err != nil {
			err = c.opError("writeto", err)
		}
		return n, err
	}
	n, err = io.Copy(w, withoutWriteTo{c})
	if err != nil && err != io.EOF {
		e := c.opError("writeto", err)
		e.Err = err // whole, as package net has it
		return n, e
	}
	return n, err
}

// CopyN copies n bytes, as [io.CopyN] does. It is for those pairs for which
// neither ReadFrom nor WriteTo of a Conn is called: on Linux it moves the bytes
// by splice(2) whenever src is a *Conn, a *net.TCPConn or a stream
// *net.UnixConn and dst one of these or an *os.File, past urgent bytes as
// [Conn.ReadFrom] does.
//
// With io.CopyN it takes a *Conn as dst for that.
func CopyN(dst io.Writer, src io.Reader, n int64) (written int64, err error) {
	written, err, handled := splice(dst, &io.LimitedReader{R: src, N: n})
	if !handled {
		return io.CopyN(dst, src, n)
	}
	switch {
	case err == nil && written < n:
		err = io.EOF
	case err != nil:
		err = copyError(dst, src, err)
	}
	return written, err
}

// copyError makes of err the error that ReadFrom of dst would return, or
// WriteTo of src.
func copyError(dst io.Writer, src io.Reader, err error) error {
	op := "readfrom"
	c, ok := dst.(net.Conn)
	if !ok {
		op = "writeto"
		for c, ok = src.(net.Conn); !ok; c, ok = src.(net.Conn) {
			src = src.(*io.LimitedReader).R
		}
	}
	return neterr.Wrap(op, c, err)
}

// A withoutWriteTo reads from a Conn and has no method WriteTo, which io.Copy
// would call again. It reads by Recv, which does not wait in vain at the urgent
// mark.
type withoutWriteTo struct{ c *Conn }

func (r withoutWriteTo) Read(p []byte) (int, error) { return r.c.Recv(p, 0) }

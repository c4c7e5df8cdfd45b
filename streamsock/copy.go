// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"io"
	"net"
	"reflect"
	"slices"
	"syscall"
	"time"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
)

// ReadFrom implements [Conn.ReadFrom].
func (c *conn) ReadFrom(r io.Reader) (n int64, err error) {
	if n, err, handled := splice(c, r); handled {
		if err != nil {
			err = c.opError("readfrom", err)
		}
		return n, err
	}
	if _, err := c.SyscallConn(); err != nil {
		return 0, err
	}
	if sys.HasRecv && !hasDescriptor(r) {
		n, err = io.Copy(withoutReadFrom{c}, r)
		return n, c.wholeError("readfrom", err)
	}
	if rf, ok := c.net.(io.ReaderFrom); ok {
		return rf.ReadFrom(r)
	}
	return c.readFrom(r, c.net, 0)
}

// hasDescriptor reports whether package net tries to send r with a system call.
func hasDescriptor(r io.Reader) bool {
	if l, ok := r.(*io.LimitedReader); ok {
		r = l.R
	}
	_, ok := r.(syscall.Conn)
	return ok
}

// readFrom copies from r: inside the kernel if r is a file, otherwise to w.
func (c *conn) readFrom(r io.Reader, w io.Writer, timeout time.Duration) (n int64, err error) {
	n, err, handled := c.readFile(r, timeout)
	switch {
	case !handled:
		n, err = io.Copy(onlyWriter{w}, r)
		return n, c.wholeError("readfrom", err)
	case err != nil:
		return n, c.opError("readfrom", err)
	}
	return n, nil
}

// WriteTo implements [Conn.WriteTo].
func (c *conn) WriteTo(w io.Writer) (n int64, err error) {
	if n, err, handled := splice(w, c); handled {
		if err != nil {
			err = c.opError("writeto", err)
		}
		return n, err
	}
	n, err = io.Copy(w, withoutWriteTo{c})
	return n, c.wholeError("writeto", err)
}

// wholeError returns err as the error that package net returns for a copy,
// which wraps err unchanged.
func (c *conn) wholeError(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	e := c.opError(op, err)
	e.Err = err
	return e
}

// CopyN copies n bytes from src to dst, like [io.CopyN].
//
// On Linux, it copies inside the kernel by splice(2) if src is a *Conn, a
// *UnixConn, a *net.TCPConn or a stream *net.UnixConn, and dst is one of these
// or an *os.File. With [io.CopyN], dst must be a *Conn or *UnixConn for that.
// Copying continues past urgent bytes, as for [Conn.ReadFrom].
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

// bufferSize is the size of the buffer for data that the kernel cannot copy.
const bufferSize = 16 << 10

// copyError returns err as the error that ReadFrom of dst, or WriteTo of src,
// would return.
func copyError(dst io.Writer, src io.Reader, err error) error {
	op := "readfrom"
	if err == syscall.EINVAL { // of a nil or zero connection, which has no addresses
		return &net.OpError{Op: op, Err: err}
	}
	c, ok := dst.(net.Conn)
	if !ok {
		op = "writeto"
		for c, ok = src.(net.Conn); !ok; c, ok = src.(net.Conn) {
			src = src.(*io.LimitedReader).R
		}
	}
	return neterr.Wrap(op, c, err)
}

// A copyEnd is one end of a copy inside the kernel. The copyEnd of a nil or
// zero connection has no raw connection.
type copyEnd struct {
	raw              syscall.RawConn
	reading, writing rolling       // of a Conn or TimeoutConn
	counting         *countingConn // or nil
}

// Types that are an end of a copy. Only Linux copies inside the kernel.
var _ = [...]interface{ copyEnd() copyEnd }{(*conn)(nil), (*TimeoutConn)(nil), withoutWriteTo{}, withoutReadFrom{}, (*countingConn)(nil)}

func (c *conn) copyEnd() copyEnd {
	raw, err := c.SyscallConn()
	if err != nil {
		return copyEnd{}
	}
	return copyEnd{raw: raw, reading: c.readTimeout(0), writing: c.writeTimeout(0)}
}

func (t *TimeoutConn) copyEnd() copyEnd {
	if t == nil || t.c == nil {
		return copyEnd{}
	}
	end := t.c.copyEnd()
	end.reading, end.writing = t.c.readTimeout(t.read), t.c.writeTimeout(t.write)
	return end
}

// A withoutWriteTo reads from a Conn. It has no method WriteTo, which io.Copy
// would call again.
type withoutWriteTo struct{ c *conn }

func (r withoutWriteTo) Read(p []byte) (int, error) { return r.c.Read(p) }

func (r withoutWriteTo) copyEnd() copyEnd { return r.c.copyEnd() }

// A withoutReadFrom writes to a Conn. It has no method ReadFrom, which io.Copy
// would call again.
type withoutReadFrom struct{ c *conn }

func (w withoutReadFrom) Write(p []byte) (int, error) { return w.c.Write(p) }

func (w withoutReadFrom) copyEnd() copyEnd { return w.c.copyEnd() }

// embedded returns the field of v if v's type is an unexported type of package
// pkg with one of the names, otherwise nil.
func embedded(v any, pkg, field string, names ...string) any {
	t := reflect.TypeOf(v)
	if t == nil || t.Kind() != reflect.Struct || t.PkgPath() != pkg || !slices.Contains(names, t.Name()) {
		return nil
	}
	return reflect.ValueOf(v).FieldByName(field).Interface()
}

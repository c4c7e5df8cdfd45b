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
	"time"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
)

// A UnixConn is a Unix stream socket: a [net.UnixConn], which it embeds, with the
// methods of [Conn] that do not belong to TCP. It comes from [WrapUnix], or from a
// [Dialer] on network "unix".
//
// Any number of goroutines may call its methods at once. The zero UnixConn has no
// socket; its methods return an error.
//
// Unix sockets have no urgent data but on Linux since 5.15, where [Conn.Send] and
// [Conn.Recv] with [OOB], and [Urgent] in Wait, are about it. They have no TCP_INFO
// and no options of TCP; those of the socket level work, such as
// [example.com/streamsock/streamsock/sockopt.ReadBuffer]. Nothing is acknowledged.
// A Close with unread data resets the connection, as it does on TCP. Windows has no
// [Conn.Peek] on them.
type UnixConn struct {
	*net.UnixConn
	conn
}

var (
	_ net.Conn      = (*UnixConn)(nil)
	_ syscall.Conn  = (*UnixConn)(nil)
	_ io.ReaderFrom = (*UnixConn)(nil)
	_ io.WriterTo   = (*UnixConn)(nil)
)

// WrapUnix returns a UnixConn for c, which must be a stream socket: of network
// "unix". Otherwise the error wraps [errors.ErrUnsupported]. Both are the same
// connection: either may be used, and to close one closes the other. WrapUnix sets
// no option.
func WrapUnix(c *net.UnixConn) (*UnixConn, error) {
	if c == nil || c.LocalAddr() == nil {
		return nil, fmt.Errorf("streamsock: cannot wrap a nil or zero %T: %w", c, errors.ErrUnsupported)
	}
	if network := c.LocalAddr().Network(); network != "unix" {
		return nil, fmt.Errorf("streamsock: cannot wrap a %T of network %s, only of unix: %w", c, network, errors.ErrUnsupported)
	}
	w, err := wrapUnix(c)
	if err == nil {
		w.read.unknown.Store(true)
		w.write.unknown.Store(true)
	}
	return w, err
}

func wrapUnix(c *net.UnixConn) (*UnixConn, error) {
	w := &UnixConn{UnixConn: c}
	if err := w.init(c); err != nil {
		return nil, err
	}
	return w, nil
}

// NetConn returns the *[net.UnixConn] that c embeds.
func (c *UnixConn) NetConn() net.Conn { return c.UnixConn }

// SyscallConn returns the raw connection of [net.UnixConn.SyscallConn], always the
// same; see [Conn.SyscallConn].
func (c *UnixConn) SyscallConn() (syscall.RawConn, error) {
	if c == nil {
		return nil, syscall.EINVAL
	}
	return c.conn.SyscallConn()
}

// ReadFrom copies from r to c until the end of r, as [Conn.ReadFrom] does. It is
// not the method ReadFrom of net.UnixConn, which is for datagrams.
func (c *UnixConn) ReadFrom(r io.Reader) (n int64, err error) { return c.conn.ReadFrom(r) }

// WriteTo copies from c to w until the end of the stream, as [Conn.WriteTo] does. It
// is not the method WriteTo of net.UnixConn, which is for datagrams.
func (c *UnixConn) WriteTo(w io.Writer) (n int64, err error) { return c.conn.WriteTo(w) }

// CloseRead is [net.UnixConn.CloseRead], which may be repeated.
func (c *UnixConn) CloseRead() error { return c.conn.CloseRead() }

// CloseWrite is [net.UnixConn.CloseWrite], which may be repeated.
func (c *UnixConn) CloseWrite() error { return c.conn.CloseWrite() }

// WithTimeouts returns a [TimeoutConn] for c. A timeout of 0 is none. The UnixConn
// may be used as well, without timeouts.
func (c *UnixConn) WithTimeouts(read, write time.Duration) *TimeoutConn {
	return &TimeoutConn{&c.conn, c, read, write}
}

// A PeerCred is the process that created the other end of a Unix socket, as it was
// at that moment: when it called connect, listen or socketpair.
type PeerCred struct {
	PID int // 0 on freebsd, and for a process of another PID namespace
	UID int // effective user
	GID int // effective group
}

// PeerCred returns which process created the other end. The system answers for it;
// the peer cannot choose what it is. On systems other than Linux, darwin, freebsd,
// netbsd and openbsd the error wraps [errors.ErrUnsupported].
//
// It is SO_PEERCRED of unix(7) on Linux and of unix(4) on openbsd, LOCAL_PEERCRED
// and LOCAL_PEERPID on darwin, LOCAL_PEERCRED on freebsd and LOCAL_PEEREID on
// netbsd. It has been run on Linux only.
func (c *UnixConn) PeerCred() (PeerCred, error) {
	rc, err := c.SyscallConn()
	if err != nil {
		return PeerCred{}, err
	}
	var p PeerCred
	err = control(rc, func(fd uintptr) (err error) {
		p.PID, p.UID, p.GID, err = sys.PeerCred(fd)
		return err
	})
	if err != nil {
		return PeerCred{}, c.opError("get", err)
	}
	return p, nil
}

// SendFiles sends p and, with its first byte, other descriptors of the open files
// and sockets: those of *[os.File], *[Conn], *[Listener] and whatever has a
// SyscallConn method. The receiver gets them by [UnixConn.RecvFiles]. They can be
// closed here once SendFiles has returned.
//
// To send nothing but files, send one byte: p may not be empty, for which the error
// wraps [os.ErrInvalid]. If n is not 0 beside an error, the files have been sent.
// Linux takes 253 files at most. It is sendmsg(2) with SCM_RIGHTS; on Windows, plan9,
// js and wasip1 the error wraps [errors.ErrUnsupported].
func (c *UnixConn) SendFiles(p []byte, files ...syscall.Conn) (n int, err error) {
	if _, err := c.SyscallConn(); err != nil {
		return 0, err
	}
	if len(p) == 0 {
		return 0, c.opError("write", errNoBytes)
	}
	var fds []int
	for _, file := range files {
		f, err := dupFile(file) // so that it stays open meanwhile
		if err != nil {
			return 0, c.opError("write", err)
		}
		defer f.Close()
		rc, err := f.SyscallConn()
		if err == nil {
			err = rc.Control(func(fd uintptr) { fds = append(fds, int(fd)) })
		}
		if err != nil {
			return 0, c.opError("write", err)
		}
	}
	limit := c.writeTimeout(0)
	err = limit.runNet(func() (int64, error) {
		var err error
		n, _, err = c.UnixConn.WriteMsgUnix(p, sys.Rights(fds), nil)
		return int64(n), err
	})
	if err != nil {
		return n, c.opError("write", err)
	}
	if n < len(p) {
		rest, err := c.Write(p[n:])
		return n + rest, err
	}
	return n, nil
}

// RecvFiles receives into p, as Read does, and the descriptors that came with these
// bytes, at most max. They are closed on exec. [FileConn] and [FileListener] make a
// connection or a listener of one. The caller closes the files, also if there is an
// error: it wraps [io.ErrShortBuffer] if more than max came, of which the rest is
// lost.
//
// A receive never goes beyond bytes with which descriptors came. A Read of them
// loses the descriptors. It is recvmsg(2) with SCM_RIGHTS; for the systems see
// [UnixConn.SendFiles].
func (c *UnixConn) RecvFiles(p []byte, max int) (n int, files []*os.File, err error) {
	if _, err := c.SyscallConn(); err != nil {
		return 0, nil, err
	}
	if !sys.HasRights {
		return 0, nil, c.opError("read", errors.ErrUnsupported)
	}
	if max < 0 || max > maxRights {
		return 0, nil, c.opError("read", fmt.Errorf("%d files, not in [0, %d]: %w", max, maxRights, os.ErrInvalid))
	}
	if len(p) == 0 {
		return 0, nil, c.opError("read", errNoBytes)
	}
	control := make([]byte, sys.RightsSpace(max))
	var size, flags int
	limit := c.readTimeout(0)
	err = limit.runNet(func() (int64, error) {
		var err error
		n, size, flags, _, err = c.UnixConn.ReadMsgUnix(p, control)
		if n < 0 { // as package net returns after a wait
			n = 0
		}
		return int64(n), err
	})
	if err != nil {
		if neterr.Bare(err) == io.EOF { // package net wraps it here
			return n, nil, io.EOF
		}
		return n, nil, c.opError("read", err)
	}
	fds, err := sys.ParseRights(control[:size])
	for _, fd := range fds {
		files = append(files, os.NewFile(uintptr(fd), "received"))
	}
	if err == nil && (flags&sys.MsgCtrunc != 0 || len(files) > max) {
		err = fmt.Errorf("more than %d files: %w", max, io.ErrShortBuffer)
	}
	if err != nil {
		return n, files, c.opError("read", err)
	}
	return n, files, nil
}

// maxRights is more than any system passes at once.
const maxRights = 4096

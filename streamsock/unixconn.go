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

// A UnixConn is a Unix stream socket. It embeds a *[net.UnixConn] and adds the
// methods of [Conn] that do not depend on TCP. Use [WrapUnix], or a [Dialer]
// with network "unix", to obtain one.
//
// Multiple goroutines may invoke methods on a UnixConn simultaneously. The zero
// UnixConn is not usable; its methods return an error.
//
// A UnixConn has no counterpart of the methods Abort, Info, KeepAlive,
// KeepAliveConfig, Linger, NoDelay, OOBInline, SetOOBInline, SendUrgent,
// ReadUrgent, WaitUrgent and AtMark of Conn. Options of TCP are not supported;
// those of the socket level are, such as
// [example.com/streamsock/streamsock/sockopt.ReadBuffer].
//
// Unix sockets have urgent data only on Linux since version 5.15: use
// [Conn.Send] and [Conn.Recv] with [OOB], and [Urgent] in Wait. Data is not
// acknowledged by the peer. As for TCP, closing a UnixConn with unread data
// resets the connection. On Windows, [Conn.Peek] is not supported.
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

// WrapUnix returns a UnixConn for c, which must be a stream socket of network
// "unix". Otherwise the error wraps [errors.ErrUnsupported]. The result and c
// refer to the same connection: either may be used, and closing either closes
// both. WrapUnix sets no options.
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

// SyscallConn returns the raw connection of [net.UnixConn.SyscallConn]. All
// calls return the same value; see [Conn.SyscallConn].
func (c *UnixConn) SyscallConn() (syscall.RawConn, error) {
	if c == nil {
		return nil, syscall.EINVAL
	}
	return c.conn.SyscallConn()
}

// ReadFrom copies from r to c until r returns [io.EOF] or an error, as
// [Conn.ReadFrom] does. It replaces the ReadFrom method of net.UnixConn, which
// is for datagrams.
func (c *UnixConn) ReadFrom(r io.Reader) (n int64, err error) { return c.conn.ReadFrom(r) }

// WriteTo copies from c to w until the end of the stream or an error, as
// [Conn.WriteTo] does. It replaces the WriteTo method of net.UnixConn, which is
// for datagrams.
func (c *UnixConn) WriteTo(w io.Writer) (n int64, err error) { return c.conn.WriteTo(w) }

// CloseRead shuts down the reading side of the connection, like
// [net.UnixConn.CloseRead]. It may be called again.
func (c *UnixConn) CloseRead() error { return c.conn.CloseRead() }

// CloseWrite shuts down the writing side of the connection, like
// [net.UnixConn.CloseWrite]. It may be called again.
func (c *UnixConn) CloseWrite() error { return c.conn.CloseWrite() }

// WithTimeouts returns a [TimeoutConn] for c. A timeout of 0 or less means no
// timeout. The UnixConn remains usable, without timeouts.
func (c *UnixConn) WithTimeouts(read, write time.Duration) *TimeoutConn {
	return &TimeoutConn{&c.conn, c, read, write}
}

// PeerCred contains the credentials of the process that created the other end
// of a Unix socket, as of its call of connect, listen or socketpair.
type PeerCred struct {
	PID int // 0 on FreeBSD, and for a process of another PID namespace
	UID int // effective user
	GID int // effective group
}

// PeerCred returns the credentials of the process that created the other end.
// They are provided by the kernel; the peer cannot forge them. On systems other
// than Linux, macOS, FreeBSD, NetBSD and OpenBSD the error wraps
// [errors.ErrUnsupported].
//
// PeerCred corresponds to SO_PEERCRED of unix(7) on Linux and of unix(4) on
// OpenBSD, LOCAL_PEERCRED and LOCAL_PEERPID on macOS, LOCAL_PEERCRED on FreeBSD
// and LOCAL_PEEREID on NetBSD.
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

// SendFiles sends p and, with its first byte, duplicates of the descriptors of
// the files, which may be *[os.File], *[Conn], *[Listener] or any other type
// with a SyscallConn method. The receiver calls [UnixConn.RecvFiles]. The files
// may be closed when SendFiles has returned.
//
// To send only files, send one byte: if p is empty, the error wraps
// [os.ErrInvalid]. If SendFiles returns n > 0 and an error, the files have been
// sent. On Linux the maximum is 253 files.
//
// SendFiles corresponds to sendmsg(2) with SCM_RIGHTS. On Windows, Plan 9, js
// and wasip1 the error wraps [errors.ErrUnsupported].
func (c *UnixConn) SendFiles(p []byte, files ...syscall.Conn) (n int, err error) {
	if _, err := c.SyscallConn(); err != nil {
		return 0, err
	}
	if len(p) == 0 {
		return 0, c.opError("write", errNoBytes)
	}
	var fds []int
	for _, file := range files {
		f, err := dupFile(file) // stays open if file is closed meanwhile
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

// RecvFiles receives data into p, like Read, and up to max files that were sent
// with that data. Their descriptors are close-on-exec. Use [FileConn] or
// [FileListener] to create a connection or a listener from a file. The caller
// must close the files, even if RecvFiles returns an error. If more than max
// files were sent, the error wraps [io.ErrShortBuffer], and the others are
// lost.
//
// RecvFiles never receives past data with which files were sent. If such data
// is received by Read, the files are lost. RecvFiles corresponds to recvmsg(2)
// with SCM_RIGHTS, on the same systems as [UnixConn.SendFiles].
func (c *UnixConn) RecvFiles(p []byte, max int) (n int, files []*os.File, err error) {
	if _, err := c.SyscallConn(); err != nil {
		return 0, nil, err
	}
	if !sys.HasRights {
		return 0, nil, c.opError("read", errors.ErrUnsupported)
	}
	if max < 0 || max > maxRights {
		return 0, nil, c.opError("read", fmt.Errorf("streamsock: max %d out of range [0, %d]: %w", max, maxRights, os.ErrInvalid))
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
		err = fmt.Errorf("streamsock: received more than %d files: %w", max, io.ErrShortBuffer)
	}
	if err != nil {
		return n, files, c.opError("read", err)
	}
	return n, files, nil
}

// maxRights is more than any system passes in one message.
const maxRights = 4096

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock/sockopt"
)

// BUG(streamsock): On Windows, the File method that Conn and Listener inherit from
// package net takes the socket off the completion port of Go's poller for good. From
// then on a Read, Write or Accept in progress is ended neither by a deadline, a context
// or a timeout nor by Close, which waits for it; Wait, PollSet and AcceptContext still
// work. Call Dup instead, or read from the Conn that FileConn returns.

// FileConn returns a Conn for the connected TCP socket referred to by f, such as one
// that another process has passed on. The Conn has a descriptor of its own: closing it
// does not close f, closing f does not close it, and the connection ends when both are
// closed.
//
// FileConn is like [net.FileConn], but leaves the socket's options as they are,
// also for those who share it, even if it fails. Only [sockopt.NoDelay], if it
// was off, is on for a moment, in which the kernel may send a small segment that
// it was holding back. Like net.FileConn, it puts the socket into non-blocking
// mode.
//
// On Windows, and in a process that may use sockets but not create or connect
// them, FileConn has to set the options of keep-alive too, for a moment, as
// net.FileConn does. Times that come from the system's settings and are longer
// than setsockopt(2) accepts (on Linux 32767 seconds and 127 probes) are then
// shortened to that.
//
// On Windows, FileConn takes f off the completion port of Go's poller, so that
// deadlines of f no longer end a Read or Write in progress. Only one Conn can use a
// socket there: FileConn fails if f is a duplicate of a socket that a connection or
// listener of this or another process uses by a completion port. To take over the
// socket of a [net.TCPConn], call its File method, which releases it.
//
// For a socket that is not TCP, and on js, FileConn returns an error wrapping
// [errors.ErrUnsupported]. For one that is not connected, or no longer, it
// returns an error wrapping [os.ErrInvalid].
func FileConn(f *os.File) (*Conn, error) {
	peer, err := filePeer(f)
	if err != nil {
		return nil, fileError(err)
	}
	c, err := adopt(f, peer)
	if err != nil {
		return nil, fileError(err)
	}
	if c.RemoteAddr() == nil {
		c.Close()
		return nil, fileError(errNoPeer)
	}
	return c, nil
}

// filePeer returns the address of the socket's peer, if the system has a way to
// ask for it.
func filePeer(f *os.File) (peer netip.AddrPort, err error) {
	rc, err := f.SyscallConn()
	if err != nil || !sys.HasSocket {
		return peer, err
	}
	err = control(rc, func(fd uintptr) (err error) {
		peer, err = sys.Peer(fd)
		return err
	})
	if err == os.ErrInvalid {
		err = errNoPeer
	}
	return peer, err
}

// FileListener makes a Listener of a TCP socket that listens and is there as a
// file, such as one that a service manager has opened. It is [net.FileListener]:
// the Listener has a descriptor of its own, and gives to its connections what
// package net gives them, whatever the options of the socket are. It sets none
// on the socket, so that KeepAlive stays on if it was: macOS and the BSDs then
// probe the listener as a connection, and close it. On Windows, what [FileConn] says
// of f applies to that of a listener too.
//
// A socket that is not TCP is refused, with an error for which
// errors.Is(err, [errors.ErrUnsupported]) holds, as it does on js. For one that
// does not listen, errors.Is(err, [os.ErrInvalid]) holds.
func FileListener(f *os.File) (*Listener, error) {
	if err := checkListener(f); err != nil {
		return nil, fileError(err)
	}
	own, err := ownFile(f)
	if err != nil {
		return nil, fileError(err)
	}
	if own != f {
		defer own.Close()
	}
	l, err := tcpListener(own)
	if err != nil {
		return nil, fileError(err)
	}
	return newListener(l)
}

// checkListener returns what is wrong with a socket that is to be a listener, as
// far as the system shows that.
func checkListener(f *os.File) error {
	rc, err := f.SyscallConn()
	if err != nil {
		return err
	}
	if !sys.HasSocket {
		if on, err := sockopt.AcceptConn.Get(f); err == nil && !on {
			return errNoListener
		}
		return nil
	}
	if err = control(rc, sys.CheckListener); err == os.ErrInvalid {
		err = errNoListener
	}
	return err
}

// ownFile returns another file for the same socket, or the same file where
// package net cannot use another one. It calls Fd, which on Unix can put the
// socket into blocking mode for a moment and f for good, and on Windows takes f
// off the completion port.
func ownFile(c syscall.Conn) (*os.File, error) {
	if f, ok := c.(*os.File); ok && !sys.SharesPoller {
		return f, nil
	}
	return dupFile(c)
}

// dupFile returns another descriptor for the same socket, as a file.
func dupFile(c syscall.Conn) (*os.File, error) {
	rc, err := c.SyscallConn()
	if err != nil {
		return nil, err
	}
	fd, err := dup(rc)
	if err != nil {
		return nil, err
	}
	return os.NewFile(fd, "socket"), nil
}

// fileError makes of err an error of [FileConn] and [FileListener].
func fileError(err error) error {
	err = neterr.Bare(err)
	if sys.IsUnsupported(err) || errors.Is(err, syscall.EAFNOSUPPORT) {
		err = errors.ErrUnsupported // js says ENOPROTOOPT
	}
	return &net.OpError{Op: "file", Net: "tcp", Err: err}
}

// adopt makes a Conn of a connected socket, with a descriptor of its own, and
// leaves the options as they are.
func adopt(sc syscall.Conn, peer netip.AddrPort) (*Conn, error) {
	before, err := managed(sc)
	if err != nil {
		return nil, err
	}
	nc, err := dialAs(sc, peer)
	if err == errCannotDial {
		nc, err = fileConn(sc)
	}
	if err != nil {
		return nil, err
	}
	err = restore(nc, before)
	var c *Conn
	if err == nil {
		c, err = wrap(nc)
	}
	if err != nil {
		nc.Close()
		return nil, err
	}
	return c, nil
}

// dialAs creates a connection of package net from a connected socket. It has net
// dial the peer, with a control function that puts the connected socket in the
// place of the new one: connect(2) then reports that it is connected, which net
// accepts. So net sets only NoDelay, where net.FileConn sets keep-alive too.
func dialAs(sc syscall.Conn, peer netip.AddrPort) (*net.TCPConn, error) {
	rc, err := sc.SyscallConn()
	if err != nil {
		return nil, err
	}
	if !sys.HasDupTo {
		return nil, errCannotDial
	}
	called := false
	d := net.Dialer{KeepAlive: -1}
	d.SetMultipathTCP(false)
	d.Control = func(_, _ string, fresh syscall.RawConn) error {
		called = true
		return control(rc, func(fd uintptr) error {
			return control(fresh, func(to uintptr) error { return sys.DupTo(fd, to) })
		})
	}
	c, err := d.Dial("tcp", peer.String())
	if err == nil {
		return c.(*net.TCPConn), nil
	}
	if !called || errors.Is(err, os.ErrPermission) {
		return nil, errCannotDial
	}
	return nil, neterr.Bare(err)
}

// fileConn is [net.FileConn] of a TCP socket that is no file, or one to which
// nothing may happen.
func fileConn(sc syscall.Conn) (*net.TCPConn, error) {
	f, err := ownFile(sc)
	if err != nil {
		return nil, err
	}
	if f != sc {
		defer f.Close()
	}
	return tcpConn(f)
}

// tcpConn is [net.FileConn] of a TCP socket.
func tcpConn(f *os.File) (*net.TCPConn, error) {
	nc, err := net.FileConn(f)
	if err != nil {
		return nil, err
	}
	c, ok := nc.(*net.TCPConn)
	if !ok {
		nc.Close()
		return nil, notTCP(nc)
	}
	return c, nil
}

// tcpListener is [net.FileListener] of a TCP socket.
func tcpListener(f *os.File) (*net.TCPListener, error) {
	nl, err := net.FileListener(f)
	if err != nil {
		return nil, err
	}
	l, ok := nl.(*net.TCPListener)
	if !ok {
		nl.Close()
		return nil, notTCP(nl)
	}
	return l, nil
}

func notTCP(v any) error {
	return fmt.Errorf("the socket makes a %T, not one of TCP: %w", v, errors.ErrUnsupported)
}

// Dup returns a duplicate of the descriptor, for use by code not written in Go. The
// caller must close it, by close(2) or on Windows by closesocket; c continues as
// before. The connection ends when both are closed: until then, Close and
// [Conn.Abort] send nothing to the peer, and CloseWrite does.
//
// Both share one state in the system, so that the descriptor is in non-blocking
// mode, as c needs it to be. Do not change that. In particular do not call Fd of
// what [net.TCPConn.File] returns, nor start a process with that file: both put
// the connection into blocking mode, and then its deadlines and Close no longer
// work.
//
// On Windows, the duplicate also shares c's completion port, which is that of Go's
// poller: neither FileConn nor another program's poller can use it. Calls that are not
// overlapped work, and so do overlapped ones whose event handle has its lowest bit set.
//
// Dup corresponds to dup(2) with close-on-exec and to WSADuplicateSocket with a handle
// that is not inherited. On plan9, js and wasip1 it returns an error wrapping
// [errors.ErrUnsupported].
func (c *conn) Dup() (fd uintptr, err error) {
	rc, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	if fd, err = dup(rc); err != nil {
		return 0, c.opError("dup", err)
	}
	return fd, nil
}

// Dup is [Conn.Dup] for a listener, which listens until all its descriptors are closed.
// On Unix, a process that is started with one, by [os.NewFile] and ExtraFiles of
// [os/exec.Cmd], accepts from it too, by [FileListener]: a server can be replaced so
// without losing a connection. What [net.TCPListener.File] returns is not for that: to
// start a process with it puts the listener into blocking mode, and then Accept and
// Close can wait for ever.
func (l *Listener) Dup() (fd uintptr, err error) {
	rc, err := l.SyscallConn()
	if err != nil {
		return 0, err
	}
	if fd, err = dup(rc); err != nil {
		return 0, l.opError("dup", err)
	}
	return fd, nil
}

// dup returns another descriptor for the same socket.
func dup(rc syscall.RawConn) (fd uintptr, err error) {
	var dupErr error
	if err := rc.Control(func(own uintptr) { fd, dupErr = sys.Dup(own) }); err != nil {
		return 0, err
	}
	return fd, dupErr
}

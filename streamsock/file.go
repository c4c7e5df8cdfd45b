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

// BUG(streamsock): On Windows, the File method that Conn and Listener inherit
// from package net permanently removes the socket from the completion port of
// Go's poller. After that, a blocked Read, Write or Accept is not unblocked by
// a deadline, a context or a timeout, and Close waits for it. Wait, PollSet and
// AcceptContext still work. Call Dup instead, or read from the Conn that
// FileConn returns.

// FileConn returns a Conn for the connected TCP socket referred to by f, such
// as one passed by another process. The Conn has its own descriptor. Closing it
// does not affect f, and closing f does not affect it. The connection ends when
// both are closed.
//
// Unlike [net.FileConn], FileConn does not change any socket options, even if
// it fails. As an exception, if [sockopt.NoDelay] is off, it is briefly turned
// on, and the kernel may send a small segment that it was delaying. Like
// net.FileConn, FileConn puts the socket into non-blocking mode.
//
// On Windows, and in a sandbox in which a process may not create or connect
// sockets, FileConn also changes the keep-alive options for a moment, because
// it has to call net.FileConn. Keep-alive times that come from the system's
// settings and exceed what setsockopt(2) accepts (on Linux 32767 seconds and
// 127 probes) are then reduced to that limit.
//
// On Windows, FileConn removes f from the completion port of Go's poller, so
// that deadlines of f no longer unblock a Read or Write. Only one Conn can use
// a socket there: FileConn fails if f is a duplicate of a socket that a
// connection or listener of this or another process uses with a completion
// port. To adopt the socket of a [net.TCPConn], call its File method, which
// releases the socket.
//
// If the socket is not a TCP socket, and on js, the error wraps
// [errors.ErrUnsupported]. If it is not, or is no longer, connected, the error
// wraps [os.ErrInvalid].
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

// filePeer returns the address of the socket's peer, if the system can report
// it.
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

// FileListener returns a Listener for the listening TCP socket referred to by
// f, such as one opened by a service manager. The Listener has its own
// descriptor. Closing it does not affect f, and closing f does not affect it.
//
// Like [net.FileListener], FileListener sets no options on the socket. In
// particular, KeepAlive stays on if it was: macOS and the BSDs then probe the
// listening socket as if it were a connection, and close it. Accepted
// connections get the options that package net sets, whatever the options of
// the socket are. On Windows, the restrictions of [FileConn] apply to f.
//
// If the socket is not a TCP socket, and on js, the error wraps
// [errors.ErrUnsupported]. If it does not listen, the error wraps
// [os.ErrInvalid].
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

// checkListener returns an error if the socket cannot become a listener, as far
// as the system reports that.
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

// ownFile returns another file for the same socket, or the same file if package
// net cannot use another one. It calls Fd, which on Unix can put the socket
// into blocking mode for a moment, and f permanently, and on Windows removes f
// from the completion port.
func ownFile(c syscall.Conn) (*os.File, error) {
	if f, ok := c.(*os.File); ok && !sys.SharesPoller {
		return f, nil
	}
	return dupFile(c)
}

// dupFile returns a file with a duplicate of the descriptor.
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

// fileError returns err as an error of [FileConn] and [FileListener].
func fileError(err error) error {
	err = neterr.Bare(err)
	if sys.IsUnsupported(err) || errors.Is(err, syscall.EAFNOSUPPORT) {
		err = errors.ErrUnsupported // js returns ENOPROTOOPT
	}
	return &net.OpError{Op: "file", Net: "tcp", Err: err}
}

// adopt returns a Conn for a connected socket, with its own descriptor, and
// leaves the options unchanged.
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

// dialAs creates a connection of package net from a connected socket. It makes
// net dial the peer, with a control function that replaces the new socket with
// the connected one. Then connect(2) reports that it is connected, which net
// accepts. Thus net sets only NoDelay, whereas net.FileConn also sets
// keep-alive.
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

// fileConn is like [net.FileConn] for a TCP socket that has no file or whose
// file must not be changed.
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

// tcpConn is like [net.FileConn] for a TCP socket.
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

// tcpListener is like [net.FileListener] for a TCP socket.
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
	return fmt.Errorf("streamsock: %T is not a TCP socket: %w", v, errors.ErrUnsupported)
}

// Dup returns a duplicate of the descriptor, for use by code not written in Go.
// The caller must close it, by close(2) or on Windows by closesocket. The
// connection ends when both are closed: until then, Close and [Conn.Abort] send
// nothing to the peer, while CloseWrite does.
//
// Both descriptors share one state in the kernel, so that the duplicate is in
// non-blocking mode. Do not change that, because c depends on it. In
// particular, do not call Fd on the file that [net.TCPConn.File] returns, and
// do not start a process with that file: both put the connection into blocking
// mode, after which its deadlines and Close no longer work.
//
// On Windows, the duplicate also shares the completion port of Go's poller:
// neither FileConn nor another program's poller can use it. Calls that are not
// overlapped work, and so do overlapped ones whose event handle has its lowest
// bit set.
//
// Dup corresponds to dup(2) with close-on-exec, and on Windows to
// WSADuplicateSocket with a handle that is not inherited. On Plan 9, js and
// wasip1 it returns an error wrapping [errors.ErrUnsupported].
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

// Dup is like [Conn.Dup] but for a listener, which listens until all its
// descriptors are closed.
//
// On Unix, a process that is started with the duplicate, by [os.NewFile] and
// ExtraFiles of [os/exec.Cmd], can accept from it too, with [FileListener]. In
// this way a server can be replaced without losing a connection. Do not use the
// file that [net.TCPListener.File] returns for that: starting a process with it
// puts the listener into blocking mode, after which Accept and Close can block
// forever.
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

// dup returns a duplicate of the descriptor.
func dup(rc syscall.RawConn) (fd uintptr, err error) {
	var dupErr error
	if err := rc.Control(func(own uintptr) { fd, dupErr = sys.Dup(own) }); err != nil {
		return 0, err
	}
	return fd, dupErr
}

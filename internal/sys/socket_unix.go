// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package sys

import (
	"errors"
	"net/netip"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

type handle = int // of package syscall

const (
	solSocket  = unix.SOL_SOCKET
	soError    = unix.SO_ERROR
	errRefused = unix.ECONNREFUSED
)

// Socket creates a TCP socket of the family IPv6 or IPv4, non-blocking and
// close-on-exec.
func Socket(v6 bool) (fd uintptr, err error) {
	family := unix.AF_INET
	if v6 {
		family = unix.AF_INET6
	}
	n, err := socket(family)
	return uintptr(n), err
}

// CloseSocket closes a descriptor that [Socket], [Dup] or [Accept] has returned.
func CloseSocket(fd uintptr) error { return unix.Close(int(fd)) }

// Listen makes the socket listen.
func Listen(fd uintptr, backlog int) error { return unix.Listen(int(fd), backlog) }

// Connect starts to connect the socket. It reports whether the socket is
// connected; if not, Connected returns the result later.
func Connect(fd uintptr, v6 bool, addr netip.AddrPort) (done bool, err error) {
	switch err := syscall.Connect(int(fd), sockaddr(v6, addr)); err {
	case unix.EINPROGRESS, unix.EINTR:
		return false, nil
	default:
		return err == nil, err
	}
}

// LocalAddr returns the local address of the socket.
func LocalAddr(fd uintptr) (netip.AddrPort, error) {
	sa, err := syscall.Getsockname(int(fd))
	if err != nil {
		return netip.AddrPort{}, err
	}
	return nameZone(addrPort(sa)), nil
}

// CheckListener returns nil for a TCP socket that listens, [os.ErrInvalid] for
// another TCP socket, and [errors.ErrUnsupported] for other sockets.
func CheckListener(fd uintptr) error {
	if err := checkTCP(fd); err != nil {
		return err
	}
	// On some systems SO_ACCEPTCONN cannot be read.
	if n, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ACCEPTCONN); err == nil && n == 0 {
		return os.ErrInvalid
	}
	return nil
}

// checkTCP returns [errors.ErrUnsupported] if the socket is not one of TCP,
// multipath included.
func checkTCP(fd uintptr) error {
	typ, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil {
		return os.NewSyscallError("getsockopt", err)
	}
	sa, err := syscall.Getsockname(int(fd))
	if err != nil && err != unix.EAFNOSUPPORT {
		return os.NewSyscallError("getsockname", err)
	}
	switch sa.(type) {
	case *syscall.SockaddrInet4, *syscall.SockaddrInet6:
		if typ == unix.SOCK_STREAM && isTCP(fd) {
			return nil
		}
	}
	return errors.ErrUnsupported
}

const protoMPTCP = 262 // IPPROTO_MPTCP of Linux

// isTCP reports whether a stream socket of the Internet Protocol is one of TCP,
// as far as the system reports that: SCTP has such sockets too.
func isTCP(fd uintptr) bool {
	r, ok := table["Protocol"]
	if !ok {
		return true
	}
	n, err := unix.GetsockoptInt(int(fd), r.Level, r.Number)
	return err != nil || n == unix.IPPROTO_TCP || n == protoMPTCP
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package sys

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// HasSocket reports whether the functions of this file do what they say.
const HasSocket = true

// Socket makes a TCP socket of the family IPv6 or IPv4, in non-blocking mode
// and closed on exec.
func Socket(v6 bool) (fd uintptr, err error) {
	family := unix.AF_INET
	if v6 {
		family = unix.AF_INET6
	}
	n, err := socket(family)
	return uintptr(n), err
}

// Bind gives the socket an address of its own.
func Bind(fd uintptr, v6 bool, addr netip.AddrPort) error {
	return unix.Bind(int(fd), sockaddr(v6, addr))
}

// Listen makes the socket one that listens.
func Listen(fd uintptr, backlog int) error { return unix.Listen(int(fd), backlog) }

// Connect begins to connect the socket. It reports whether that is all there is
// to do; if not, Connected tells what has become of it.
func Connect(fd uintptr, v6 bool, addr netip.AddrPort) (done bool, err error) {
	switch err := unix.Connect(int(fd), sockaddr(v6, addr)); err {
	case unix.EINPROGRESS, unix.EINTR:
		return false, nil
	default:
		return err == nil, err
	}
}

// Connected returns what has become of the connection that Connect began: nil
// if it stands, ENOTCONN if it does not yet, or the error, which the system
// tells only once.
//
// The system can pick as the socket's own port the one to which it is to
// connect, if nobody listens there; TCP then connects the socket with itself:
// see golang.org/issue/2690. Unless the port was picked by the program, that is
// ECONNREFUSED.
func Connected(fd uintptr, ownPort bool) error {
	n, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return err
	}
	if n != 0 {
		return unix.Errno(n)
	}
	peer, err := unix.Getpeername(int(fd))
	if err != nil {
		return err
	}
	if own, err := unix.Getsockname(int(fd)); err == nil && !ownPort && addrPort(own) == addrPort(peer) {
		return unix.ECONNREFUSED
	}
	return nil
}

// Peer returns the address of the peer of a TCP socket. Its zone is a number.
// The error is [os.ErrInvalid] if there is no peer, or no longer, and
// [errors.ErrUnsupported] for a socket that is not TCP.
func Peer(fd uintptr) (netip.AddrPort, error) {
	if err := checkTCP(fd); err != nil {
		return netip.AddrPort{}, err
	}
	sa, err := unix.Getpeername(int(fd))
	if err != nil {
		return netip.AddrPort{}, os.ErrInvalid
	}
	return addrPort(sa), nil
}

// CheckListener returns nil for a TCP socket that listens, [os.ErrInvalid] for
// another TCP socket, and [errors.ErrUnsupported] for other sockets.
func CheckListener(fd uintptr) error {
	if err := checkTCP(fd); err != nil {
		return err
	}
	// Not every system lets SO_ACCEPTCONN be read.
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
	sa, err := unix.Getsockname(int(fd))
	if err != nil && err != unix.EAFNOSUPPORT {
		return os.NewSyscallError("getsockname", err)
	}
	switch sa.(type) {
	case *unix.SockaddrInet4, *unix.SockaddrInet6:
		if typ == unix.SOCK_STREAM && isTCP(fd) {
			return nil
		}
	}
	return errors.ErrUnsupported
}

const protoMPTCP = 262 // IPPROTO_MPTCP of Linux

// isTCP reports whether a stream socket of the Internet Protocol is one of TCP,
// as far as the system shows that: SCTP has such sockets too.
func isTCP(fd uintptr) bool {
	r, ok := table["Protocol"]
	if !ok {
		return true
	}
	n, err := unix.GetsockoptInt(int(fd), r.Level, r.Number)
	return err != nil || n == unix.IPPROTO_TCP || n == protoMPTCP
}

// LocalAddr returns the socket's own address.
func LocalAddr(fd uintptr) (netip.AddrPort, error) {
	sa, err := unix.Getsockname(int(fd))
	if err != nil {
		return netip.AddrPort{}, err
	}
	return nameZone(addrPort(sa)), nil
}

// sockaddr returns the address as the system takes it for a socket of the
// family. Its zone has to be a number.
func sockaddr(v6 bool, addr netip.AddrPort) unix.Sockaddr {
	port, ip := int(addr.Port()), addr.Addr()
	if !v6 {
		return &unix.SockaddrInet4{Port: port, Addr: ip.As4()}
	}
	zone, _ := strconv.ParseUint(ip.Zone(), 10, 32) // "" is 0
	return &unix.SockaddrInet6{Port: port, Addr: ip.As16(), ZoneId: uint32(zone)}
}

func addrPort(sa unix.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		ip := netip.AddrFrom16(sa.Addr)
		if sa.ZoneId != 0 {
			ip = ip.WithZone(strconv.FormatUint(uint64(sa.ZoneId), 10))
		}
		return netip.AddrPortFrom(ip, uint16(sa.Port))
	}
	return netip.AddrPort{}
}

// nameZone returns the address with the name of the interface for its zone.
func nameZone(addr netip.AddrPort) netip.AddrPort {
	index, err := strconv.Atoi(addr.Addr().Zone())
	if err != nil {
		return addr
	}
	i, err := net.InterfaceByIndex(index)
	if err != nil {
		return addr
	}
	return netip.AddrPortFrom(addr.Addr().WithZone(i.Name), addr.Port())
}

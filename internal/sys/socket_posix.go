// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package sys

import (
	"encoding/binary"
	"net"
	"net/netip"
	"os"
	"strconv"
	"syscall"
)

// HasSocket reports whether the functions of this file work.
const HasSocket = true

// Bind assigns a local address to the socket.
func Bind(fd uintptr, v6 bool, addr netip.AddrPort) error {
	return syscall.Bind(handle(fd), sockaddr(v6, addr))
}

// Connected returns the result of the attempt started by Connect: nil if it is
// established, ENOTCONN if it is not yet, or the error, which the system
// reports only once.
//
// If no process listens on a local port, the system can choose that port as the
// local port of the socket; TCP then connects the socket to itself, see
// golang.org/issue/2690. Unless the program has chosen the port, the result is
// ECONNREFUSED.
func Connected(fd uintptr, ownPort bool) error {
	var b [4]byte
	if _, err := getsockopt(fd, solSocket, soError, b[:]); err != nil {
		return err
	}
	if n := binary.NativeEndian.Uint32(b[:]); n != 0 {
		return syscall.Errno(n)
	}
	peer, err := syscall.Getpeername(handle(fd))
	if err != nil {
		return err
	}
	if own, err := syscall.Getsockname(handle(fd)); err == nil && !ownPort && addrPort(own) == addrPort(peer) {
		return errRefused
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
	sa, err := syscall.Getpeername(handle(fd))
	if err != nil {
		return netip.AddrPort{}, os.ErrInvalid
	}
	return addrPort(sa), nil
}

// IsConnected reports whether the socket has a peer; it is false after a
// reset.
func IsConnected(fd uintptr) bool {
	_, err := syscall.Getpeername(handle(fd))
	return err == nil
}

// sockaddr converts the address for a socket of the family. Its zone must be a
// number.
func sockaddr(v6 bool, addr netip.AddrPort) syscall.Sockaddr {
	port, ip := int(addr.Port()), addr.Addr()
	if !v6 {
		return &syscall.SockaddrInet4{Port: port, Addr: ip.As4()}
	}
	zone, _ := strconv.ParseUint(ip.Zone(), 10, 32) // "" is 0
	return &syscall.SockaddrInet6{Port: port, Addr: ip.As16(), ZoneId: uint32(zone)}
}

func addrPort(sa syscall.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *syscall.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *syscall.SockaddrInet6:
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

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"errors"
	"net/netip"
	"os"
	"syscall"

	"golang.org/x/sys/windows"
)

type handle = syscall.Handle // of package syscall

const (
	solSocket  = windows.SOL_SOCKET
	soError    = 0x1007 // winsock2.h: SO_ERROR
	errRefused = windows.WSAECONNREFUSED
)

// socketFlags are for asynchronous sockets, which package net needs, that are
// not inherited.
const socketFlags = windows.WSA_FLAG_OVERLAPPED | windows.WSA_FLAG_NO_HANDLE_INHERIT

// Socket creates a TCP socket of the family IPv6 or IPv4, in non-blocking mode
// and not inherited.
func Socket(v6 bool) (fd uintptr, err error) {
	family := int32(windows.AF_INET)
	if v6 {
		family = windows.AF_INET6
	}
	h, err := windows.WSASocket(family, windows.SOCK_STREAM, windows.IPPROTO_TCP, nil, 0, socketFlags)
	if err != nil {
		return 0, err
	}
	if err := Prepare(uintptr(h)); err != nil {
		_ = windows.Closesocket(h)
		return 0, err
	}
	return uintptr(h), nil
}

// CloseSocket closes a socket that [Socket], [Dup] or [Accept] has returned.
func CloseSocket(fd uintptr) error { return windows.Closesocket(windows.Handle(fd)) }

// Dup returns a duplicate of the handle that is not inherited.
func Dup(fd uintptr) (uintptr, error) {
	var info windows.WSAProtocolInfo
	if err := windows.WSADuplicateSocket(windows.Handle(fd), windows.GetCurrentProcessId(), &info); err != nil {
		return 0, os.NewSyscallError("wsaduplicatesocket", err)
	}
	const fromInfo = -1 // winsock2.h: FROM_PROTOCOL_INFO
	h, err := windows.WSASocket(fromInfo, fromInfo, fromInfo, &info, 0, socketFlags)
	if err != nil {
		return 0, os.NewSyscallError("wsasocket", err)
	}
	return uintptr(h), nil
}

// DupTo is not supported, because a handle cannot be chosen.
func DupTo(fd, to uintptr) error { return errors.ErrUnsupported }

// Listen makes the socket listen. A socket without an address gets the
// unspecified one and any port, as on other systems.
func Listen(fd uintptr, backlog int) error {
	err := windows.Listen(windows.Handle(fd), hint(backlog))
	if err != windows.WSAEINVAL {
		return err
	}
	addr, bound, err := localAddr(fd)
	if err != nil || bound {
		return windows.WSAEINVAL
	}
	if err := Bind(fd, addr.Addr().Is6(), addr); err != nil {
		return err
	}
	return windows.Listen(windows.Handle(fd), hint(backlog))
}

// hint returns the argument of listen for a backlog. Windows reduces a plain
// number to some hundreds, and interprets SOMAXCONN as the largest reasonable
// value. The macro SOMAXCONN_HINT of winsock2.h requests another number, from
// 200.
func hint(backlog int) int {
	const least = 200
	if backlog <= least || backlog >= windows.SOMAXCONN {
		return backlog
	}
	return -backlog
}

// Connect starts to connect the socket. It reports whether the socket is
// connected; if not, Connected returns the result later.
func Connect(fd uintptr, v6 bool, addr netip.AddrPort) (done bool, err error) {
	err = syscall.Connect(syscall.Handle(fd), sockaddr(v6, addr))
	if err == windows.WSAEWOULDBLOCK {
		return false, nil
	}
	return err == nil, err
}

// LocalAddr returns the local address of the socket.
func LocalAddr(fd uintptr) (netip.AddrPort, error) {
	addr, _, err := localAddr(fd)
	return nameZone(addr), err
}

// localAddr returns the socket's own address, whose zone is a number. The system
// has none before the socket is bound: it is the unspecified one then.
func localAddr(fd uintptr) (addr netip.AddrPort, bound bool, err error) {
	sa, err := syscall.Getsockname(syscall.Handle(fd))
	if err == nil {
		return addrPort(sa), true, nil
	}
	info, infoErr := protocolInfo(fd)
	if err != windows.WSAEINVAL || infoErr != nil {
		return netip.AddrPort{}, false, err
	}
	ip := netip.IPv4Unspecified()
	if info.AddressFamily == windows.AF_INET6 {
		ip = netip.IPv6Unspecified()
	}
	return netip.AddrPortFrom(ip, 0), false, nil
}

// CheckListener returns nil for a TCP socket that listens, [os.ErrInvalid] for
// another TCP socket, and [errors.ErrUnsupported] for other sockets.
func CheckListener(fd uintptr) error {
	if err := checkTCP(fd); err != nil {
		return err
	}
	var on [4]byte
	if _, err := getsockopt(fd, windows.SOL_SOCKET, so_ACCEPTCONN, on[:]); err != nil {
		return os.NewSyscallError("getsockopt", err)
	}
	if on == [4]byte{} {
		return os.ErrInvalid
	}
	return nil
}

// checkTCP returns [errors.ErrUnsupported] if the socket is not one of TCP.
func checkTCP(fd uintptr) error {
	info, err := protocolInfo(fd)
	if err != nil {
		return os.NewSyscallError("getsockopt", err)
	}
	if f := info.AddressFamily; (f == windows.AF_INET || f == windows.AF_INET6) && info.Protocol == windows.IPPROTO_TCP {
		return nil
	}
	return errors.ErrUnsupported
}

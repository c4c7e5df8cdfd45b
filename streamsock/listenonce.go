// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"net"
	"net/netip"
	"os"
	"syscall"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
)

// listenTCP listens by package net or, if a backlog cannot be set afterwards,
// by listenOnce.
func listenTCP(ctx context.Context, lc *net.ListenConfig, network, address string, backlog int) (*net.TCPListener, error) {
	switch {
	case backlog == 0 || sys.CanRelisten:
	case sys.HasSocket:
		return listenOnce(ctx, lc, network, address, backlog)
	default:
		return nil, &net.OpError{Op: "listen", Net: network, Err: errNoRelisten}
	}
	nl, err := lc.Listen(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return nl.(*net.TCPListener), nil
}

// listenOnce listens with a backlog. It lets package net resolve the address
// and create the socket, and binds it and listens in the control function, just
// before package net would. The error of that function prevents package net
// from doing so.
func listenOnce(ctx context.Context, lc *net.ListenConfig, network, address string, backlog int) (*net.TCPListener, error) {
	user := lc.Control
	var f *os.File
	lc.Control = func(network, address string, rc syscall.RawConn) error {
		if user != nil {
			if err := user(network, address, rc); err != nil {
				return err
			}
		}
		addr, v6, err := controlAddr(network, address)
		if err != nil {
			return err
		}
		err = control(rc, func(fd uintptr) error {
			if err := sys.Bind(fd, v6, addr); err != nil {
				return neterr.Syscall("bind", err)
			}
			return neterr.Syscall("listen", sys.Listen(fd, backlog))
		})
		if err != nil {
			return err
		}
		fd, err := dup(rc) // net closes the original
		if err != nil {
			return err
		}
		f = os.NewFile(fd, "socket")
		return errListens
	}
	_, err := lc.Listen(ctx, network, address)
	if f == nil {
		return nil, err
	}
	defer f.Close()
	l, err := tcpListener(f)
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Err: neterr.Bare(err)}
	}
	return l, nil
}

// controlAddr returns the address that package net passes to a control
// function, as package net binds a socket to it, and reports whether that is an
// IPv6 socket. The zone of the result is a number.
func controlAddr(network, address string) (addr netip.AddrPort, v6 bool, err error) {
	a, err := net.ResolveTCPAddr("tcp", address) // the address is numeric
	if err != nil {
		return addr, false, err
	}
	addr = a.AddrPort()
	ip := addr.Addr()
	v6 = network == "tcp6"
	switch {
	case v6 && (!ip.IsValid() || ip.Unmap().IsUnspecified()):
		ip = netip.IPv6Unspecified()
	case !ip.IsValid():
		ip = netip.IPv4Unspecified()
	case ip.Zone() != "":
		zone, ok := sys.ZoneNumber(ip.Zone())
		if !ok {
			return addr, v6, &net.AddrError{Err: "unknown zone", Addr: address}
		}
		ip = ip.WithZone(zone)
	}
	return netip.AddrPortFrom(ip, addr.Port()), v6, nil
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !unix && !windows

package sys

import (
	"errors"
	"net/netip"
)

// Dup returns a duplicate of the descriptor.
func Dup(fd uintptr) (uintptr, error) { return 0, errors.ErrUnsupported }

// DupTo makes to a duplicate of the socket fd.
func DupTo(fd, to uintptr) error { return errors.ErrUnsupported }

// HasSocket reports whether the functions of this file work.
const HasSocket = false

// Socket creates a TCP socket.
func Socket(v6 bool) (fd uintptr, err error) { return 0, errors.ErrUnsupported }

// CloseSocket closes a socket.
func CloseSocket(fd uintptr) error { return errors.ErrUnsupported }

// Bind assigns a local address to the socket.
func Bind(fd uintptr, v6 bool, addr netip.AddrPort) error { return errors.ErrUnsupported }

// Listen makes the socket listen.
func Listen(fd uintptr, backlog int) error { return errors.ErrUnsupported }

// Connect starts to connect the socket.
func Connect(fd uintptr, v6 bool, addr netip.AddrPort) (done bool, err error) {
	return false, errors.ErrUnsupported
}

// Connected returns the result of the attempt started by Connect.
func Connected(fd uintptr, ownPort bool) error { return errors.ErrUnsupported }

// Peer returns the address of the peer of a TCP socket.
func Peer(fd uintptr) (netip.AddrPort, error) { return netip.AddrPort{}, errors.ErrUnsupported }

// CheckListener returns nil for a TCP socket that listens.
func CheckListener(fd uintptr) error { return errors.ErrUnsupported }

// Accept is for other systems.
func Accept(fd uintptr) (uintptr, error) { return 0, errors.ErrUnsupported }

// LocalAddr returns the local address of the socket.
func LocalAddr(fd uintptr) (netip.AddrPort, error) { return netip.AddrPort{}, errors.ErrUnsupported }

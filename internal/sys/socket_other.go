// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !(aix || darwin || dragonfly || freebsd || linux || netbsd || openbsd || solaris)

package sys

import (
	"errors"
	"net/netip"
)

// Socket makes a TCP socket.
func Socket(v6 bool) (fd uintptr, err error) { return 0, errors.ErrUnsupported }

// Bind gives the socket an address of its own.
func Bind(fd uintptr, v6 bool, addr netip.AddrPort) error { return errors.ErrUnsupported }

// Listen makes the socket one that listens.
func Listen(fd uintptr, backlog int) error { return errors.ErrUnsupported }

// Connect begins to connect the socket.
func Connect(fd uintptr, v6 bool, addr netip.AddrPort) (done bool, err error) {
	return false, errors.ErrUnsupported
}

// Connected returns what has become of the connection that Connect began.
func Connected(fd uintptr, ownPort bool) error { return errors.ErrUnsupported }

// LocalAddr returns the socket's own address.
func LocalAddr(fd uintptr) (netip.AddrPort, error) { return netip.AddrPort{}, errors.ErrUnsupported }

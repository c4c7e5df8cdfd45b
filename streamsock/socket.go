// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"fmt"
	"math"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock/sockopt"
)

// A Socket is a TCP socket that is not connected and does not listen: what
// socket(2) makes. Every socket option can be got and set on it, it can be bound
// to an address, and then it becomes a [Conn] or a [Listener].
//
// Any number of goroutines may call its methods at once. The zero Socket is not
// usable; use [NewSocket]. Once it has become a Conn or a Listener, or is closed,
// its methods return an error wrapping [net.ErrClosed]. A Socket that is not needed
// any more must be closed.
//
// Sockets are supported on AIX, the BSDs, Linux, macOS, Solaris and Windows; they
// have been tested on Linux and, by wine, with the calls of Windows. On plan9, js
// and wasip1, NewSocket returns an error wrapping [errors.ErrUnsupported]. There,
// and for host names, a [Dialer] does what Connect does, its NetDialer.LocalAddr
// what Bind does, and a [ListenConfig] what Bind and Listen do; both take the same
// options.
type Socket struct {
	pollable
	own      *ownSocket
	network  string
	v6       bool
	defaults []sockopt.Setting // what package net sets

	mu       sync.Mutex
	local    net.Addr       // the last that LocalAddr has told
	ownPort  bool           // Bind has chosen the port
	remote   net.Addr       // what StartConnect was told; nil before
	peer     netip.AddrPort // remote, for a system call
	deferred bool           // connect(2) is done, but there need be no peer yet
	silent   bool           // Listen has turned keep-alive off
}

var _ syscall.Conn = (*Socket)(nil)

// checkBacklog returns an error if n is not a valid backlog for listen(2).
func checkBacklog(n int) error {
	if n >= 0 && n <= math.MaxInt32 {
		return nil
	}
	return fmt.Errorf("streamsock: backlog %d out of range [0, %d]: %w", n, math.MaxInt32, os.ErrInvalid)
}

// NewSocket makes a socket for the network and applies the options in their
// order. If one fails, there is no Socket.
//
// The network is "tcp4" for IPv4, "tcp6" for IPv6, or "tcp" for IPv6 that can
// also use IPv4, or for IPv4 where the system has no such socket. On a "tcp"
// socket that has no address yet, [sockopt.Option.Set] sets options of the
// Internet Protocol, such as [sockopt.HopLimit], for IPv4 and for IPv6. On macOS,
// the BSDs, Solaris and AIX it sets them for IPv6 only, because such a socket
// accepts no options of IPv4. Prefer "tcp4" there for an IPv4 address.
//
// Before the options, the socket is given what package net gives to every
// connection: NoDelay is on, and so is KeepAlive, with the times of
// [net.Dialer]. Nothing is set later on: what an option is before Connect or
// Listen, it is on the connection.
//
// It is socket(2), non-blocking and closed on exec.
func NewSocket(network string, opts ...sockopt.Setting) (*Socket, error) {
	if err := checkNetwork("socket", network); err != nil {
		return nil, err
	}
	s, err := openSocket(network)
	if err == nil {
		err = sockopt.Apply(s, opts...)
	}
	if err != nil {
		s.discard()
		return nil, &net.OpError{Op: "socket", Net: network, Err: neterr.Bare(err)}
	}
	return s, nil
}

// openSocket makes the socket of the family that the network asks for.
func openSocket(network string) (*Socket, error) {
	if network == "tcp4" {
		return openFamily(network, false)
	}
	s, err := openFamily(network, true)
	if network == "tcp6" {
		if err == nil {
			_ = sockopt.V6Only.Set(s, true) // or it is so anyway, as on OpenBSD
		}
		return s, err
	}
	if err == nil {
		if err = sockopt.V6Only.Set(s, false); err == nil {
			return s, nil
		}
		s.discard()
	}
	return openFamily(network, false)
}

// openFamily creates a socket with what package net gives to connections.
func openFamily(network string, v6 bool) (*Socket, error) {
	fd, err := sys.Socket(v6)
	if err != nil {
		return nil, neterr.Syscall("socket", err)
	}
	s := &Socket{own: newOwnSocket(fd), network: network, v6: v6}
	s.init(s.own, nil)
	_ = sockopt.Apply(s, netOptions(net.ListenConfig{})...) // package net ignores an error too
	if s.defaults, err = managed(s); err != nil {
		s.discard()
		return nil, err
	}
	return s, nil
}

// discard closes the socket, unless s is nil or zero.
func (s *Socket) discard() {
	if s != nil && s.own != nil {
		s.pollable.close(s.own.Close)
	}
}

// SyscallConn returns a raw connection to the socket. It makes socket options
// work on s, at any time before it is connected or listens:
//
//	err := sockopt.ReadBuffer.Set(s, 1<<20)
//
// Its methods Read and Write return [errors.ErrUnsupported]; to wait, use a [PollSet].
func (s *Socket) SyscallConn() (syscall.RawConn, error) { return s.pollable.SyscallConn() }

// Bind gives the socket an address of its own, and with port 0 any port that is
// free, which LocalAddr tells. Nothing else is set: for a port that was in use
// a moment ago, set [sockopt.ReuseAddr] before, as package net does for a
// listener.
//
// An IPv4 address is not for "tcp6", nor an IPv6 address for "tcp4"; the error is
// then a *[net.AddrError], as for a zone that this machine does not have. It is
// bind(2).
func (s *Socket) Bind(addr netip.AddrPort) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	to, err := s.check(addr)
	if err != nil {
		err = s.closedOr(err)
	} else {
		err = s.do("bind", func(fd uintptr) error { return sys.Bind(fd, s.v6, to) })
	}
	if err != nil {
		return &net.OpError{Op: "bind", Net: s.network, Addr: net.TCPAddrFromAddrPort(addr), Err: neterr.Bare(err)}
	}
	s.ownPort = addr.Port() != 0
	return nil
}

// LocalAddr returns the socket's own address, a *[net.TCPAddr]. Before Bind and
// StartConnect it is the unspecified one with port 0. Of a socket that is closed
// it is the last that LocalAddr has returned.
func (s *Socket) LocalAddr() net.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.localAddr()
}

func (s *Socket) localAddr() net.Addr {
	var addr netip.AddrPort
	err := s.do("getsockname", func(fd uintptr) (err error) {
		addr, err = sys.LocalAddr(fd)
		return err
	})
	if err == nil {
		s.local = net.TCPAddrFromAddrPort(addr)
	}
	return s.local
}

// Connect connects the socket: it is [Socket.StartConnect] and then
// [Socket.FinishConnect].
func (s *Socket) Connect(ctx context.Context, addr netip.AddrPort) (*Conn, error) {
	if err := s.StartConnect(addr); err != nil {
		return nil, err
	}
	return s.FinishConnect(ctx)
}

// StartConnect begins to connect the socket and does not wait until it is
// connected, for which there is FinishConnect. What the system refuses at once,
// such as an address to which there is no route, is an error here.
//
// An error of the system closes the Socket, since nobody says what can be done
// with it afterwards. It stays as it is if the address is not one for it, see
// Bind; or if StartConnect was called before, when errors.Is(err,
// [os.ErrInvalid]) holds. It is connect(2).
func (s *Socket) StartConnect(addr netip.AddrPort) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	remote := net.TCPAddrFromAddrPort(addr)
	to, err := s.check(addr)
	if s.remote != nil {
		err = errStarted
	}
	if err != nil {
		return s.connectError(remote, s.closedOr(err))
	}
	err = s.do("connect", func(fd uintptr) (err error) {
		s.deferred, err = sys.Connect(fd, s.v6, to)
		return err
	})
	if err != nil {
		return s.fail(remote, err)
	}
	s.remote, s.peer = remote, to
	return nil
}

// FinishConnect waits, as [Conn.Wait] does, until the connection that
// StartConnect began stands, and returns it. The Socket has then become the
// Conn; if several goroutines wait, one gets it.
//
// When ctx ends first, errors.Is(err, ctx.Err()) holds and the attempt goes on:
// FinishConnect may be called again, and with a context that has ended already
// it tells how things stand now without waiting. To give up, close the Socket.
// Close also ends a FinishConnect that waits, with [net.ErrClosed].
//
// If nothing was started, FinishConnect returns an error wrapping
// [os.ErrInvalid]. To create the Conn it needs a free descriptor for a moment. If
// there is none, it returns an error such as [syscall.EMFILE], the Socket keeps
// the connection, and FinishConnect may be called again.
//
// Any other error closes the Socket, such as that of a connection that was refused,
// see [IsRefused]. That is also the error where nobody listens and the system has
// connected the socket with itself, as it can if it picks the port; [net.Dial] then
// dials again.
//
// With [sockopt.FastOpenConnect] the Conn can be there before the peer knows of
// it.
func (s *Socket) FinishConnect(ctx context.Context) (*Conn, error) {
	for ready := false; ; ready = true {
		c, err := s.take(ready)
		if c != nil || err != nil {
			return c, err
		}
		if _, err := s.await(ctx, sys.Writable); err != nil {
			return nil, s.waitError(ctx, err)
		}
	}
}

// take makes a Conn of the socket if the connection stands. It answers neither
// if that has to be waited for, and never if it has been.
func (s *Socket) take(waited bool) (*Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.remote == nil {
		return nil, s.connectError(nil, s.closedOr(errNotStarted))
	}
	err := s.do("connect", func(fd uintptr) error { return sys.Connected(fd, s.ownPort) })
	if err != nil && sys.IsNotConnected(err) {
		switch {
		case s.deferred:
			err = nil
		case !waited:
			return nil, nil
		}
	}
	if err != nil {
		return nil, s.fail(s.remote, err)
	}
	c, err := adopt(s, s.peer)
	if err != nil {
		if !s.deferred && !isConnected(s) {
			return nil, s.fail(s.remote, err)
		}
		return nil, s.connectError(s.remote, err)
	}
	if c.RemoteAddr() == nil {
		c.remote = s.remote // the peer is not there yet, or no longer
	}
	s.leave()
	return c, nil
}

// Listen makes a Listener of the socket. The backlog is the number of connections
// that can wait to be accepted, which package net leaves to the system; the
// system has an upper limit, such as Linux's net.core.somaxconn, and may round
// it. If the backlog is negative or does not fit an int of C, Listen returns an
// error wrapping [os.ErrInvalid]. A socket that was not bound listens on all
// addresses of the machine, on some port.
//
// The options that are set on s by then hold for the connections too: those that
// package net would set itself (NoDelay and keep-alive) are set on each, and most
// systems hand the others down. KeepAlive is off on the listening socket itself,
// because macOS and the BSDs would probe its peer, which it does not have, and
// close it. If there is an error, the Socket stays open. Listen corresponds to
// listen(2).
func (s *Socket) Listen(backlog int) (*Listener, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, err := s.listen(backlog)
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: s.network, Addr: s.localAddr(), Err: neterr.Bare(err)}
	}
	s.leave()
	return l, nil
}

func (s *Socket) listen(backlog int) (*Listener, error) {
	if err := checkBacklog(backlog); err != nil {
		return nil, s.closedOr(err)
	}
	settings, err := managed(s)
	if err != nil {
		return nil, err
	}
	if s.silent { // by an earlier call
		settings = append(without(settings, noKeepAlive), sockopt.KeepAlive.To(true))
	}
	restore := s.stopKeepAlive()
	if err := s.do("listen", func(fd uintptr) error { return sys.Listen(fd, backlog) }); err != nil {
		restore()
		return nil, err
	}
	f, err := dupFile(s)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	nl, err := tcpListener(f)
	if err != nil {
		return nil, err
	}
	l, err := newListener(nl)
	if err != nil {
		return nil, err
	}
	l.connOptions = without(settings, s.defaults)
	return l, nil
}

// stopKeepAlive turns keep-alive off and returns a function that undoes it.
func (s *Socket) stopKeepAlive() (undo func()) {
	on, err := sockopt.KeepAlive.Get(s)
	if !on || err != nil || sockopt.KeepAlive.Set(s, false) != nil {
		return func() {}
	}
	s.silent = true
	return func() {
		s.silent = false
		_ = sockopt.KeepAlive.Set(s, true)
	}
}

// Close closes the socket, and ends an attempt to connect it.
func (s *Socket) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.SyscallConn(); err != nil {
		return err
	}
	if err := s.leave(); err != nil {
		return &net.OpError{Op: "close", Net: s.network, Source: s.local, Err: neterr.Bare(err)}
	}
	return nil
}

// leave closes the descriptor and keeps its address.
func (s *Socket) leave() error {
	s.localAddr()
	return s.pollable.close(s.own.Close)
}

// do makes a system call with the socket's descriptor.
func (s *Socket) do(call string, f func(fd uintptr) error) error {
	rc, err := s.SyscallConn()
	if err != nil {
		return err
	}
	var callErr error
	if err := rc.Control(func(fd uintptr) { callErr = f(fd) }); err != nil {
		return err
	}
	return os.NewSyscallError(call, callErr)
}

// fail closes the socket because of err.
func (s *Socket) fail(remote net.Addr, err error) error {
	e := s.connectError(remote, err)
	s.discard()
	return e
}

// waitError returns the error of a wait that did not end well.
func (s *Socket) waitError(ctx context.Context, err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() == nil {
		return s.fail(s.remote, err)
	}
	return s.connectError(s.remote, err)
}

func (s *Socket) connectError(remote net.Addr, err error) error {
	return &net.OpError{Op: "connect", Net: s.network, Source: s.localAddr(), Addr: remote, Err: neterr.Bare(err)}
}

// check returns the address with a number for its zone, if it is one for the
// socket.
func (s *Socket) check(addr netip.AddrPort) (netip.AddrPort, error) {
	ip := addr.Addr()
	is4 := ip.Unmap().Is4()
	wrong := ""
	switch {
	case !ip.IsValid():
		wrong = "no address"
	case !is4 && !s.v6:
		wrong = "non-IPv4 address"
	case is4 && s.network == "tcp6":
		wrong = "non-IPv6 address"
	case ip.Zone() != "":
		zone, ok := sys.ZoneNumber(ip.Zone())
		if !ok {
			wrong = "unknown zone"
		}
		ip = ip.WithZone(zone)
	}
	if wrong != "" {
		return addr, &net.AddrError{Err: wrong, Addr: addr.String()}
	}
	return netip.AddrPortFrom(ip, addr.Port()), nil
}

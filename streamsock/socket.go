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

// A Socket is a TCP socket that is neither connected nor listening, as created
// by socket(2). All socket options can be set and read on it. It can be bound
// to an address, and then becomes a [Conn] or a [Listener].
//
// Multiple goroutines may invoke methods on a Socket simultaneously. The zero
// Socket is not usable; use [NewSocket]. After it has become a Conn or a
// Listener or was closed, its methods return an error wrapping [net.ErrClosed].
// A Socket that is no longer needed must be closed.
//
// On Plan 9, js and wasip1, NewSocket returns an error wrapping
// [errors.ErrUnsupported]. There, and for host names, use a [Dialer] with
// NetDialer.LocalAddr instead of Bind and Connect, and a [ListenConfig] instead
// of Bind and Listen. Both take the same options.
type Socket struct {
	pollable
	own      *ownSocket
	network  string
	v6       bool
	defaults []sockopt.Setting // what package net sets

	mu       sync.Mutex
	local    net.Addr       // the last result of LocalAddr
	ownPort  bool           // Bind has chosen the port
	remote   net.Addr       // the argument of StartConnect; nil before
	peer     netip.AddrPort // remote, for a system call
	deferred bool           // connect(2) has succeeded, but there may be no peer yet
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

// NewSocket creates a socket for the named network and sets the options in
// order. If an option fails, NewSocket closes the socket and returns the error.
// NewSocket corresponds to socket(2), with a non-blocking and close-on-exec
// descriptor.
//
// The network must be "tcp4" for IPv4, "tcp6" for IPv6, or "tcp" for IPv6 that
// can also use IPv4. If the system has no such socket, "tcp" means IPv4. On a
// "tcp" socket without an address, [sockopt.Option.Set] sets options of the
// Internet Protocol, such as [sockopt.HopLimit], for both IPv4 and IPv6. On
// macOS, the BSDs, Solaris and AIX it sets them only for IPv6, because such a
// socket does not accept options of IPv4. On these systems, use "tcp4" for an
// IPv4 address.
//
// Before opts, NewSocket sets the options that package net sets on every
// connection: NoDelay, and KeepAlive with the default times of [net.Dialer]. No
// options are set later: the connection has the options that the socket has
// when Connect or Listen is called.
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

// openSocket creates a socket of the family that the network specifies.
func openSocket(network string) (*Socket, error) {
	if network == "tcp4" {
		return openFamily(network, false)
	}
	s, err := openFamily(network, true)
	if network == "tcp6" {
		if err == nil {
			_ = sockopt.V6Only.Set(s, true) // on OpenBSD it is always true
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

// openFamily creates a socket with the options that package net sets on
// connections.
func openFamily(network string, v6 bool) (*Socket, error) {
	fd, err := sys.Socket(v6)
	if err != nil {
		return nil, neterr.Syscall("socket", err)
	}
	s := &Socket{own: newOwnSocket(fd), network: network, v6: v6}
	s.init(s.own, nil)
	_ = sockopt.Apply(s, netOptions(net.ListenConfig{})...) // package net ignores the error too
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

// SyscallConn returns a raw connection to the socket, for socket options. They
// can be set at any time before the socket is connected or listens:
//
//	err := sockopt.ReadBuffer.Set(s, 1<<20)
//
// The Read and Write methods of the raw connection return
// [errors.ErrUnsupported]; to wait, use a [PollSet].
func (s *Socket) SyscallConn() (syscall.RawConn, error) { return s.pollable.SyscallConn() }

// Bind assigns a local address to the socket. If the port is 0, the system
// chooses a free port, which LocalAddr returns. Bind sets no options: to bind
// to a port that was in use recently, set [sockopt.ReuseAddr] before, as
// package net does for a listener. Bind corresponds to bind(2).
//
// The error is a *[net.AddrError] for an IPv4 address if the network is "tcp6",
// for an IPv6 address if it is "tcp4", and for a zone that does not exist on
// this machine.
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

// LocalAddr returns the local address of the socket, a *[net.TCPAddr]. Before
// Bind and StartConnect it is the unspecified address with port 0. After the
// socket was closed, it is the last result of LocalAddr.
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

// Connect connects the socket. It is equivalent to [Socket.StartConnect]
// followed by [Socket.FinishConnect].
func (s *Socket) Connect(ctx context.Context, addr netip.AddrPort) (*Conn, error) {
	if err := s.StartConnect(addr); err != nil {
		return nil, err
	}
	return s.FinishConnect(ctx)
}

// StartConnect starts to connect the socket and returns without waiting for the
// connection; see FinishConnect. It returns an error if the system rejects the
// attempt immediately, for example because there is no route to the address.
// StartConnect corresponds to connect(2).
//
// If connect(2) fails, the Socket is closed, because POSIX leaves its state
// unspecified. It stays open if the address is not valid for the socket (see
// Bind). It also stays open if StartConnect was called before; the error then
// wraps [os.ErrInvalid].
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

// FinishConnect waits, like [Conn.Wait], for the connection attempt started by
// StartConnect to complete, and returns the resulting Conn. If several
// goroutines wait, only one gets the Conn.
//
// If ctx ends first, the error wraps ctx.Err() and the attempt continues:
// FinishConnect may be called again. If ctx has already ended, FinishConnect
// returns the current state without blocking. To abandon the attempt, close the
// Socket. Close also unblocks FinishConnect, which then returns
// [net.ErrClosed].
//
// If StartConnect was not called, the error wraps [os.ErrInvalid]. To create
// the Conn, FinishConnect briefly needs a free descriptor. If none is free, it
// returns an error such as [syscall.EMFILE], the Socket keeps the connection,
// and FinishConnect may be called again.
//
// Any other error closes the Socket, for example if the connection was refused;
// see [IsRefused]. IsRefused also reports true if the system has connected the
// socket to itself, which can happen if no process listens on the address and
// the system chose the same local port. [net.Dial] dials again in this case.
//
// With [sockopt.FastOpenConnect], FinishConnect may return a Conn before the
// peer has been contacted.
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

// take returns a Conn for the socket if the connection is established. If it is
// necessary to wait, take returns nil and no error, but not if waited is true.
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
		c.remote = s.remote // for package net there is no peer yet, or no longer
	}
	s.leave()
	return c, nil
}

// Listen makes the socket listen and returns a Listener. If the socket is not
// bound, it listens on all addresses of the machine on a port that the system
// chooses. If Listen fails, the Socket stays open. Listen corresponds to
// listen(2).
//
// The backlog is the maximum number of connections that wait to be accepted.
// The system limits it, on Linux to net.core.somaxconn, and may round it.
// Unlike for [ListenConfig], a backlog of 0 is the shortest queue; on Linux one
// connection can wait. If the backlog is negative or exceeds 31 bits, the error
// wraps [os.ErrInvalid].
//
// Accepted connections have the options of the socket: the options that package
// net would set (NoDelay and keep-alive) are set on each connection, and most
// systems make it inherit the others. KeepAlive is off on the listening socket
// itself, because macOS and the BSDs would otherwise probe the socket and close
// it.
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

// stopKeepAlive turns keep-alive off and returns a function that restores it.
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

// Close closes the socket, and abandons an attempt to connect it.
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

// waitError returns the error of a failed wait.
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

// check returns addr with a numeric zone, or an error if addr is not valid for
// the socket.
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

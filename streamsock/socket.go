// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"sync"
	"syscall"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock/sockopt"
)

// A Socket is a TCP socket that is not connected and does not listen: what
// socket(2) makes. Every socket option can be got and set on it, it can be bound
// to an address, and then it becomes a [Conn] or a [Listener].
//
// Any number of goroutines may call its methods at once. A Socket comes from
// [NewSocket]; the zero Socket is of no use. Once it has become a Conn or a
// Listener, or is closed, its methods answer [net.ErrClosed]. One that is not
// wanted any more has to be closed.
//
// There are Sockets on aix, the BSDs, darwin, Linux and solaris; they have been
// tested on Linux only. Elsewhere, as on Windows, NewSocket answers an error for
// which errors.Is(err, [errors.ErrUnsupported]) holds. There, and for host names,
// a [Dialer] does what Connect does, its NetDialer.LocalAddr what Bind does, and
// a [ListenConfig] what Bind and Listen do, without the backlog; both take the
// same options.
type Socket struct {
	network  string
	v6       bool
	conn     *Conn             // the socket, as a connection without a peer
	defaults []sockopt.Setting // what package net has set

	mu       sync.Mutex
	local    net.Addr // the last that LocalAddr has told
	ownPort  bool     // Bind has chosen the port
	remote   net.Addr // what StartConnect was told; nil before
	deferred bool     // connect(2) is done, but there need be no peer yet
}

var _ syscall.Conn = (*Socket)(nil)

var (
	errStarted    = fmt.Errorf("a connection was started before: %w", os.ErrInvalid)
	errNotStarted = fmt.Errorf("no connection was started: %w", os.ErrInvalid)
	errNoPeer     = fmt.Errorf("the socket is not connected: %w", os.ErrInvalid)
	errNoListener = fmt.Errorf("the socket does not listen: %w", os.ErrInvalid)
)

// NewSocket makes a socket for the network and applies the options in their
// order. If one fails, there is no Socket.
//
// The network is "tcp4" for IPv4 or "tcp6" for IPv6. "tcp" is IPv6 that can
// also speak IPv4, or IPv4 where the system has no such socket; options of the
// Internet Protocol, such as [sockopt.HopLimit], are those of IPv6 on it, so
// that "tcp4" is to be preferred if the address is known to be of IPv4.
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
		return nil, &net.OpError{Op: "socket", Net: network, Err: bare(err)}
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

// openFamily makes a socket, which package net then gives what it gives to
// connections.
func openFamily(network string, v6 bool) (*Socket, error) {
	fd, err := sys.Socket(v6)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	f := os.NewFile(fd, "socket")
	defer f.Close()
	nc, err := tcpConn(f)
	if err != nil {
		return nil, err
	}
	c, err := wrap(nc)
	if err != nil {
		nc.Close()
		return nil, err
	}
	s := &Socket{network: network, v6: v6, conn: c}
	if s.defaults, err = managed(c); err != nil {
		s.discard()
		return nil, err
	}
	return s, nil
}

// discard closes the socket, if there is one.
func (s *Socket) discard() {
	if s != nil && s.conn != nil {
		s.conn.Close()
	}
}

// SyscallConn returns a raw connection to the socket. It makes socket options
// work on s, at any time before it is connected or listens:
//
//	err := sockopt.ReadBuffer.Set(s, 1<<20)
func (s *Socket) SyscallConn() (syscall.RawConn, error) { return s.conn.SyscallConn() }

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
		err = s.conn.closedOr(err)
	} else {
		err = s.do("bind", func(fd uintptr) error { return sys.Bind(fd, s.v6, to) })
	}
	if err != nil {
		return &net.OpError{Op: "bind", Net: s.network, Addr: net.TCPAddrFromAddrPort(addr), Err: bare(err)}
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
		s.local = net.TCPAddrFromAddrPort(nameZone(addr))
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
		return s.connectError(remote, s.conn.closedOr(err))
	}
	err = s.do("connect", func(fd uintptr) (err error) {
		s.deferred, err = sys.Connect(fd, s.v6, to)
		return err
	})
	if err != nil {
		return s.fail(remote, err)
	}
	s.remote = remote
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
// If nothing was started, errors.Is(err, [os.ErrInvalid]) holds. Any other error
// closes the Socket, such as [syscall.ECONNREFUSED]. That is also the error where
// nobody listens and the system has connected the socket with itself, as it can
// if it picks the port; [net.Dial] then dials again.
//
// With [sockopt.FastOpenConnect] the Conn can be there before the peer knows of
// it.
func (s *Socket) FinishConnect(ctx context.Context) (*Conn, error) {
	for ready := false; ; ready = true {
		c, err := s.take(ready)
		if c != nil || err != nil {
			return c, err
		}
		if _, err := s.conn.Wait(ctx, Writable); err != nil {
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
		return nil, s.connectError(nil, s.conn.closedOr(errNotStarted))
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
	var c *Conn
	if err == nil {
		c, err = s.become()
	}
	if err != nil {
		return nil, s.fail(s.remote, err)
	}
	if c.RemoteAddr() == nil {
		c.remote = s.remote // the peer is not there yet, or no longer
	}
	s.leave()
	return c, nil
}

// become makes a Conn of the socket.
func (s *Socket) become() (*Conn, error) {
	f, err := dupFile(s)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return adopt(f)
}

// Listen makes a Listener of the socket. The backlog is how many connections
// can wait to be accepted, which package net leaves to the system; the system
// has an upper limit, such as Linux's net.core.somaxconn, and may round it. A
// socket that was not bound listens on all addresses of the machine, on some
// port.
//
// The options that are set on s by then hold for the connections too: those that
// package net would set itself (NoDelay and keep-alive) are set on each, and most
// systems hand the others down. If there is an error, the Socket stays open.
// It is listen(2).
func (s *Socket) Listen(backlog int) (*Listener, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.do("listen", func(fd uintptr) error { return sys.Listen(fd, backlog) })
	var l *Listener
	if err == nil {
		l, err = s.listener()
	}
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: s.network, Addr: s.localAddr(), Err: bare(err)}
	}
	s.leave()
	return l, nil
}

// listener makes a Listener of the socket, which listens.
func (s *Socket) listener() (*Listener, error) {
	now, err := managed(s)
	if err != nil {
		return nil, err
	}
	f, err := dupFile(s)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	l, err := tcpListener(f)
	if err != nil {
		return nil, err
	}
	return &Listener{TCPListener: l, connOptions: without(now, s.defaults)}, nil
}

// Close closes the socket, and ends an attempt to connect it.
func (s *Socket) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.SyscallConn(); err != nil {
		return err
	}
	if err := s.leave(); err != nil {
		return &net.OpError{Op: "close", Net: s.network, Source: s.local, Err: bare(err)}
	}
	return nil
}

// leave closes the socket's own descriptor, and keeps its address.
func (s *Socket) leave() error {
	s.localAddr()
	return s.conn.Close()
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
	return &net.OpError{Op: "connect", Net: s.network, Source: s.localAddr(), Addr: remote, Err: bare(err)}
}

// bare returns an error without what a [syscall.RawConn] or package sockopt or
// net has put around it, for another to be put there.
func bare(err error) error {
	if e, ok := err.(*net.OpError); ok {
		return e.Err
	}
	return err
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
		zone, ok := zoneNumber(ip.Zone())
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

// zoneNumber returns the number of the zone, which is an interface or its number.
func zoneNumber(zone string) (number string, ok bool) {
	if i, err := net.InterfaceByName(zone); err == nil {
		return strconv.Itoa(i.Index), true
	}
	_, err := strconv.ParseUint(zone, 10, 32)
	return zone, err == nil
}

// nameZone returns the address with the interface for its zone.
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

// FileConn makes a Conn of a connected TCP socket that is there as a file: one
// that another process has passed on, or that was made by other means. The Conn
// has a descriptor of its own: closing it does not close f, nor the other way
// round, and the connection ends when both are closed.
//
// It is [net.FileConn] that leaves the options as they are: that one turns
// NoDelay and KeepAlive on and sets the times of the latter. As that does, it puts
// the socket into non-blocking mode, also for those who share it.
//
// A socket that is not TCP is refused, with an error for which
// errors.Is(err, [errors.ErrUnsupported]) holds, as it does on js. For one that
// is not connected, or no longer, errors.Is(err, [os.ErrInvalid]) holds.
func FileConn(f *os.File) (*Conn, error) {
	own, err := ownFile(f)
	if err != nil {
		return nil, fileError(err)
	}
	if own != f {
		defer own.Close()
	}
	c, err := adopt(own)
	if err != nil {
		return nil, fileError(err)
	}
	if c.RemoteAddr() == nil {
		c.Close()
		return nil, fileError(errNoPeer)
	}
	return c, nil
}

// FileListener makes a Listener of a TCP socket that listens and is there as a
// file, such as one that a service manager has opened. It is [net.FileListener]:
// the Listener has a descriptor of its own, and gives to its connections what
// package net gives them, whatever the options of the socket are.
//
// A socket that is not TCP is refused, with an error for which
// errors.Is(err, [errors.ErrUnsupported]) holds, as it does on js. For one that
// does not listen, errors.Is(err, [os.ErrInvalid]) holds.
func FileListener(f *os.File) (*Listener, error) {
	own, err := ownFile(f)
	if err != nil {
		return nil, fileError(err)
	}
	if own != f {
		defer own.Close()
	}
	if on, err := sockopt.AcceptConn.Get(own); err == nil && !on {
		return nil, fileError(errNoListener)
	}
	l, err := tcpListener(own)
	if err != nil {
		return nil, fileError(err)
	}
	return &Listener{TCPListener: l}, nil
}

// ownFile returns another file for the same socket, or the same file where that
// cannot be had. Package net calls Fd, which can put the socket into blocking
// mode for a moment and f for good.
func ownFile(f *os.File) (*os.File, error) {
	own, err := dupFile(f)
	if errors.Is(err, errors.ErrUnsupported) {
		return f, nil
	}
	return own, err
}

// dupFile returns another descriptor for the same socket, as a file.
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

// fileError makes of err an error of [FileConn] and [FileListener].
func fileError(err error) error {
	err = bare(err)
	if sys.IsUnsupported(err) {
		err = errors.ErrUnsupported // js, which says ENOPROTOOPT
	}
	return &net.OpError{Op: "file", Net: "tcp", Err: err}
}

// adopt makes a Conn of a socket and leaves its options as they are.
func adopt(f *os.File) (*Conn, error) {
	before, err := managed(f)
	if err != nil {
		return nil, err
	}
	nc, err := tcpConn(f)
	if err != nil {
		return nil, err
	}
	now, err := managed(nc)
	var c *Conn
	if err == nil {
		c, err = wrapWith(nc, without(before, now))
	}
	if err != nil {
		nc.Close()
		return nil, err
	}
	return c, nil
}

// tcpConn is [net.FileConn] of a TCP socket.
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

// tcpListener is [net.FileListener] of a TCP socket.
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
	return fmt.Errorf("the socket makes a %T, not one of TCP: %w", v, errors.ErrUnsupported)
}

// managed returns the options that package net sets itself, see isOverwritten,
// as they are on c.
func managed(c syscall.Conn) ([]sockopt.Setting, error) {
	var s []sockopt.Setting
	err := cmp.Or(
		save(&s, c, sockopt.NoDelay),
		save(&s, c, sockopt.KeepAlive),
		save(&s, c, sockopt.KeepAliveIdle),
		save(&s, c, sockopt.KeepAliveInterval),
		save(&s, c, sockopt.KeepAliveCount),
	)
	return s, err
}

// save appends the option as it is on c, if the socket has it.
func save[T any](s *[]sockopt.Setting, c syscall.Conn, o sockopt.Option[T]) error {
	v, err := o.Get(c)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	if err != nil {
		return err
	}
	*s = append(*s, o.To(v))
	return nil
}

// without returns the settings that are not among the others.
func without(settings, others []sockopt.Setting) []sockopt.Setting {
	return slices.DeleteFunc(settings, func(s sockopt.Setting) bool { return slices.Contains(others, s) })
}

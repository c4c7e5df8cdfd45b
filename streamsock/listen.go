// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"syscall"
	"time"

	"example.com/streamsock/internal/neterr"
	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock/sockopt"
)

// Listen listens on the address on the named network, which must be "tcp",
// "tcp4" or "tcp6". See [net.Listen] for the form of the address.
//
// The options are set on the listening socket. On most systems accepted
// connections inherit them, except as described with each option. TCP_NODELAY
// and keep-alive, which package net sets itself, are set on each connection;
// see [ListenConfig].Options. To set other options on each connection, use a
// ListenConfig.
//
// Unlike net.Listen, Listen does not use multipath TCP.
func Listen(network, address string, opts ...sockopt.Setting) (*Listener, error) {
	lc := ListenConfig{Options: opts}
	return lc.Listen(context.Background(), network, address)
}

// A ListenConfig listens like a [net.ListenConfig] and sets socket options. The
// zero ListenConfig is ready to use. It is safe to call a ListenConfig's
// methods concurrently.
type ListenConfig struct {
	// NetConfig has the other parameters of the listener; nil means the zero
	// net.ListenConfig. It is not modified. Its Control function is called
	// before the options are set. Its SetMultipathTCP is ignored; use
	// Multipath.
	NetConfig *net.ListenConfig

	// Options are set, in order, on the listening socket before it is bound. If
	// one fails, Listen fails; the error names the option and the address. The
	// options that package net sets itself on each accepted connection
	// (TCP_NODELAY and keep-alive) are then set on the connection again.
	// [sockopt.KeepAlive] applies only to the connections: it is off on the
	// listening socket, because macOS and the BSDs would otherwise probe the
	// socket and close it.
	Options []sockopt.Setting

	// ConnOptions are set, in order, on each accepted connection. Listen fails
	// if one of them can never be set, that is, if setting it on a new socket
	// returns an error wrapping [errors.ErrUnsupported], [os.ErrInvalid],
	// [os.ErrPermission] or, for the name of an algorithm, [os.ErrNotExist].
	// For other errors see Refused.
	ConnOptions []sockopt.Setting

	// Refused, if not nil, is called for each connection that Accept closes
	// because an option could not be set on it. The error names the option.
	// Refused must not keep the connection. If Refused is nil, package log
	// prints the error.
	Refused func(c *net.TCPConn, err error)

	// Multipath enables multipath TCP, which package net enables by default on
	// Linux. If the system does not support it, the listener uses plain TCP.
	// Several options are not supported on a multipath socket, and make Listen
	// fail. Connections do not inherit some others, so every one of Options
	// that can be set at any time is also set on each connection.
	//
	// If a multipath connection does not support one of ConnOptions, it is
	// accepted without that option. Therefore the peer decides whether a
	// connection has it. Do not use Multipath with an option that each
	// connection must have, such as [sockopt.MinHopLimit].
	Multipath bool

	// Plain makes Accept, but not the other methods, return a *[net.TCPConn],
	// with the options set, for servers and libraries that look for this type.
	Plain bool

	// Backlog is the maximum number of connections that wait to be accepted. If
	// it is 0 (the default), the value of package net is used, which is the
	// largest that the system allows. A larger number is reduced to that. If it
	// is negative or exceeds 31 bits, the error wraps [os.ErrInvalid].
	//
	// If Backlog is not 0, Listen and Wrap return an error wrapping
	// [errors.ErrUnsupported] on Plan 9, js and wasip1. So does Wrap on
	// Windows, because Windows ignores a second call of listen.
	Backlog int
}

// Listen listens on the address on the named network, which must be "tcp",
// "tcp4" or "tcp6".
func (lc *ListenConfig) Listen(ctx context.Context, network, address string) (*Listener, error) {
	if err := checkNetwork("listen", network); err != nil {
		return nil, err
	}
	if err := checkBacklog(lc.Backlog); err != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Err: err}
	}
	var nlc net.ListenConfig
	if lc.NetConfig != nil {
		nlc = *lc.NetConfig
	}
	nlc.SetMultipathTCP(lc.Multipath)
	all := netOptions(nlc)
	control := listenControl{user: nlc.Control, apply: sockopt.Control(lc.listenOptions()...)}
	if sys.InheritsKeepAlive && !lc.Multipath {
		control.times = takeKeepAliveTimes(&nlc, all)
	}
	if len(lc.Options) > 0 || len(control.times) > 0 {
		nlc.Control = control.call
	}
	nl, err := listenTCP(ctx, &nlc, network, address, lc.Backlog)
	if err != nil {
		return nil, err
	}
	l, err := newListener(nl)
	if err == nil {
		err = control.outcome(l, lc.Options)
	}
	if err == nil {
		err = lc.checkConnOptions(l)
	}
	if err == nil && lc.Backlog > 0 && sys.CanRelisten {
		err = l.setBacklog(lc.Backlog)
	}
	if err != nil {
		nl.Close()
		return nil, err
	}
	l.plain, l.refused, l.connOptions = lc.Plain, lc.Refused, lc.connOptions()
	l.netOptions, l.keepAlive.settings = all, control.times
	if lc.Backlog > 0 && !sys.CanRelisten {
		l.keepAlive.settings = acceptOptions(nlc)
	}
	return l, nil
}

// Wrap returns a Listener for l, such as a listener inherited from a service
// manager or from the process that this one replaces. It sets Options on the
// socket. For each accepted connection, it sets ConnOptions, those of Options
// that Listen sets on connections, and the keep-alive times of NetConfig.
// Multipath is ignored, and so are the fields of NetConfig that concern the
// creation of a socket.
//
// The result and l refer to the same listening socket: closing either closes
// both. If Wrap returns an error, the caller must close l.
func (lc *ListenConfig) Wrap(l *net.TCPListener) (*Listener, error) {
	if l == nil {
		return nil, fmt.Errorf("streamsock: cannot wrap a nil %T: %w", l, errors.ErrUnsupported)
	}
	if err := checkBacklog(lc.Backlog); err != nil {
		return nil, neterr.Wrap("listen", l, err)
	}
	w, err := newListener(l)
	if err != nil {
		return nil, err
	}
	if err := lc.checkConnOptions(w); err != nil {
		return nil, err
	}
	if err := sockopt.Apply(l, lc.listenOptions()...); err != nil {
		return nil, withOp("listen", err)
	}
	if lc.Backlog > 0 {
		if err := w.setBacklog(lc.Backlog); err != nil {
			return nil, err
		}
	}
	w.plain, w.refused, w.connOptions = lc.Plain, lc.Refused, lc.connOptions()
	if lc.NetConfig != nil {
		w.netOptions = netOptions(*lc.NetConfig)
		w.keepAlive.settings = acceptOptions(*lc.NetConfig)
	}
	return w, nil
}

// setBacklog calls listen(2) again.
func (l *Listener) setBacklog(n int) error {
	rc, err := l.SyscallConn()
	switch {
	case err != nil:
	case !sys.CanRelisten:
		err = errNoRelisten
	default:
		err = control(rc, func(fd uintptr) error { return neterr.Syscall("listen", sys.Listen(fd, n)) })
	}
	if err != nil {
		return l.opError("listen", err)
	}
	return nil
}

// A listenControl is a control function of a listener, and its result.
type listenControl struct {
	user, apply func(network, address string, rc syscall.RawConn) error
	times       []sockopt.Setting // of keepAliveTimes

	called bool
	err    error // the first error of apply
}

// call calls the user's function, then sets the options.
func (c *listenControl) call(network, address string, rc syscall.RawConn) error {
	c.called = true
	if c.user != nil {
		if err := c.user(network, address, rc); err != nil {
			return err
		}
	}
	_ = sockopt.Control(c.times...)(network, address, rc) // package net ignores the error too
	err := c.apply(network, address, rc)
	if c.err == nil {
		c.err = err
	}
	return err
}

// outcome returns the error of the options of a listener that package net has
// created. If the options fail on a multipath socket, package net silently
// falls back to plain TCP. On systems without sockets (js, wasip1, Plan 9) it
// does not call the control function.
func (c *listenControl) outcome(l *Listener, opts []sockopt.Setting) error {
	if !c.called {
		return withOp("listen", sockopt.Apply(l, opts...))
	}
	if c.err != nil {
		return &net.OpError{Op: "listen", Net: l.Addr().Network(), Addr: l.Addr(), Err: c.err}
	}
	return nil
}

// listenOptions returns the options for the listening socket. Keep-alive is
// turned on and then off, so that an error makes Listen fail.
func (lc *ListenConfig) listenOptions() []sockopt.Setting {
	keepAlive := sockopt.KeepAlive.Info()
	if !slices.ContainsFunc(lc.Options, func(s sockopt.Setting) bool { return isSame(s.Info(), keepAlive) }) {
		return lc.Options
	}
	return append(slices.Clip(lc.Options), noKeepAlive...)
}

// connOptions returns the options for each accepted connection.
func (lc *ListenConfig) connOptions() []sockopt.Setting {
	var s []sockopt.Setting
	for _, o := range lc.Options {
		if i := o.Info(); isManaged(i) || lc.Multipath && i.When == sockopt.AnyTime {
			s = append(s, o)
		}
	}
	return append(s, lc.ConnOptions...)
}

// checkConnOptions returns the error of one of ConnOptions that no connection
// of l can have. It sets them on a socket of the same family that package net
// creates and that never listens.
func (lc *ListenConfig) checkConnOptions(l *Listener) error {
	if len(lc.ConnOptions) == 0 {
		return nil
	}
	var never error
	var nlc net.ListenConfig
	nlc.SetMultipathTCP(false)
	nlc.Control = func(network, address string, rc syscall.RawConn) error {
		for rest := lc.ConnOptions; len(rest) > 0 && never == nil; rest = rest[1:] {
			err := sockopt.Control(rest...)(network, address, rc)
			if err == nil {
				break
			}
			if isForever(err) {
				never = err
			}
		}
		return errProbed
	}
	if nl, err := nlc.Listen(context.Background(), networkOf(l.TCPListener), l.Addr().String()); err == nil {
		nl.Close() // js, wasip1 and plan9 have no socket options
	}
	if never != nil {
		return l.opError("listen", never)
	}
	return nil
}

// isForever reports whether err, returned by an option, does not depend on the
// state of the socket.
func isForever(err error) bool {
	for _, e := range [...]error{errors.ErrUnsupported, os.ErrInvalid, os.ErrPermission, os.ErrNotExist} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// A Listener is a TCP listener. It embeds a *[net.TCPListener], and sets socket
// options on the connections that it accepts. Use [Listen], a [ListenConfig] or
// [FileListener] to obtain one.
//
// Multiple goroutines may invoke methods on a Listener simultaneously.
type Listener struct {
	*net.TCPListener
	pollable
	listenerOptions
	queue acceptQueue
}

// listenerOptions specify what a Listener does with its connections.
type listenerOptions struct {
	plain       bool // of ListenConfig
	connOptions []sockopt.Setting
	refused     func(*net.TCPConn, error)
	netOptions  []sockopt.Setting // what package net sets
	keepAlive   keepAliveTimes
}

var (
	_ net.Listener = (*Listener)(nil)
	_ syscall.Conn = (*Listener)(nil)
)

// newListener returns a Listener for nl.
func newListener(nl *net.TCPListener) (*Listener, error) {
	raw, err := nl.SyscallConn()
	if err != nil {
		return nil, fmt.Errorf("streamsock: cannot wrap a zero %T: %w", nl, errors.ErrUnsupported)
	}
	l := &Listener{TCPListener: nl}
	if sys.NeedsPrepare {
		if err := control(raw, sys.Prepare); err != nil { // for accept
			return nil, err
		}
	}
	l.netOptions = netOptions(net.ListenConfig{})
	l.init(raw, listenDeadline{nl})
	return l, nil
}

// A listenDeadline has the deadline of a listener as the read deadline.
type listenDeadline struct{ *net.TCPListener }

func (l listenDeadline) SetReadDeadline(t time.Time) error { return l.SetDeadline(t) }
func (l listenDeadline) SetWriteDeadline(time.Time) error  { return nil }

// SyscallConn returns the raw connection of [net.TCPListener.SyscallConn], for
// socket options. All calls return the same value.
func (l *Listener) SyscallConn() (syscall.RawConn, error) {
	if l == nil {
		return nil, syscall.EINVAL
	}
	return l.pollable.SyscallConn()
}

// SetDeadline sets the deadline, like [net.TCPListener.SetDeadline]. It applies
// to all blocking methods.
func (l *Listener) SetDeadline(t time.Time) error { return l.read.setTo(t) }

// Close closes the listener, like [net.TCPListener.Close]. It also unblocks
// [Listener.AcceptContext], removes l from every [PollSet], and closes the
// connections that [Listener.TryAccept] has kept because no descriptor was
// free.
func (l *Listener) Close() error {
	if _, err := l.SyscallConn(); err != nil {
		return err
	}
	l.queue.close()
	return l.pollable.close(l.TCPListener.Close)
}

// opError returns err as an error of package net.
func (l *Listener) opError(op string, err error) *net.OpError {
	e := neterr.Wrap(op, l, err)
	if network := networkOf(l.TCPListener); network != "" {
		e.Net = network
	}
	return e
}

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

// Listen listens on the address, which has the form that [net.Listen] takes,
// on network "tcp", "tcp4" or "tcp6". The options are for the listener; most
// systems hand those of a connection down to the connections that it
// accepts. Those that package net sets itself (TCP_NODELAY and keep-alive) are
// set on each connection; see [ListenConfig].Options. Use a ListenConfig to set
// others on each connection.
//
// Unlike that of net.Listen, the listener does not speak multipath TCP.
func Listen(network, address string, opts ...sockopt.Setting) (*Listener, error) {
	lc := ListenConfig{Options: opts}
	return lc.Listen(context.Background(), network, address)
}

// A ListenConfig listens as its [net.ListenConfig] says, with socket options.
// The zero ListenConfig is ready for use and may be used by several
// goroutines at once.
type ListenConfig struct {
	// NetConfig says how to listen; nil stands for the zero
	// net.ListenConfig. It is not changed. Its Control is called before the
	// options are applied; its SetMultipathTCP does not count, see
	// Multipath.
	NetConfig *net.ListenConfig

	// Options are applied, in their order, to the listener's socket before
	// it is bound. One that fails makes Listen fail; the error names option
	// and address. Those that package net sets itself on each connection
	// that it accepts (TCP_NODELAY and keep-alive) are applied to the
	// connections again. [sockopt.KeepAlive] is for the connections only:
	// it is off on the listener, which macOS and the BSDs would otherwise
	// probe and close.
	Options []sockopt.Setting

	// ConnOptions are applied, in their order, to each connection that the
	// listener accepts. One that no connection can ever have makes Listen fail: the
	// error of a new socket wraps [errors.ErrUnsupported], [os.ErrInvalid],
	// [os.ErrPermission] or, for the name of an algorithm, [os.ErrNotExist]. For any
	// other that fails see Refused.
	ConnOptions []sockopt.Setting

	// Refused, unless nil, is called with each connection that Accept closes because
	// an option could not be set on it, and with the error, which names the option.
	// Refused must not keep the connection. If it is nil, package log prints the error.
	Refused func(c *net.TCPConn, err error)

	// Multipath makes a listener that speaks multipath TCP with peers that
	// do, as package net's listeners are on Linux; where the system has no
	// multipath TCP, it is one of plain TCP. Several options do not work on
	// a multipath socket and make Listen fail; the system does not hand
	// others down to the connections, so every one of Options that may be
	// set at any time is applied to them again.
	//
	// One of ConnOptions that does not work on a multipath connection is
	// left out there, so that the peer chooses whether the connection has
	// it. Do not use Multipath with an option that each connection must
	// have, such as [sockopt.MinHopLimit].
	Multipath bool

	// Plain makes Accept, and only Accept, return connections of package net,
	// *[net.TCPConn], with the options applied. It is for servers and libraries
	// that look for this type.
	Plain bool

	// Backlog is the number of connections that can wait to be accepted. 0 is
	// what package net asks for, the most that the system allows; the system
	// also limits a larger number. A negative one, or one of more than 31 bits,
	// is an error wrapping [os.ErrInvalid]. On plan9, js and wasip1, any other
	// than 0 is an error wrapping [errors.ErrUnsupported], and so it is in Wrap
	// on Windows, which ignores a second listen.
	Backlog int
}

// Listen listens on the address on the network, "tcp", "tcp4" or "tcp6".
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

// Wrap makes a Listener of one that is there already, such as one inherited from a
// service manager or from the process that this one replaces. Options are applied to
// its socket now, ConnOptions and what Options says of the connections to each that it
// accepts, and so are the times of keep-alive of NetConfig. Multipath, and what
// NetConfig says of creating a socket, do not count.
//
// Both are the same listener: to close one closes the other. The caller closes l if
// there is an error.
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

// A listenControl is a control function of a listener, and what became of it.
type listenControl struct {
	user, apply func(network, address string, rc syscall.RawConn) error
	times       []sockopt.Setting // of keepAliveTimes

	called bool
	err    error // the first of apply
}

// call calls the user's function, then applies the options.
func (c *listenControl) call(network, address string, rc syscall.RawConn) error {
	c.called = true
	if c.user != nil {
		if err := c.user(network, address, rc); err != nil {
			return err
		}
	}
	_ = sockopt.Control(c.times...)(network, address, rc) // package net ignores an error too
	err := c.apply(network, address, rc)
	if c.err == nil {
		c.err = err
	}
	return err
}

// outcome returns what is wrong with the options of a listener that package
// net made. It makes one of plain TCP without a word if the options fail on
// a multipath socket. On systems without sockets (js, wasip1, plan9) it does
// not call the control function.
func (c *listenControl) outcome(l *Listener, opts []sockopt.Setting) error {
	if !c.called {
		return withOp("listen", sockopt.Apply(l, opts...))
	}
	if c.err != nil {
		return &net.OpError{Op: "listen", Net: l.Addr().Network(), Addr: l.Addr(), Err: c.err}
	}
	return nil
}

// listenOptions returns what is to be applied to the listener. Keep-alive is
// applied too, and then turned off, so that an error in it makes Listen fail.
func (lc *ListenConfig) listenOptions() []sockopt.Setting {
	keepAlive := sockopt.KeepAlive.Info()
	if !slices.ContainsFunc(lc.Options, func(s sockopt.Setting) bool { return isSame(s.Info(), keepAlive) }) {
		return lc.Options
	}
	return append(slices.Clip(lc.Options), noKeepAlive...)
}

// connOptions returns what is to be applied to each accepted connection.
func (lc *ListenConfig) connOptions() []sockopt.Setting {
	var s []sockopt.Setting
	for _, o := range lc.Options {
		if i := o.Info(); isManaged(i) || lc.Multipath && i.When == sockopt.AnyTime {
			s = append(s, o)
		}
	}
	return append(s, lc.ConnOptions...)
}

// checkConnOptions returns the error of one of ConnOptions that no connection of l can
// have. It sets them on a socket of the same family that package net makes and that
// never listens.
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

// isForever reports whether err, of an option, does not depend on the state of the
// socket.
func isForever(err error) bool {
	for _, e := range [...]error{errors.ErrUnsupported, os.ErrInvalid, os.ErrPermission, os.ErrNotExist} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// A Listener accepts TCP connections. It is what package net calls a
// [net.TCPListener], which it embeds, with socket options for the connections.
// It comes from [Listen] or a [ListenConfig].
type Listener struct {
	*net.TCPListener
	pollable
	listenerOptions
	queue acceptQueue
}

// listenerOptions are what a Listener does with its connections.
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

// newListener makes a Listener of one of package net.
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

// A listenDeadline is the deadline of a listener as that of a connection.
type listenDeadline struct{ *net.TCPListener }

func (l listenDeadline) SetReadDeadline(t time.Time) error { return l.SetDeadline(t) }
func (l listenDeadline) SetWriteDeadline(time.Time) error  { return nil }

// SyscallConn returns the raw connection of [net.TCPListener.SyscallConn], always the
// same. It makes socket options work on l.
func (l *Listener) SyscallConn() (syscall.RawConn, error) {
	if l == nil {
		return nil, syscall.EINVAL
	}
	return l.pollable.SyscallConn()
}

// SetDeadline is [net.TCPListener.SetDeadline]. It holds for all methods that wait.
func (l *Listener) SetDeadline(t time.Time) error { return l.read.setTo(t) }

// Close is [net.TCPListener.Close]. It also ends what waits in
// [Listener.AcceptContext], takes l out of every [PollSet], and closes a connection
// that could not become a Conn.
func (l *Listener) Close() error {
	if _, err := l.SyscallConn(); err != nil {
		return err
	}
	l.queue.close()
	return l.pollable.close(l.TCPListener.Close)
}

// opError returns the error that package net would return.
func (l *Listener) opError(op string, err error) *net.OpError {
	e := neterr.Wrap(op, l, err)
	if network := networkOf(l.TCPListener); network != "" {
		e.Net = network
	}
	return e
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"net"
	"syscall"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock/sockopt"
)

// Listen listens on the address, which has the form that [net.Listen] takes,
// on network "tcp", "tcp4" or "tcp6". The options are for the listener; most
// systems hand those of a connection down to the connections that it
// accepts. Use a [ListenConfig] to set options on each connection.
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
	// connections again.
	Options []sockopt.Setting

	// ConnOptions are applied, in their order, to each connection that the
	// listener accepts.
	ConnOptions []sockopt.Setting

	// Multipath makes a listener that speaks multipath TCP with peers that
	// do, as package net's listeners are on Linux; where the system has no
	// multipath TCP, it is one of plain TCP. Several options do not work on
	// a multipath socket and make Listen fail; the system does not hand
	// others down to the connections, so every one of Options that may be
	// set at any time is applied to them again.
	Multipath bool
}

// Listen listens on the address on the network, "tcp", "tcp4" or "tcp6".
func (lc *ListenConfig) Listen(ctx context.Context, network, address string) (*Listener, error) {
	if err := checkNetwork("listen", network); err != nil {
		return nil, err
	}
	var nlc net.ListenConfig
	if lc.NetConfig != nil {
		nlc = *lc.NetConfig
	}
	nlc.SetMultipathTCP(lc.Multipath)
	control := listenControl{user: nlc.Control, apply: sockopt.Control(lc.Options...)}
	if len(lc.Options) > 0 {
		nlc.Control = control.call
	}
	nl, err := nlc.Listen(ctx, network, address)
	if err != nil {
		return nil, err
	}
	l := &Listener{TCPListener: nl.(*net.TCPListener), connOptions: lc.connOptions()}
	if err := control.outcome(l, lc.Options); err != nil {
		nl.Close()
		return nil, err
	}
	return l, nil
}

// A listenControl is a control function of a listener, and what became of it.
type listenControl struct {
	user, apply func(network, address string, rc syscall.RawConn) error

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

// connOptions returns what is to be applied to each accepted connection.
func (lc *ListenConfig) connOptions() []sockopt.Setting {
	var s []sockopt.Setting
	for _, o := range lc.Options {
		if i := o.Info(); isOverwritten(i) || lc.Multipath && i.When == sockopt.AnyTime {
			s = append(s, o)
		}
	}
	return append(s, lc.ConnOptions...)
}

// A Listener accepts TCP connections. It is what package net calls a
// [net.TCPListener], which it embeds, with socket options for the connections.
// It comes from [Listen] or a [ListenConfig].
type Listener struct {
	*net.TCPListener
	connOptions []sockopt.Setting
}

var _ net.Listener = (*Listener)(nil)

// Accept waits for the next connection and returns it. If the error is nil,
// the connection is a *[Conn].
func (l *Listener) Accept() (net.Conn, error) {
	c, err := l.AcceptStream()
	if err != nil {
		return nil, err // a nil *Conn in a net.Conn would not be nil
	}
	return c, nil
}

// AcceptTCP is Accept with the connection as package net's type. The options
// are applied to it too.
func (l *Listener) AcceptTCP() (*net.TCPConn, error) {
	c, err := l.AcceptStream()
	if err != nil {
		return nil, err
	}
	return c.TCPConn, nil
}

// AcceptStream is Accept with the connection's own type.
//
// An option that cannot be applied to a connection closes it and is the
// error. If the connection broke before it could be accepted, which some
// systems show in that way, it is passed over: a peer must not be able to
// end a server's loop.
func (l *Listener) AcceptStream() (*Conn, error) {
	for {
		nc, err := l.TCPListener.AcceptTCP()
		if err != nil {
			return nil, err
		}
		c, err := wrapWith(nc, l.connOptions)
		if err == nil {
			return c, nil
		}
		broken := !isConnected(nc)
		nc.Close()
		if !broken {
			return nil, withOp("accept", err)
		}
	}
}

// isConnected reports whether c still has a peer; it is false after a reset.
func isConnected(c syscall.Conn) bool {
	rc, err := c.SyscallConn()
	if err != nil {
		return false
	}
	connected := false
	err = rc.Control(func(fd uintptr) { connected = sys.IsConnected(fd) })
	return err == nil && connected
}

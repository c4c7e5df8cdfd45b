// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"example.com/streamsock/streamsock/sockopt"
)

// Dial connects to the address on the network, which is "tcp", "tcp4" or
// "tcp6"; see [net.Dial] for the form of the address. The options are applied
// before the handshake and hold after it; see [Dialer].
func Dial(network, address string, opts ...sockopt.Setting) (*Conn, error) {
	return DialContext(context.Background(), network, address, opts...)
}

// DialTimeout is [Dial] with a limit on the time that it takes, name lookup
// included; see [net.DialTimeout].
func DialTimeout(network, address string, timeout time.Duration, opts ...sockopt.Setting) (*Conn, error) {
	d := Dialer{NetDialer: &net.Dialer{Timeout: timeout}, Options: opts}
	return d.DialStream(context.Background(), network, address)
}

// DialContext is [Dial] that ends with the context. Once connected, the
// context has no effect on the connection.
func DialContext(ctx context.Context, network, address string, opts ...sockopt.Setting) (*Conn, error) {
	d := Dialer{Options: opts}
	return d.DialStream(ctx, network, address)
}

// A Dialer connects as its [net.Dialer] says, with socket options. The zero
// Dialer is ready for use and may be used by several goroutines at once.
//
// It is a [net.Dialer] for those who take one as a function or interface:
// [net/http.Transport].DialContext, golang.org/x/net/proxy and database
// drivers.
type Dialer struct {
	// NetDialer says how to connect; nil stands for the zero net.Dialer. It
	// is not changed. Its Control or ControlContext is called before the
	// options are applied. If its SetMultipathTCP was called, an option that
	// fails on a multipath socket has package net connect by plain TCP.
	NetDialer *net.Dialer

	// Options are applied, in their order, to each socket before it is
	// connected. One that fails makes that attempt fail; if no other address
	// of the host succeeds, the error names option and address. Those that
	// package net sets itself once a connection stands (TCP_NODELAY and
	// keep-alive) are then applied again.
	Options []sockopt.Setting

	// Plain makes Dial and DialContext return connections of package net, with
	// the options applied: a *[net.TCPConn] or *[net.UnixConn]. It is for
	// libraries that look for these types.
	Plain bool
}

// Dial connects to the address on the network: "tcp", "tcp4", "tcp6" or "unix". If
// the error is nil, the connection is a *[Conn], for "unix" a *[UnixConn]. With
// Plain it is one of package net.
//
// The options of a Unix socket are those of the socket level. One that it lacks is
// an error that names the option.
func (d *Dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// DialContext is Dial that ends with the context.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if network == "unix" {
		return d.dialUnix(ctx, address)
	}
	c, err := d.DialStream(ctx, network, address)
	switch {
	case err != nil:
		return nil, err // a nil *Conn in a net.Conn would not be nil
	case d.Plain:
		return c.TCPConn, nil
	}
	return c, nil
}

// dialUnix connects to a Unix stream socket.
func (d *Dialer) dialUnix(ctx context.Context, path string) (net.Conn, error) {
	nc, again, err := d.dial(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	var c *UnixConn
	if err = sockopt.Apply(nc.(*net.UnixConn), again...); err == nil && !d.Plain {
		c, err = wrapUnix(nc.(*net.UnixConn))
	}
	switch {
	case err != nil:
		nc.Close()
		return nil, withOp("dial", err)
	case d.Plain:
		return nc, nil
	}
	return c, nil
}

// DialStream is DialContext with the connection's own type, for networks "tcp",
// "tcp4" and "tcp6". Plain makes no difference.
func (d *Dialer) DialStream(ctx context.Context, network, address string) (*Conn, error) {
	if err := checkNetwork("dial", network); err != nil {
		return nil, err
	}
	nc, again, err := d.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c, err := wrapWith(nc.(*net.TCPConn), again)
	if err != nil {
		nc.Close()
		return nil, withOp("dial", err)
	}
	return c, nil
}

// dial connects by package net, and returns the options that are still to be
// applied.
func (d *Dialer) dial(ctx context.Context, network, address string) (nc net.Conn, again []sockopt.Setting, err error) {
	var nd net.Dialer
	if d.NetDialer != nil {
		nd = *d.NetDialer
	}
	var applied atomic.Bool
	if len(d.Options) > 0 {
		nd.ControlContext = dialControl(nd, d.Options, &applied)
	}
	if nc, err = nd.DialContext(ctx, network, address); err != nil {
		return nil, nil, err
	}
	again = d.Options
	if applied.Load() {
		again = managedOf(d.Options)
	}
	return nc, again, nil
}

// dialControl returns a function that calls d's own control function, then
// applies the options. It sets applied because systems without sockets (js,
// wasip1, plan9) do not call it.
func dialControl(d net.Dialer, opts []sockopt.Setting, applied *atomic.Bool) func(context.Context, string, string, syscall.RawConn) error {
	apply := sockopt.Control(opts...)
	return func(ctx context.Context, network, address string, rc syscall.RawConn) error {
		applied.Store(true)
		var err error
		switch {
		case d.ControlContext != nil:
			err = d.ControlContext(ctx, network, address, rc)
		case d.Control != nil:
			err = d.Control(network, address, rc)
		}
		if err != nil {
			return err
		}
		return apply(network, address, rc)
	}
}

// wrapWith makes a Conn of a new connection of package net and applies the
// options that have to wait for it.
func wrapWith(nc *net.TCPConn, opts []sockopt.Setting) (*Conn, error) {
	c, err := wrap(nc)
	if err != nil {
		return nil, err
	}
	if err := sockopt.Apply(c, opts...); err != nil {
		return nil, err
	}
	return c, nil
}

// checkNetwork answers the error that package net gives for a network that
// it does not know, with a word on why.
func checkNetwork(op, network string) error {
	switch network {
	case "tcp", "tcp4", "tcp6":
		return nil
	}
	err := fmt.Errorf("%w: a stream socket is of network tcp, tcp4 or tcp6", net.UnknownNetworkError(network))
	return &net.OpError{Op: op, Net: network, Err: err}
}

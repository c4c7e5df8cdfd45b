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

// Dial connects to the address on the named network, which must be "tcp",
// "tcp4" or "tcp6". See [net.Dial] for the form of the address. The options are
// set before the handshake and still hold after it; see [Dialer].
func Dial(network, address string, opts ...sockopt.Setting) (*Conn, error) {
	return DialContext(context.Background(), network, address, opts...)
}

// DialTimeout is like [Dial] but takes a timeout, which includes name
// resolution; see [net.DialTimeout].
func DialTimeout(network, address string, timeout time.Duration, opts ...sockopt.Setting) (*Conn, error) {
	d := Dialer{NetDialer: &net.Dialer{Timeout: timeout}, Options: opts}
	return d.DialStream(context.Background(), network, address)
}

// DialContext is like [Dial] but takes a context. Once connected, the end of
// the context does not affect the connection.
func DialContext(ctx context.Context, network, address string, opts ...sockopt.Setting) (*Conn, error) {
	d := Dialer{Options: opts}
	return d.DialStream(ctx, network, address)
}

// A Dialer connects like a [net.Dialer] and sets socket options. The zero
// Dialer is ready to use. It is safe to call a Dialer's methods concurrently.
//
// Its methods have the signatures that [net/http.Transport].DialContext,
// golang.org/x/net/proxy and database drivers expect.
type Dialer struct {
	// NetDialer has the other parameters of the dialer; nil means the zero
	// net.Dialer. It is not modified. Its Control or ControlContext function is
	// called before the options are set. If multipath TCP is enabled by
	// SetMultipathTCP and an option fails on the multipath socket, package net
	// falls back to plain TCP.
	NetDialer *net.Dialer

	// Options are set, in order, on each socket before it is connected. If an
	// option fails, that attempt fails; if no other address of the host
	// succeeds, the error names the option and the address. The options that
	// package net sets itself on an established connection (TCP_NODELAY and
	// keep-alive) are then set again.
	Options []sockopt.Setting

	// Plain makes Dial and DialContext return a *[net.TCPConn] or
	// *[net.UnixConn], with the options set, for libraries that look for these
	// types.
	Plain bool
}

// Dial connects to the address on the named network, which must be "tcp",
// "tcp4", "tcp6" or "unix". The connection is a *[Conn] or, for "unix", a
// *[UnixConn], unless Plain is set.
//
// A Unix socket supports the options of the socket level only. For any other
// option, Dial returns an error that names the option.
func (d *Dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

// DialContext is like Dial but takes a context.
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

// DialStream is like DialContext but returns a *Conn. The network must be
// "tcp", "tcp4" or "tcp6". Plain has no effect.
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

// dial connects by package net, and returns the options that must be set again.
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

// dialControl returns a function that calls the control function of d and then
// sets the options. It sets applied, because systems without sockets (js,
// wasip1, Plan 9) do not call it.
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

// wrapWith returns a Conn for a new connection of package net, on which it sets
// the options.
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

// checkNetwork returns the error of package net for an unknown network, with
// the allowed networks added.
func checkNetwork(op, network string) error {
	switch network {
	case "tcp", "tcp4", "tcp6":
		return nil
	}
	err := fmt.Errorf("%w: must be tcp, tcp4 or tcp6", net.UnknownNetworkError(network))
	return &net.OpError{Op: op, Net: network, Err: err}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"time"

	"example.com/streamsock/internal/sys"
)

// A Setting is an option combined with a value, created by [Option.To] or
// [Info.Parse]. It is immutable and can be applied to any number of sockets,
// also concurrently. The zero Setting does nothing.
type Setting struct{ binding }

// binding is implemented by a bound option of any value type.
type binding interface {
	apply(rc syscall.RawConn, only6 bool) error
	Info() Info
	Value() any
	fmt.Stringer
}

type bound[T any] struct {
	def   *definition[T]
	value T
}

func (b bound[T]) apply(rc syscall.RawConn, only6 bool) error { return b.def.set(rc, b.value, only6) }
func (b bound[T]) Info() Info                                 { return b.def.Info() }
func (b bound[T]) Value() any                                 { return b.value }
func (b bound[T]) String() string                             { return b.def.Info().Name + "=" + format(b.value) }

// apply applies the setting through rc. If only6 is true, a socket without an
// address will be used for IPv6 only.
func (s Setting) apply(rc syscall.RawConn, only6 bool) error {
	if s.binding == nil {
		return nil
	}
	return s.binding.apply(rc, only6)
}

// Info returns a description of the option of the setting.
func (s Setting) Info() Info {
	if s.binding == nil {
		return Info{}
	}
	return s.binding.Info()
}

// Value returns the value, which has the type named by Info().Type.
func (s Setting) Value() any {
	if s.binding == nil {
		return nil
	}
	return s.binding.Value()
}

// String returns the setting in the form "NoDelay=false". Of keys and other
// bytes it shows only the number.
func (s Setting) String() string {
	if s.binding == nil {
		return ""
	}
	return s.binding.String()
}

// Apply applies the settings to c in order and stops at the first one that
// fails. It returns the error of [Option.Set]. The preceding settings remain
// applied.
func Apply(c syscall.Conn, s ...Setting) error {
	if len(s) == 0 {
		return nil
	}
	rc, err := rawConn(c)
	if err != nil {
		return err
	}
	if err := applyAll(rc, s, false); err != nil {
		return opError("set", c, err)
	}
	return nil
}

// Control returns a function for [net.Dialer].Control or
// [net.ListenConfig].Control that applies the settings, in order, to each new
// socket before it is connected or bound. If a setting fails, that attempt to
// dial or listen fails, and the error names the option and the address.
//
// After that, package net sets some options of every new connection:
// TCP_NODELAY, and the keep-alive options unless they are disabled with
// net.Dialer.KeepAlive or the like. It overwrites the settings of these
// options. The dialer and listener of package streamsock apply them again; with
// those of package net, use [Apply] on the connection.
//
// Multiple goroutines may call the function simultaneously, as package net does
// for a host with IPv4 and IPv6 addresses.
func Control(s ...Setting) func(network, address string, c syscall.RawConn) error {
	return func(_, address string, rc syscall.RawConn) error { return applyAll(rc, s, isIPv6(address)) }
}

// isIPv6 reports whether a socket with the address of a control function is for
// IPv6 only.
func isIPv6(address string) bool {
	a, err := netip.ParseAddrPort(address)
	return err == nil && a.Addr().Is6() && !a.Addr().Is4In6() && !a.Addr().IsUnspecified()
}

func applyAll(rc syscall.RawConn, settings []Setting, only6 bool) error {
	for _, s := range settings {
		if err := s.apply(rc, only6); err != nil && !applyVals(rc, s, settings, err) {
			return err
		}
	}
	return nil
}

// applyVals sets KeepAliveIdle and KeepAliveInterval in one call, which is the
// only way on Windows before version 10 1709, if s is one of them, has failed
// for that reason, and the settings contain both. Setting only one would change
// the other.
func applyVals(rc syscall.RawConn, s Setting, settings []Setting, why error) (done bool) {
	name := s.Info().Name
	if !errors.Is(why, errors.ErrUnsupported) || name != KeepAliveIdle.def.name && name != KeepAliveInterval.def.name {
		return false
	}
	idle, interval := lastOf(settings, KeepAliveIdle), lastOf(settings, KeepAliveInterval)
	if idle <= 0 || interval <= 0 {
		return false
	}
	err := rc.Control(func(fd uintptr) { done = sys.SetKeepAliveVals(fd, idle, interval) == nil })
	return done && err == nil
}

// lastOf returns the last value of the option in the settings, rounded up to
// whole seconds, or 0.
func lastOf(settings []Setting, o Option[time.Duration]) (d time.Duration) {
	for _, s := range settings {
		if s.Info().Name == o.def.name {
			d, _ = s.Value().(time.Duration)
		}
	}
	return (d + time.Second - 1).Truncate(time.Second)
}

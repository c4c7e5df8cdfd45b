// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"time"
)

// DialAddrs connects to one of the addresses, which the caller has chosen and put in
// order, as package net connects to those of a name: one after the other, each with its
// share of the time that is left. Those of the other version of the Internet Protocol
// than the first has are tried at the same time, from the moment that the first ones
// have failed or FallbackDelay of NetDialer is over (RFC 6555). The first connection
// that stands is returned, and the other attempts end.
//
// If none stands, the error has those of all attempts, joined by [errors.Join], in no
// particular order. If there is no address, it wraps [os.ErrInvalid].
func (d *Dialer) DialAddrs(ctx context.Context, addrs []netip.AddrPort) (*Conn, error) {
	if len(addrs) == 0 {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errNoAddresses}
	}
	var nd net.Dialer
	if d.NetDialer != nil {
		nd = *d.NetDialer
	}
	if end := dialEnd(nd, time.Now()); !end.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end)
		defer cancel()
	}
	nd.Timeout, nd.Deadline = 0, time.Time{}
	each := Dialer{NetDialer: &nd, Options: d.Options}
	first, second := partition(addrs)
	if nd.FallbackDelay < 0 || len(second) == 0 {
		c, errs := each.dialSerial(ctx, slices.Concat(first, second))
		return c, errors.Join(errs...)
	}
	const delay = 300 * time.Millisecond // the default of package net
	return each.dialParallel(ctx, cmp.Or(nd.FallbackDelay, delay), first, second)
}

// dialEnd returns when the timeout or the deadline of nd is over, or the zero Time.
func dialEnd(nd net.Dialer, now time.Time) (end time.Time) {
	if nd.Timeout > 0 {
		end = now.Add(nd.Timeout)
	}
	if !nd.Deadline.IsZero() && (end.IsZero() || nd.Deadline.Before(end)) {
		end = nd.Deadline
	}
	return end
}

// partition returns the addresses of the same version of the Internet Protocol as the
// first, and the others.
func partition(addrs []netip.AddrPort) (first, second []netip.AddrPort) {
	is4 := addrs[0].Addr().Unmap().Is4()
	for _, a := range addrs {
		if a.Addr().Unmap().Is4() == is4 {
			first = append(first, a)
		} else {
			second = append(second, a)
		}
	}
	return first, second
}

// A dialled is what an attempt has come to.
type dialled struct {
	c    *Conn
	errs []error
}

// dialParallel tries the first addresses and, after a delay or when they have failed,
// the second ones too.
func (d *Dialer) dialParallel(ctx context.Context, delay time.Duration, first, second []netip.AddrPort) (*Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(chan dialled)
	dial := func(addrs []netip.AddrPort) {
		c, errs := d.dialSerial(ctx, addrs)
		results <- dialled{c, errs}
	}
	go dial(first)
	running := 1
	fallback := time.NewTimer(delay)
	defer fallback.Stop()
	started := false
	start := func() {
		if !started {
			started = true
			running++
			go dial(second)
		}
	}
	var errs []error
	for running > 0 {
		select {
		case <-fallback.C:
			start()
		case r := <-results:
			running--
			if r.c != nil {
				cancel()
				discard(results, running)
				return r.c, nil
			}
			errs = append(errs, r.errs...)
			start()
		}
	}
	return nil, errors.Join(errs...)
}

// discard waits for the other attempts and closes what they have made. Their context
// has ended.
func discard(results <-chan dialled, running int) {
	for range running {
		if r := <-results; r.c != nil {
			r.c.Close()
		}
	}
}

// dialSerial tries the addresses one after the other.
func (d *Dialer) dialSerial(ctx context.Context, addrs []netip.AddrPort) (*Conn, []error) {
	var errs []error
	for i, addr := range addrs {
		c, err := d.dialOne(ctx, addr, len(addrs)-i)
		if err == nil {
			return c, nil
		}
		errs = append(errs, err)
		if ctx.Err() != nil {
			break
		}
	}
	return nil, errs
}

// dialOne tries an address, of which so many are left. As in package net, it may take
// an equal part of the time that is left, and two seconds at least.
func (d *Dialer) dialOne(ctx context.Context, addr netip.AddrPort, left int) (*Conn, error) {
	if !addr.IsValid() {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.AddrError{Err: "invalid address", Addr: addr.String()}}
	}
	if end, ok := ctx.Deadline(); ok {
		const least = 2 * time.Second
		part := max(time.Until(end)/time.Duration(left), least)
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, part)
		defer cancel()
	}
	return d.DialStream(ctx, "tcp", addr.String())
}

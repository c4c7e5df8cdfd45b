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

// DialAddrs connects to one of the addresses, in the same way as package net
// connects to the addresses of a host name. It tries the addresses in order,
// each with an equal share of the remaining time.
//
// Addresses whose IP version differs from that of the first are tried
// concurrently (RFC 6555). These attempts start when the others have failed or
// FallbackDelay of NetDialer has passed. DialAddrs returns the first connection
// that is established, and ends the other attempts.
//
// If no attempt succeeds, the error joins the errors of all attempts by
// [errors.Join], in no particular order. If addrs is empty, the error wraps
// [os.ErrInvalid].
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

// dialEnd returns when the timeout or the deadline of nd expires, or the zero
// Time.
func dialEnd(nd net.Dialer, now time.Time) (end time.Time) {
	if nd.Timeout > 0 {
		end = now.Add(nd.Timeout)
	}
	if !nd.Deadline.IsZero() && (end.IsZero() || nd.Deadline.Before(end)) {
		end = nd.Deadline
	}
	return end
}

// partition returns the addresses of the same IP version as the first, and the
// others.
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

// A dialled is the result of an attempt.
type dialled struct {
	c    *Conn
	errs []error
}

// dialParallel tries the first addresses and, after the delay or when they have
// failed, the second ones.
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

// discard waits for the other attempts, whose context has ended, and closes
// their connections.
func discard(results <-chan dialled, running int) {
	for range running {
		if r := <-results; r.c != nil {
			r.c.Close()
		}
	}
}

// dialSerial tries the addresses one after another.
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

// dialOne tries an address, of which left remain. As in package net, it may
// take an equal share of the remaining time, and at least two seconds.
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

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"

	"example.com/streamsock/streamsock"
)

// atOnce is the number of ports that are tested at the same time.
const atOnce = 64

// A probed is the result for a port.
type probed struct {
	port    int
	address net.Addr // of the peer, or nil
	took    time.Duration
	err     error
}

// scanPorts is the command "sockcat -z HOST PORT...". It succeeds if a port is
// open.
func (t *target) scanPorts(ctx context.Context, stdout io.Writer) error {
	ports := t.allPorts()
	results := make([]chan probed, len(ports))
	for i := range results {
		results[i] = make(chan probed, 1)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		slots := make(chan struct{}, atOnce)
		for i, port := range ports {
			slots <- struct{}{}
			go func() {
				results[i] <- t.probe(ctx, port)
				<-slots
			}()
		}
	}()
	var failed error
	open := 0
	for _, result := range results {
		var p probed
		select {
		case p = <-result:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if p.err == nil {
			open++
		} else {
			failed = p.err
		}
		if t.verbose || p.err == nil && len(ports) > 1 {
			if _, err := fmt.Fprintln(stdout, printable(t.verdict(p))); err != nil {
				return err
			}
		}
	}
	switch {
	case open > 0:
		return nil
	case len(ports) == 1 && !t.verbose:
		return failed
	}
	return fmt.Errorf("no port of %s is open", t.host)
}

// allPorts returns the ports of all ranges.
func (t *target) allPorts() []int {
	var all []int
	for _, r := range t.ports {
		for port := r.first; port <= r.last; port++ {
			all = append(all, port)
		}
	}
	return all
}

// probe connects to a port and closes the connection.
func (t *target) probe(ctx context.Context, port int) probed {
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	e := t.endpoint
	e.address = net.JoinHostPort(t.host, strconv.Itoa(port))
	start := time.Now()
	c, err := e.dial(ctx)
	p := probed{port: port, took: time.Since(start), err: err}
	if err == nil {
		p.address = c.RemoteAddr()
		c.Close()
	}
	return p
}

// verdict returns a line about a port.
func (t *target) verdict(p probed) string {
	line := net.JoinHostPort(t.host, strconv.Itoa(p.port))
	if p.err != nil {
		return line + " " + reason(p.err)
	}
	line += " open"
	if t.verbose && p.address != nil {
		line += fmt.Sprintf(" (%v, %s)", p.address, duration(p.took.Seconds()))
	}
	return line
}

// reason returns in a few words why there is no connection.
func reason(err error) string {
	var dns *net.DNSError
	switch {
	case streamsock.IsRefused(err):
		return "refused"
	case errors.As(err, &dns):
		return "no such host"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), isTimeout(err), streamsock.IsTimedOut(err):
		return "timed out"
	case streamsock.IsUnreachable(err):
		return "unreachable"
	}
	return "failed: " + err.Error()
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

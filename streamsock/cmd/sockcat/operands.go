// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// parseOperands sets the address to connect to or to listen on, and that to connect
// from.
func (t *target) parseOperands(operands []string) (err error) {
	if t.unix {
		if len(operands) != 1 || operands[0] == "" {
			return fmt.Errorf("expected PATH with -U, not %q", strings.Join(operands, " "))
		}
		t.address = operands[0]
		return nil
	}
	if t.listen && (t.sourceHost != "" || t.sourcePort != "") {
		if operands, err = t.listenOperands(operands); err != nil {
			return err
		}
	}
	host, ports, err := hostPorts(operands, t.listen)
	if err != nil {
		return err
	}
	if len(ports) > 1 && !t.scan {
		return fmt.Errorf("expected HOST PORT or HOST:PORT, not %q", strings.Join(operands, " "))
	}
	if t.nodns {
		for _, name := range []string{host, t.sourceHost} {
			if _, err := netip.ParseAddr(name); err != nil && name != "" {
				return fmt.Errorf("-n: %q is not an address", name)
			}
		}
		if t.sourcePort != "" && !isNumber(t.sourcePort) {
			return fmt.Errorf("-n: %q is not a number", t.sourcePort)
		}
	}
	for _, port := range ports {
		r, err := t.parsePort(port)
		if err != nil {
			return err
		}
		t.ports = append(t.ports, r)
	}
	t.host = host
	t.address = net.JoinHostPort(host, strconv.Itoa(t.ports[0].first))
	t.anyPort = t.ports[0].first == 0
	if !t.listen && (t.sourceHost != "" || t.sourcePort != "") {
		t.source, err = net.ResolveTCPAddr(t.network, net.JoinHostPort(t.sourceHost, cmp.Or(t.sourcePort, "0")))
	}
	return err
}

// listenOperands returns HOST and PORT of what to listen on if -s or -p give one of
// them: nc -l -p PORT is a habit.
func (t *target) listenOperands(operands []string) ([]string, error) {
	switch host, port := t.sourceHost, t.sourcePort; {
	case len(operands) == 0 && port != "":
		return []string{host, port}, nil
	case len(operands) == 1 && port == "" && !strings.Contains(operands[0], ":"):
		return []string{host, operands[0]}, nil
	case len(operands) == 1 && host == "":
		return []string{operands[0], port}, nil
	}
	return nil, fmt.Errorf("expected one HOST and one PORT with -l, -s and -p, not %q", strings.Join(operands, " "))
}

// A portRange is the ports from first to last.
type portRange struct{ first, last int }

// parsePort parses a number or the name of a service and, for -z, a range.
func (t *target) parsePort(port string) (r portRange, err error) {
	if first, last, ok := strings.Cut(port, "-"); ok && t.scan && isNumber(first) {
		if r.first, err = t.lookupPort(first); err != nil {
			return r, err
		}
		if r.last, err = t.lookupPort(last); err == nil && r.first > r.last {
			err = fmt.Errorf("range %s is empty", port)
		}
		return r, err
	}
	r.first, err = t.lookupPort(port) // the name of a service may contain a hyphen
	return portRange{r.first, r.first}, err
}

func (t *target) lookupPort(port string) (int, error) {
	if t.nodns && !isNumber(port) {
		return 0, fmt.Errorf("-n: %q is not a number", port)
	}
	return net.LookupPort("tcp", port)
}

func isNumber(s string) bool {
	_, err := strconv.ParseUint(s, 10, 32)
	return err == nil
}

// hostPorts returns the host and the ports that the operands name.
func hostPorts(operands []string, listen bool) (host string, ports []string, err error) {
	switch len(operands) {
	case 0:
	case 1:
		one, port, err := net.SplitHostPort(operands[0])
		switch {
		case err != nil && listen && !strings.Contains(operands[0], ":"):
			ports = operands
		case err == nil && port != "" && (listen || one != ""):
			host, ports = one, []string{port}
		}
	default:
		host, ports = strings.TrimSuffix(strings.TrimPrefix(operands[0], "["), "]"), operands[1:]
	}
	missing := len(ports) == 0 || slices.Contains(ports, "") // net.LookupPort returns 0 for an empty name
	switch {
	case listen && (missing || len(ports) > 1):
		err = fmt.Errorf("expected PORT, HOST PORT or HOST:PORT after -l, not %q", strings.Join(operands, " "))
	case missing || !listen && host == "": // net.Dial would connect to this host
		err = fmt.Errorf("expected HOST PORT or HOST:PORT, not %q", strings.Join(operands, " "))
	}
	return host, ports, err
}

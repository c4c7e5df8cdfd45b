// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package faults

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// settings are some that are set before a connection is there.
var settings = []sockopt.Setting{sockopt.NoDelay.To(false), sockopt.ReadBuffer.To(64 << 10), sockopt.UserTimeout.To(time.Minute)}

// TestRefused lets a firewall or a router reject what a dialer sends. On a line
// without any delay the rejection arrives while connect(2) still locks the
// socket, and Linux loses it: then it is the next one, a second later, that
// counts.
func TestRefused(t *testing.T) {
	inside(t, slow, func(t *testing.T, n *network) {
		n.slowDown(t, time.Millisecond)
		for _, tt := range []struct {
			with string
			want syscall.Errno
		}{
			{"tcp reset", syscall.ECONNREFUSED},
			{"icmpx type port-unreachable", syscall.ECONNREFUSED},
			{"icmpx type host-unreachable", syscall.EHOSTUNREACH},
			{"icmpx type admin-prohibited", syscall.EHOSTUNREACH},
			{"icmpx type no-route", syscall.ENETUNREACH},
			{"icmp type net-prohibited", syscall.ENETUNREACH},
			{"icmp type host-prohibited", syscall.EHOSTUNREACH},
			{"icmpv6 type no-route", syscall.ENETUNREACH},
			{"icmpv6 type admin-prohibited", syscall.EACCES},
			{"icmpv6 type addr-unreachable", syscall.EHOSTUNREACH},
			{"icmpv6 type policy-fail", syscall.EACCES},
			{"icmpv6 type reject-route", syscall.EACCES},
		} {
			t.Run(tt.with, func(t *testing.T) {
				remove := filter(t, n.server(), "meta l4proto tcp reject with "+tt.with)
				defer remove()
				for _, host := range []string{serverHost, serverIPv6} {
					if !speaks(tt.with, host) {
						continue
					}
					want := tt.want
					if tt.with == "icmpx type admin-prohibited" && host == serverIPv6 {
						want = syscall.EACCES // which ICMPv6 has a meaning for
					}
					refused(t, host, want)
				}
			})
		}
	})
}

// speaks reports whether a refusal is there in the host's kind of network.
func speaks(with, host string) bool {
	switch {
	case len(with) > 6 && with[:6] == "icmpv6":
		return host == serverIPv6
	case len(with) > 5 && with[:5] == "icmp ":
		return host == serverHost
	}
	return true
}

// TestNoRoute has the machine's own routes refuse.
func TestNoRoute(t *testing.T) {
	inside(t, direct, func(t *testing.T, n *network) {
		for _, tt := range []struct {
			route string
			want  syscall.Errno
		}{
			{"blackhole", syscall.EINVAL},
			{"unreachable", syscall.EHOSTUNREACH},
			{"prohibit", syscall.EACCES},
			{"throw", syscall.ENETUNREACH},
		} {
			t.Run(tt.route, func(t *testing.T) {
				command(t, "ip", "route", "replace", tt.route, "10.78.0.1")
				refused(t, "10.78.0.1", tt.want)
			})
		}
		t.Run("none", func(t *testing.T) { refused(t, "10.79.0.1", syscall.ENETUNREACH) })
		t.Run("nobody at the address", func(t *testing.T) {
			refused(t, "10.77.0.99", syscall.EHOSTUNREACH)
		})
	})
}

// TestNobodyAnswers dials into a black hole.
func TestNobodyAnswers(t *testing.T) {
	inside(t, direct, func(t *testing.T, n *network) {
		filter(t, n.server(), vanish)
		t.Run("SynCount", func(t *testing.T) {
			start := time.Now()
			refused(t, serverHost, syscall.ETIMEDOUT, sockopt.SynCount.To(1))
			if took := time.Since(start); took < time.Second || took > 15*time.Second {
				t.Errorf("it took %v", took)
			}
		})
		t.Run("UserTimeout", func(t *testing.T) {
			start := time.Now()
			refused(t, serverHost, syscall.ETIMEDOUT, sockopt.UserTimeout.To(500*time.Millisecond))
			if took := time.Since(start); took < 400*time.Millisecond || took > 15*time.Second {
				t.Errorf("it took %v", took)
			}
		})
		t.Run("context", func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			_, err := streamsock.DialContext(ctx, "tcp", net.JoinHostPort(serverHost, port), settings...)
			var op *net.OpError
			if !errors.As(err, &op) || !op.Timeout() {
				t.Errorf("DialContext: %v (%#v)", err, err)
			}
		})
		t.Run("cancelled", func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(50*time.Millisecond, cancel)
			_, err := streamsock.DialContext(ctx, "tcp", net.JoinHostPort(serverHost, port), settings...)
			var op *net.OpError
			if !errors.As(err, &op) || op.Timeout() {
				t.Errorf("DialContext: %v (%#v)", err, err)
			}
		})
	})
}

// refused dials and checks the form of the error.
func refused(t *testing.T, host string, want syscall.Errno, more ...sockopt.Setting) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	start := time.Now()
	address := net.JoinHostPort(host, port)
	c, err := streamsock.DialContext(ctx, "tcp", address, append(more, settings[:2]...)...)
	if err == nil {
		c.Close()
	}
	t.Logf("%v after %v", err, time.Since(start).Round(time.Microsecond))
	var op *net.OpError
	var call *os.SyscallError
	if !errors.Is(err, want) || !errors.As(err, &op) || !errors.As(op.Err, &call) {
		t.Errorf("DialContext: %v (%#v), want %v", err, err, want)
		return
	}
	if op.Op != "dial" || op.Net != "tcp" || op.Addr.String() != address || call.Syscall != "connect" {
		t.Errorf("DialContext: %#v, of %s", op, call.Syscall)
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"cmp"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"example.com/streamsock/streamsock/sockopt"
)

// keepAliveTimes are the keep-alive options of a listener's connections that
// package net does not set. On Linux a connection inherits the times of its
// listener, which saves three system calls.
type keepAliveTimes struct {
	settings []sockopt.Setting
	found    atomic.Int32 // state of the first connection
}

// States of the first connection.
const (
	timesUnknown = iota
	timesInherited
	timesMissing // as in gVisor
)

// netOptions returns the options that package net sets on each connection
// accepted by a listener of lc: NoDelay, KeepAlive, and its times.
func netOptions(lc net.ListenConfig) []sockopt.Setting {
	s := []sockopt.Setting{sockopt.NoDelay.To(true)}
	k := lc.KeepAliveConfig
	if !k.Enable && lc.KeepAlive >= 0 {
		k = net.KeepAliveConfig{Enable: true, Idle: lc.KeepAlive}
	}
	if !k.Enable {
		return s
	}
	s = append(s, sockopt.KeepAlive.To(true))
	const interval, count = 15 * time.Second, 9 // the defaults of package net
	if k.Idle >= 0 {
		s = append(s, sockopt.KeepAliveIdle.To(cmp.Or(k.Idle, interval)))
	}
	if k.Interval >= 0 {
		s = append(s, sockopt.KeepAliveInterval.To(cmp.Or(k.Interval, interval)))
	}
	if k.Count >= 0 {
		s = append(s, sockopt.KeepAliveCount.To(cmp.Or(k.Count, count)))
	}
	return s
}

// acceptOptions returns the options that a connection accepted with a zero
// net.ListenConfig lacks compared with one accepted with lc.
func acceptOptions(lc net.ListenConfig) []sockopt.Setting {
	s := netOptions(lc)
	if len(s) == 1 { // NoDelay
		s = append(s, noKeepAlive...)
	}
	return s
}

// takeKeepAliveTimes returns the keep-alive times among all, the netOptions of
// lc, and prevents package net from setting them.
func takeKeepAliveTimes(lc *net.ListenConfig, all []sockopt.Setting) (times []sockopt.Setting) {
	const before = 2 // NoDelay and KeepAlive
	if len(all) <= before {
		return nil
	}
	times = all[before:]
	lc.KeepAliveConfig = net.KeepAliveConfig{Enable: true, Idle: -1, Interval: -1, Count: -1}
	return times
}

// setUp sets the options on a connection that does not have them. Like package
// net, it ignores errors.
func (k *keepAliveTimes) setUp(c *net.TCPConn) {
	if len(k.settings) == 0 {
		return
	}
	found := k.found.Load()
	if found == timesUnknown {
		found = timesInherited
		now, err := managed(c)
		if err != nil || slices.ContainsFunc(k.settings, func(s sockopt.Setting) bool { return !slices.Contains(now, s) }) {
			found = timesMissing
		}
		k.found.Store(found)
	}
	if found == timesMissing {
		_ = sockopt.Apply(c, k.settings...)
	}
}

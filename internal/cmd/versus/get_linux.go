// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import "syscall"

// noDelay returns TCP_NODELAY in the way that package net requires.
func noDelay(rc syscall.RawConn) (on int, err error) {
	controlErr := rc.Control(func(fd uintptr) {
		on, err = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_NODELAY)
	})
	if controlErr != nil {
		err = controlErr
	}
	return on, err
}

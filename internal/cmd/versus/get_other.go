// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !linux

package main

import (
	"errors"
	"syscall"
)

// noDelay is for Linux, where the benchmark runs.
func noDelay(syscall.RawConn) (on int, err error) { return 0, errors.ErrUnsupported }

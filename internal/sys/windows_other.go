// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !windows

package sys

import (
	"errors"
	"time"
)

// NeedsPrepare reports whether Prepare has an effect. Package net has made the
// socket non-blocking.
const NeedsPrepare = false

// Prepare makes calls of Recvmsg and Sendmsg non-blocking.
func Prepare(fd uintptr) error { return nil }

// HidesUrgent reports whether an urgent byte of the socket is not reported,
// because it is received inline.
func HidesUrgent(fd uintptr) bool { return false }

// SetKeepAliveVals is for Windows.
func SetKeepAliveVals(fd uintptr, idle, interval time.Duration) error { return errors.ErrUnsupported }

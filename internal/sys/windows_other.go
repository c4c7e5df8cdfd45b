// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !windows

package sys

import (
	"errors"
	"time"
)

// NeedsPrepare reports whether Prepare has something to do: package net has done it.
const NeedsPrepare = false

// Prepare makes calls of Recvmsg and Sendmsg return instead of waiting.
func Prepare(fd uintptr) error { return nil }

// HidesUrgent reports whether nothing reports an urgent byte of the socket, because
// it arrives inline.
func HidesUrgent(fd uintptr) bool { return false }

// SetKeepAliveVals is for Windows.
func SetKeepAliveVals(fd uintptr, idle, interval time.Duration) error { return errors.ErrUnsupported }

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !windows

package sys

// Prepare makes calls of Recvmsg and Sendmsg return instead of waiting.
// Package net has done so here.
func Prepare(fd uintptr) error { return nil }

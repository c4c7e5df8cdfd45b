// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !unix

package sys

import "errors"

// HasRights reports whether descriptors can be sent by Unix sockets.
const HasRights = false

// MsgCtrunc is for other systems.
const MsgCtrunc = 0

// Rights is for other systems.
func Rights(fds []int) []byte { return nil }

// RightsSpace is for other systems.
func RightsSpace(n int) int { return 0 }

// ParseRights is for other systems.
func ParseRights(control []byte) ([]int, error) { return nil, errors.ErrUnsupported }

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !darwin && !freebsd && !linux && !netbsd

package sys

import "errors"

// Unacked returns the number of bytes written and not yet acknowledged.
func Unacked(fd uintptr) (int, error) { return 0, errors.ErrUnsupported }

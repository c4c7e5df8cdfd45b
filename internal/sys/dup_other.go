// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !(aix || darwin || dragonfly || freebsd || linux || netbsd || openbsd || solaris)

package sys

import "errors"

// Dup returns another descriptor for the same socket.
func Dup(fd uintptr) (uintptr, error) { return 0, errors.ErrUnsupported }

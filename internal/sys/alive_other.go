// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !(aix || darwin || dragonfly || freebsd || linux || netbsd || openbsd || solaris || windows)

package sys

import "errors"

// An Alive asks whether the peer is still there.
type Alive struct{}

// Ask returns what is known of the peer.
func (*Alive) Ask(fd uintptr) (Liveness, error) { return 0, errors.ErrUnsupported }

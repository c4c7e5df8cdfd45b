// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !linux && !darwin && !freebsd && !netbsd && !openbsd

package sys

import "errors"

// PeerCred is for other systems.
func PeerCred(fd uintptr) (pid, uid, gid int, err error) { return 0, 0, 0, errors.ErrUnsupported }

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import "golang.org/x/sys/unix"

const fionwrite = 0x40046677 // sys/filio.h: _IOR('f', 119, int)

// Unacked returns the number of bytes written and not yet acknowledged.
func Unacked(fd uintptr) (int, error) { return cInt(unix.IoctlGetInt(int(fd), fionwrite)) }

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import "golang.org/x/sys/unix"

// PeerCred returns the process that created the other end of a Unix socket, and its
// effective user and group.
func PeerCred(fd uintptr) (pid, uid, gid int, err error) {
	c, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return 0, 0, 0, err
	}
	return int(c.Pid), int(c.Uid), int(c.Gid), nil
}

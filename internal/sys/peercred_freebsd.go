// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import "golang.org/x/sys/unix"

// PeerCred returns the effective user and group of the process that created the
// other end of a Unix socket.
func PeerCred(fd uintptr) (pid, uid, gid int, err error) {
	c, err := unix.GetsockoptXucred(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	if err != nil {
		return 0, 0, 0, err
	}
	return 0, int(c.Uid), int(c.Groups[0]), nil
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// PeerCred returns the process that created the other end of a Unix socket, and its
// effective user and group: struct sockpeercred { uid_t uid; gid_t gid; pid_t pid; }
// of sys/socket.h.
func PeerCred(fd uintptr) (pid, uid, gid int, err error) {
	var b [12]byte
	_, err = getsockopt(fd, unix.SOL_SOCKET, unix.SO_PEERCRED, b[:])
	number := func(i int) int { return int(int32(binary.NativeEndian.Uint32(b[4*i:]))) }
	return number(2), number(0), number(1), err
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import "encoding/binary"

// From sys/un.h, with the level of getpeereid(3) in libc.
const (
	solLocal    = 0
	localPeerID = 3 // LOCAL_PEEREID: struct unpcbid { pid_t unp_pid; uid_t unp_euid; gid_t unp_egid; }
)

// PeerCred returns the process that created the other end of a Unix socket, and its
// effective user and group.
func PeerCred(fd uintptr) (pid, uid, gid int, err error) {
	var b [12]byte
	_, err = getsockopt(fd, solLocal, localPeerID, b[:])
	number := func(i int) int { return int(int32(binary.NativeEndian.Uint32(b[4*i:]))) }
	return number(0), number(1), number(2), err
}

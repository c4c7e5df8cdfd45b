// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !(aix || darwin || dragonfly || freebsd || linux || netbsd || openbsd || solaris || windows)

package sys

// What the system can do.
const (
	HasMsg        = false // Recvmsg and Sendmsg
	CanAwaitWrite = false // RawConn.Write waits for room
	CanSeeFIN     = false // a Poll or Poller tells PeerClosed
)

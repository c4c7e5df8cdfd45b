// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"syscall"

	"example.com/streamsock/internal/sys"
)

// Dup returns another descriptor for the connection, to be handed to what is
// not written in Go. The caller has to close it, by close(2); c goes on as
// before. The connection ends when both are closed: until then, Close and
// [Conn.Abort] send nothing to the peer, and CloseWrite does.
//
// Both share one state in the system, so that the descriptor is in non-blocking
// mode, as c needs it to be. Do not change that. In particular do not call Fd of
// what [net.TCPConn.File] returns, nor start a process with that file: both put
// the connection into blocking mode, and then its deadlines and Close no longer
// work.
//
// It is dup(2), and closed on exec. On Windows, plan9, js and wasip1 the error
// is one for which errors.Is(err, [errors.ErrUnsupported]) holds.
func (c *Conn) Dup() (fd uintptr, err error) {
	rc, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	if fd, err = dup(rc); err != nil {
		return 0, c.opError("dup", err)
	}
	return fd, nil
}

// dup returns another descriptor for the same socket.
func dup(rc syscall.RawConn) (fd uintptr, err error) {
	var dupErr error
	if err := rc.Control(func(own uintptr) { fd, dupErr = sys.Dup(own) }); err != nil {
		return 0, err
	}
	return fd, dupErr
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"errors"
	"net"
	"os"
	"runtime"
	"sync"
	"syscall"

	"example.com/streamsock/internal/sys"
)

// An ownSocket is the raw connection of a [Socket]: a descriptor that is not in
// package net's poller. On Windows, package net cannot create a connection from
// a socket that is.
type ownSocket struct {
	fd uintptr

	mu     sync.Mutex
	users  int // calls of Control in progress, and one until Close
	closed bool
}

var _ syscall.RawConn = (*ownSocket)(nil)

func newOwnSocket(fd uintptr) *ownSocket {
	s := &ownSocket{fd: fd, users: 1}
	runtime.SetFinalizer(s, (*ownSocket).Close)
	return s
}

// Control calls f with the descriptor, which stays open meanwhile.
func (s *ownSocket) Control(f func(fd uintptr)) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return net.ErrClosed
	}
	s.users++
	s.mu.Unlock()
	defer s.release()
	f(s.fd)
	return nil
}

// release closes the descriptor if it is no longer in use.
func (s *ownSocket) release() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users--; s.users > 0 {
		return nil
	}
	return os.NewSyscallError("close", sys.CloseSocket(s.fd))
}

// Close closes the descriptor. If calls of Control are in progress, the last
// one closes it.
func (s *ownSocket) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return net.ErrClosed
	}
	s.closed = true
	s.mu.Unlock()
	runtime.SetFinalizer(s, nil)
	return s.release()
}

func (s *ownSocket) Read(func(fd uintptr) (done bool)) error  { return errors.ErrUnsupported }
func (s *ownSocket) Write(func(fd uintptr) (done bool)) error { return errors.ErrUnsupported }

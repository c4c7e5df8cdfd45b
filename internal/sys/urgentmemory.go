// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package sys

import "sync"

// An urgentMemory contains what the kernel of macOS does not report about the
// urgent byte of a connection. At the out-of-band mark, peeking at the byte is
// the only way to find out whether it was received. If it was not, the kernel
// then forgets the byte, and the memory keeps it.
type urgentMemory struct {
	mu       sync.Mutex
	received bool // the last byte examined was received, although the kernel may still report it
	held     bool
	b        byte // if held
}

// receive records the result of recv(2) with MSG_OOB into b, and returns the
// result for the caller.
func (m *urgentMemory) receive(b []byte, n int, err error, peek bool) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case err == nil && n == 1:
		m.held, m.b = peek, b[0]
	case IsInvalid(err) && m.held:
		b[0], n, err = m.b, 1, nil
		m.held = peek
	default:
		return n, err
	}
	m.received = m.received || !peek
	return n, err
}

// check corrects the reported events of a descriptor.
func (m *urgentMemory) check(kernel kqueueKernel, fd uintptr, got, want Events) Events {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case want&Urgent == 0:
		return got
	case m.held:
		return got | Urgent
	case got&Urgent == 0 || !m.received:
		return got
	}
	b, err := kernel.peekUrgent(fd)
	switch {
	case IsInvalid(err) && !kernel.isInline(fd):
		return got &^ Urgent // the byte that was received
	case err == nil:
		m.received, m.held, m.b = false, true, b
	}
	return got
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package sys

import "syscall"

// HasRights reports whether descriptors can be sent by Unix sockets.
const HasRights = true

// MsgCtrunc means that control data was truncated.
const MsgCtrunc = syscall.MSG_CTRUNC

// Rights returns the control data that sends descriptors.
func Rights(fds []int) []byte {
	if len(fds) == 0 {
		return nil
	}
	return syscall.UnixRights(fds...)
}

// RightsSpace returns the size of the control data of n descriptors.
func RightsSpace(n int) int { return syscall.CmsgSpace(4 * n) }

// ParseRights returns the descriptors in control data.
func ParseRights(control []byte) (fds []int, err error) {
	messages, err := syscall.ParseSocketControlMessage(control)
	for i := range messages {
		if m := &messages[i]; m.Header.Level == syscall.SOL_SOCKET && m.Header.Type == syscall.SCM_RIGHTS {
			list, parseErr := syscall.ParseUnixRights(m)
			fds = append(fds, list...)
			if err == nil {
				err = parseErr
			}
		}
	}
	return fds, err
}

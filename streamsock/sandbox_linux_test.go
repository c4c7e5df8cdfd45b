// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !386 && !s390x

package streamsock_test

import (
	"reflect"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// TestFileConnSandbox adopts sockets where the process may create none, or may not
// connect them.
func TestFileConnSandbox(t *testing.T) {
	if !inNetwork(t) {
		return
	}
	for name, call := range map[string]uint32{"socket": syscall.SYS_SOCKET, "connect": syscall.SYS_CONNECT} {
		t.Run(name, func(t *testing.T) {
			setKeepAlive(t, "7200", "75")
			before, long := plainSocket(t), plainSocket(t)
			forbid(t, call)
			adopts(t, before, 7200*time.Second, 75*time.Second)
			setKeepAlive(t, "86400", "40000")
			adopts(t, long, 32767*time.Second, 32767*time.Second)
		})
	}
}

// TestPollSetSandbox changes a set, and waits, where the process may not call
// epoll_ctl(2). Both fail and change nothing.
func TestPollSetSandbox(t *testing.T) {
	s := newPollSet(t)
	memberPeer, member := msgPair(t)
	otherPeer, other := msgPair(t)
	if err := s.Add(member, readable); err != nil {
		t.Fatal(err)
	}
	waiting := beginWait(t.Context(), t, member) // the descriptor by which all wait exists
	failed := false
	t.Run("forbidden", func(t *testing.T) {
		forbid(t, syscall.SYS_EPOLL_CTL)
		for _, c := range list(member, other) {
			err := s.Update(c, writable)
			if err == nil && pollState != "[IO wait" {
				t.Skip("the set does without epoll_ctl")
			}
			testOpError(t, c, "poll", err, syscall.EPERM)
			_, err = c.Wait(t.Context(), readable)
			testOpError(t, c, "wait", err, syscall.EPERM)
		}
		failed = true
	})
	if !failed {
		return
	}
	if !s.Has(member) || s.Has(other) {
		t.Errorf("%v, %v", s.Has(member), s.Has(other))
	}
	put(t, memberPeer, member, []byte("abc"))
	shows(t, s, member, readable)
	if err := s.Add(other, writable); err != nil {
		t.Fatal(err)
	}
	ready, err := s.Poll(t.Context())
	if len(ready) != 2 || err != nil {
		t.Errorf("%v, %v, want each connection one time", ready, err)
	}
	again := begin(func() (int, error) { e, err := other.Wait(t.Context(), readable); return int(e), err })
	again.blocks(t)
	otherPeer.Write([]byte("abc"))
	again.ends(t, int(readable), nil)
	memberPeer.SendUrgent('!')
	waiting.ends(t, 0, nil)
	awaitUnwatched(t)
}

// forbid has a system call fail on this thread from now on, as a sandbox does. The
// calling goroutine keeps the thread, which ends with it.
func forbid(t *testing.T, call uint32) {
	t.Helper()
	// linux/prctl.h, linux/seccomp.h, linux/bpf_common.h
	const noNewPrivs, setSeccomp, byFilter, fail, allow = 38, 22, 2, 0x00050000, 0x7fff0000
	const load, ifEqual, end = 0x20, 0x15, 0x06
	type instruction struct {
		code uint16
		skip [2]uint8 // if equal, if not
		k    uint32
	}
	filter := []instruction{
		{code: load, k: 0}, // the number of the call
		{code: ifEqual, skip: [2]uint8{0, 1}, k: call},
		{code: end, k: fail | uint32(syscall.EPERM)},
		{code: end, k: allow},
	}
	program := &struct {
		len    uint16
		filter *instruction
	}{uint16(len(filter)), &filter[0]}
	runtime.LockOSThread()
	if _, _, e := syscall.Syscall6(syscall.SYS_PRCTL, noNewPrivs, 1, 0, 0, 0, 0); e != 0 {
		t.Skip(e)
	}
	_, _, e := syscall.Syscall6(syscall.SYS_PRCTL, setSeccomp, byFilter, reflect.ValueOf(program).Pointer(), 0, 0, 0)
	runtime.KeepAlive(program)
	if e != 0 {
		t.Skip(e)
	}
	if _, _, e := syscall.Syscall(uintptr(call), ^uintptr(0), 0, 0); e != syscall.EPERM {
		t.Skipf("the system has not forbidden it: %v", e)
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"net/netip"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	getHandleInformation  = kernel32.NewProc("GetHandleInformation")
	getProcessHandleCount = kernel32.NewProc("GetProcessHandleCount")
)

// mustNotInherit checks that programs which are started do not get the handle.
func mustNotInherit(t *testing.T, what string, fd uintptr) {
	t.Helper()
	var flags uint32
	if ok, _, err := getHandleInformation.Call(fd, uintptr(unsafe.Pointer(&flags))); ok == 0 {
		t.Errorf("%s: %v", what, err)
	} else if flags&windows.HANDLE_FLAG_INHERIT != 0 {
		t.Errorf("%s: the handle can be inherited", what)
	}
}

func handleCount(t *testing.T) (n int32) {
	t.Helper()
	if ok, _, err := getProcessHandleCount.Call(uintptr(windows.CurrentProcess()), uintptr(unsafe.Pointer(&n))); ok == 0 {
		t.Fatal(err)
	}
	return n
}

// TestSocketHandles creates sockets in each way. None can be inherited, and none is
// left, whether the calls succeed or not.
func TestSocketHandles(t *testing.T) {
	once := func() {
		var open []uintptr
		defer func() {
			for _, fd := range open {
				if err := CloseSocket(fd); err != nil {
					t.Error(err)
				}
			}
		}()
		get := func(what string, fd uintptr, err error) uintptr {
			t.Helper()
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			open = append(open, fd)
			mustNotInherit(t, what, fd)
			return fd
		}
		l, err := Socket(false)
		get("Socket", l, err)
		if _, err := Accept(l); err == nil {
			t.Error("Accept of what does not listen succeeds")
		}
		if err := Bind(l, false, netip.MustParseAddrPort("192.0.2.1:0")); err == nil {
			t.Error("Bind to an address of another machine succeeds")
		}
		if err := Listen(l, 5); err != nil { // binds
			t.Fatal(err)
		}
		addr, err := LocalAddr(l)
		if err != nil || addr.Port() == 0 || !addr.Addr().IsUnspecified() {
			t.Fatalf("it listens at %v, %v", addr, err)
		}
		if _, err := Accept(l); !IsAgain(err) {
			t.Errorf("Accept without a connection: %v", err)
		}
		c, err := Socket(false)
		get("Socket", c, err)
		if a, err := LocalAddr(c); a != netip.MustParseAddrPort("0.0.0.0:0") || err != nil {
			t.Errorf("before it is bound its address is %v, %v", a, err)
		}
		if _, err := Connect(c, false, netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), addr.Port())); err != nil {
			t.Fatal(err)
		}
		s, err := Accept(l)
		for start := time.Now(); IsAgain(err) && time.Since(start) < time.Minute; s, err = Accept(l) {
			time.Sleep(time.Millisecond)
		}
		get("Accept", s, err)
		d, err := Dup(s)
		get("Dup", d, err)
		closed := open[len(open)-1]
		open = open[:len(open)-1]
		if err := CloseSocket(closed); err != nil {
			t.Error(err)
		}
		if _, err := Dup(closed); err == nil {
			t.Error("Dup of a closed handle succeeds")
		}
	}
	once() // loads libraries that stay loaded
	before := handleCount(t)
	const times = 50
	for range times {
		once()
	}
	if after := handleCount(t); after > before+times/2 {
		t.Errorf("%d handles, %d before", after, before)
	}
}

// TestHint checks how a backlog is passed on.
func TestHint(t *testing.T) {
	for backlog, want := range map[int]int{0: 0, 1: 1, 200: 200, 201: -201, 65535: -65535, 1 << 20: -1 << 20, windows.SOMAXCONN: windows.SOMAXCONN} {
		if got := hint(backlog); got != want {
			t.Errorf("%d is %d, want %d", backlog, got, want)
		}
	}
}

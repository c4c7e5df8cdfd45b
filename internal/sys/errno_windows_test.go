// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"

	"golang.org/x/sys/windows"
)

// TestErrno checks which numbers of Windows each function recognizes.
func TestErrno(t *testing.T) {
	functions := map[string]func(error) bool{
		"IsReset":        IsReset,
		"IsRefused":      IsRefused,
		"IsUnreachable":  IsUnreachable,
		"IsBrokenPipe":   IsBrokenPipe,
		"IsNotConnected": IsNotConnected,
		"IsTimedOut":     IsTimedOut,
		"IsAddrInUse":    IsAddrInUse,
		"IsExhausted":    IsExhausted,
	}
	for errno, want := range map[syscall.Errno]string{
		windows.WSAECONNRESET:    "IsReset",
		windows.WSAECONNABORTED:  "IsReset",
		windows.WSAECONNREFUSED:  "IsRefused",
		windows.WSAESHUTDOWN:     "IsBrokenPipe",
		windows.WSAENOTCONN:      "IsNotConnected",
		windows.WSAETIMEDOUT:     "IsTimedOut",
		windows.WSAENETRESET:     "IsTimedOut",
		windows.WSAEADDRINUSE:    "IsAddrInUse",
		windows.WSAENOBUFS:       "IsExhausted",
		windows.WSAEWOULDBLOCK:   "",
		windows.WSAEINVAL:        "",
		windows.WSAEHOSTUNREACH:  "IsUnreachable",
		windows.WSAENETUNREACH:   "IsUnreachable",
		windows.ERROR_IO_PENDING: "",
	} {
		err := fmt.Errorf("wrapped: %w", &net.OpError{Op: "read", Err: os.NewSyscallError("wsarecv", errno)})
		for name, is := range functions {
			if is(err) != (name == want) {
				t.Errorf("%s(%v) = %t", name, err, is(err))
			}
		}
	}
}

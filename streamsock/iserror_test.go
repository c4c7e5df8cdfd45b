// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"syscall"
	"testing"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

var errorKinds = map[string]func(error) bool{
	"IsReset":        streamsock.IsReset,
	"IsRefused":      streamsock.IsRefused,
	"IsUnreachable":  streamsock.IsUnreachable,
	"IsBrokenPipe":   streamsock.IsBrokenPipe,
	"IsNotConnected": streamsock.IsNotConnected,
	"IsTimedOut":     streamsock.IsTimedOut,
	"IsAddrInUse":    streamsock.IsAddrInUse,
}

// testKind checks that the error is of the kind and of no other. The empty kind is none.
func testKind(t *testing.T, err error, kind string) {
	t.Helper()
	for name, is := range errorKinds {
		if is(err) != (name == kind) {
			t.Errorf("%s(%v) = %t", name, err, is(err))
		}
	}
}

// TestErrorKinds takes errors from the kernel.
func TestErrorKinds(t *testing.T) {
	address := testnet.Loopback(t, "tcp4")
	l, err := net.Listen("tcp4", address)
	if err != nil {
		t.Fatal(err)
	}
	_, err = streamsock.Listen("tcp4", l.Addr().String())
	testKind(t, err, "IsAddrInUse")
	l.Close()
	_, err = streamsock.Dial("tcp4", l.Addr().String())
	testKind(t, err, "IsRefused")
	var d streamsock.Dialer
	_, err = d.DialContext(t.Context(), "tcp4", l.Addr().String())
	testKind(t, fmt.Errorf("server: %w", errors.Join(io.EOF, err)), "IsRefused")

	client, server := pair(t, "tcp4")
	if err := client.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	_, err = client.Write([]byte("x"))
	testKind(t, err, "IsBrokenPipe")

	if err := server.Abort(); err != nil {
		t.Fatal(err)
	}
	_, err = promptly(t, func() (int, error) { return client.Read(make([]byte, 1)) })
	if onWine && !streamsock.IsReset(err) {
		t.Logf("not here: %v", err) // see answersReset
	} else {
		testKind(t, err, "IsReset")
	}
	_, err = server.Write([]byte("x"))
	testKind(t, err, "") // it is closed
}

// TestErrorKindsMade takes errors that are made up.
func TestErrorKindsMade(t *testing.T) {
	for errno, kind := range map[syscall.Errno]string{
		syscall.ECONNRESET:   "IsReset",
		syscall.ECONNREFUSED: "IsRefused",
		syscall.EHOSTUNREACH: "IsUnreachable",
		syscall.ENETUNREACH:  "IsUnreachable",
		syscall.EPIPE:        "IsBrokenPipe",
		syscall.ENOTCONN:     "IsNotConnected",
		syscall.ETIMEDOUT:    "IsTimedOut",
		syscall.EADDRINUSE:   "IsAddrInUse",
		syscall.EINVAL:       "",
	} {
		testKind(t, errno, kind)
		testKind(t, &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", errno)}, kind)
		testKind(t, &sockopt.Error{Op: "get", Option: "NoDelay", Err: errno}, kind)
	}
	for _, err := range []error{nil, io.EOF, net.ErrClosed, os.ErrDeadlineExceeded, context.DeadlineExceeded, streamsock.ErrBroken} {
		testKind(t, err, "")
	}
}

// A client waits for its server to start. The same code runs on Unix and on Windows.
func ExampleIsRefused() {
	l, err := streamsock.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	address := l.Addr().String()
	l.Close() // the server is down

	for attempt := 1; ; attempt++ {
		c, err := streamsock.Dial("tcp4", address)
		if err == nil {
			fmt.Println("connected, attempt", attempt)
			c.Close()
			return
		}
		if !streamsock.IsRefused(err) {
			log.Fatal(err)
		}
		fmt.Println("refused")
		if l, err = streamsock.Listen("tcp4", address); err != nil { // the server is up
			log.Fatal(err)
		}
		defer l.Close()
	}
	// Output:
	// refused
	// connected, attempt 2
}

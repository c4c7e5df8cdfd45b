// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock"
)

// zeroConns are connections without a socket, those of which methods may be
// called and those which are only arguments: package net panics otherwise.
var (
	zeroConns = map[string]net.Conn{
		"zero Conn":                new(streamsock.Conn),
		"zero TimeoutConn":         new(streamsock.TimeoutConn),
		"TimeoutConn of zero Conn": new(streamsock.Conn).WithTimeouts(time.Hour, time.Hour),
	}
	zeroArguments = map[string]net.Conn{
		"nil Conn":        (*streamsock.Conn)(nil),
		"nil TimeoutConn": (*streamsock.TimeoutConn)(nil),
		"nil TCPConn":     (*net.TCPConn)(nil),
		"zero TCPConn":    new(net.TCPConn),
		"nil UnixConn":    (*net.UnixConn)(nil),
		"zero UnixConn":   new(net.UnixConn),
	}
)

// TestCopyZero copies from and to connections without a socket.
func TestCopyZero(t *testing.T) {
	if !sys.HasMsg {
		t.Skip("the system has no recvmsg")
	}
	refused := func(what string, copy func() (int64, error)) {
		t.Helper()
		n, err := promptly(t, copy)
		if n != 0 || !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%s: %d, %v, want EINVAL", what, n, err)
		}
	}
	c, _ := pair(t, "tcp4")
	tc := c.WithTimeouts(time.Hour, time.Hour)
	c.SetReadDeadline(past) // nothing may wait
	f := fileOf(t, []byte("data"))
	asArgument := func(name string, zero net.Conn) {
		refused("ReadFrom "+name, func() (int64, error) { return c.ReadFrom(zero) })
		refused("TimeoutConn.ReadFrom "+name, func() (int64, error) { return tc.ReadFrom(zero) })
		refused("CopyN from "+name, func() (int64, error) { return streamsock.CopyN(c, zero, 5) })
		refused("CopyN from "+name+" to TCPConn", func() (int64, error) { return streamsock.CopyN(c.TCPConn, zero, 5) })
		refused("CopyN from "+name+" to a file", func() (int64, error) { return streamsock.CopyN(f, zero, 5) })
		refused("WriteTo "+name, func() (int64, error) { return c.WriteTo(zero) })
		refused("TimeoutConn.WriteTo "+name, func() (int64, error) { return tc.WriteTo(zero) })
		refused("CopyN to "+name, func() (int64, error) { return streamsock.CopyN(zero, c, 5) })
		refused("CopyN from and to "+name, func() (int64, error) { return streamsock.CopyN(zero, zero, 5) })
		lr := &io.LimitedReader{R: zero, N: 5}
		refused("ReadFrom a LimitedReader of "+name, func() (int64, error) { return c.ReadFrom(lr) })
		if lr.N != 5 {
			t.Errorf("ReadFrom a LimitedReader of %s: %d left of 5", name, lr.N)
		}
	}
	for name, zero := range zeroConns {
		if runtime.GOOS == "linux" { // elsewhere Read and Write of package net are called
			asArgument(name, zero)
		}
		refused("io.Copy from "+name, func() (int64, error) { return io.Copy(io.Discard, zero) })
		r := strings.NewReader("data")
		refused("io.Copy to "+name, func() (int64, error) { return io.Copy(zero, onlyRead{r}) })
		if r.Len() != 4 {
			t.Errorf("io.Copy to %s: %d bytes left of 4", name, r.Len())
		}
		refused("io.Copy of a file to "+name, func() (int64, error) { return zero.(io.ReaderFrom).ReadFrom(f) })
	}
	if runtime.GOOS == "linux" {
		for name, zero := range zeroArguments {
			asArgument(name, zero)
		}
	}
	if at, err := f.Seek(0, io.SeekCurrent); at != 0 || err != nil {
		t.Errorf("file offset %d, %v", at, err)
	}
	if n, err := c.Write([]byte("data")); n != 4 || err != nil {
		t.Errorf("Write afterwards: %d, %v", n, err)
	}
}

// TestZeroEmpty checks that a Conn without a socket reports it in empty calls
// too.
func TestZeroEmpty(t *testing.T) {
	for name, c := range map[string]*streamsock.Conn{"zero": {}} {
		for _, f := range []streamsock.Flags{0, streamsock.DontWait} {
			for what, call := range map[string]func() (int64, error){
				"Recv":    func() (int64, error) { return recvNothing(c, f) },
				"Recvmsg": func() (int64, error) { return recvNothings(c, f) },
				"Send":    func() (int64, error) { return sendNothing(c, f) },
				"Sendmsg": func() (int64, error) { return sendNothings(c, f) },
				"Readv":   func() (int64, error) { return c.Readv(nil) },
				"Writev":  func() (int64, error) { return c.Writev(nil) },
			} {
				if n, err := call(); n != 0 || !errors.Is(err, syscall.EINVAL) {
					t.Errorf("%s Conn: %s with %v: %d, %v, want EINVAL", name, what, f, n, err)
				}
			}
		}
	}
}

// TestRelayZero has a relay close the other connection.
func TestRelayZero(t *testing.T) {
	for name, zero := range map[string]net.Conn{"Conn": &streamsock.Conn{}, "TCPConn": &net.TCPConn{}, "net.UnixConn": &net.UnixConn{}} {
		for _, first := range []bool{true, false} {
			c, peer := msgPair(t)
			a, b := net.Conn(c), zero
			if first {
				a, b = b, a
			}
			relaying := doing(func() error {
				_, err := streamsock.Relay(context.Background(), a, b)
				return err
			})
			start := time.Now()
			_, err := relaying.end(t)
			if e, ok := err.(*net.OpError); !ok || e.Op != "relay" || !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("%s, first %t: %v, want EINVAL or ErrUnsupported of the relay", name, first, err)
			}
			if took := time.Since(start); took > time.Second {
				t.Errorf("%s, first %t: the relay took %v", name, first, took) // it waits for the peer
			}
			mustBeClosed(t, c)
			if n, err := peer.Read(make([]byte, 1)); n != 0 || err != io.EOF {
				t.Errorf("%s, first %t: the peer got %d, %v", name, first, n, err)
			}
		}
	}
}

// TestCopyNilFile copies from and to a nil file.
func TestCopyNilFile(t *testing.T) {
	c, peer := msgPair(t)
	tc := c.WithTimeouts(time.Hour, time.Hour)
	put(t, peer, c, []byte("data"))
	var f *os.File
	for what, copy := range map[string]func() (int64, error){
		"ReadFrom":             func() (int64, error) { return c.ReadFrom(f) },
		"TimeoutConn.ReadFrom": func() (int64, error) { return tc.ReadFrom(f) },
		"io.CopyN":             func() (int64, error) { return io.CopyN(tc, f, 5) },
		"CopyN":                func() (int64, error) { return streamsock.CopyN(f, c, 1) },
		"WriteTo":              func() (int64, error) { return c.WriteTo(f) },
	} {
		if n, err := promptly(t, copy); n != 0 || !errors.Is(err, os.ErrInvalid) {
			t.Errorf("%s of a nil file: %d, %v, want os.ErrInvalid", what, n, err)
		}
		put(t, peer, c, []byte("data")) // the data that was read is lost
	}
}

// TestZeroDeadline sets the deadlines of a Conn without a socket.
func TestZeroDeadline(t *testing.T) {
	c := new(streamsock.Conn)
	for name, set := range map[string]func(time.Time) error{
		"SetDeadline":      c.SetDeadline,
		"SetReadDeadline":  c.SetReadDeadline,
		"SetWriteDeadline": c.SetWriteDeadline,
	} {
		if err := set(past); err != syscall.EINVAL {
			t.Errorf("%s: %v, want EINVAL", name, err)
		}
	}
}

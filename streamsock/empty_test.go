// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"errors"
	"net"
	"runtime"
	"testing"
	"time"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

// An emptyCall is a call that receives or sends no bytes.
type emptyCall struct {
	name  string
	flags streamsock.Flags
	call  func(c *streamsock.Conn, f streamsock.Flags) (int64, error)
}

var emptyReceivers = []emptyCall{
	{"Recv", 0, recvNothing},
	{"Recvmsg", 0, recvNothings},
	{"Recv WaitAll", streamsock.WaitAll, recvNothing},
	{"Recvmsg Peek", streamsock.Peek, recvNothings},
	{"Readv", 0, func(c *streamsock.Conn, _ streamsock.Flags) (int64, error) { return c.Readv(nil) }},
	{"Peek", 0, func(c *streamsock.Conn, _ streamsock.Flags) (int64, error) { return wide(c.Peek(nil)) }},
	{"TimeoutConn.Read", 0, func(c *streamsock.Conn, _ streamsock.Flags) (int64, error) {
		return wide(c.WithTimeouts(time.Hour, time.Hour).Read(nil))
	}},
}

var emptySenders = []emptyCall{
	{"Send", 0, sendNothing},
	{"Sendmsg", 0, sendNothings},
	{"Send OOB", streamsock.OOB, sendNothing},
	{"Sendmsg DontRoute", streamsock.DontRoute, sendNothings},
	{"Writev", 0, func(c *streamsock.Conn, _ streamsock.Flags) (int64, error) { return c.Writev([][]byte{nil, {}}) }},
	{"TimeoutConn.Write", 0, func(c *streamsock.Conn, _ streamsock.Flags) (int64, error) {
		return wide(c.WithTimeouts(time.Hour, time.Hour).Write(nil))
	}},
}

// TestEmptyErrors compares the errors of empty calls with those of the Read and
// Write of package net, in each state of the connection.
func TestEmptyErrors(t *testing.T) {
	if !sys.HasMsg {
		t.Skip("the system has no recvmsg")
	}
	if runtime.GOOS == "windows" {
		t.Skip("package net's Read of no bytes waits on Windows until something can be read")
	}
	for name, enter := range map[string]func(t *testing.T, c, peer *net.TCPConn){
		"open":              func(t *testing.T, c, peer *net.TCPConn) {},
		"closed":            func(t *testing.T, c, peer *net.TCPConn) { c.Close() },
		"past deadline":     func(t *testing.T, c, peer *net.TCPConn) { c.SetDeadline(past) },
		"after CloseWrite":  func(t *testing.T, c, peer *net.TCPConn) { c.CloseWrite() },
		"after CloseRead":   func(t *testing.T, c, peer *net.TCPConn) { c.CloseRead() },
		"after peer's FIN":  func(t *testing.T, c, peer *net.TCPConn) { peer.CloseWrite() },
		"after peer's data": func(t *testing.T, c, peer *net.TCPConn) { peer.Write([]byte("data")) },
		"after a reset": func(t *testing.T, c, peer *net.TCPConn) {
			abortConn(peer)
			connBecomes(t, c, streamsock.Closed, streamsock.ErrBroken)
			c.Write([]byte("a")) // takes the error of the connection; the next is EPIPE
		},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "after a reset" {
				skipUnlessChecked(t)
			}
			reference, peer := testnet.Pair(t, "tcp4")
			enter(t, reference, peer)
			_, readErr := reference.Read(nil)
			_, writeErr := reference.Write(nil)
			compare := func(calls []emptyCall, want error) {
				for _, e := range calls {
					if e.flags&streamsock.DontRoute != 0 && sys.MsgDontRoute == 0 {
						continue
					}
					c, peer := testnet.Pair(t, "tcp4")
					enter(t, c, peer)
					n, err := promptly(t, func() (int64, error) { return e.call(wrap(t, c), e.flags) })
					if n != 0 || describeOrNil(err) != describeOrNil(want) {
						t.Errorf("%s: %d, %s; package net: %s", e.name, n, describeOrNil(err), describeOrNil(want))
					}
				}
			}
			if name != "closed" { // Wrap refuses it
				compare(emptyReceivers, readErr)
				compare(emptySenders, writeErr)
				return
			}
			c, _ := pair(t, "tcp4")
			c.Close()
			for _, e := range append(emptyReceivers, emptySenders...) {
				if n, err := e.call(c, e.flags); n != 0 || !errors.Is(err, net.ErrClosed) {
					t.Errorf("%s: %d, %v, want net.ErrClosed", e.name, n, err)
				}
			}
		})
	}
}

// TestEmptyDontWait calls with DontWait, while other goroutines are blocked in
// Read and Write. Deadlines are ignored.
func TestEmptyDontWait(t *testing.T) {
	c, peer := tightPair(t)
	reading := begin(func() (int, error) { return c.Read(make([]byte, 1)) })
	reading.blocks(t)
	data := ascii(1 << 20)
	writing := begin(func() (int, error) { return c.Write(data) })
	writing.blocks(t)
	calls := []emptyCall{
		{"Recv DontWait", streamsock.DontWait, recvNothing},
		{"Recvmsg DontWait", streamsock.DontWait, recvNothings},
		{"Recv Peek|DontWait", streamsock.Peek | streamsock.DontWait, recvNothing},
		{"Recv OOB", streamsock.OOB, recvNothing},
		{"TryRead", 0, func(c *streamsock.Conn, _ streamsock.Flags) (int64, error) { return wide(c.TryRead(nil)) }},
		{"Send DontWait", streamsock.DontWait, sendNothing},
		{"Sendmsg OOB|DontWait", streamsock.OOB | streamsock.DontWait, sendNothings},
		{"TryWrite", 0, func(c *streamsock.Conn, _ streamsock.Flags) (int64, error) { return wide(c.TryWrite(nil)) }},
	}
	for _, e := range calls {
		if n, err := promptly(t, func() (int64, error) { return e.call(c, e.flags) }); n != 0 || err != nil {
			t.Errorf("%s: %d, %v", e.name, n, err)
		}
	}
	peer.Write([]byte("a"))
	reading.ends(t, 1, nil)
	take(t, peer, data)
	writing.ends(t, len(data), nil)

	c.SetDeadline(past)
	for _, e := range calls {
		if n, err := e.call(c, e.flags); n != 0 || err != nil {
			t.Errorf("%s after the deadline: %d, %v", e.name, n, err)
		}
	}
	c.Close()
	for _, e := range calls {
		if n, err := e.call(c, e.flags); n != 0 || !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s after Close: %d, %v, want net.ErrClosed", e.name, n, err)
		}
	}
}

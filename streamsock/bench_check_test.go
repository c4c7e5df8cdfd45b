// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package streamsock_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock"
)

// BenchmarkCheck times Check of an idle connection, which a pool needs before
// each use, against what database drivers do instead and the bare system call.
// It reports what BenchmarkBytes does. Run it by
//
//	go test -run '^$' -bench Check -benchtime 20x -count 5 ./streamsock
func BenchmarkCheck(b *testing.B) {
	c, peer := pair(b, "tcp4")
	const ops = 100
	side := func(one func() error) func() lap {
		return timed(ops, func() {
			for range ops {
				if err := one(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	ours := side(func() error { return mustBeIdle(c.Check()) })
	b.Run("Check/vs-driver", func(b *testing.B) {
		contest(b, ops, ours, side(func() error { return driversCheck(c.TCPConn) }))
	})
	b.Run("Check/vs-bare", func(b *testing.B) {
		rc, err := c.SyscallConn()
		if err != nil {
			b.Fatal(err)
		}
		visit := func(fd uintptr) { sys.CheckPeer(fd) }
		contest(b, ops, ours, side(func() error { return rc.Control(visit) }))
	})
	b.Run("CheckConn/vs-driver", func(b *testing.B) {
		layered := tls.Client(c, &tls.Config{InsecureSkipVerify: true})
		contest(b, ops, side(func() error { return mustBeIdle(streamsock.CheckConn(layered)) }),
			side(func() error { return driversCheck(c.TCPConn) }))
	})
	b.Run("CheckConn/of-TCPConn/vs-driver", func(b *testing.B) {
		contest(b, ops, side(func() error { return mustBeIdle(streamsock.CheckConn(c.TCPConn)) }),
			side(func() error { return driversCheck(c.TCPConn) }))
	})
	write(b, peer, []byte("data")) // the driver's check would take it
	await(b, c, 4)
	b.Run("Pending/vs-bare", func(b *testing.B) {
		rc, err := c.SyscallConn()
		if err != nil {
			b.Fatal(err)
		}
		visit := func(fd uintptr) { sys.CheckPeer(fd) }
		contest(b, ops, side(func() error { _, err := c.Check(); return err }), side(func() error { return rc.Control(visit) }))
	})
}

func mustBeIdle(l streamsock.Liveness, err error) error {
	if l != streamsock.Idle {
		return errors.New(l.String())
	}
	return err
}

// driversCheck does what the drivers of go-sql-driver/mysql, redis and others
// do before they use a connection again: they read a byte without waiting.
func driversCheck(c net.Conn) error {
	sc, ok := c.(syscall.Conn)
	if !ok {
		return nil
	}
	rc, err := sc.SyscallConn()
	if err != nil {
		return err
	}
	var found error
	err = rc.Read(func(fd uintptr) bool {
		var b [1]byte
		switch n, err := syscall.Read(int(fd), b[:]); {
		case n == 0 && err == nil:
			found = io.EOF
		case n > 0:
			found = errors.New("unexpected data")
		case err == syscall.EAGAIN:
		default:
			found = err
		}
		return true
	})
	if err != nil {
		return err
	}
	return found
}

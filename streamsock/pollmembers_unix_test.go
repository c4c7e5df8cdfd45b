// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package streamsock_test

import (
	"io"
	"net"
	"os"
	"syscall"
	"testing"
)

func init() {
	pollKinds = append(pollKinds, []pollKind{
		{"UnixConn", func(t *testing.T) (syscall.Conn, io.WriteCloser) { c, peer := ourUnixPair(t); return c, peer }},
		{"net.UnixConn", func(t *testing.T) (syscall.Conn, io.WriteCloser) {
			c, peer := unixPair(t)
			return c.(*net.UnixConn), peer
		}},
		{"os.File", func(t *testing.T) (syscall.Conn, io.WriteCloser) {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { r.Close(); w.Close() })
			return r, w
		}},
		{"net.UnixListener", func(t *testing.T) (syscall.Conn, io.WriteCloser) {
			l, err := net.Listen("unix", socketPath(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { l.Close() })
			return l.(*net.UnixListener), &dialling{l.Addr(), nil}
		}},
	}...)
}

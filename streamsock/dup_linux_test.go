// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

// TestDup holds that a duplicate works, that the original's deadlines and Close
// still do, and that the connection lives as long as one of them.
func TestDup(t *testing.T) {
	client, server := msgPair(t)
	d, err := server.Dup()
	if err != nil {
		t.Fatal(err)
	}
	fd := int(d)
	open := true
	defer func() {
		if open {
			syscall.Close(fd)
		}
	}()
	flags, _, e := syscall.Syscall(syscall.SYS_FCNTL, d, syscall.F_GETFD, 0)
	if e != 0 || flags&syscall.FD_CLOEXEC == 0 {
		t.Errorf("%#x, %v: it is not closed on exec", flags, e)
	}
	server.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	_, err = promptly(t, func() (int, error) { return server.Read(make([]byte, 1)) })
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
	server.SetReadDeadline(time.Time{})
	reader := begin(func() (int, error) { return server.Read(make([]byte, 1)) })
	reader.blocks(t)
	server.Close()
	reader.ends(t, 0, net.ErrClosed)

	if n, err := syscall.Write(fd, []byte("abc")); n != 3 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	take(t, client, []byte("abc"))
	if _, err := client.TryRead(make([]byte, 1)); err != streamsock.ErrWouldBlock {
		t.Errorf("the connection has ended: %v", err)
	}
	open = false
	syscall.Close(fd)
	takeRest(t, client, nil)
	if _, err := server.Dup(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

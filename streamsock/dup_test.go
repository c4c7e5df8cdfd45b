// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix || windows

package streamsock_test

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/streamsock"
)

// TestDup checks that a duplicate works, that the original's deadlines and
// Close still do, and that the connection lives as long as one of them.
func TestDup(t *testing.T) {
	client, server := msgPair(t)
	fd, err := server.Dup()
	if err != nil {
		t.Fatal(err)
	}
	open := true
	defer func() {
		if open {
			sys.CloseSocket(fd)
		}
	}()
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

	var v sys.Vec
	v.Load([][]byte{[]byte("abc")}, 0)
	if n, err := sys.Sendmsg(fd, &v, 0); n != 3 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	take(t, client, []byte("abc"))
	if _, err := client.TryRead(make([]byte, 1)); err != streamsock.ErrWouldBlock {
		t.Errorf("the connection has ended: %v", err)
	}
	open = false
	sys.CloseSocket(fd)
	takeRest(t, client, nil)
	if _, err := server.Dup(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

// TestListenerDup checks that a listener accepts as long as it has a duplicate.
func TestListenerDup(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	fd, err := l.Dup()
	if err != nil {
		t.Fatal(err)
	}
	defer sys.CloseSocket(fd)
	l.Close()
	c, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

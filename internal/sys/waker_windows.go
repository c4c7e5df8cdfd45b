// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"net"
	"syscall"

	"golang.org/x/sys/windows"
)

func pollEntry(fd uintptr, want Events) pollFD { return pollFD{fd: fd, events: toPoll(want)} }

func pollAnswer(p pollFD) (fd uintptr, ready Events) { return p.fd, fromPoll(p.revents) }

// A waker ends a call of WSAPoll, which takes sockets only: it is one for
// datagrams that it sends to itself.
type waker struct {
	conn   *net.UDPConn
	handle uintptr
}

func newWaker() (*waker, error) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	raw, err := c.SyscallConn()
	if err == nil {
		err = control(raw, Prepare)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	w := &waker{conn: c}
	_ = control(raw, func(fd uintptr) error { w.handle = fd; return nil })
	return w, nil
}

// control calls f with the handle.
func control(raw syscall.RawConn, f func(fd uintptr) error) (err error) {
	if e := raw.Control(func(fd uintptr) { err = f(fd) }); e != nil {
		return e
	}
	return err
}

func (w *waker) fd() uintptr { return w.handle }

func (w *waker) wake() { w.conn.WriteTo([]byte{0}, w.conn.LocalAddr()) }

func (w *waker) drain() {
	var b [64]byte
	buf := windows.WSABuf{Len: uint32(len(b)), Buf: &b[0]}
	for {
		var n, flags uint32
		if windows.WSARecv(windows.Handle(w.handle), &buf, 1, &n, &flags, nil, nil) != nil {
			return
		}
	}
}

func (w *waker) close() { w.conn.Close() }

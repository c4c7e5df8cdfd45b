// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"os"

	"golang.org/x/sys/windows"
)

func pollEntry(fd uintptr, want Events) pollFD { return pollFD{fd: fd, events: toPoll(want)} }

func pollAnswer(p pollFD) Events { return fromPoll(p.revents) }

// A waker ends a call of WSAPoll, which takes sockets only: it is one for
// datagrams, connected to itself.
type waker struct{ socket windows.Handle }

// winsock22 is version 2.2 of winsock, the newest.
const winsock22 = 2<<8 | 2

func newWaker() (*waker, error) {
	var data windows.WSAData
	if err := windows.WSAStartup(winsock22, &data); err != nil {
		return nil, os.NewSyscallError("wsastartup", err)
	}
	s, err := windows.WSASocket(windows.AF_INET, windows.SOCK_DGRAM, windows.IPPROTO_UDP, nil, 0,
		windows.WSA_FLAG_OVERLAPPED|windows.WSA_FLAG_NO_HANDLE_INHERIT)
	if err != nil {
		_ = windows.WSACleanup()
		return nil, os.NewSyscallError("wsasocket", err)
	}
	w := &waker{s}
	if err := w.join(); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// join connects the socket to itself.
func (w *waker) join() error {
	if err := Prepare(uintptr(w.socket)); err != nil {
		return os.NewSyscallError("wsaioctl", err)
	}
	if err := windows.Bind(w.socket, &windows.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return os.NewSyscallError("bind", err)
	}
	own, err := windows.Getsockname(w.socket)
	if err != nil {
		return os.NewSyscallError("getsockname", err)
	}
	return os.NewSyscallError("connect", windows.Connect(w.socket, own))
}

func (w *waker) fd() uintptr { return uintptr(w.socket) }

func (w *waker) wake() {
	var b [1]byte
	var n uint32
	// If there is no room, there are datagrams that wake.
	_ = windows.WSASend(w.socket, &windows.WSABuf{Len: 1, Buf: &b[0]}, 1, &n, 0, nil, nil)
}

func (w *waker) drain() {
	var b [1]byte
	var n, flags uint32
	for windows.WSARecv(w.socket, &windows.WSABuf{Len: 1, Buf: &b[0]}, 1, &n, &flags, nil, nil) == nil {
		flags = 0
	}
}

func (w *waker) close() {
	_ = windows.Closesocket(w.socket)
	_ = windows.WSACleanup()
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import "golang.org/x/sys/windows"

var acceptProc = windows.NewLazySystemDLL("ws2_32.dll").NewProc("accept")

// Accept accepts a connection. It does not block if Prepare was called for the
// listener. Unlike a socket of AcceptEx, the result needs no
// SO_UPDATE_ACCEPT_CONTEXT.
func Accept(fd uintptr) (uintptr, error) {
	n, _, err := acceptProc.Call(fd, 0, 0)
	h := windows.Handle(n)
	if h == windows.InvalidHandle {
		return 0, err
	}
	// Meanwhile, only a program that is not started by package os could inherit
	// it.
	if err := windows.SetHandleInformation(h, windows.HANDLE_FLAG_INHERIT, 0); err != nil {
		_ = windows.Closesocket(h)
		return 0, err
	}
	return n, nil
}

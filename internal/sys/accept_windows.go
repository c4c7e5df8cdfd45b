// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import "golang.org/x/sys/windows"

var acceptProc = windows.NewLazySystemDLL("ws2_32.dll").NewProc("accept")

// Accept takes a connection from the queue of a listener. It does not wait if
// the listener was made so by Prepare. Unlike those of AcceptEx, the socket needs
// no SO_UPDATE_ACCEPT_CONTEXT.
func Accept(fd uintptr) (uintptr, error) {
	n, _, err := acceptProc.Call(fd, 0, 0)
	h := windows.Handle(n)
	if h == windows.InvalidHandle {
		return 0, err
	}
	// Only a program that is started by other means than package os could
	// inherit it meanwhile.
	if err := windows.SetHandleInformation(h, windows.HANDLE_FLAG_INHERIT, 0); err != nil {
		_ = windows.Closesocket(h)
		return 0, err
	}
	return n, nil
}

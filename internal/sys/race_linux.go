// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux && race

package sys

import (
	"runtime"
	"syscall"
	"unsafe"
)

const raceEnabled = true

// The race detector takes what package syscall reads and writes for
// synchronization: who has read something happens after who has written it.
// It does not see other system calls, so these make one of package syscall
// beside that does nothing. They also tell it which memory the kernel touched.

func raceRead(fd uintptr, v *Vec, n int) {
	raceReceived(fd, nil)
	for _, iov := range v.iov {
		k := min(int(iov.Len), n)
		if k == 0 {
			return
		}
		runtime.RaceWriteRange(unsafe.Pointer(iov.Base), k)
		n -= k
	}
}

func raceReceived(fd uintptr, p []byte) {
	syscall.Read(int(fd), nil)
	if len(p) > 0 {
		runtime.RaceWriteRange(unsafe.Pointer(&p[0]), len(p))
	}
}

func raceWrite(fd uintptr, v *Vec) {
	for _, iov := range v.iov {
		runtime.RaceReadRange(unsafe.Pointer(iov.Base), int(iov.Len))
	}
	raceSent(nil)
}

func raceSent(p []byte) {
	if len(p) > 0 {
		runtime.RaceReadRange(unsafe.Pointer(&p[0]), len(p))
	}
	syscall.Write(-1, nil) // on the socket it would take away a pending error
}

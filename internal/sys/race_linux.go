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

// The race detector treats reads and writes of package syscall as
// synchronization: a read happens after the write of the data. It does not see
// other system calls, so these functions also make a call of package syscall
// that has no effect. They also report to it which memory the kernel accessed.

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
	syscall.Write(-1, nil) // on the socket it would consume a pending error
}

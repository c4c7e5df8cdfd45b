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
	syscall.Read(int(fd), nil)
	for _, iov := range v.iov {
		k := min(int(iov.Len), n)
		if k == 0 {
			return
		}
		runtime.RaceWriteRange(unsafe.Pointer(iov.Base), k)
		n -= k
	}
}

func raceWrite(fd uintptr, v *Vec) {
	for _, iov := range v.iov {
		runtime.RaceReadRange(unsafe.Pointer(iov.Base), int(iov.Len))
	}
	syscall.Write(-1, nil) // on the socket it would take away a pending error
}

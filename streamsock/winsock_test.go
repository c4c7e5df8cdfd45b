// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"errors"
	"io"
	"runtime"
	"syscall"

	"example.com/streamsock/streamsock"
)

// winsock has the numbers by which Windows answers for those of Unix. After a
// reset it depends on who notices first.
var winsock = map[error][]syscall.Errno{
	syscall.ECONNRESET: {10054, 10053},
	syscall.EPIPE:      {10058, 10054, 10053},
	syscall.ENOTCONN:   {10057},
}

// answers reports whether err is the error, as this system has it.
func answers(err, want error) bool {
	if errors.Is(err, want) {
		return true
	}
	if runtime.GOOS != "windows" {
		return false
	}
	for _, n := range winsock[want] {
		if errors.Is(err, n) {
			return true
		}
	}
	return false
}

// answersReset reports whether err, of one who receives, is that of a reset.
// Wine may tell the end of the stream instead, and then nothing at all that
// looks at the connection tells anything else.
func answersReset(err error) bool {
	return answers(err, syscall.ECONNRESET) || onWine && (err == nil || err == io.EOF || errors.Is(err, streamsock.ErrBroken))
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package main

import (
	"errors"
	"os/signal"
	"syscall"
)

// ignoreSIGPIPE makes a write to a closed standard output return an error. The
// signal would end the process without the report.
func ignoreSIGPIPE() { signal.Ignore(syscall.SIGPIPE) }

// isBrokenPipe reports whether err is that of a write to a pipe without a
// reader.
func isBrokenPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }

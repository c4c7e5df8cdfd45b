// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !unix && !windows

package main

// ignoreSIGPIPE does nothing.
func ignoreSIGPIPE() {}

// isBrokenPipe reports whether err is that of a write to a pipe without a
// reader, which is like any other error here.
func isBrokenPipe(err error) bool { return false }

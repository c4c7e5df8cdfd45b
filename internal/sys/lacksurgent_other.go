// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !linux

package sys

// LacksUrgent reports whether the socket has no urgent data, as those of
// multipath TCP, which package net makes only on Linux.
func LacksUrgent(fd uintptr) bool { return false }

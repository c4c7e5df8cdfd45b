// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !linux

package sys

// IsMultipath reports whether the socket is one of multipath TCP. Package net
// makes such only on Linux.
func IsMultipath(fd uintptr) bool { return false }

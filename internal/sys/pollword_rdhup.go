// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux || freebsd

package sys

import "golang.org/x/sys/unix"

// pollRDHUP is POLLRDHUP of poll(2).
const pollRDHUP = unix.POLLRDHUP

// A pollWord is a set of events of poll(2).
type pollWord = int16

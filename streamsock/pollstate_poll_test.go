// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9 && (!linux || streamsock_poll)

package streamsock_test

// pollState is how the runtime calls the state of a goroutine that waits in a
// Poller.
const pollState = "[syscall"

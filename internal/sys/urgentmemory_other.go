// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !darwin

package sys

// An UrgentMemory contains what the kernel does not report about the urgent
// byte of a connection: nothing on these systems.
type UrgentMemory struct{}

// Receive returns n and err, the result of a receive of the urgent byte.
func (*UrgentMemory) Receive(b []byte, n int, err error, peek bool) (int, error) { return n, err }

// Check returns got, the events that a Poll or Poller reports.
func (*UrgentMemory) Check(fd uintptr, got, want Events) Events { return got }

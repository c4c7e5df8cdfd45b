// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

// An UrgentMemory contains what the kernel does not report about the urgent byte of a
// connection. The zero UrgentMemory is ready to use.
type UrgentMemory struct{ urgentMemory }

// Receive records the result of a receive of the urgent byte into b, and
// returns the result for the caller.
func (m *UrgentMemory) Receive(b []byte, n int, err error, peek bool) (int, error) {
	return m.receive(b, n, err, peek)
}

// Check corrects the events that a Poll or Poller reports.
func (m *UrgentMemory) Check(fd uintptr, got, want Events) Events {
	return m.check(bsdKernel{}, fd, got, want)
}

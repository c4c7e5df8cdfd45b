// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

// pollRDHUP is POLLRDHUP of poll(2), sys/poll.h.
const pollRDHUP = 0x4000

// A pollWord is a set of events of poll(2).
type pollWord = int16

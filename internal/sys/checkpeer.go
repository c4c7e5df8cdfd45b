// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

// Liveness is what CheckPeer finds out about the peer.
type Liveness uint8

// The zero Liveness says that it did not find out.
const (
	Idle       Liveness = iota + 1 // nothing has come
	Pending                        // there is something to read
	HalfClosed                     // the peer's end of the stream has come
	Ended                          // both ends of the stream have come: it is no more
	Lost                           // the connection was reset or given up
)

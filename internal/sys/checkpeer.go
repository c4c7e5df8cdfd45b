// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

// Liveness is the state of the peer returned by CheckPeer.
type Liveness uint8

// The zero Liveness means that the state is unknown.
const (
	Idle       Liveness = iota + 1 // no data
	Pending                        // data to read
	HalfClosed                     // the peer has ended its direction
	Ended                          // both directions have ended
	Lost                           // the connection was reset or has timed out
)

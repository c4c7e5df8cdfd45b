// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

// What the system can do.
const (
	HasMsg        = true  // Recvmsg and Sendmsg
	CanAwaitWrite = false // RawConn.Write can wait
	CanSeeFIN     = true  // a Poll or Poller reports PeerClosed
	HasDupTo      = false // DupTo
	SharesPoller  = false // package net can use two descriptors of a socket
	CanRelisten   = false // Listen changes the backlog of a listener
	ReportsPast   = true  // a Poller may report events from before Wait
)

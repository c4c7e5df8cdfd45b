// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package sys

// What the system can do.
const (
	HasMsg        = true  // Recvmsg and Sendmsg
	CanAwaitWrite = true  // RawConn.Write can wait
	HasDupTo      = true  // DupTo
	SharesPoller  = true  // package net can use two descriptors of a socket
	CanRelisten   = true  // Listen changes the backlog of a listener
	ReportsPast   = false // a Poller may report events from before Wait
)

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package sys

// What the system can do.
const (
	HasMsg        = true  // Recvmsg and Sendmsg
	CanAwaitWrite = true  // RawConn.Write waits for room
	HasDupTo      = true  // DupTo
	SharesPoller  = true  // package net can use a socket by two descriptors
	CanRelisten   = true  // Listen changes the backlog of a listener
	ReportsPast   = false // a Poller reports the events of a moment before Wait
)

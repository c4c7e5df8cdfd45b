// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import "example.com/streamsock/streamsock/tcpinfo"

// Info asks the system what it knows of the connection: its state, round-trip
// time, windows, rates, and the bytes and segments it has moved. It does not
// wait. It is [tcpinfo.Get], which says what the errors are; a program that
// asks often can use [tcpinfo.Info.Update] on c, which allocates nothing.
func (c *Conn) Info() (*tcpinfo.Info, error) { return tcpinfo.Get(c) }

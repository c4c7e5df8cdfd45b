// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package peers has no code. Its tests talk, through package streamsock, to
// programs that were not written for it: FTP, SMTP, telnet and rlogin servers
// and clients, most of which use TCP's urgent data, a C and a POCO program, a
// firewall that removes urgent marks, and alternatives to sockcat. The sources
// are in testdata/peers.
//
// The tests are skipped unless the environment variable STREAMSOCK_PEERS is 1,
// and then fail if a program is missing. Run all of them by
//
//	.ci/run peers
package peers

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package streamsock, at the root of the module, contains no code; import
// [example.com/streamsock/streamsock], which provides TCP and Unix stream sockets
// with the full socket API.
//
// The module's other packages are:
//
//   - [example.com/streamsock/streamsock/sockopt]: socket options as typed values,
//     for these sockets and for the connections of package net.
//   - [example.com/streamsock/streamsock/tcpinfo]: kernel statistics of a TCP
//     connection, TCP_INFO.
//   - [example.com/streamsock/streamsock/dialog]: the line protocols of SMTP, FTP
//     and NNTP, with Telnet commands.
//   - [example.com/streamsock/streamsock/fifo]: a ring buffer with notifications.
//   - [example.com/streamsock/streamsock/cmd/sockcat]: a netcat with the full socket
//     API.
package streamsock

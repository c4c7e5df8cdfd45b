// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package streamsock, at the root of the module, has no code; the module's
// packages are below it. Import
//
//	example.com/streamsock/streamsock
//
// The module's map:
//
//   - [example.com/streamsock/streamsock] has Conn, a net.Conn with the rest
//     of the socket interface, and its dialer and listener. Start here.
//   - [example.com/streamsock/streamsock/sockopt] has the socket options as
//     typed values, for Conn and for the connections of package net.
//   - [example.com/streamsock/streamsock/tcpinfo] tells what the system knows
//     of a connection.
//   - [example.com/streamsock/streamsock/dialog] has the dialogs of SMTP, FTP
//     and NNTP: lines, replies with a code, Telnet commands.
//   - [example.com/streamsock/streamsock/fifo] is a buffer between two
//     connections that tells when it can be read and written.
//   - [example.com/streamsock/streamsock/cmd/sockcat] is a command that joins
//     standard input and output to a connection with any of the options.
//   - internal/sys holds the tables and system calls of each operating
//     system. It alone imports golang.org/x/sys or unsafe.
//   - internal/cmd/optmatrix writes testdata/option-matrix.md, which system
//     has which option.
//   - internal/cmd/tcpfields writes the field constants of package tcpinfo.
//   - internal/cmd/versus measures streamsock beside package net, POCO, Asio
//     and C, and writes testdata/bench/versus.md.
//   - internal/neterr makes errors of the form that package net's have.
//   - internal/arch tests that the packages keep to this plan.
//   - internal/faults breaks networks and tests which error a user sees.
//   - internal/parity checks testdata/parity.md, what Go has for each member of
//     the socket classes of POCO and of the MFC.
//   - internal/peers tests against programs that were not written for us.
//   - internal/testnet is what the tests share.
package streamsock

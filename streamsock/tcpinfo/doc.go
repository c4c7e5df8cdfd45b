// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package tcpinfo reads kernel statistics for TCP connections: the state,
// round-trip time, windows, rates, and the number of bytes and segments sent
// and received.
//
//	info, err := tcpinfo.Get(c)
//	if err != nil {
//		return err
//	}
//	if info.Has(tcpinfo.FieldMinRTT) {
//		fmt.Println(info.MinRTT)
//	}
//
// [Info] is a common form of TCP_INFO of Linux and the BSDs,
// TCP_CONNECTION_INFO of macOS and SIO_TCP_INFO of Windows. Each of its fields
// has the same unit on all systems.
//
// [Get] accepts any value with a SyscallConn method, such as the connections
// and listeners of package net and of package streamsock. For a connection
// under TLS, pass the result of sockopt.Unwrap. Get does not block and changes
// nothing. It can be called while other goroutines use the connection, and
// ignores deadlines.
//
// # Absent fields
//
// The set of available fields depends on the operating system and the kernel
// version. Fields that the kernel does not report are zero, and [Info.Has]
// reports false for them. A field is available if the structure returned by the
// kernel is long enough to contain it, whatever the kernel version. A value by
// which a kernel means unknown or unlimited, such as zero or a huge number, is
// treated as absent; see the documentation of the field.
//
// The documentation of a field ends with Platforms, the values of GOOS on which
// it is available. A number after linux is the first kernel version that
// reports it. After openbsd, root means that OpenBSD reports it to the
// superuser only.
//
// The fields have been tested on Linux. Those of other systems are known from
// the source and headers of these systems.
//
// # Kernel structures
//
// [Info].Sys contains the structure returned by the kernel, with the kernel's
// names of its members. [Parse] parses such a structure from a file, another
// machine or a netlink message.
//
// The statistics of multipath connections (MPTCP_INFO) are not provided, except
// [Info].Multipath.
//
// # Unsupported systems
//
// On AIX, DragonFly, illumos, Solaris, Plan 9, js and wasip1, and on versions
// of Windows before Windows 10 version 1703, Get returns an error wrapping
// [errors.ErrUnsupported].
package tcpinfo

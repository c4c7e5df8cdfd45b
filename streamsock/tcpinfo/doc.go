// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package tcpinfo asks the system what it knows of a TCP connection: its
// state, round-trip time, windows, rates, and the bytes and segments it has
// moved. It is TCP_INFO of Linux and the BSDs, TCP_CONNECTION_INFO of darwin
// and SIO_TCP_INFO of Windows, in one structure, [Info], with one unit for
// each field.
//
//	info, err := tcpinfo.Get(c)
//	if info.Has(tcpinfo.FieldMinRTT) {
//		fmt.Println(info.MinRTT)
//	}
//
// [Get] works on anything that has a SyscallConn method, which connections
// and listeners of package net and of package streamsock have; for the
// connection under TLS, take what sockopt.Unwrap of package sockopt returns.
// It asks and does not wait: it works while other goroutines read and write,
// takes no notice of deadlines, and changes nothing.
//
// # Absent is not zero
//
// No system tells all, and newer kernels tell more than older ones. What was
// not told is zero in Info, and [Info.Has] reports false for it. A field is
// there if the kernel's answer is long enough to hold it, whatever version
// the kernel says it is. What a kernel means by "unknown" or "unlimited" and
// spells as a huge number or as zero counts as absent too; the fields' own
// documentation says which do.
//
// The last item of a field's documentation, Platforms, lists the systems that
// tell it. A number behind linux is the first kernel version that does. "root"
// means that OpenBSD tells it to the superuser only.
//
// # The kernel's own words
//
// [Info].Sys holds the structure as the kernel gave it, with the names that
// the kernel has for its members. [Parse] reads such bytes from elsewhere: a
// file, another machine, a netlink message.
//
// # Systems without it
//
// On aix, dragonfly, illumos, solaris, plan9, js and wasip1, and on Windows
// before version 10 1703, the error of Get is one for which
// errors.Is(err, [errors.ErrUnsupported]) holds.
package tcpinfo

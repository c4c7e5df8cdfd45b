// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package kqmodel is a model of what kqueue(2) and poll(2) of macOS and the BSDs report
// about TCP sockets. It is for tests of code that cannot run on those systems here.
//
// A rule names the file and the function that it follows, and for XNU the line in
// release 11417.101.15 (macOS 15.4). The sources of the BSDs are:
//
//	FreeBSD    sys/kern/uipc_socket.c, sys/kern/kern_event.c, sys/netinet/tcp_usrreq.c
//	NetBSD     the same files
//	OpenBSD    sys/kern/uipc_socket.c, sys/kern/kern_event.c
//	DragonFly  sys/kern/uipc_socket.c, sys/kern/kern_event.c
//
// of which some revision was read, and not always the newest. Where a rule was not read
// in a system's own source but in that of a relative, it is marked as assumed.
package kqmodel

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build solaris && !illumos

package sys

// The numbers of x/sys are those of illumos; Oracle Solaris has others.
const (
	tcp_KEEPIDLE  = 0x1d // netinet/tcp.h, Solaris 11.4
	tcp_KEEPINTVL = 0x1e // netinet/tcp.h, Solaris 11.4
	tcp_KEEPCNT   = 0x1f // netinet/tcp.h, Solaris 11.4
)

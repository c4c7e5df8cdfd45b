// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build illumos

package sys

import "golang.org/x/sys/unix"

// The numbers of x/sys are those of illumos; Oracle Solaris has others, see
// keepalive_solaris.go.
const (
	tcp_KEEPIDLE  = unix.TCP_KEEPIDLE
	tcp_KEEPCNT   = unix.TCP_KEEPCNT
	tcp_KEEPINTVL = unix.TCP_KEEPINTVL
)

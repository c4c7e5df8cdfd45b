// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !linux

package streamsock

import "io"

// splice copies from r to w inside the kernel. So far it is implemented only
// for Linux. FreeBSD and OpenBSD support it by SO_SPLICE, AIX by splice.
func splice(w io.Writer, r io.Reader) (n int64, err error, handled bool) { return 0, nil, false }

// A spliced is the result of a copy inside the kernel.
type spliced struct {
	err     error
	reading bool
	handled bool
}

func spliceAll(w io.Writer, r io.Reader) spliced { return spliced{} }

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !windows && !plan9

package sys

import (
	"errors"
	"syscall"
)

// IsNotConnected reports whether err says that there is no connection, or none
// any more.
func IsNotConnected(err error) bool { return errors.Is(err, syscall.ENOTCONN) }

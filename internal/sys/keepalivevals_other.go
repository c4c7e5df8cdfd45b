// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !windows

package sys

import (
	"errors"
	"time"
)

// SetKeepAliveVals is for Windows.
func SetKeepAliveVals(fd uintptr, idle, interval time.Duration) error { return errors.ErrUnsupported }

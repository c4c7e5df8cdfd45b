// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !unix

package testnet

// limit returns 0: the system does not report a limit of descriptors.
func limit() int { return 0 }

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !linux

package sockopt

// kernelTruth contains the value that the system reports for a sample value, if
// it is not the value itself.
var kernelTruth map[string]func(asked string) string

// refused reports whether the system refuses the sample value for a reason
// other than not having the option.
func refused(Info, error) bool { return false }

// hole reports whether the option is one that an emulator gets wrong.
func hole(Info) bool { return false }

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux && !race

package sys

const raceEnabled = false

func raceRead(fd uintptr, v *Vec, n int) {}

func raceReceived(fd uintptr, p []byte) {}

func raceWrite(fd uintptr, v *Vec) {}

func raceSent(p []byte) {}

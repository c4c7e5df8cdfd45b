// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package parity has no code. Its tests check two pages that compare the module with
// other libraries: testdata/parity.md has a row for each member of the socket classes
// of POCO and of the MFC, and testdata/peers.md a shorter table for each of six other
// APIs. Each name and each test in a row exists, each member of parity.md has a row,
// and the counts of peers.md are those of its lists.
package parity

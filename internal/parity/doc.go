// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package parity has no code. Its tests check testdata/parity.md, the table of
// what Go has for each member of the socket classes of POCO and of the MFC:
// each member has a row, and each name and each test in a row exists.
package parity

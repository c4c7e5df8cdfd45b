// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package arch has no code. Its tests hold the module to its plan: which
// package may import which, that every exported name is documented, and that
// every file has its licence.
package arch

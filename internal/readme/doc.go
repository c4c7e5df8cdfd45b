// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package readme has no code. Its tests compile and run what README.md shows:
// each block of Go is a program, or a part of an Example here. They also check
// the links of all pages and of the package documentation, and the README's
// numbers.
package readme

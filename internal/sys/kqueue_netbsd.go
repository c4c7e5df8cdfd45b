// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

// bsdKind contains the numbers of this system.
var bsdKind = kqueueNetBSD

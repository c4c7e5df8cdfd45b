// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package parity

import "strings"

// names returns the names in a cell, or nil if it contains anything else.
func names(cell string) []string {
	if !isNames.MatchString(cell) {
		return nil
	}
	all := eachName.FindAllString(cell, -1)
	for i, name := range all {
		all[i] = strings.Trim(name, "`")
	}
	return all
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"os"
	"strings"
	"testing"
)

// TestFigures fails if the figures of the README are not those of the page.
func TestFigures(t *testing.T) {
	page, err := os.ReadFile("../../../testdata/bench/versus.md")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	text, err := withFigures(string(readme), string(page))
	if err != nil {
		t.Fatal(err)
	}
	if text != string(readme) {
		t.Error("the figures of README.md are stale: run go run ./internal/cmd/versus -readme")
	}
	other := strings.Replace(string(readme), " µs |", " s |", 1)
	if text, err := withFigures(other, string(page)); err != nil || text != string(readme) {
		t.Errorf("other figures are kept, %v", err)
	}
	if _, err := withFigures(string(readme), strings.Replace(string(page), "\n## Relays\n", "\n## Others\n", 1)); err == nil {
		t.Error("a page without a section is accepted")
	}
}

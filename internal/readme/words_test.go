// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package readme_test

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// awkward matches phrases that have a plainer one: "an error wrapping X", "ignores",
// "reports", "except", "only", "after", "before", "again", "immediately".
var awkward = regexp.MustCompile(`(?i)for which errors\.Is|\b(of no use|takes? no notice|anew|whoever|be it|but for|nothing but|` +
	`for so long|of late|now and then|throws? away|thrown away|goes on|stands? still|one's own|` +
	`tells? (how|that|of|whether|which|what|when)|answers? an error)\b`)

// written matches the files that TestWords reads: pages, scripts and the sources of commands.
var written = regexp.MustCompile(`^(README|CHANGELOG)\.md$|^\.github/|^\.ci/|^doc\.go$|^testdata/.*\.md$|` +
	`^internal/cmd/.*\.go$|^streamsock/cmd/.*\.(go|html|1)$`)

// TestWords fails if a page, a script or a command has a phrase that reads badly.
func TestWords(t *testing.T) {
	n := 0
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == ".git":
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		if name, err = filepath.Rel(root, name); err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if !written.MatchString(name) {
			return nil
		}
		n++
		for i, line := range strings.Split(read(t, name), "\n") {
			if found := awkward.FindString(line); found != "" {
				t.Errorf("%s:%d: %q: use a plainer phrase", name, i+1, found)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 60 {
		t.Errorf("only %d files", n)
	}
}

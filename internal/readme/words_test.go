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
var awkward = regexp.MustCompile(`(?i)for which errors\.Is|\b(of no use|takes? no notice|anew|whoever|be it|nothing but|` +
	`for so long|of late|now and then|throws? away|thrown away|goes on|stands? still|one's own|` +
	`tells? (how|that|of|whether|which|what|when)|answers? an error)\b`)

var (
	written  = regexp.MustCompile(`^\.(ci|github)/|\.(go|md|html|1)$`)
	commands = regexp.MustCompile(`^(streamsock|internal)/cmd/`)
)

// isText reports whether TestWords reads a file: pages, scripts and sources. Of the
// tests it reads only those of commands.
func isText(name string) bool {
	return written.MatchString(name) && (!strings.HasSuffix(name, "_test.go") || commands.MatchString(name))
}

// TestWords fails if a page, a script or a source has a phrase that reads badly.
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
		if !isText(name) {
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
	if n < 200 {
		t.Errorf("only %d files", n)
	}
}

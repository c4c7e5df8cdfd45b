// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package arch

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// banned contains phrases that a reader has to read twice, and what to write
// instead. The list is short on purpose: it is not a style checker.
var banned = []struct{ phrase, instead string }{
	{`for which errors\.Is`, "an error wrapping X"},
	{`is of no use`, "is not usable; use NewX"},
	{`tak(es?|ing) no notice`, "ignores"},
	{`be it (a|an|the|that|by|of|apart|in)\b`, "whether"},
	{`whoever`, "name the caller, the peer or the goroutine"},
	{`anew`, "again"},
	{`of late`, "recently"},
	{`nothing but`, "only"},
	{`thr(ows?|own|owing) away`, "discard"},
	{`stands? still`, "stalls"},
	{`in vain`, "without result, forever"},
	{`what (becomes|became|has become) of`, "the result of"},
	{`now and then`, "occasionally"},
	{`answers? an error`, "returns an error"},
	{`tells? (how|that|whether|which|what|when)`, "reports"},
	{`the mirror of`, "returns the value set by"},
}

// pages are the text files that the list applies to, as patterns below the root.
var pages = []string{"*.md", ".github/*.md", ".ci/*", "testdata/*.md"}

// words matches the phrases, each as a group.
var words = func() *regexp.Regexp {
	var groups []string
	for _, b := range banned {
		groups = append(groups, `\b(`+strings.ReplaceAll(ungrouped(b.phrase), " ", `\s+`)+`)\b`)
	}
	return regexp.MustCompile(`(?i)` + strings.Join(groups, "|"))
}()

// ungrouped makes the groups of a regular expression non-capturing.
func ungrouped(expr string) string { return strings.ReplaceAll(expr, "(", "(?:") }

func checkWords(t *testing.T, where, text string) {
	t.Helper()
	for _, m := range words.FindAllStringSubmatch(text, -1) {
		for i, b := range banned {
			if m[i+1] != "" {
				t.Errorf("%s: %q; write: %s", where, m[0], b.instead)
			}
		}
	}
}

// TestWords checks comments and strings of the module's source. Tests may quote
// in strings what they like.
func TestWords(t *testing.T) {
	for _, s := range sources(t) {
		if s.dir == "internal/arch" {
			continue
		}
		for _, c := range s.file.Comments {
			checkWords(t, s.name, c.Text())
		}
		if s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if text, err := strconv.Unquote(l.Value); err == nil {
					checkWords(t, s.name, text)
				}
			}
			return true
		})
	}
	for _, pattern := range pages {
		names, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil || len(names) == 0 {
			t.Errorf("no file matches %s: %v", pattern, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			checkWords(t, name, string(text))
		}
	}
}

// TestWordsFound checks that TestWords finds a phrase across a line end, and no
// part of a word.
func TestWordsFound(t *testing.T) {
	for text, want := range map[string]bool{
		"It takes\nno notice of it":                  true,
		"Whoever calls":                              true,
		"an error for which errors.Is(err, X) holds": true,
		"renewed, of latest, may be it is":           false,
	} {
		if got := words.MatchString(text); got != want {
			t.Errorf("%q: %t, want %t", text, got, want)
		}
	}
}

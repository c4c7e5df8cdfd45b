// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package readme_test

import (
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	inlineLink = regexp.MustCompile(`(?s)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)`)
	htmlLink   = regexp.MustCompile(`\b()(?:src|srcset|href)="([^"]+)"`)
	heading    = regexp.MustCompile(`(?m)^#+ (.*)$`)
	code       = regexp.MustCompile("`[^`\n]*`")
	example    = regexp.MustCompile(`\bExample\w*`)
)

// TestLinks fails if a link on a page leads nowhere: if it names a file that does not
// exist, a heading that the page does not have, or an Example that is not in the
// file. With STREAMSOCK_LINKS=1 it also fetches the links to other sites.
func TestLinks(t *testing.T) {
	n := 0
	for _, page := range pages(t) {
		text := code.ReplaceAllStringFunc(prose(read(t, page)), func(span string) string {
			return strings.ReplaceAll(span, "](", "] (") // a[](T) is no link
		})
		for _, link := range slices.Concat(inlineLink.FindAllStringSubmatch(text, -1), htmlLink.FindAllStringSubmatch(text, -1)) {
			n++
			checkLink(t, page, link[1], link[2])
		}
	}
	if n < 40 {
		t.Errorf("only %d links", n)
	}
}

func checkLink(t *testing.T, page, text, target string) {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Errorf("%s: %v", page, err)
		return
	}
	if u.Scheme != "" {
		fetch(t, page, u)
		return
	}
	file := page
	if u.Path != "" {
		file = path.Join(path.Dir(page), u.Path)
	}
	if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(file))); err != nil {
		t.Errorf("%s: %v", page, err)
		return
	}
	if u.Fragment != "" && !slices.Contains(anchors(read(t, file)), u.Fragment) {
		t.Errorf("%s: %s has no heading #%s", page, file, u.Fragment)
	}
	for _, name := range example.FindAllString(text, -1) {
		if !declares(t, file, name) {
			t.Errorf("%s: %s has no %s", page, file, name)
		}
	}
}

// anchors returns the names by which a link finds the headings of a page.
func anchors(page string) (all []string) {
	for _, found := range heading.FindAllStringSubmatch(prose(page), -1) {
		name := regexp.MustCompile(`[^a-z0-9 _-]`).ReplaceAllString(strings.ToLower(found[1]), "")
		all = append(all, strings.ReplaceAll(name, " ", "-"))
	}
	return all
}

func fetch(t *testing.T, page string, u *url.URL) {
	t.Helper()
	if u.Scheme != "https" || u.Host == "" {
		t.Errorf("%s: %s", page, u)
	}
	if os.Getenv("STREAMSOCK_LINKS") == "" {
		return
	}
	r, err := http.Get(u.String())
	if err != nil {
		t.Errorf("%s: %v", page, err)
		return
	}
	r.Body.Close()
	if r.StatusCode != http.StatusOK {
		t.Errorf("%s: %s: %s", page, u, r.Status)
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package readme_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"example.com/streamsock/streamsock/sockopt"
)

// TestProgram runs the README's program and compares what it prints.
func TestProgram(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the options of the program are those of Linux")
	}
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip(err)
	}
	all := blocks(read(t, "README.md"))
	ran := 0
	for i, b := range all {
		if b.language != "go" || !strings.HasPrefix(b.text, "package main\n") {
			continue
		}
		name := filepath.Join(t.TempDir(), "main.go")
		if err := os.WriteFile(name, []byte(b.text), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(tool, "run", name)
		cmd.Dir = root
		out, err := cmd.CombinedOutput()
		if err != nil || i+1 == len(all) || string(out) != all[i+1].text {
			t.Errorf("%v, it prints\n%s", err, out)
		}
		ran++
	}
	if ran == 0 {
		t.Error("no program")
	}
}

// TestSnippets fails if a piece of Go in the README is not a part of an Example.
func TestSnippets(t *testing.T) {
	names, err := filepath.Glob("*_linux_test.go")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	examples := ""
	for _, name := range names {
		examples += read(t, "internal/readme/"+name)
	}
	n := 0
	for _, b := range blocks(read(t, "README.md")) {
		if b.language != "go" || strings.HasPrefix(b.text, "package main\n") {
			continue
		}
		n++
		if !isPart(b.text, examples) {
			t.Errorf("not in an Example:\n%s", b.text)
		}
	}
	if n < 14 {
		t.Errorf("only %d snippets", n)
	}
	if isPart("first := make([]byte, 2)\n", examples) {
		t.Error("finds what is not there")
	}
}

// isPart reports whether the text has the lines of a snippet, at any indentation.
func isPart(snippet, text string) bool {
	for indent := range 6 {
		tabs := strings.Repeat("\t", indent)
		lines := strings.Split(strings.TrimSuffix(snippet, "\n"), "\n")
		for i, line := range lines {
			if line != "" {
				lines[i] = tabs + line
			}
		}
		if strings.Contains(text, "\n"+strings.Join(lines, "\n")+"\n") {
			return true
		}
	}
	return false
}

var namedTest = regexp.MustCompile("`([a-z]+)\\.(Test[A-Za-z]+)`")

// TestFeatures fails if a test in the README's table of features does not exist.
func TestFeatures(t *testing.T) {
	rows := 0
	for line := range strings.Lines(read(t, "README.md")) {
		found := namedTest.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		rows++
		folder := "streamsock"
		if found[1] != folder {
			folder += "/" + found[1]
		}
		names, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		there := false
		for _, name := range names {
			there = there || declares(t, folder+"/"+filepath.Base(name), found[2])
		}
		if !there {
			t.Errorf("no test %s.%s", found[1], found[2])
		}
	}
	if rows < 12 {
		t.Errorf("only %d rows", rows)
	}
}

var options = regexp.MustCompile(`\b(\d+) socket options`)

// TestNumbers fails if the README has other numbers of options than sockopt.
func TestNumbers(t *testing.T) {
	all, set, get := 0, 0, 0
	for i := range sockopt.All() {
		all++
		if i.Access&sockopt.Writable != 0 {
			set++
		}
		if i.Access&sockopt.Readable != 0 {
			get++
		}
	}
	page := read(t, "README.md")
	if found := options.FindStringSubmatch(page); found == nil || found[1] != strconv.Itoa(all) {
		t.Errorf("sockopt has %d options, and the README %q", all, found)
	}
	for feature, n := range map[string]int{"set": set, "read": get} {
		row := fmt.Sprintf(`(?m)^\| Socket options to %s \|.* \| %d \| `, feature, n)
		if runtime.GOOS == "linux" && !regexp.MustCompile(row).MatchString(page) {
			t.Errorf("the README has no row %q", row)
		}
	}
}

// TestReleases fails if README.md, go.mod and .ci/run differ in the releases of Go.
func TestReleases(t *testing.T) {
	found := regexp.MustCompile(`two newest releases, (1\.\d+) and (1\.\d+)\.`).FindStringSubmatch(read(t, "README.md"))
	if found == nil {
		t.Fatal("README.md names no releases")
	}
	if older := "\ngo " + found[1] + ".0\n"; !strings.Contains(read(t, "go.mod"), older) {
		t.Errorf("go.mod has not the line %q", older)
	}
	if both := "\nreleases='" + found[1] + " " + found[2] + "'\n"; !strings.Contains(read(t, ".ci/run"), both) {
		t.Errorf(".ci/run has not the line %q", both)
	}
}

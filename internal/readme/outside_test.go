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
	"slices"
	"strings"
	"testing"
)

// TestOutside builds a module that imports all packages of this one, from go.mod and
// go.sum files with only golang.org/x/sys in addition.
func TestOutside(t *testing.T) {
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip(err)
	}
	here, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	sys := regexp.MustCompile(`golang\.org/x/sys (v\S+)`).FindStringSubmatch(read(t, "go.mod"))
	if sys == nil {
		t.Fatal("go.mod does not require golang.org/x/sys")
	}
	program := "package main\n\nimport (\n"
	for _, folder := range documented {
		if folder != "" && !strings.Contains(folder, "/cmd/") {
			program += fmt.Sprintf("\t_ %q\n", module+"/"+folder)
		}
	}
	var sums strings.Builder
	for line := range strings.Lines(read(t, "go.sum")) {
		if strings.HasPrefix(line, "golang.org/x/sys "+sys[1]) {
			sums.WriteString(line)
		}
	}
	folder := t.TempDir()
	for name, text := range map[string]string{
		"main.go": program + ")\n\nfunc main() {}\n",
		"go.sum":  sums.String(),
		"go.mod": fmt.Sprintf("module example.net/outside\n\ngo 1.26.0\n\nrequire (\n\t%s v0.1.0\n\tgolang.org/x/sys %s // indirect\n)\n\nreplace %[1]s => %[3]q\n",
			module, sys[1], here),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(tool, args...)
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOPROXY=off", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", args, err, out)
		}
		return string(out)
	}
	run("build", "-o", os.DevNull, ".")
	modules := strings.Fields(run("list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "."))
	slices.Sort(modules)
	if got := slices.Compact(modules); !slices.Equal(got, []string{module, "example.net/outside", "golang.org/x/sys"}) {
		t.Errorf("the modules are %q", got)
	}
}

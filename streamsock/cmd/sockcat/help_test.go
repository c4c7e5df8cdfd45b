// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestGenerated compares the generated files with their sources.
func TestGenerated(t *testing.T) {
	for name, want := range map[string]string{
		"sockcat.1":    manPage(commands()),
		"sockcat.bash": bashCompletion(commands()),
		"_sockcat":     zshCompletion(commands()),
	} {
		got, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Error(err)
		} else if strings.ReplaceAll(string(got), "\r\n", "\n") != want {
			t.Errorf("testdata/%s is not up to date: run go generate", name)
		}
	}
	for flags, want := range map[string]string{
		"help --man":             manPage(commands()),
		"help --completion bash": bashCompletion(commands()),
		"help --completion=zsh":  zshCompletion(commands()),
	} {
		if status, stdout, _ := sockcat(strings.Fields(flags)...); status != 0 || stdout != want {
			t.Errorf("sockcat %s: status %d", flags, status)
		}
	}
}

// TestManPage has groff look for mistakes.
func TestManPage(t *testing.T) {
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip(err)
	}
	var stderr strings.Builder
	cmd := exec.Command(groff, "-man", "-ww", "-Tascii", "testdata/sockcat.1")
	cmd.Stderr = &stderr
	text, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Errorf("%v, %s", err, stderr.String())
	}
	if !strings.Contains(string(text), "set an option of the connection") {
		t.Errorf("%s", text)
	}
}

// TestBashCompletion completes words.
func TestBashCompletion(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip(err)
	}
	for _, tt := range []struct{ words, want string }{
		{"sockcat --stat", "--stat --stat-format"},
		{"sockcat relay --listen-t", "--listen-tls --listen-tls-min"},
		{"sockcat --stat-format =", "csv json text"}, // as bash divides --stat-format=
		{"sockcat --starttls s", "smtp"},
		{"sockcat rel", "relay"},
		{"sockcat demo --f", "--file"},
		{"sockcat --report testdata/sockcat.", "testdata/sockcat.1 testdata/sockcat.bash"},
	} {
		words := strings.Fields(tt.words)
		script := `source testdata/sockcat.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sockcat; printf '%s\n' "${COMPREPLY[@]}"`
		out, err := exec.Command(bash, append([]string{"--norc", "-c", script, "bash"}, words...)...).Output()
		got := strings.Fields(string(out))
		slices.Sort(got)
		if err != nil || strings.Join(got, " ") != tt.want {
			t.Errorf("%q: %v, %q, want %q", tt.words, err, got, tt.want)
		}
	}
}

// TestZshCompletion has zsh read the function.
func TestZshCompletion(t *testing.T) {
	zsh, err := exec.LookPath("zsh")
	if err != nil {
		t.Skip(err)
	}
	if out, err := exec.Command(zsh, "-f", "-n", "testdata/_sockcat").CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v, %s", err, out)
	}
}

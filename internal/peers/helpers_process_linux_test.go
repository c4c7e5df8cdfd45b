// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func buildSockcat(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sockcat")
	cmd := exec.Command(program(t, "go"), "build", "-o", path, "example.com/streamsock/streamsock/cmd/sockcat")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	return path
}

// A process is a program with files as its standard input and output.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	errors talk   // its standard error
	output string // name of the file that it writes
}

// launch starts a program that reads the input.
func launch(t *testing.T, input string, name string, args ...string) *process {
	t.Helper()
	stdin, err := os.Open(saved(t, input))
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	return launchWith(t, stdin, name, args...)
}

// held starts a program whose input continues until the test closes it.
func held(t *testing.T, name string, args ...string) (*process, *os.File) {
	t.Helper()
	r, w := pipe(t)
	defer r.Close()
	w.SetWriteDeadline(time.Now().Add(patience))
	return launchWith(t, r, name, args...), w
}

func launchWith(t *testing.T, stdin *os.File, name string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(name, args...), output: filepath.Join(t.TempDir(), "output")}
	stdout, err := os.Create(p.output)
	if err != nil {
		t.Fatal(err)
	}
	defer stdout.Close()
	r, stderr := pipe(t)
	r.SetReadDeadline(time.Now().Add(patience))
	p.errors = talk{t, pipes{r, io.Discard}}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = stdin, stdout, stderr
	start(t, p.cmd)
	stderr.Close()
	return p
}

// await waits until the program has written so many bytes.
func (p *process) await(size int64) {
	p.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		info, err := os.Stat(p.output)
		if err != nil {
			p.t.Fatal(err)
		}
		if info.Size() >= size {
			return
		}
	}
	p.t.Fatalf("%v does not write %d bytes", p.cmd, size)
}

// saved writes text to a file and returns its name.
func saved(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// end waits until the program has ended with the status, or with any if that is
// negative. It returns its output, and the rest of its standard error.
func (p *process) end(status int) (stdout, stderr string) {
	p.t.Helper()
	rest, err := io.ReadAll(p.errors.rw) // it ends with the program
	if err != nil {
		p.t.Fatalf("%v continues: %v, %q", p.cmd, err, rest)
	}
	err = p.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || status >= 0 && p.cmd.ProcessState.ExitCode() != status {
		p.t.Errorf("%v: %v, want status %d; %s", p.cmd, err, status, rest)
	}
	b, err := os.ReadFile(p.output)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(b), string(rest)
}

// port reads from standard error what port the program listens on: what
// follows the text.
func (p *process) port(text string) string {
	p.t.Helper()
	p.errors.hear(text)
	line := strings.TrimSpace(p.errors.hear("\n"))
	return line[strings.LastIndexByte(line, ':')+1:]
}

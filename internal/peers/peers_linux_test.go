// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

func TestMain(m *testing.M) {
	if os.Getenv("STREAMSOCK_PEERS") != "1" {
		fmt.Println("skipped: these are for .ci/run peers, and want STREAMSOCK_PEERS=1")
		return
	}
	testnet.Main(m)
}

// patience is how long a test waits for a program to do something.
const patience = 20 * time.Second

const sources = "../../testdata/peers"

// missing ends a test that lacks something.
func missing(t *testing.T, what string) {
	t.Helper()
	t.Fatalf("missing: %s (.ci/run peers installs it)", what)
}

// native skips the test where programs of the machine would not start our
// test binary, or the emulator would stand between us and them.
func native(t *testing.T) {
	t.Helper()
	if e := os.Getenv("STREAMSOCK_EMULATOR"); e != "" {
		t.Skipf("peers are not for %s", e)
	}
}

func needRoot(t *testing.T) {
	t.Helper()
	native(t)
	if os.Geteuid() != 0 {
		missing(t, "root")
	}
}

// noNamespace ends the test if err says that the process may not make a
// namespace, as root in a container may not.
func noNamespace(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, syscall.EPERM) {
		missing(t, "the right to make a namespace")
	}
}

// program returns the path of a program, by the first of the names that is
// there. Debian keeps servers out of a user's PATH.
func program(t *testing.T, names ...string) string {
	t.Helper()
	native(t)
	for _, name := range names {
		for _, path := range []string{name, "/usr/sbin/" + name, "/sbin/" + name} {
			if found, err := exec.LookPath(path); err == nil {
				return found
			}
		}
	}
	missing(t, strings.Join(names, " or "))
	return ""
}

// grace is how long a program may take to end by itself.
const grace = 2 * time.Second

// start starts a program in a process group of its own. When the test ends it
// kills those of the group that do not end by themselves, and the kernel kills
// the program if the test does not get to it: no goroutine here ends its
// thread, which is what Pdeathsig looks at.
func start(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	if err := cmd.Start(); err != nil {
		noNamespace(t, err)
		t.Fatal(err)
	}
	t.Cleanup(func() {
		kill := func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
		timer := time.AfterFunc(grace, kill)
		cmd.Wait()
		timer.Stop()
		kill()
	})
}

// A talk is what a program reads and writes.
type talk struct {
	t *testing.T
	// rw ends by its deadline.
	rw io.ReadWriter
}

// say writes text to the program.
func (k talk) say(text string) {
	k.t.Helper()
	if _, err := io.WriteString(k.rw, text); err != nil {
		k.t.Fatalf("write %q: %v", text, err)
	}
}

// hear reads until the program has written want, and not more. It returns
// what was read.
func (k talk) hear(want string) string {
	k.t.Helper()
	var heard strings.Builder
	b := make([]byte, 1)
	for !strings.HasSuffix(heard.String(), want) {
		if _, err := io.ReadFull(k.rw, b); err != nil {
			k.t.Fatalf("%v before %q, after %q", err, want, heard.String())
		}
		heard.Write(b)
	}
	return heard.String()
}

// pipes are the standard input and output of a program.
type pipes struct {
	io.Reader
	io.Writer
}

// converse starts a program whose standard input and output are pipes.
func converse(t *testing.T, cmd *exec.Cmd) talk {
	t.Helper()
	stdin, input := pipe(t)
	output, stdout := pipe(t)
	input.SetWriteDeadline(time.Now().Add(patience))
	output.SetReadDeadline(time.Now().Add(patience))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, stdout
	start(t, cmd)
	t.Cleanup(func() { input.Close() }) // first, so that the program ends by itself
	stdin.Close()
	stdout.Close()
	return talk{t, pipes{output, input}}
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

// onTerminal starts a program on a terminal of its own.
func onTerminal(t *testing.T, name string, args ...string) talk {
	t.Helper()
	script := program(t, "script")
	command := strings.Join(append([]string{"exec", name}, args...), " ")
	return converse(t, exec.Command(script, "--quiet", "--flush", "--return", "--command", command, os.DevNull))
}

// inetd starts a server as inetd(8) does, with a connection as its standard
// input, output and error, and returns the other end.
func inetd(t *testing.T, d streamsock.Dialer, cmd *exec.Cmd) *streamsock.Conn {
	t.Helper()
	l := listen(t)
	c, err := d.DialStream(t.Context(), "tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := l.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	defer accepted.Close()
	f, err := accepted.File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = f, f, f
	start(t, cmd)
	own(t, c) // closes it first, so that the server ends by itself
	return c
}

func listen(t *testing.T) *streamsock.Listener {
	t.Helper()
	l, err := streamsock.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	l.SetDeadline(time.Now().Add(patience))
	return l
}

func accept(t *testing.T, l *streamsock.Listener) *streamsock.Conn {
	t.Helper()
	c, err := l.AcceptStream()
	if err != nil {
		t.Fatal(err)
	}
	own(t, c)
	return c
}

func dial(t *testing.T, address string) *streamsock.Conn {
	t.Helper()
	c, err := streamsock.Dial("tcp4", address)
	if err != nil {
		t.Fatal(err)
	}
	own(t, c)
	return c
}

// own sets the deadline of a connection, and closes it when the test ends.
func own(t *testing.T, c *streamsock.Conn) {
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
}

// copySource copies a file of testdata/peers into a folder that is the test's,
// with the test's rights, whoever owns the working copy.
func copySource(t *testing.T, name, dir string, mode os.FileMode) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(sources, name))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, text, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// toMark waits for the urgent byte and reads what is in front of it.
func toMark(t *testing.T, c *streamsock.Conn) string {
	t.Helper()
	if err := c.WaitUrgent(t.Context()); err != nil {
		t.Fatalf("WaitUrgent: %v", err)
	}
	var before []byte
	buf := make([]byte, 4096)
	for {
		if marked(t, c) {
			return string(before)
		}
		n, err := c.Read(buf)
		if err != nil {
			t.Fatalf("Read: %v after %q", err, before)
		}
		before = append(before, buf[:n]...)
	}
}

func marked(t *testing.T, c *streamsock.Conn) bool {
	t.Helper()
	marked, err := c.AtMark()
	if err != nil {
		t.Fatalf("AtMark: %v", err)
	}
	return marked
}

// wantUrgent receives the urgent byte.
func wantUrgent(t *testing.T, c *streamsock.Conn, want byte) {
	t.Helper()
	if b, err := c.ReadUrgent(); b != want || err != nil {
		t.Fatalf("ReadUrgent = %#x, %v, want %#x", b, err, want)
	}
}

// wantRead reads as many bytes as want has.
func wantRead(t *testing.T, c *streamsock.Conn, want string) {
	t.Helper()
	buf := make([]byte, len(want))
	if n, err := io.ReadFull(c, buf); string(buf) != want || err != nil {
		t.Fatalf("read %q, %v, want %q", buf[:n], err, want)
	}
}

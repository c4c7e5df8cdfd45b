// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package streamsock_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

const inheritedVariable = "STREAMSOCK_TEST_INHERITED"

// inheritedServer is the server of the tests in this file, in all of its processes.
func inheritedServer() *inheritingServer {
	return &inheritingServer{
		Config:  streamsock.ListenConfig{ConnOptions: []sockopt.Setting{sockopt.NoDelay.To(false)}},
		Address: "127.0.0.1:0",
	}
}

// serveInherited sends each client the name of the process and whether the connection
// has the option, until it is interrupted or closes its standard input.
func serveInherited(t *testing.T) {
	s := inheritedServer()
	l, err := s.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := s.Ready(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		io.Copy(io.Discard, os.Stdin) // the parent is gone
		cancel()
	}()
	greetAll(ctx, l, os.Getenv(inheritedVariable))
}

// greetAll greets all clients.
func greetAll(ctx context.Context, l *streamsock.Listener, name string) error {
	for {
		c, err := l.AcceptContext(ctx)
		if err != nil {
			return err
		}
		on, err := c.NoDelay()
		fmt.Fprintf(c, "%s: NoDelay %t, %v", name, on, err)
		c.Close()
	}
}

// inheritingCommand returns this program again, as a server by another name.
func inheritingCommand(t *testing.T, name string, wrapper ...string) (cmd *exec.Cmd, out *bytes.Buffer) {
	t.Helper()
	args := append(wrapper, os.Args[0], "-test.run=^TestInherited$")
	cmd = exec.Command(args[0], args[1:]...)
	out = new(bytes.Buffer)
	cmd.Stdout, cmd.Stderr = out, out
	t.Setenv(inheritedVariable, name)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if cmd.Process == nil {
			return
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
	return cmd, out
}

// greeting returns the text of the server.
func greeting(t *testing.T, address string) string {
	t.Helper()
	c, err := net.Dial("tcp4", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	text, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestInherited has processes inherit a listener: one by the variables of systemd, and
// one as the successor of this one, while clients connect all the time.
func TestInherited(t *testing.T) {
	if os.Getenv(inheritedVariable) != "" {
		serveInherited(t)
		return
	}
	t.Run("socket activation", func(t *testing.T) {
		l := listen(t, &streamsock.ListenConfig{}, "tcp4")
		fd, err := l.Dup()
		if err != nil {
			t.Fatal(err)
		}
		f := os.NewFile(fd, "listener")
		defer f.Close()
		cmd, _ := inheritingCommand(t, "activated", "sh", "-c", `LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@"`)
		cmd.ExtraFiles = []*os.File{f}
		cmd.Env = os.Environ()
		startOrSkip(t, cmd.Start())
		l.Close()
		if got, want := greeting(t, l.Addr().String()), "activated: NoDelay false, <nil>"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
	t.Run("for another process", func(t *testing.T) {
		t.Setenv("LISTEN_PID", strconv.Itoa(os.Getpid()+1))
		t.Setenv("LISTEN_FDS", "1")
		l, err := inheritedServer().Listen(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
	})
	t.Run("restart", func(t *testing.T) {
		s := inheritedServer()
		l, err := s.Listen(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		serving := doing(func() error { return greetAll(ctx, l, "old") })
		var mu sync.Mutex
		seen := make(map[string]int)
		clients := doing(func() error {
			for {
				c, err := net.Dial("tcp4", l.Addr().String())
				if err != nil {
					return err
				}
				text, err := io.ReadAll(c)
				c.Close()
				if err != nil {
					return err
				}
				mu.Lock()
				seen[string(text)]++
				done := seen["new: NoDelay false, <nil>"] >= 100
				mu.Unlock()
				if done {
					return nil
				}
			}
		})
		cmd, _ := inheritingCommand(t, "new")
		startOrSkip(t, s.Restart(l, cmd))
		cancel() // the old one no longer accepts, and established connections wait for the new one
		serving.ends(t, 0, context.Canceled)
		l.Close()
		clients.ends(t, 0, nil)
		mu.Lock()
		defer mu.Unlock()
		if len(seen) != 2 || seen["old: NoDelay false, <nil>"] == 0 {
			t.Errorf("the clients were served by %v", seen)
		}
	})
	t.Run("restart fails", func(t *testing.T) {
		s := inheritedServer()
		l, err := s.Listen(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if err := s.Restart(l, exec.Command("false")); err == nil {
			t.Error("no error of a process that ends")
		}
		if err := s.Restart(l, exec.Command("/no/such/program")); !errors.Is(err, os.ErrNotExist) {
			t.Error(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		serving := doing(func() error { return greetAll(ctx, l, "still old") })
		if got, want := greeting(t, l.Addr().String()), "still old: NoDelay false, <nil>"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		cancel()
		serving.ends(t, 0, context.Canceled)
	})
}

// startOrSkip skips the test in an emulator of another processor.
func startOrSkip(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, syscall.ENOEXEC) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

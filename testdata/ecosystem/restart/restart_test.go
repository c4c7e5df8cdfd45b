// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package restart has tableflip replace a server that serves.
package restart

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/cloudflare/tableflip"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
	"example.com/streamsock/testdata/ecosystem/internal/forms"
)

// What tableflip hands to a successor.
var (
	_ tableflip.Listener = (*streamsock.Listener)(nil)
	_ tableflip.Conn     = (*streamsock.Conn)(nil)
)

// serverVariable makes this program the server.
const serverVariable = "ECOSYSTEM_RESTART"

func TestMain(m *testing.M) {
	if os.Getenv(serverVariable) == "" {
		os.Exit(m.Run())
	}
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve sends each client the process and an option, until a successor has taken over or
// the process is terminated.
func serve() error {
	upgrader, err := tableflip.New(tableflip.Options{})
	if err != nil {
		return err
	}
	defer upgrader.Stop()
	nl, err := upgrader.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	lc := streamsock.ListenConfig{ConnOptions: []sockopt.Setting{sockopt.UserTimeout.To(7 * time.Second)}}
	l, err := lc.Wrap(nl.(*net.TCPListener))
	if err != nil {
		return err
	}
	defer l.Close()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- greetAll(ctx, l) }()
	upgrade := make(chan os.Signal, 1)
	signal.Notify(upgrade, syscall.SIGHUP)
	if err := upgrader.Ready(); err != nil {
		return err
	}
	fmt.Println(l.Addr())
	for {
		select {
		case <-upgrade:
			if err := upgrader.Upgrade(); err != nil {
				return err
			}
		case <-upgrader.Exit():
			stop()
			<-served
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

func greetAll(ctx context.Context, l *streamsock.Listener) error {
	for {
		c, err := l.AcceptContext(ctx)
		if err != nil {
			return err
		}
		d, err := sockopt.UserTimeout.Get(c)
		fmt.Fprintf(c, "%d %v %v", os.Getpid(), d, err)
		c.Close()
	}
}

// TestTableflip replaces the server while clients connect. None is refused, and the
// connections of both processes have the option.
func TestTableflip(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serverVariable+"=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address = address[:len(address)-1]
	processes := make(map[int]int)
	successor := 0
	defer func() {
		for pid := range processes {
			syscall.Kill(pid, syscall.SIGTERM)
		}
	}()
	for start := time.Now(); processes[successor] < 100; {
		if time.Since(start) > 20*time.Second {
			t.Fatalf("no successor: %v", processes)
		}
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(c)
		c.Close()
		if err != nil {
			t.Fatal(err)
		}
		var pid int
		var option, wrong string
		fmt.Sscan(string(text), &pid, &option, &wrong)
		if option != "7s" || wrong != "<nil>" {
			t.Fatalf("a client has %q", text)
		}
		processes[pid]++
		if pid != cmd.Process.Pid {
			successor = pid
		} else if processes[pid] == 100 {
			cmd.Process.Signal(syscall.SIGHUP)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	delete(processes, cmd.Process.Pid)
	forms.Record(t, "github.com/cloudflare/tableflip", forms.Wrap, !t.Failed())
}

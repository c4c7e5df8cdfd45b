// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

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
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// TestAcceptMultipath accepts connections of peers that speak multipath TCP and
// of others, with an option that multipath connections cannot have. It is left
// out on them; the options before and after it hold on all.
func TestAcceptMultipath(t *testing.T) {
	timeout := sockopt.UserTimeout.To(10 * time.Second)
	lc := &streamsock.ListenConfig{
		Multipath:   true,
		ConnOptions: []sockopt.Setting{sockopt.NoDelay.To(false), timeout, sockopt.KeepAlive.To(false)},
	}
	l := listen(t, lc, "tcp4")
	l.SetDeadline(time.Now().Add(patience))
	if protocol(t, l) == 6 {
		t.Skip("this kernel has no multipath TCP")
	}
	for n, multipath := range []bool{true, false, true, false} {
		d := net.Dialer{}
		d.SetMultipathTCP(multipath)
		client, err := d.DialContext(t.Context(), "tcp4", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		c, err := l.AcceptStream()
		if err != nil {
			t.Fatalf("number %d: %v", n, err)
		}
		defer c.Close()
		if c.RemoteAddr().String() != client.LocalAddr().String() {
			t.Fatalf("number %d: accepted %v, want %v", n, c.RemoteAddr(), client.LocalAddr())
		}
		if p := protocol(t, c); (p != 6) != multipath {
			t.Errorf("number %d: the protocol is %d", n, p)
		}
		if on, err := c.NoDelay(); on || err != nil {
			t.Errorf("number %d: NoDelay is %t, %v", n, on, err)
		}
		if on, err := c.KeepAlive(); on || err != nil {
			t.Errorf("number %d: KeepAlive is %t, %v", n, on, err)
		}
		got, err := sockopt.UserTimeout.Get(c)
		if got != timeout.Value() && !(multipath && errors.Is(err, errors.ErrUnsupported)) {
			t.Errorf("number %d: UserTimeout is %v, %v", n, got, err)
		}
	}
}

// TestAcceptMultipathError checks that an option that no connection can have
// makes Listen fail also if a multipath connection is to have it.
func TestAcceptMultipathError(t *testing.T) {
	lc := &streamsock.ListenConfig{
		Multipath:   true,
		ConnOptions: []sockopt.Setting{sockopt.UserTimeout.To(time.Second), sockopt.KeepAliveCount.To(0)},
	}
	l, err := lc.Listen(t.Context(), "tcp4", testnet.Loopback(t, "tcp4"))
	if e, ok := errors.AsType[*sockopt.Error](err); l != nil || !ok || e.Option != "KeepAliveCount" {
		t.Errorf("%v, %v, want an error of KeepAliveCount", l, err)
	}
}

// TestKeepAliveInherited changes the times of keep-alive of a listener. A connection
// has the listener's times, which are set again only if the first one has not
// inherited them.
func TestKeepAliveInherited(t *testing.T) {
	const changed = 99 * time.Second
	change := func(l syscall.Conn) {
		t.Helper()
		if err := sockopt.KeepAliveIdle.Set(l, changed); err != nil {
			t.Fatal(err)
		}
	}
	unset := net.ListenConfig{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: -1, Interval: -1, Count: -1}}
	unset.SetMultipathTCP(false)
	nl, err := unset.Listen(t.Context(), "tcp4", testnet.Loopback(t, "tcp4"))
	if err != nil {
		t.Fatal(err)
	}
	defer nl.Close()
	change(nl.(*net.TCPListener))
	if k := acceptedKeepAlive(t, nl); k.Idle != changed {
		t.Skipf("the system does not hand the times down: %v", k)
	}
	for _, config := range []net.ListenConfig{
		{},
		{KeepAlive: 30 * time.Second},
		{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 40 * time.Second, Interval: 5 * time.Second, Count: 3}},
	} {
		lc := &streamsock.ListenConfig{NetConfig: &config}
		l := listen(t, lc, "tcp4")
		before := acceptedKeepAlive(t, l)
		change(l)
		want := before
		want.Idle = changed
		for range 2 {
			if got := acceptedKeepAlive(t, l); got != want {
				t.Errorf("%+v: inherited %+v, want %+v", config.KeepAliveConfig, got, want)
			}
		}
		l = listen(t, lc, "tcp4")
		change(l) // so that the first one has inherited something else
		for range 2 {
			if got := acceptedKeepAlive(t, l); got != before {
				t.Errorf("%+v: set %+v, want %+v", config.KeepAliveConfig, got, before)
			}
		}
	}
}

const sharedListenerVariable = "STREAMSOCK_TEST_SHARED_LISTENER"

// TestAcceptShared has a child process accept from the same listener. A process
// that is too late waits for the next connection, and each is accepted once.
func TestAcceptShared(t *testing.T) {
	if os.Getenv(sharedListenerVariable) != "" {
		acceptInChild(t)
		return
	}
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	fd, err := l.Dup() // the file of package net would make the listener blocking
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(fd, "listener")
	defer f.Close()
	cmd := exec.Command(os.Args[0], "-test.run=^TestAcceptShared$")
	cmd.Env = append(os.Environ(), sharedListenerVariable+"=1")
	cmd.ExtraFiles = []*os.File{f}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	end, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	switch err := cmd.Start(); {
	case errors.Is(err, syscall.ENOEXEC):
		t.Skip(err) // in an emulator of another processor
	case err != nil:
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	accepting := doing(func() error { return acceptAll(ctx, l, "parent") })
	seen := make(map[string]int)
	for start := time.Now(); (seen["parent"] < 10 || seen["child"] < 10) && time.Since(start) < patience; {
		var clients [4]net.Conn
		for i := range clients {
			if clients[i], err = net.Dial("tcp4", l.Addr().String()); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range clients {
			who, err := io.ReadAll(c)
			if err != nil {
				t.Fatal(err)
			}
			seen[string(who)]++
			c.Close()
		}
	}
	cancel()
	accepting.ends(t, 0, context.Canceled)
	end.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, &out)
	}
	if len(seen) != 2 || seen["parent"] == 0 || seen["child"] == 0 {
		t.Errorf("accepted by %v", seen)
	}
	if _, err := l.TryAccept(); err != streamsock.ErrWouldBlock {
		t.Errorf("a connection is left: %v", err)
	}
}

// acceptInChild is the other process. It ends when its standard input does.
func acceptInChild(t *testing.T) {
	const passed = 3
	f := os.NewFile(passed, "passed")
	l, err := streamsock.FileListener(f)
	f.Close()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	if err := acceptAll(ctx, l, "child"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// acceptAll sends each connection its name.
func acceptAll(ctx context.Context, l *streamsock.Listener, name string) error {
	for {
		c, err := l.AcceptContext(ctx)
		if err != nil {
			return err
		}
		c.Write([]byte(name))
		c.Close()
	}
}

// TestConnOptionsNew checks that Listen refuses none of the options that an
// accepted connection takes, although it tries them on a new socket.
func TestConnOptionsNew(t *testing.T) {
	l := listen(t, &streamsock.ListenConfig{}, "tcp")
	dialTo(t, l)
	c, err := l.AcceptStream()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	tried := 0
	for info := range sockopt.All() {
		v, err := info.Get(c)
		if err != nil || info.Access&sockopt.Writable == 0 {
			continue
		}
		s, err := info.Parse(fmt.Sprint(v))
		if err != nil || sockopt.Apply(c, s) != nil {
			continue
		}
		tried++
		for _, network := range []string{"tcp", "tcp4"} {
			lc := streamsock.ListenConfig{ConnOptions: []sockopt.Setting{s}}
			l, err := lc.Listen(t.Context(), network, "localhost:0")
			if err != nil {
				t.Errorf("%v on %s: %v", s, network, err)
				continue
			}
			l.Close()
		}
	}
	if tried < 20 {
		t.Errorf("tried %d options", tried)
	}
}

// TestConnOptionsNoSuch checks that the name of an unknown algorithm is an
// error of Listen, also after an option that only a connection can have.
func TestConnOptionsNoSuch(t *testing.T) {
	i := sockopt.NoDelay.Info()
	later := sockopt.New("LATER", i.Level, i.Number, every{1, syscall.ENOTCONN, new(atomic.Int32)})
	lc := streamsock.ListenConfig{ConnOptions: []sockopt.Setting{later.To(1), sockopt.Congestion.To("nosuch")}}
	l, err := lc.Listen(t.Context(), "tcp4", testnet.Loopback(t, "tcp4"))
	if l != nil || !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "Congestion") {
		t.Errorf("%v, %v", l, err)
	}
	lc.ConnOptions = lc.ConnOptions[:1]
	listen(t, &lc, "tcp4")
}

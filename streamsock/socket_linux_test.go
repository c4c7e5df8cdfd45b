// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"context"
	"errors"
	"net"
	"os"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
	"example.com/streamsock/streamsock/tcpinfo"
)

// starting returns a Socket that has started to connect to the listener.
func starting(t *testing.T, l *streamsock.Listener) *streamsock.Socket {
	t.Helper()
	s := newSocket(t, "tcp4")
	if err := s.StartConnect(addrPort(l.Addr())); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSocketBacklog counts how many connections wait to be accepted. Linux takes
// one more than the backlog.
func TestSocketBacklog(t *testing.T) {
	for _, backlog := range []int{0, 3} {
		s := newSocket(t, "tcp4")
		if err := s.Bind(loopback4); err != nil {
			t.Fatal(err)
		}
		l, err := s.Listen(backlog)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		for range backlog + 1 {
			c, err := starting(t, l).FinishConnect(patient(t))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
		}
		awaitQueue(t, l, backlog+1)
		if i, err := tcpinfo.Get(l); err == nil && i.Has(tcpinfo.FieldMaxBacklog) && i.MaxBacklog != int64(backlog) {
			t.Errorf("the backlog is %d, want %d", i.MaxBacklog, backlog)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := starting(t, l).FinishConnect(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("backlog %d: one more has %v", backlog, err)
		}
	}
}

// TestSocketContext ends the wait for a connection by the context, after which
// the attempt continues and succeeds.
func TestSocketContext(t *testing.T) {
	l := full(t)
	s := starting(t, l)
	timeout, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	cancelled, cancelNow := context.WithCancel(t.Context())
	waits := begin(finish(cancelled, s))
	waits.blocks(t)
	cancelNow()
	waits.ends(t, 0, context.Canceled)
	for _, tt := range []struct {
		ctx     context.Context
		timeout bool
	}{{timeout, true}, {timeout, true}, {cancelled, false}} {
		_, err := promptly(t, finish(tt.ctx, s))
		e, ok := err.(*net.OpError)
		if !errors.Is(err, tt.ctx.Err()) || !ok || e.Timeout() != tt.timeout {
			t.Errorf("%v, want %v", err, tt.ctx.Err())
		}
		if ok && (e.Op != "connect" || e.Net != "tcp4" || e.Source.String() != s.LocalAddr().String() || e.Addr.String() != l.Addr().String()) {
			t.Errorf("%#v", e)
		}
	}
	if on, err := sockopt.NoDelay.Get(s); !on || err != nil {
		t.Errorf("meanwhile an option is %t, %v", on, err)
	}

	waits = begin(finish(context.Background(), s))
	waits.blocks(t)
	accept(t, l)
	waits.ends(t, 0, nil) // when the SYN is sent again
	accept(t, l)
	gone(t, s)

	// An expired context polls, also with success.
	s = starting(t, l)
	until(t, "the connection is established", func() bool {
		_, err := finish(cancelled, s)()
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		return err == nil
	})
}

// TestSocketConnectContext has Connect end with the context.
func TestSocketConnectContext(t *testing.T) {
	l := full(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	s := newSocket(t, "tcp4")
	if c, err := s.Connect(ctx, addrPort(l.Addr())); c != nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, %v", c, err)
	}
	if _, err := s.Connect(ctx, addrPort(l.Addr())); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("Connect again: %v", err)
	}
	accept(t, l)
	c, err := s.FinishConnect(patient(t))
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

// TestSocketCloseWakes closes a socket that others wait for.
func TestSocketCloseWakes(t *testing.T) {
	s := starting(t, full(t))
	var waits [3]*call
	for i := range waits {
		waits[i] = begin(finish(context.Background(), s))
		waits[i].blocks(t)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	for _, w := range waits {
		w.ends(t, 0, net.ErrClosed)
	}
	gone(t, s)
}

// TestSocketSeveral has several wait for one connection.
func TestSocketSeveral(t *testing.T) {
	l := full(t)
	s := starting(t, l)
	var waits [3]*call
	for i := range waits {
		waits[i] = begin(finish(context.Background(), s))
		waits[i].blocks(t)
	}
	accept(t, l)
	won := 0
	for _, w := range waits {
		_, err := w.end(t)
		switch {
		case err == nil:
			won++
		case !errors.Is(err, net.ErrClosed):
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d got the connection", won)
	}
}

// TestSocketErrorTaken lets another goroutine consume the error by which the
// system reports once how the attempt ended.
func TestSocketErrorTaken(t *testing.T) {
	s := newSocket(t, "tcp4")
	if err := s.StartConnect(unused(t)); err != nil {
		t.Fatal(err)
	}
	soError := sockopt.New("SO_ERROR", syscall.SOL_SOCKET, syscall.SO_ERROR, sockopt.IntCodec())
	until(t, "the attempt fails", func() bool {
		n, err := soError.Get(s)
		return err == nil && syscall.Errno(n) == syscall.ECONNREFUSED
	})
	_, err := promptly(t, finish(context.Background(), s))
	if !errors.Is(err, syscall.ENOTCONN) {
		t.Error(err)
	}
	gone(t, s)
}

// TestSocketItself connects a socket with itself, which is an error if the
// system has chosen the port.
func TestSocketItself(t *testing.T) {
	s := newSocket(t, "tcp4")
	if err := s.Bind(loopback4); err != nil {
		t.Fatal(err)
	}
	addr := addrPort(s.LocalAddr())
	s.Close()
	s = newSocket(t, "tcp4")
	if err := s.Bind(addr); err != nil {
		t.Skip(err) // another has it now
	}
	c, err := s.Connect(patient(t), addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Write([]byte("echo"))
	take(t, c, []byte("echo"))

	s = newSocket(t, "tcp4")
	if err := s.Bind(loopback4); err != nil {
		t.Fatal(err)
	}
	if c, err := s.Connect(patient(t), addrPort(s.LocalAddr())); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("%v, %v, want ECONNREFUSED", c, err)
	}
}

// TestSocketFastOpen puts the handshake off.
func TestSocketFastOpen(t *testing.T) {
	lc := &streamsock.ListenConfig{Options: []sockopt.Setting{sockopt.FastOpen.To(8)}}
	l := listen(t, lc, "tcp4")
	s, err := streamsock.NewSocket("tcp4", sockopt.FastOpenConnect.To(true), noCookie.To(true))
	if err != nil {
		t.Skipf("the system has no Fast Open: %v", err)
	}
	defer s.Close()
	expired, cancel := context.WithCancel(t.Context())
	cancel()
	c, err := s.Connect(expired, addrPort(l.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if a := c.RemoteAddr(); a == nil || a.String() != l.Addr().String() {
		t.Errorf("the remote address is %v", a)
	}
	if _, err := c.Write([]byte("data")); err != nil {
		t.Fatal(err)
	}
	peer, err := l.AcceptStream()
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	take(t, peer, []byte("data"))
	peer.Write([]byte("answer"))
	take(t, c, []byte("answer"))
}

// TestSocketLeak checks that a failure leaves no descriptor open for the
// garbage collector to close.
func TestSocketLeak(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	ul, err := net.Listen("unix", socketPath(t))
	if err != nil {
		t.Fatal(err)
	}
	defer ul.Close()
	f, err := ul.(*net.UnixListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	addr := unused(t)
	until(t, "no socket is left", func() bool { // others may be opened and closed
		before := len(sockets(t))
		for range 10 {
			if s, err := streamsock.NewSocket("tcp4", sockopt.UserTimeout.To(-1)); err == nil {
				t.Fatal(s)
			}
			if c, err := streamsock.FileConn(f); !errors.Is(err, errors.ErrUnsupported) {
				t.Fatal(c, err)
			}
			if l, err := streamsock.FileListener(f); !errors.Is(err, errors.ErrUnsupported) {
				t.Fatal(l, err)
			}
			s, err := streamsock.NewSocket("tcp4")
			if err != nil {
				t.Fatal(err)
			}
			if c, err := s.Connect(patient(t), addr); err == nil {
				t.Fatal(c)
			}
		}
		return len(sockets(t)) <= before
	})
}

// TestFileConnMode checks that the socket of another does not lose its
// non-blocking mode while it is adopted, as by net.FileConn it does: a Read of
// the other at that moment would not heed its deadline.
func TestFileConnMode(t *testing.T) {
	client, _, f := filePair(t)
	rc, err := client.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	blocking := make(chan int)
	go func() {
		n := 0
		look := func(fd uintptr) {
			flags, _, e := syscall.Syscall(syscall.SYS_FCNTL, fd, syscall.F_GETFL, 0)
			if e != 0 || flags&syscall.O_NONBLOCK == 0 {
				n++
			}
		}
		for {
			select {
			case <-stop:
				blocking <- n
				return
			default:
				rc.Control(look)
			}
		}
	}()
	for range 500 {
		c, err := streamsock.FileConn(f)
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
	close(stop)
	if n := <-blocking; n > 0 {
		t.Errorf("it was in blocking mode %d times", n)
	}
}

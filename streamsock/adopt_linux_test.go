// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// leaveFree takes all descriptors of the process but n, until the test ends or
// free is called.
func leaveFree(t *testing.T, n int) (free func()) {
	t.Helper()
	awaitUnwatched(t) // its descriptor is closed a moment later
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		t.Skip(err)
	}
	limit := before
	limit.Cur = min(limit.Cur, 512)
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Skip(err)
	}
	var taken []int
	free = func() {
		for _, fd := range taken {
			syscall.Close(fd)
		}
		taken = nil
		syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before)
	}
	t.Cleanup(func() { free() })
	for {
		fd, err := syscall.Open("/dev/null", syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
		if err != nil {
			break
		}
		taken = append(taken, fd)
	}
	if len(taken) < n {
		t.Fatalf("only %d descriptors are free", len(taken))
	}
	for _, fd := range taken[len(taken)-n:] {
		syscall.Close(fd)
	}
	taken = taken[:len(taken)-n]
	return free
}

// TestFinishConnectDescriptors checks that a connection that is established is
// not lost for lack of a descriptor, and that one suffices. One that was put
// off by FastOpenConnect is not established and is not lost either.
func TestFinishConnectDescriptors(t *testing.T) {
	for name, options := range map[string][]sockopt.Setting{
		"established": {sockopt.NoDelay.To(false)},
		"put off":     {sockopt.NoDelay.To(false), sockopt.FastOpenConnect.To(true), noCookie.To(true)},
	} {
		t.Run(name, func(t *testing.T) {
			l := listen(t, &streamsock.ListenConfig{}, "tcp4")
			l.SetDeadline(time.Now().Add(patience))
			s, err := streamsock.NewSocket("tcp4", options...)
			if err != nil {
				t.Skipf("the system has no Fast Open: %v", err)
			}
			defer s.Close()
			if err := s.StartConnect(addrPort(l.Addr())); err != nil {
				t.Fatal(err)
			}
			var peer *streamsock.Conn
			if name == "established" {
				if peer, err = l.AcceptStream(); err != nil {
					t.Fatal(err)
				}
			}
			free := leaveFree(t, 0)
			for range 2 {
				c, err := s.FinishConnect(t.Context())
				e, ok := err.(*net.OpError)
				if c != nil || !errors.Is(err, syscall.EMFILE) || !ok || e.Op != "connect" || e.Addr.String() != l.Addr().String() {
					t.Fatalf("without a descriptor: %v, %v, want EMFILE", c, err)
				}
			}
			free()
			free = leaveFree(t, 1)
			c, err := s.FinishConnect(t.Context())
			free()
			if err != nil {
				t.Fatalf("with one descriptor: %v", err)
			}
			defer c.Close()
			gone(t, s)
			if on, err := c.NoDelay(); on || err != nil {
				t.Errorf("NoDelay is %t, %v", on, err)
			}
			if a := c.TCPConn.RemoteAddr(); a == nil || a.String() != l.Addr().String() {
				t.Errorf("package net has the peer address %v", a)
			}
			if _, err := c.Write([]byte("abc")); err != nil {
				t.Fatal(err)
			}
			if peer == nil {
				if peer, err = l.AcceptStream(); err != nil {
					t.Fatal(err)
				}
			}
			defer peer.Close()
			take(t, peer, []byte("abc"))
		})
	}
}

// TestSocketListenDescriptors checks that Listen can be called again after it
// has failed for lack of a descriptor, and that keep-alive is then what it was.
func TestSocketListenDescriptors(t *testing.T) {
	s := newSocket(t, "tcp4")
	if err := s.Bind(loopback4); err != nil {
		t.Fatal(err)
	}
	free := leaveFree(t, 1)
	if l, err := s.Listen(8); !errors.Is(err, syscall.EMFILE) {
		t.Fatalf("%v, %v, want EMFILE", l, err)
	}
	free()
	l, err := s.Listen(8)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if on, err := sockopt.KeepAlive.Get(l); on || err != nil {
		t.Errorf("on the listener it is %t, %v", on, err)
	}
	_, c := connect(t, l, l.AcceptStream)
	if on, err := c.KeepAlive(); !on || err != nil {
		t.Errorf("on the connection it is %t, %v", on, err)
	}
}

// optionsOf returns the options of a socket that do not differ from one moment to
// the next, as text.
func optionsOf(c syscall.Conn) map[string]string {
	all := make(map[string]string)
	for i := range sockopt.All() {
		switch i.Name {
		case "MemInfo", "Timestamp", "IncomingCPU", "CCInfo":
			continue
		}
		if v, err := i.Get(c); err == nil {
			all[i.Name] = fmt.Sprint(v)
		}
	}
	return all
}

// TestFileConnOptions checks that a socket keeps its options, except NoDelay,
// while it is adopted, and has all of them afterwards, also if FileConn fails.
func TestFileConnOptions(t *testing.T) {
	client, _, f := filePair(t)
	before := optionsOf(client)
	rc, err := client.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	changed := make(chan int)
	go func() {
		n := 0
		look := func(fd uintptr) {
			on, _ := syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_KEEPALIVE)
			idle, _ := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE)
			if on != 0 || idle != 77 {
				n++
			}
		}
		for {
			select {
			case <-stop:
				changed <- n
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
	if n := <-changed; n > 0 {
		t.Errorf("keep-alive was changed %d times", n)
	}
	if after := optionsOf(client); !maps.Equal(before, after) {
		t.Errorf("the options were %v and are %v", before, after)
	}

	free := leaveFree(t, 0)
	if c, err := streamsock.FileConn(f); !errors.Is(err, syscall.EMFILE) {
		t.Errorf("without a descriptor: %v, %v, want EMFILE", c, err)
	}
	free()
	if after := optionsOf(client); !maps.Equal(before, after) {
		t.Errorf("without a descriptor: the options were %v and are %v", before, after)
	}
	free = leaveFree(t, 1)
	c, err := streamsock.FileConn(f)
	free()
	if err != nil {
		t.Fatalf("with one descriptor: %v", err)
	}
	c.Close()
}

// TestFileConnKinds has sockets that are not TCP.
func TestFileConnKinds(t *testing.T) {
	for name, kind := range map[string][3]int{
		"vsock":      {40 /* AF_VSOCK */, syscall.SOCK_STREAM, 0},
		"netlink":    {syscall.AF_NETLINK, syscall.SOCK_RAW, syscall.NETLINK_ROUTE},
		"sctp":       {syscall.AF_INET, syscall.SOCK_STREAM, syscall.IPPROTO_SCTP},
		"udp":        {syscall.AF_INET6, syscall.SOCK_DGRAM, 0},
		"unix":       {syscall.AF_UNIX, syscall.SOCK_STREAM, 0},
		"unixpacket": {syscall.AF_UNIX, syscall.SOCK_SEQPACKET, 0},
	} {
		fd, err := syscall.Socket(kind[0], kind[1]|syscall.SOCK_CLOEXEC, kind[2])
		if err != nil {
			t.Logf("%s: %v", name, err)
			continue
		}
		f := os.NewFile(uintptr(fd), name)
		if c, err := streamsock.FileConn(f); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("FileConn(%s): %v, %v", name, c, err)
		}
		if l, err := streamsock.FileListener(f); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("FileListener(%s): %v, %v", name, l, err)
		}
		f.Close()
	}
}

// loopbackUp brings up the loopback interface of a new network.
func loopbackUp() error {
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		return err
	}
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, syscall.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	request := struct {
		syscall.NlMsghdr
		syscall.IfInfomsg
	}{
		syscall.NlMsghdr{Len: 32, Type: syscall.RTM_NEWLINK, Flags: syscall.NLM_F_REQUEST | syscall.NLM_F_ACK},
		syscall.IfInfomsg{Index: int32(lo.Index), Flags: syscall.IFF_UP, Change: syscall.IFF_UP},
	}
	b, err := binary.Append(nil, binary.NativeEndian, request)
	if err != nil {
		return err
	}
	if err := syscall.Sendto(fd, b, 0, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}); err != nil {
		return err
	}
	answer := make([]byte, 512)
	n, _, err := syscall.Recvfrom(fd, answer, 0)
	if err != nil || n < 20 {
		return errors.Join(err, io.ErrUnexpectedEOF)
	}
	if e := int32(binary.NativeEndian.Uint32(answer[16:])); e != 0 {
		return syscall.Errno(-e)
	}
	return nil
}

// TestFileConnSysctl adopts a socket whose times of keep-alive are the system's,
// and longer than a program may set.
func TestFileConnSysctl(t *testing.T) {
	if inNetwork(t) {
		setKeepAlive(t, "86400", "40000")
		adopts(t, plainSocket(t), 86400*time.Second, 40000*time.Second)
	}
}

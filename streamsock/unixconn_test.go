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
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
	"golang.org/x/net/nettest"
)

// TestUnixConformance checks that a UnixConn fulfils what every net.Conn
// promises.
func TestUnixConformance(t *testing.T) {
	nettest.TestConn(t, func() (net.Conn, net.Conn, func(), error) {
		client, server := ourUnixPair(t)
		return client, server, closing(t, client, server), nil
	})
}

// TestWrapUnix rejects other sockets than stream sockets.
func TestWrapUnix(t *testing.T) {
	packets, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socketPath(t), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer packets.Close()
	for name, c := range map[string]*net.UnixConn{"nil": nil, "zero": {}, "unixgram": packets} {
		if w, err := streamsock.WrapUnix(c); w != nil || !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: %v, %v", name, w, err)
		}
	}
	var zero streamsock.UnixConn
	if n, err := zero.Read(make([]byte, 1)); n != 0 || err != syscall.EINVAL {
		t.Errorf("Read of the zero UnixConn: %d, %v", n, err)
	}
	if _, err := zero.PeerCred(); err != syscall.EINVAL {
		t.Errorf("PeerCred of the zero UnixConn: %v", err)
	}
}

// TestUnixBytes moves bytes in every way.
func TestUnixBytes(t *testing.T) {
	c, peer := ourUnixPair(t)
	b := make([]byte, 100)
	takes := func(what string, n int, err error, want string) {
		t.Helper()
		if string(b[:n]) != want || err != nil {
			t.Errorf("%s: %q, %v, want %q", what, b[:n], err, want)
		}
	}
	if n, err := c.TryRead(b); n != 0 || err != streamsock.ErrWouldBlock {
		t.Errorf("TryRead of nothing: %d, %v", n, err)
	}
	if n, err := peer.Writev([][]byte{[]byte("a"), nil, []byte("bc")}); n != 3 || err != nil {
		t.Errorf("Writev: %d, %v", n, err)
	}
	n, err := c.Peek(b)
	takes("Peek", n, err, "abc")
	if n, err := c.Available(); n != 3 || err != nil {
		t.Errorf("Available: %d, %v", n, err)
	}
	n64, err := c.Readv([][]byte{b[:1], b[1:2]})
	takes("Readv", int(n64), err, "ab")
	n, err = c.Recv(b, streamsock.DontWait)
	takes("Recv", n, err, "c")
	if n, err := peer.TryWrite([]byte("d")); n != 1 || err != nil {
		t.Errorf("TryWrite: %d, %v", n, err)
	}
	n, err = c.ReadContext(patient(t), b)
	takes("ReadContext", n, err, "d")

	ctx, cancel := context.WithCancel(t.Context())
	reading := begin(func() (int, error) { return c.ReadContext(ctx, make([]byte, 1)) })
	reading.blocks(t)
	cancel()
	reading.ends(t, 0, context.Canceled)
	timed := begin(func() (int, error) { return c.WithTimeouts(10*time.Millisecond, 0).Read(make([]byte, 1)) })
	timed.ends(t, 0, os.ErrDeadlineExceeded)

	file := fileOf(t, []byte("of a file"))
	if n, err := peer.SendFile(file, 3, 6, nil); n != 6 || err != nil {
		t.Errorf("SendFile: %d, %v", n, err)
	}
	n, err = c.Read(b)
	takes("SendFile", n, err, "a file")
	if n, err := io.Copy(peer, file); n != 9 || err != nil {
		t.Errorf("Copy: %d, %v", n, err)
	}
	n, err = c.Read(b)
	takes("Copy of a file", n, err, "of a file")
}

// TestUnixLife waits, checks, and ends.
func TestUnixLife(t *testing.T) {
	c, peer := ourUnixPair(t)
	connBecomes(t, c, streamsock.Idle, nil)
	waiting := begin(func() (int, error) {
		e, err := c.Wait(patient(t), readable)
		return int(e), err
	})
	waiting.blocks(t)
	peer.Write([]byte("x"))
	waiting.ends(t, int(readable), nil)
	connBecomes(t, c, streamsock.Pending, nil)
	if err := c.Shutdown(streamsock.ShutWrite); err != nil {
		t.Error(err)
	}
	if n, err := peer.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("after Shutdown: %d, %v", n, err)
	}
	closing := doing(func() error { return c.CloseGraceful(patient(t)) })
	closing.blocks(t)
	peer.Close()
	closing.ends(t, 0, nil)
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after CloseGraceful: %v", err)
	}
	if err := c.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Close again: %v", err)
	}
}

// TestUnixCloseWakes checks that Close unblocks waiting goroutines.
func TestUnixCloseWakes(t *testing.T) {
	c, _ := ourUnixPair(t)
	reading := begin(func() (int, error) { return c.Read(make([]byte, 1)) })
	waiting := begin(func() (int, error) {
		e, err := c.Wait(t.Context(), readable)
		return int(e), err
	})
	reading.blocks(t)
	waiting.blocks(t)
	c.Close()
	reading.ends(t, 0, net.ErrClosed)
	waiting.ends(t, 0, net.ErrClosed)
}

// TestDialUnix dials with options, those of a Unix socket and others.
func TestDialUnix(t *testing.T) {
	l, err := net.Listen("unix", socketPath(t))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	opts := []sockopt.Setting{sockopt.WriteBuffer.To(64 << 10)}
	for _, plain := range []bool{false, true} {
		d := streamsock.Dialer{Options: opts, Plain: plain}
		c, err := d.DialContext(t.Context(), "unix", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if got := fmt.Sprintf("%T", c); got != map[bool]string{false: "*streamsock.UnixConn", true: "*net.UnixConn"}[plain] {
			t.Errorf("Plain %t: it is a %s", plain, got)
		}
		if n, err := sockopt.WriteBuffer.Get(c.(syscall.Conn)); n < 64<<10 || n > 256<<10 || err != nil {
			t.Errorf("Plain %t: WriteBuffer is %d, %v", plain, n, err)
		}
	}
	t.Run("BadOption", func(t *testing.T) {
		d := streamsock.Dialer{Options: []sockopt.Setting{sockopt.NoDelay.To(true)}}
		c, err := d.Dial("unix", l.Addr().String())
		if e, ok := errors.AsType[*net.OpError](err); c != nil || !ok || e.Op != "dial" || e.Net != "unix" || !bytes.Contains([]byte(err.Error()), []byte("NoDelay")) {
			t.Errorf("with NoDelay: %v, %v", c, err)
		}
	})
	var d streamsock.Dialer
	if c, err := d.Dial("unix", l.Addr().String()+"no"); c != nil || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a listener: %v, %v", c, err)
	}
}

// TestPeerCred asks for ourselves.
func TestPeerCred(t *testing.T) {
	c, _ := ourUnixPair(t)
	p, err := c.PeerCred()
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	if want := (streamsock.PeerCred{PID: os.Getpid(), UID: os.Geteuid(), GID: os.Getegid()}); err != nil || p != want && p.PID != 0 {
		t.Errorf("%+v, %v, want %+v", p, err, want)
	}
}

// TestSendFiles passes files, and loses none unnoticed.
func TestSendFiles(t *testing.T) {
	c, peer := ourUnixPair(t)
	f := fileOf(t, []byte("content"))
	if n, err := c.SendFiles([]byte("two files"), f, f); n != 9 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	c.Write([]byte("more"))
	b := make([]byte, 100)
	n, files, err := peer.RecvFiles(b, 2)
	if string(b[:n]) != "two files" || len(files) != 2 || err != nil {
		t.Fatalf("%q, %d files, %v", b[:n], len(files), err)
	}
	for _, got := range files {
		all, err := io.ReadAll(io.NewSectionReader(got, 0, 100))
		if string(all) != "content" || err != nil {
			t.Errorf("%q, %v", all, err)
		}
		got.Close()
	}
	n, files, err = peer.RecvFiles(b, 2)
	if string(b[:n]) != "more" || len(files) != 0 || err != nil {
		t.Errorf("%q, %d files, %v", b[:n], len(files), err)
	}

	if n, err := c.SendFiles([]byte("x"), f, f, f); n != 1 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	n, files, err = peer.RecvFiles(b, 1)
	for _, got := range files {
		got.Close()
	}
	if n != 1 || len(files) == 3 || !errors.Is(err, io.ErrShortBuffer) {
		t.Errorf("%d, %d files, %v", n, len(files), err)
	}

	for _, err := range []error{
		second(c.SendFiles(nil, f)),
		third(peer.RecvFiles(nil, 1)),
		third(peer.RecvFiles(b, -1)),
		third(peer.RecvFiles(b, 1<<30)),
	} {
		if !errors.Is(err, os.ErrInvalid) {
			t.Errorf("%v, want ErrInvalid", err)
		}
	}
	if n, err := c.SendFiles([]byte("x"), new(streamsock.Conn)); n != 0 || !errors.Is(err, syscall.EINVAL) {
		t.Errorf("of a zero Conn: %d, %v", n, err)
	}
	c.Close()
	if n, files, err := peer.RecvFiles(b, 1); n != 0 || files != nil || err != io.EOF {
		t.Errorf("at the end: %d, %v, %v", n, files, err)
	}
	if n, err := c.SendFiles([]byte("x"), f); n != 0 || !errors.Is(err, net.ErrClosed) {
		t.Errorf("after Close: %d, %v", n, err)
	}
}

// TestSendFilesLarge sends more bytes than there is room for.
func TestSendFilesLarge(t *testing.T) {
	c, peer := ourUnixPair(t)
	data := ascii(4 << 20)
	sending := begin(func() (int, error) { return c.SendFiles(data, fileOf(t, nil)) })
	b := make([]byte, len(data))
	n, files, err := peer.RecvFiles(b, 1)
	if n == 0 || len(files) != 1 || err != nil {
		t.Fatalf("%d, %d files, %v", n, len(files), err)
	}
	files[0].Close()
	if m, err := io.ReadFull(peer, b[n:]); err != nil || !bytes.Equal(b, data) {
		t.Errorf("%d after %d, %v", m, n, err)
	}
	sending.ends(t, len(data), nil)
}

// handoverVariable makes TestHandover the process that takes over.
const handoverVariable = "STREAMSOCK_HANDOVER"

// TestHandover hands a live connection and its listener to another process, which is
// this program again.
func TestHandover(t *testing.T) {
	if os.Getenv(handoverVariable) != "" {
		takeOver(t)
		return
	}
	c, theirs := ourUnixPair(t)
	f, err := theirs.File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l := listen(t, &streamsock.ListenConfig{}, "tcp4")
	client, server := connect(t, l, l.AcceptStream)

	cmd := exec.Command(os.Args[0], "-test.run=^TestHandover$")
	cmd.Env = append(os.Environ(), handoverVariable+"=1")
	cmd.ExtraFiles = []*os.File{f}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	switch err := cmd.Start(); {
	case errors.Is(err, syscall.ENOEXEC):
		t.Skip(err) // in an emulator of another processor
	case err != nil:
		t.Fatal(err)
	}
	client.Write([]byte("unread, "))
	if n, err := c.SendFiles([]byte("connection and listener"), server, l); n != 23 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	server.Close()
	l.Close()
	client.Write([]byte("and new"))
	client.(*net.TCPConn).CloseWrite()
	if all, err := io.ReadAll(client); string(all) != "unread, and new" || err != nil {
		t.Errorf("the connection echoes %q, %v", all, err)
	}
	next, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer next.Close()
	next.Write([]byte("hello"))
	next.(*net.TCPConn).CloseWrite()
	if all, err := io.ReadAll(next); string(all) != "hello" || err != nil {
		t.Errorf("the listener's connection echoes %q, %v", all, err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, &out)
	}
}

// takeOver is the other process.
func takeOver(t *testing.T) {
	const passed = 3
	f := os.NewFile(passed, "passed")
	nc, err := net.FileConn(f)
	f.Close()
	if err != nil {
		t.Fatal(err)
	}
	c, err := streamsock.WrapUnix(nc.(*net.UnixConn))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, files, err := c.RecvFiles(make([]byte, 100), 2)
	if len(files) != 2 || err != nil {
		t.Fatalf("%d files, %v", len(files), err)
	}
	conn, err := streamsock.FileConn(files[0])
	if err != nil {
		t.Fatal(err)
	}
	l, err := streamsock.FileListener(files[1])
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	files[0].Close()
	files[1].Close()
	io.Copy(conn, conn)
	conn.Close()
	echoOne(l)
}

// TestFilesBesideContexts has the contexts of other goroutines end while files are sent and
// received, which ends neither.
func TestFilesBesideContexts(t *testing.T) {
	c, s := ourUnixPair(t)
	c.SetDeadline(time.Time{}) // it is known then
	other := func(f func(ctx context.Context, p []byte) (int, error)) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		waiting := begin(func() (int, error) { return f(ctx, []byte("a")) })
		waiting.blocks(t)
		cancel()
		waiting.ends(t, 0, context.Canceled)
	}
	received := begin(func() (int, error) {
		n, _, err := c.RecvFiles(make([]byte, 10), 1)
		return n, err
	})
	received.blocks(t)
	for range 10 {
		other(c.ReadContext)
	}
	s.Write([]byte("abc"))
	received.ends(t, 3, nil)

	data := ascii(1 << 20)
	room := fillUp(c, data)
	c.SetDeadline(time.Time{})
	sent := begin(func() (int, error) { return c.SendFiles([]byte("x"), fileOf(t, nil)) })
	sent.blocks(t)
	for range 10 {
		other(c.WriteContext)
	}
	if _, err := io.ReadFull(s, make([]byte, room)); err != nil {
		t.Fatal(err)
	}
	sent.ends(t, 1, nil)
	_, files, err := s.RecvFiles(make([]byte, 10), 1)
	if len(files) != 1 || err != nil {
		t.Fatalf("%d files, %v", len(files), err)
	}
	files[0].Close()
}

// TestRecvFilesEnds checks that a RecvFiles that waits ends by the deadline and
// by Close, with 0 bytes.
func TestRecvFilesEnds(t *testing.T) {
	c, _ := ourUnixPair(t)
	for _, end := range []struct {
		do   func() error
		want error
	}{
		{func() error { return c.SetReadDeadline(past) }, os.ErrDeadlineExceeded},
		{c.Close, net.ErrClosed},
	} {
		c.SetReadDeadline(time.Time{})
		received := begin(func() (int, error) {
			n, _, err := c.RecvFiles(make([]byte, 10), 1)
			return n, err
		})
		received.blocks(t)
		if err := end.do(); err != nil {
			t.Fatal(err)
		}
		received.ends(t, 0, end.want)
	}
}

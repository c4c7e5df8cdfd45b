// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo

import (
	"encoding/binary"
	"errors"
	"net"
	"os"
	"reflect"
	"runtime"
	"syscall"
	"testing"

	"example.com/streamsock/internal/sys"
	"example.com/streamsock/internal/testnet"
)

// emulated skips a test where the kernel is not a real one: qemu 7.2 answers
// TCP_INFO with 4 bytes.
func emulated(tb testing.TB) {
	tb.Helper()
	if os.Getenv("STREAMSOCK_EMULATOR") == "qemu-user" {
		tb.Skip("qemu-user returns only 4 bytes of TCP_INFO")
	}
}

// get asks, and skips the test on a system that does not report.
func get(tb testing.TB, c syscall.Conn) *Info {
	tb.Helper()
	i, err := Get(c)
	if errors.Is(err, errors.ErrUnsupported) && runtime.GOOS != "linux" {
		tb.Skip(err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return i
}

func TestGet(t *testing.T) {
	emulated(t)
	client, server := testnet.Pair(t, "tcp4")
	for _, c := range []*net.TCPConn{client, server} {
		i := get(t, c)
		if i.State != Established {
			t.Errorf("state %v", i.State)
		}
		for _, f := range []Field{FieldState, FieldTimestamps, FieldSndMSS, FieldSndCwnd} {
			if !i.Has(f) {
				t.Errorf("%v is absent", f)
			}
		}
		if i.SndMSS < 500 || i.SndCwnd < i.SndMSS {
			t.Errorf("%v", i)
		}
		// No kernel fills the whole buffer: the length is the kernel's.
		if n := len(i.Sys.Bytes()); n == 0 || n >= len(infoCall{}.buf) || i.Sys.System() != runtimeSystem() {
			t.Errorf("Sys has %d bytes of %q", len(i.Sys.Bytes()), i.Sys.System())
		}
	}
}

// runtimeSystem is the system that Raw.System names here.
func runtimeSystem() string {
	switch runtime.GOOS {
	case "android":
		return "linux"
	case "ios":
		return "darwin"
	}
	return runtime.GOOS
}

func TestGetWhileReading(t *testing.T) {
	emulated(t)
	client, server := testnet.Pair(t, "tcp4")
	done := make(chan error, 1)
	go func() {
		_, err := server.Read(make([]byte, 1))
		done <- err
	}()
	if i := get(t, server); i.State != Established {
		t.Errorf("state %v", i.State)
	}
	if _, err := client.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// badConn has no raw connection.
type badConn struct{ err error }

func (c badConn) SyscallConn() (syscall.RawConn, error) { return nil, c.err }

func TestGetErrors(t *testing.T) {
	if i, err := Get(nil); i != nil || !errors.Is(err, os.ErrInvalid) {
		t.Errorf("nil: %v, %v", i, err)
	}
	if c, err := GetCongestion(nil); c != nil || !errors.Is(err, os.ErrInvalid) {
		t.Errorf("nil: %v, %v", c, err)
	}
	client, server := testnet.Pair(t, "tcp4")
	get(t, client) // skips if the system lacks TCP_INFO
	server.Close()
	client.Close()
	var before, i Info
	before.RTT, i.RTT = 1, 1
	err := i.Update(client)
	var e *net.OpError
	if !errors.Is(err, net.ErrClosed) || !errors.As(err, &e) || e.Op != "get" || e.Net != "tcp" || e.Addr != client.RemoteAddr() ||
		e.Source != client.LocalAddr() {
		t.Errorf("closed: %#v", err)
	}
	if i != before {
		t.Errorf("the error made it %v", &i)
	}

	broken := errors.New("broken")
	if i, err := Get(badConn{broken}); i != nil || !errors.Is(err, broken) {
		t.Errorf("bad: %v, %v", i, err)
	}
	if c, err := GetCongestion(badConn{broken}); c != nil || !errors.Is(err, broken) && !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("bad: %v, %v", c, err)
	}
	if c, err := GetCongestion(client); c != nil || !errors.Is(err, net.ErrClosed) && !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("closed: %v, %v", c, err)
	}
}

// TestGetUnsupported sets the state of a system without TCP_INFO. On Plan 9,
// Control fails with an error of its own.
func TestGetUnsupported(t *testing.T) {
	defer func(l *layout, r *sys.Row) { here, congestion = l, r }(here, congestion)
	here, congestion = nil, nil
	c := badConn{errors.New("not implemented")}
	if i, err := Get(c); i != nil || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Get: %v, %v", i, err)
	}
	if cc, err := GetCongestion(c); cc != nil || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("GetCongestion: %v, %v", cc, err)
	}
}

// An idleConn has a raw connection whose Control does not call its function.
type idleConn struct{ syscall.RawConn }

func (c idleConn) SyscallConn() (syscall.RawConn, error) { return c, nil }

func (idleConn) Control(func(uintptr)) error { return nil }

// TestGetNotCalled fails if Get returns the statistics of the connection that
// was last read.
func TestGetNotCalled(t *testing.T) {
	client, _ := testnet.Pair(t, "tcp4")
	for range 10 { // a sync.Pool may drop its elements
		get(t, client)
		if i, err := Get(idleConn{}); i != nil || !errors.Is(err, errors.ErrUnsupported) {
			t.Fatalf("Get: %v, %v", i, err)
		}
	}
	if cc, err := GetCongestion(idleConn{}); cc != nil || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("GetCongestion: %v, %v", cc, err)
	}
}

// TestGetOther asks about a socket that is not TCP.
func TestGetOther(t *testing.T) {
	emulated(t)
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Skip(err)
	}
	defer c.Close()
	i, err := Get(c.(*net.UDPConn))
	if i != nil || err == nil {
		t.Fatalf("%v, %v", i, err)
	}
	if runtime.GOOS == "linux" && !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
	var call *os.SyscallError
	if runtime.GOOS == "linux" && (!errors.As(err, &call) || call.Syscall != "getsockopt") {
		t.Errorf("%#v", err)
	}
}

// A keptConn has its raw connection made once, as a Conn of package streamsock
// does: package net makes a new one each time.
type keptConn struct {
	net.Conn
	raw syscall.RawConn
}

func (c *keptConn) SyscallConn() (syscall.RawConn, error) { return c.raw, nil }

func keep(tb testing.TB, c *net.TCPConn) *keptConn {
	tb.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		tb.Fatal(err)
	}
	return &keptConn{c, raw}
}

func TestUpdateAllocs(t *testing.T) {
	emulated(t)
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	client, _ := testnet.Pair(t, "tcp4")
	c := keep(t, client)
	i := get(t, c)
	if n := testing.AllocsPerRun(100, func() {
		if err := i.Update(c); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestUpdateOverwrites uses an Info again that had other fields.
func TestUpdateOverwrites(t *testing.T) {
	emulated(t)
	client, _ := testnet.Pair(t, "tcp4")
	fresh := get(t, client)
	used := mustParse(t, "windows", binary.NativeEndian, make([]byte, 200))
	used.Age, used.AppLimited = 1, 1
	if err := used.Update(client); err != nil {
		t.Fatal(err)
	}
	if used.Sys.System() != fresh.Sys.System() || used.has != fresh.has && runtime.GOOS == "linux" {
		t.Errorf("used: %v\nfresh: %v", used, fresh)
	}
	for f := Field(1); f < fieldEnd; f++ {
		if !used.Has(f) && !reflect.ValueOf(used.value(f)).IsZero() {
			t.Errorf("%v is absent and %v", f, used.value(f))
		}
	}
}

// BenchmarkUpdate asks again and again. On a machine with Linux 6.18 at about
// 2.5 GHz it took 3 µs, two of them in the two system calls.
func BenchmarkUpdate(b *testing.B) {
	client, _ := testnet.Pair(b, "tcp4")
	c := keep(b, client)
	i := get(b, c)
	b.ReportAllocs()
	for b.Loop() {
		if err := i.Update(c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	g := readGolden(b, "../../testdata/tcpinfo/linux-280.txt")
	l := layoutOf(g.system)
	var i Info
	b.ReportAllocs()
	for b.Loop() {
		i.parse(l, false, g.blob)
	}
}

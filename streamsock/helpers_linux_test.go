// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
	"example.com/streamsock/streamsock/tcpinfo"
)

// inNetwork runs the calling test again, in a process with a network of its own,
// and reports whether this is that process.
func inNetwork(t *testing.T) bool {
	t.Helper()
	const variable = "STREAMSOCK_TEST_NETWORK"
	if os.Getenv(variable) == t.Name() {
		if err := loopbackUp(); err != nil {
			t.Skip(err)
		}
		return true
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), variable+"="+t.Name())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if uid := os.Getuid(); uid != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Skip(err) // no privilege, or an emulator
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v:\n%s", err, &out)
	} else if strings.Contains(out.String(), "--- SKIP") {
		t.Skip(out.String())
	}
	return false
}

// setKeepAlive sets the system's times of keep-alive. It is for inNetwork.
func setKeepAlive(t *testing.T, idle, interval string) {
	t.Helper()
	for name, value := range map[string]string{"time": idle, "intvl": interval} {
		if err := os.WriteFile("/proc/sys/net/ipv4/tcp_keepalive_"+name, []byte(value), 0); err != nil {
			t.Skip(err)
		}
	}
}

// plainSocket returns a connected socket on which nothing was set.
func plainSocket(t *testing.T) *os.File {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fd), "socket")
	t.Cleanup(func() { f.Close() })
	to := &syscall.SockaddrInet4{Port: int(addrPort(l.Addr()).Port()), Addr: loopback4.Addr().As4()}
	if err := syscall.Connect(fd, to); err != nil {
		t.Fatal(err)
	}
	return f
}

// adopts checks that FileConn leaves keep-alive off with these times, and
// NoDelay off.
func adopts(t *testing.T, f *os.File, idle, interval time.Duration) {
	t.Helper()
	c, err := streamsock.FileConn(f)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	want := net.KeepAliveConfig{Enable: false, Idle: idle, Interval: interval, Count: 9}
	if k, err := c.KeepAliveConfig(); k != want || err != nil {
		t.Errorf("keep-alive is %+v, %v, want %+v", k, err, want)
	}
	if on, err := c.NoDelay(); on || err != nil {
		t.Errorf("NoDelay is %t, %v", on, err)
	}
}

// urge sends p, whose last byte is urgent, and waits until that is at the other
// end.
func urge(t testing.TB, from, to *streamsock.Conn, p string) {
	t.Helper()
	if n, err := from.Send([]byte(p), streamsock.OOB); n != len(p) || err != nil {
		t.Fatalf("Send: %d, %v", n, err)
	}
	awaitUrgent(t, to)
}

func must(t *testing.T) func(*os.File, error) *os.File {
	return func(f *os.File, err error) *os.File {
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
}

// drain reads to the end. It begins to read again and again, because a Read
// that a signal meets at the urgent mark waits forever; see TestUrgentSignals.
func drain(c net.Conn) (all []byte, err error) {
	for range 1000 {
		c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		var b []byte
		b, err = io.ReadAll(c)
		all = append(all, b...)
		if err == nil {
			break
		}
	}
	return all, err
}

// shower has signals rain on the thread of the goroutine until the function
// that it returns is called. They are those by which the runtime preempts
// goroutines, and which it expects from elsewhere too.
//
// It gives way after each: a goroutine that is in system calls almost always,
// of the raw kind, can hardly be preempted, so that a garbage collection, or on
// one processor everybody else, would wait for it a tenth of a second at a
// time.
func shower() (stop func()) {
	runtime.LockOSThread()
	pid, thread := uintptr(os.Getpid()), uintptr(syscall.Gettid())
	var done atomic.Bool
	go func() {
		for !done.Load() {
			syscall.RawSyscall(syscall.SYS_TGKILL, pid, thread, uintptr(syscall.SIGURG))
			runtime.Gosched()
		}
	}()
	return func() {
		done.Store(true)
		runtime.UnlockOSThread()
	}
}

// rests checks that the process, with all its goroutines, uses little of the
// processor, in one of three windows: pending work of the previous tests ends.
// A busy loop uses all that it can get.
func rests(t testing.TB) {
	t.Helper()
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	runtime.GC() // not in the window
	var d time.Duration
	for range 3 {
		before := used()
		time.Sleep(busyWindow)
		if d = used() - before; d <= busyWindow/4 {
			break
		}
	}
	if d > busyWindow/4 {
		if emulator := os.Getenv("STREAMSOCK_EMULATOR"); emulator != "" {
			t.Logf("%v of processor time in %v, on %s", d, busyWindow, emulator)
			return
		}
		t.Errorf("%v of processor time in %v: a busy loop", d, busyWindow)
	}
}

// polls returns what the kernel reports, which has the same numbers in epoll(7)
// and poll(2).
func polls(t testing.TB, c syscall.Conn, events uint32) (got uint32) {
	t.Helper()
	rc, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	set, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(set)
	if e := rc.Control(func(fd uintptr) {
		ready := []syscall.EpollEvent{{Events: events}}
		if err = syscall.EpollCtl(set, syscall.EPOLL_CTL_ADD, int(fd), &ready[0]); err != nil {
			return
		}
		var n int
		if n, err = syscall.EpollWait(set, ready, 0); n > 0 {
			got = ready[0].Events
		}
	}); e != nil || err != nil {
		t.Fatal(e, err)
	}
	return got
}

// costOf returns the cost of f, and two reads more for the first check of the
// counters. They are those of the thread, not of the process, because the other
// end of the connection works at the same time.
func costOf(f func()) (cost, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before, err := counters()
	if err != nil {
		return cost{}, err
	}
	f()
	after, err := counters()
	return cost{
		rchar: after.rchar - before.rchar,
		wchar: after.wchar - before.wchar,
		syscr: after.syscr - before.syscr,
		syscw: after.syscw - before.syscw,
	}, err
}

// skipUnlessCounted looks whether a hundred reads and writes show.
func skipUnlessCounted(t *testing.T) {
	t.Helper()
	client, server := testnet.Connect(t, "tcp") // a test of many copies may take long
	got, err := costOf(func() {
		b := []byte{0}
		for range 100 {
			client.Write(b)
			server.Read(b)
		}
	})
	if err != nil {
		t.Skipf("this kernel does not count reads and writes: %v", err)
	}
	if !got.exceeds(cost{99, 1 << 20, 1 << 20, 1 << 20}) {
		t.Skipf("this kernel does not count reads and writes of sockets: of a hundred, %v", got)
	}
}

func asItIs(c *net.TCPConn) net.Conn { return c }

func wrapOrPanic(c *net.TCPConn) net.Conn {
	wrapped, err := streamsock.Wrap(c)
	if err != nil {
		panic(err)
	}
	return wrapped
}

func fromConn(t *testing.T, wrap wrapFunc, data []byte) io.Reader {
	feeder, c := testnet.Pair(t, "tcp")
	feed(feeder, data)
	return wrap(c)
}

func fromTCPConn(t *testing.T, _ wrapFunc, data []byte) io.Reader {
	return fromConn(t, asItIs, data)
}

func fromUnixConn(t *testing.T, _ wrapFunc, data []byte) io.Reader {
	feeder, c := unixPair(t)
	feed(feeder, data)
	return c
}

func fromOurUnixConn(t *testing.T, wrap wrapFunc, data []byte) io.Reader {
	return asOurUnixConn(t, fromUnixConn(t, wrap, data))
}

func toOurUnixConn(t *testing.T, wrap wrapFunc) (io.Writer, func() []byte) {
	c, received := toUnixConn(t, wrap)
	return asOurUnixConn(t, c), received
}

func asOurUnixConn(t *testing.T, c any) *streamsock.UnixConn {
	w, err := streamsock.WrapUnix(c.(*net.UnixConn))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func fromFile(t *testing.T, _ wrapFunc, data []byte) io.Reader { return fileOf(t, data) }

func toConn(t *testing.T, wrap wrapFunc) (io.Writer, func() []byte) {
	c, sink := testnet.Pair(t, "tcp")
	return wrap(c), collect(t, c, sink)
}

func toTCPConn(t *testing.T, _ wrapFunc) (io.Writer, func() []byte) {
	return toConn(t, asItIs)
}

func toUnixConn(t *testing.T, _ wrapFunc) (io.Writer, func() []byte) {
	c, sink := unixPair(t)
	return c, collect(t, c, sink)
}

func toFile(t *testing.T, _ wrapFunc) (io.Writer, func() []byte) {
	f := temporary(t)
	return f, func() []byte {
		b, err := os.ReadFile(f.Name())
		if err != nil {
			t.Error(err)
		}
		return b
	}
}

// sockets returns the names of the sockets that the process has open.
func sockets(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	var open []string
	for _, name := range names {
		if target, _ := os.Readlink(name); strings.HasPrefix(target, "socket:") {
			open = append(open, target)
		}
	}
	if len(open) == 0 {
		t.Skip("/proc does not report open sockets")
	}
	return open
}

// see checks how those that watch end.
func see(t *testing.T, calls map[string]*call, want map[string]ending, cancel func()) {
	t.Helper()
	for name, c := range calls {
		if e, ok := want[name]; ok {
			if n, err := c.end(t); n != int64(e.n) || !errors.Is(err, e.err) {
				t.Errorf("%s: %d, %v, want %d, %v", name, n, err, e.n, e.err)
			}
		}
	}
	for name, c := range calls {
		if _, ok := want[name]; !ok && !c.settles(t) {
			n, err := c.end(t)
			t.Errorf("%s does not wait: %d, %v", name, n, err)
		}
	}
	cancel()
	for name, c := range calls {
		if _, ok := want[name]; !ok {
			c.ends(t, 0, context.Canceled)
		}
	}
}

// number returns the descriptor number of c.
func number(t testing.TB, c syscall.Conn) (n uintptr) {
	t.Helper()
	rc, err := c.SyscallConn()
	if err == nil {
		err = rc.Control(func(fd uintptr) { n = fd })
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// full returns a listener that has room for no more connections: Linux ignores
// what arrives then, until one is accepted.
func full(t *testing.T) *streamsock.Listener {
	t.Helper()
	s := newSocket(t, "tcp4")
	if err := s.Bind(loopback4); err != nil {
		t.Fatal(err)
	}
	l, err := s.Listen(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	c, err := newSocket(t, "tcp4").Connect(patient(t), addrPort(l.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	awaitQueue(t, l, 1)
	return l
}

// accept accepts a connection and closes it.
func accept(t *testing.T, l *streamsock.Listener) {
	t.Helper()
	l.SetDeadline(time.Now().Add(patience))
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

// answer reports what was read, or the error.
func answer(read string, err error) (string, error) {
	switch {
	case err == nil:
		return strconv.Quote(read), nil
	case err == streamsock.ErrNoUrgent:
		return "none", nil
	case errors.Is(err, streamsock.ErrNoUrgent):
		return "inline", nil
	case err == streamsock.ErrWouldBlock:
		return "wait", nil
	case err == io.EOF:
		return "EOF", nil
	case errors.Is(err, syscall.ECONNRESET):
		return "ECONNRESET", nil
	case errors.Is(err, syscall.ENOTCONN):
		return "ENOTCONN", nil
	}
	return "", err
}

func dialPair(l *streamsock.Listener) (*urgentPair, error) {
	peer, err := streamsock.Dial(l.Addr().Network(), l.Addr().String())
	if err != nil {
		return nil, err
	}
	c, err := l.AcceptStream()
	if err != nil {
		peer.Close()
		return nil, err
	}
	return &urgentPair{peer: peer, c: c}, nil
}

// idle returns the processor time of the process in a period.
func idle(t *testing.T, d time.Duration) time.Duration {
	t.Helper()
	before := processorTime(t)
	time.Sleep(d)
	return processorTime(t) - before
}

// awaitQueue waits until so many connections wait to be accepted, if the system
// reports that: qemu does not.
func awaitQueue(t *testing.T, l *streamsock.Listener, n int) {
	t.Helper()
	until(t, "the connections wait", func() bool {
		i, err := tcpinfo.Get(l)
		return err != nil || !i.Has(tcpinfo.FieldBacklog) || i.Backlog == int64(n)
	})
}

func processorTime(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// zeroCopyReceive is TCP_ZEROCOPY_RECEIVE, whose last field of those here is the
// number of bytes that were not read.
var zeroCopyReceive = sockopt.New("TCP_ZEROCOPY_RECEIVE", syscall.IPPROTO_TCP, 35, sockopt.BytesCodec(20))

// atEmptyMark returns what Check reports at the out-of-band mark when there is
// nothing more to read: Pending if the kernel does not report that.
func atEmptyMark(c *streamsock.Conn) streamsock.Liveness {
	if b, err := zeroCopyReceive.Get(c); err != nil || len(b) < 20 {
		return streamsock.Pending
	}
	return streamsock.Idle
}

// inheritedPipes is the number of ends of pipes that the process was started with.
var inheritedPipes = openPipes()

// openPipes returns the number of ends of pipes that the process has open.
func openPipes() (n int) {
	names, _ := filepath.Glob("/proc/self/fd/*")
	for _, name := range names {
		if target, _ := os.Readlink(name); strings.HasPrefix(target, "pipe:") {
			n++
		}
	}
	return n
}

// closePipes waits until the collector has closed the pipes of earlier copies.
func closePipes(t *testing.T) {
	t.Helper()
	until(t, "the pipes of earlier copies are closed", func() bool {
		if openPipes() > inheritedPipes {
			runtime.GC()
		}
		return openPipes() <= inheritedPipes
	})
}

// processors sets GOMAXPROCS until the test ends. When a processor is removed,
// cleanups that are queued there wait in Go 1.26 until it is added again, and
// with them the pipes of copies stay open. So they are flushed before.
func processors(t *testing.T, n int) {
	t.Helper()
	before := runtime.GOMAXPROCS(n)
	t.Cleanup(func() {
		runtime.GC()
		runtime.GOMAXPROCS(before)
	})
}

// allocated returns the number of bytes of the heap that are in use.
func allocated() int64 {
	runtime.GC()
	runtime.GC() // the first may leave elements of a sync.Pool
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// openDescriptors returns the number of descriptors that the process has open.
func openDescriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	return len(entries)
}

// awaitUnwatched waits until the descriptor by which all goroutines wait is closed.
func awaitUnwatched(t *testing.T) {
	t.Helper()
	stacks := make([]byte, 1<<20)
	until(t, "no goroutine waits any more", func() bool {
		return !bytes.Contains(stacks[:runtime.Stack(stacks, true)], []byte("(*waitPoller).run"))
	})
}

var updatePages = flag.Bool("update", false, "write the pages of what was measured instead of comparing with them")

// testPage compares a page with the committed one.
func testPage(t *testing.T, file, page string) {
	t.Helper()
	if *updatePages {
		if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
			t.Error(err)
		}
		return
	}
	committed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(committed) != page {
		t.Errorf("%s is not what was measured with this Go and this kernel; run this test with -update", file)
	}
}

// inherited returns the descriptors that are not closed on exec, and their
// files.
func inherited(t *testing.T) map[string]bool {
	t.Helper()
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	names := make(map[string]bool)
	for _, e := range open {
		fd, err := strconv.Atoi(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		flags, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_GETFD, 0)
		if target, _ := os.Readlink("/proc/self/fd/" + e.Name()); errno == 0 && flags&syscall.FD_CLOEXEC == 0 {
			names[e.Name()+" "+target] = true
		}
	}
	return names
}

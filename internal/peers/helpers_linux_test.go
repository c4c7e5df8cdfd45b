// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	mathrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/dialog"
	"example.com/streamsock/streamsock/sockopt"
	"golang.org/x/net/websocket"
)

func vsftpd(t *testing.T) *streamsock.Conn {
	t.Helper()
	needRoot(t)
	path := program(t, "vsftpd")
	root, empty := t.TempDir(), t.TempDir()
	for _, dir := range []string{root, empty} {
		if err := os.Chmod(dir, 0o555); err != nil { // else vsftpd refuses them
			t.Fatal(err)
		}
	}
	file := filepath.Join(root, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(file, fileSize); err != nil { // it takes no room on the disk
		t.Fatal(err)
	}
	conf := copySource(t, "vsftpd.conf", t.TempDir(), 0o600)
	return inetd(t, streamsock.Dialer{}, exec.Command(path, conf, "-oanon_root="+root, "-osecure_chroot_dir="+empty))
}

func await(t *testing.T, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatal("it does not happen")
	}
}

// insideNamespace reports whether the process is in a network namespace of its
// own, whose loopback interface is up. If not, it runs the test once more in a
// process that is, with its outcome.
func insideNamespace(t *testing.T) bool {
	t.Helper()
	needRoot(t)
	ip := program(t, "ip")
	const variable = "STREAMSOCK_NAMESPACE"
	if os.Getenv(variable) != "" {
		run(t, exec.Command(ip, "link", "set", "lo", "up"))
		return true
	}
	cmd := exec.Command("/proc/self/exe", "-test.run=^"+t.Name()+"$", "-test.count=1", "-test.v")
	cmd.Env = append(os.Environ(), variable+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	out, err := cmd.CombinedOutput()
	noNamespace(t, err)
	t.Logf("%s", out)
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Fatalf("in the namespace: %v", err)
	}
	return false
}

// missing ends a test that lacks something.
func missing(t *testing.T, what string) {
	t.Helper()
	t.Fatalf("missing: %s (.ci/run peers installs it)", what)
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

// start starts a program in a process group of its own. When the test ends it
// kills those of the group that do not end by themselves, and the kernel kills
// the program if the test does not get to it: no goroutine here ends its
// thread, to which Pdeathsig refers.
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
	serve(t, accepted, cmd)
	own(t, c) // closes it first, so that the server ends by itself
	return c
}

// serve starts a server with a connection as its standard input, output and error.
func serve(t *testing.T, accepted *net.TCPConn, cmd *exec.Cmd) {
	t.Helper()
	f, err := accepted.File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = f, f, f
	start(t, cmd)
}

// startRelay relays until the test ends.
func startRelay(t *testing.T, relayer *streamsock.Relayer, a, b net.Conn) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		relayer.Relay(t.Context(), a, b)
	}()
	t.Cleanup(func() { await(t, done) })
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

// copySource copies a file of testdata/peers into a folder that is the test's,
// with the rights of the test, whatever the owner of the working copy.
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

// toMark waits for the urgent byte and reads the data before it.
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

// readParts describes one read into buffers of several sizes.
func readParts(sizes string, read func([][]byte) (int64, error)) (string, error) {
	var bufs [][]byte
	for size := range strings.SplitSeq(sizes, "|") {
		bufs = append(bufs, make([]byte, integer(size)))
	}
	n, err := read(bufs)
	var text []string
	for _, buf := range bufs {
		part := buf[:min(int64(len(buf)), n)]
		n -= int64(len(part))
		if len(part) > 0 {
			text = append(text, escape(part))
		}
	}
	return strings.Join(text, "|"), err
}

// join makes another connection, which gets the next number on both sides.
func join(subject, peer side) {
	subject.t.Helper()
	port := peer.number("listen 0")
	subject.ask("connect "+port, "ok")
	peer.ask("accept", "ok")
	peer.ask("unlisten", "ok")
}

// word describes an error.
func word(err error) string {
	var errno syscall.Errno
	var timeout net.Error
	switch {
	case err == io.EOF:
		return "end"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case errors.Is(err, streamsock.ErrWouldBlock):
		return "would block"
	case errors.Is(err, dialog.ErrTooLong):
		return "too long"
	case errors.Is(err, io.ErrShortBuffer):
		return "no room"
	case errors.As(err, &errno):
		return fmt.Sprintf("error %d", int(errno))
	case errors.Is(err, os.ErrInvalid):
		return "invalid"
	}
	return "error " + err.Error()
}

// integer returns the number that a text of the tests is.
func integer(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return n
}

func milliseconds(text string) time.Duration { return time.Duration(integer(text)) * time.Millisecond }

// within is the context of a call that may wait for some milliseconds.
func within(timeout string) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), milliseconds(timeout))
}

func decimal[T int | int64](n T, err error) (string, error) { return fmt.Sprint(n), err }

func flag(on bool, err error) (int, error) {
	if on {
		return 1, err
	}
	return 0, err
}

// escape writes unprintable bytes as \xHH.
func escape(bytes []byte) string {
	var text strings.Builder
	for _, b := range bytes {
		if b < ' ' || b > '~' || b == '\\' {
			fmt.Fprintf(&text, `\x%02X`, b)
		} else {
			text.WriteByte(b)
		}
	}
	return text.String()
}

func unescape(text string) []byte {
	bytes, err := strconv.Unquote(`"` + text + `"`)
	if err != nil {
		panic(err)
	}
	return []byte(bytes)
}

// sum describes received data.
func sum(p []byte) string { return fmt.Sprintf("%d %08X", len(p), crc32.ChecksumIEEE(p)) }

// got describes one read.
func got(size string, read func([]byte) (int, error)) (string, error) {
	p := make([]byte, integer(size))
	n, err := read(p)
	if n > 0 {
		return escape(p[:n]), nil
	}
	return "", err
}

// both adds the kernel's value to the result of a getter.
func both(c syscall.Conn, level, number int) func(int, error) (string, error) {
	return func(value int, err error) (string, error) {
		return fmt.Sprintf("%d %d", value, raw(c, level, number)[0]), err
	}
}

// raw is the kernel's value of an option, up to four words.
func raw(c syscall.Conn, level, number int) (words [4]int32) {
	b, err := sockopt.New("", level, number, sockopt.BytesCodec(16)).Get(c)
	if err != nil {
		panic(err)
	}
	for i := range len(b) / 4 {
		words[i] = int32(binary.NativeEndian.Uint32(b[4*i:]))
	}
	return words
}

func buildPOCO(t *testing.T) string {
	compiler := program(t, "g++")
	if _, err := os.Stat("/usr/include/Poco/Net/StreamSocket.h"); err != nil {
		missing(t, "POCO")
	}
	return build(t, compiler, "-std=c++17", "poco.cpp", "-lPocoNet", "-lPocoFoundation")
}

// connected starts the program and connects to it.
func connected(t *testing.T, path string) (talk, *streamsock.Conn) {
	t.Helper()
	p := converse(t, exec.Command(path))
	port := strings.TrimSpace(p.hear("\n"))
	return p, dial(t, net.JoinHostPort("127.0.0.1", port))
}

// acceptedFrom starts the program, which connects to us.
func acceptedFrom(t *testing.T, path string) (talk, *streamsock.Conn) {
	t.Helper()
	l := listen(t)
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	p := converse(t, exec.Command(path, host, port))
	return p, accept(t, l)
}

func write(t *testing.T, c *streamsock.Conn, text string) {
	t.Helper()
	if _, err := c.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

// random returns more than the buffers of a connection hold.
func random(seed byte) string {
	b := make([]byte, 8<<20)
	mathrand.NewChaCha8([32]byte{seed}).Read(b)
	return string(b)
}

func wantSame(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: received %d bytes, not the %d that were sent", what, len(got), len(want))
	}
}

// exchange checks that each of them received all data of the other.
func exchange(t *testing.T, ours, theirs *process, question, answer string) {
	t.Helper()
	got, _ := ours.end(0)
	wantSame(t, "sockcat", got, answer)
	got, _ = theirs.end(0)
	wantSame(t, "the peer", got, question)
}

// freePort returns a port that nothing listens on, for a program that cannot
// choose one. It is not among those that Linux gives away by itself, so that
// it stays free.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		port := fmt.Sprint(20000 + mathrand.IntN(10000))
		l, err := net.Listen("tcp4", "127.0.0.1:"+port)
		if err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no free port")
	return ""
}

// receive receives a message, in however many frames: the Receive of a Codec
// takes each of them for a message. The error is io.EOF if the peer closes.
func receive(ws *websocket.Conn) (m message, err error) {
	for last := false; !last; {
		frame, err := ws.NewFrameReader()
		if err != nil {
			return m, err
		}
		header, err := io.ReadAll(frame.HeaderReader())
		if err != nil {
			return m, err
		}
		if frame, err = ws.HandleFrame(frame); err != nil {
			return m, err
		}
		if frame == nil {
			continue // it was a ping, which may arrive in between
		}
		part, err := io.ReadAll(frame)
		if err != nil {
			return m, err
		}
		m.kind, m.payload = frame.PayloadType(), append(m.payload, part...)
		last = header[0]&0x80 != 0 // FIN: RFC 6455, section 5.2
	}
	return m, nil
}

func run(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	return string(out)
}

func build(t *testing.T, compiler string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	cmd := exec.Command(compiler, append([]string{"-O1", "-o", path}, args...)...)
	cmd.Dir = sources
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	return path
}

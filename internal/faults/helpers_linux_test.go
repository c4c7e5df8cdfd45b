// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package faults

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

func portOf(c *streamsock.Conn) string {
	_, port, _ := net.SplitHostPort(c.LocalAddr().String())
	return port
}

func write(t *testing.T, c *streamsock.Conn, s string) {
	t.Helper()
	c.SetWriteDeadline(time.Now().Add(patience))
	if n, err := c.Write([]byte(s)); n != len(s) || err != nil {
		t.Fatalf("Write: %d, %v", n, err)
	}
}

func read(t *testing.T, c *streamsock.Conn, want string) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(patience))
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Fatalf("read %q, %v, want %q", got, err, want)
	}
}

// checkError checks that an error is one of those wanted, in the form of
// package net.
func checkError(t *testing.T, what string, err error, want ...syscall.Errno) {
	t.Helper()
	var op *net.OpError
	var call *os.SyscallError
	if !errors.As(err, &op) || !errors.As(op.Err, &call) {
		t.Errorf("%s: %v (%#v), want %v", what, err, err, want)
		return
	}
	errno, _ := call.Err.(syscall.Errno)
	if !slices.Contains(want, errno) || !errors.Is(err, errno) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
	if op.Timeout() != (errno == syscall.ETIMEDOUT) {
		t.Errorf("%s: %v: Timeout() is %v", what, err, op.Timeout())
	}
}

func is(t *testing.T, c *streamsock.Conn, want streamsock.Liveness, wantErr error) {
	t.Helper()
	if got, err := c.Check(); got != want || !errors.Is(err, wantErr) {
		t.Errorf("Check: %v, %v, want %v, %v", got, err, want, wantErr)
	}
}

// lossyBytes sends by Writev and receives by Readv.
func lossyBytes(t *testing.T, n *network) *streamsock.Conn {
	c, peer := n.dial(t)
	data := random(size)
	go func() {
		c.Writev([][]byte{data[:10], data[10 : size/2], data[size/2:]})
		c.CloseWrite()
	}()
	got := new(bytes.Buffer)
	peer.SetReadDeadline(time.Now().Add(2 * patience))
	for p := make([]byte, 1<<16); ; {
		k, err := peer.Readv([][]byte{p[:100], p[100:]})
		got.Write(p[:k])
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("Readv after %d bytes: %v", got.Len(), err)
		}
	}
	same(t, got.Bytes(), data)
	return c
}

// lossyCopy sends from a file, has the server copy from one connection to
// another, and receives into a file: all by the system.
func lossyCopy(t *testing.T, n *network) *streamsock.Conn {
	c, from := n.dial(t)
	back, to := n.dial(t)
	data := random(size)
	source, sink := file(t, data), file(t, nil)
	go func() {
		c.ReadFrom(source)
		c.CloseWrite()
	}()
	copied := copies(to, from)
	back.SetReadDeadline(time.Now().Add(2 * patience))
	if k, err := back.WriteTo(sink); k != size || err != nil {
		t.Fatalf("WriteTo: %d, %v", k, err)
	}
	if err := <-copied; err != nil {
		t.Errorf("ReadFrom: %v", err)
	}
	got, err := os.ReadFile(sink.Name())
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, data)
	return c
}

// lossyInline has urgent bytes among those that the server copies. They are
// received inline, where none is lost.
func lossyInline(t *testing.T, n *network) *streamsock.Conn {
	return lossyUrgent(t, n, true, func(c *streamsock.Conn, data []byte) {
		const step = 50_000
		for len(data) > 0 {
			k := min(len(data), step) - 1
			c.Write(data[:k])
			c.SendUrgent(data[k])
			data = data[k+1:]
		}
	})
}

// lossyApart has one urgent byte that is none of the stream: the server copies
// past it.
func lossyApart(t *testing.T, n *network) *streamsock.Conn {
	return lossyUrgent(t, n, false, func(c *streamsock.Conn, data []byte) {
		c.Write(data[:len(data)/2])
		c.SendUrgent('!')
		c.Write(data[len(data)/2:])
	})
}

func file(t *testing.T, data []byte) *os.File {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if _, err := f.Write(data); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	return f
}

// inside runs a test on a network of its own, in the client's namespace, while
// others run.
func inside(t *testing.T, k kind, test func(t *testing.T, n *network)) {
	t.Helper()
	if os.Getenv(stageVariable) == "" {
		t.Parallel()
	}
	alone(t, k, test)
}

// alone is inside for a test that takes all of the machine.
func alone(t *testing.T, k kind, test func(t *testing.T, n *network)) {
	t.Helper()
	if os.Getenv(stageVariable) != "" {
		test(t, arrive(t))
		return
	}
	require(t)
	n := &network{name: fmt.Sprintf("ssk%d-%d", os.Getpid(), networks.Add(1))}
	n.build(t, k)
	n.run(t, k)
}

// require skips the test unless it is requested.
func require(t *testing.T) {
	t.Helper()
	if os.Getenv(mustVariable) != "1" {
		t.Skipf("faults are for .ci/run faults: they change the machine's networks, and want %s=1", mustVariable)
	}
	if missing := lacks(); missing != "" {
		t.Fatalf("faults need %s", missing)
	}
}

// plug gives a device its addresses. Large packets, which a veth passes on as
// they are, would hide what happens to one packet of many; and the address that
// IPv6 assigns to the device itself delays the others by a second.
func plug(t *testing.T, space, device, ipv4, ipv6 string) {
	t.Helper()
	command(t, "ip", "-n", space, "addr", "add", ipv4, "dev", device)
	command(t, "ip", "-n", space, "addr", "add", ipv6, "dev", device, "nodad")
	command(t, "ip", "-n", space, "link", "set", device, "gso_max_segs", "1", "addrgenmode", "none")
	command(t, "ip", "-n", space, "link", "set", device, "up")
}

// long reports whether tests may take long.
func long() bool { return os.Getenv("STREAMSOCK_LONG") != "" }

// pass continues in another namespace and hands over descriptors.
func pass(space, stage string, files ...uintptr) error {
	list := os.Getenv(filesVariable)
	for _, fd := range files {
		if _, _, errno := syscall.Syscall(syscall.SYS_FCNTL, fd, syscall.F_SETFD, 0); errno != 0 {
			return errno
		}
		list += " " + strconv.Itoa(int(fd))
	}
	ip, err := exec.LookPath("ip")
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	os.Setenv(stageVariable, stage)
	os.Setenv(filesVariable, list)
	args := append([]string{"ip", "netns", "exec", space, self}, os.Args[1:]...)
	return syscall.Exec(ip, args, os.Environ())
}

// filter has the packet filter of a namespace apply a rule to incoming packets,
// and returns a function that removes the rule.
func filter(t *testing.T, space, rule string) (remove func()) {
	t.Helper()
	nft := exec.Command("ip", "netns", "exec", space, "nft", "-f", "-")
	// Old versions of nft want each bracket on a line of its own.
	nft.Stdin = strings.NewReader("table inet fault {\nchain in {\ntype filter hook input priority 0\n" + rule + "\n}\n}\n")
	if out, err := nft.CombinedOutput(); err != nil {
		t.Fatalf("nft %s: %v %s", rule, err, out)
	}
	return func() {
		t.Helper()
		command(t, "ip", "netns", "exec", space, "nft", "delete", "table", "inet", "fault")
	}
}

// setSysctl sets a variable of the namespace that the process is in.
func setSysctl(name, value string) error { return os.WriteFile("/proc/sys/"+name, []byte(value), 0) }

// command runs a command and returns its output.
func command(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v %s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// tap opens the two ends of the line in the middle, and passes packets on.
// Packets read from one and written to the other pass the line.
func tap() error {
	var files []uintptr
	for _, device := range []string{"left", "right"} {
		fd, err := openTap(device)
		if err != nil {
			return fmt.Errorf("%s: %w", device, err)
		}
		files = append(files, uintptr(fd))
	}
	n := network{name: os.Getenv(netVariable)}
	return pass(n.server(), "listen", files...)
}

// copies copies and ends the stream.
func copies(to, from *streamsock.Conn) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, err := to.ReadFrom(from)
		to.CloseWrite()
		done <- err
	}()
	return done
}

func random(size int) []byte {
	p := make([]byte, size)
	r := rand.NewChaCha8([32]byte{1})
	r.Read(p)
	return p
}

func same(t *testing.T, got, want []byte) {
	t.Helper()
	if len(got) != len(want) || sha256.Sum256(got) != sha256.Sum256(want) {
		t.Errorf("received %d bytes of %d, or they differ", len(got), len(want))
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package faults

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/sockopt"
)

// A test of a fault runs twice. The first run makes the namespaces, starts the
// second, which is this program again, in one of them, and removes them. On
// the way to its place the second run passes through other namespaces, where
// it opens what the test is to have there: a socket stays in the namespace in
// which it was made, and so the test has both ends of a connection in its own
// hands, and no protocol to a helper.
const (
	// stageVariable specifies what the program does in the namespace in which
	// it was started.
	stageVariable = "STREAMSOCK_FAULTS_STAGE"

	// netVariable is the prefix of the names of the namespaces.
	netVariable = "STREAMSOCK_FAULTS_NET"

	// filesVariable lists the descriptors that were opened on the way.
	filesVariable = "STREAMSOCK_FAULTS_FILES"

	// mustVariable has the tests run, and fail if they cannot.
	mustVariable = "STREAMSOCK_FAULTS"
)

func TestMain(m *testing.M) {
	switch os.Getenv(stageVariable) {
	case "tap":
		fatal(tap())
	case "listen":
		fatal(listen())
	case "serve":
		fatal(serve())
	default:
		testnet.Main(m)
	}
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, os.Getenv(stageVariable)+":", err)
	os.Exit(1)
}

// Where the machines are. The client has the device "near", the server "far".
const (
	clientHost = "10.77.0.1"
	serverHost = "10.77.0.2"
	serverIPv6 = "fd77::2"
	port       = "7007"
)

// A network consists of two machines on one line, which a test breaks.
type network struct {
	name     string // prefix of the names of the namespaces
	listener *net.TCPListener
	taps     []*os.File // the two ends of the line, if it has a middle
}

// The namespaces. The client's is the one in which the test runs.
func (n *network) client() string { return n.name + "-client" }
func (n *network) server() string { return n.name + "-server" }
func (n *network) spare() string  { return n.name + "-spare" }
func (n *network) middle() string { return n.name + "-middle" }

// A kind of network.
type kind int

const (
	direct kind = iota // one cable
	slow               // a middle that passes on the packets that the test reads from it
	twin               // a cable, and a machine that takes the server's place
)

var networks atomic.Int64

// lacks returns the programs and privileges that the machine lacks.
func lacks() string {
	if emulator := os.Getenv("STREAMSOCK_EMULATOR"); emulator != "" && emulator != "qemu-system" {
		return "to run themselves, not " + emulator
	}
	if os.Geteuid() != 0 {
		return "root"
	}
	if _, err := exec.LookPath("ss"); err != nil {
		return "the command ss"
	}
	for _, line := range []string{"ip link add near type veth peer name far", "nft add table inet fault"} {
		words := strings.Fields(line)
		try := exec.Command(words[0], words[1:]...)
		try.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
		if out, err := try.CombinedOutput(); err != nil {
			return fmt.Sprintf("%q in a network namespace: %v %s", line, err, out)
		}
	}
	return ""
}

// build makes the namespaces and the line.
func (n *network) build(t *testing.T, k kind) {
	t.Helper()
	spaces := []string{n.client(), n.server()}
	switch k {
	case slow:
		spaces = append(spaces, n.middle())
	case twin:
		spaces = append(spaces, n.spare())
	}
	for _, s := range spaces {
		t.Cleanup(func() {
			if out, err := exec.Command("ip", "netns", "del", s).CombinedOutput(); err != nil {
				t.Errorf("a namespace is left: %v %s", err, out)
			}
		})
		command(t, "ip", "netns", "add", s)
		command(t, "ip", "-n", s, "link", "set", "lo", "up")
	}
	if k == slow {
		for _, end := range []struct{ space, device, tap string }{{n.client(), "near", "left"}, {n.server(), "far", "right"}} {
			command(t, "ip", "link", "add", end.device, "netns", end.space, "type", "veth", "peer", "name", end.tap, "netns", n.middle())
			command(t, "ip", "-n", n.middle(), "link", "set", end.tap, "up")
		}
	} else {
		command(t, "ip", "link", "add", "near", "netns", n.client(), "type", "veth", "peer", "name", "far", "netns", n.server())
	}
	plug(t, n.client(), "near", clientHost+"/24", "fd77::1/64")
	plug(t, n.server(), "far", serverHost+"/24", serverIPv6+"/64")
}

// run runs the test again, inside.
func (n *network) run(t *testing.T, k kind) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	first, stage := n.server(), "listen"
	if k == slow {
		first, stage = n.middle(), "tap"
	}
	limit := 3 * time.Minute
	if long() {
		limit = time.Hour
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit+10*time.Second)
	defer cancel()
	pattern := "^" + strings.ReplaceAll(t.Name(), "/", "$/^") + "$"
	again := exec.CommandContext(ctx, "ip", "netns", "exec", first, self,
		"-test.run="+pattern, "-test.v", "-test.count=1", "-test.timeout="+limit.String())
	again.Env = append(os.Environ(), stageVariable+"="+stage, netVariable+"="+n.name)
	out, err := again.CombinedOutput()
	// Without the bar, readers of the output would treat these as tests of its
	// own.
	for line := range strings.Lines(string(out)) {
		t.Log("| " + strings.TrimRight(line, "\n"))
	}
	switch {
	case err != nil:
		t.Errorf("inside: %v", err)
	case !bytes.Contains(out, []byte("--- PASS: "+t.Name()+" ")):
		t.Error("inside: the test was not run")
	}
}

// listen opens the server's listener and passes it to the test. The server
// reports of every packet that it refuses that it does, not of one in a second.
func listen() error {
	for _, name := range []string{"net/ipv4/icmp_ratelimit", "net/ipv6/icmp/ratelimit"} {
		if err := setSysctl(name, "0"); err != nil {
			return err
		}
	}
	l, err := streamsock.Listen("tcp", ":"+port)
	if err != nil {
		return err
	}
	f, err := l.File()
	if err != nil {
		return err
	}
	n := network{name: os.Getenv(netVariable)}
	return pass(n.client(), "test", f.Fd())
}

// arrive receives the sockets that were opened.
func arrive(t *testing.T) *network {
	t.Helper()
	n := &network{name: os.Getenv(netVariable)}
	var files []*os.File
	for _, field := range strings.Fields(os.Getenv(filesVariable)) {
		fd, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		syscall.CloseOnExec(fd)
		if err := syscall.SetNonblock(fd, true); err != nil {
			t.Fatal(err)
		}
		f := os.NewFile(uintptr(fd), "inherited")
		t.Cleanup(func() { f.Close() })
		files = append(files, f)
	}
	last := len(files) - 1
	l, err := net.FileListener(files[last])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	files[last].Close() // l has a copy
	n.listener, n.taps = l.(*net.TCPListener), files[:last]
	return n
}

// dial connects the machines and returns both ends.
func (n *network) dial(t *testing.T, settings ...sockopt.Setting) (c, peer *streamsock.Conn) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c, err := streamsock.DialContext(ctx, "tcp", net.JoinHostPort(serverHost, port), settings...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	n.listener.SetDeadline(time.Now().Add(patience))
	accepted, err := n.listener.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	if peer, err = streamsock.Wrap(accepted); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { peer.Abort() })
	if got, want := accepted.RemoteAddr().String(), c.LocalAddr().String(); got != want {
		t.Fatalf("accepted %s, want %s", got, want)
	}
	return c, peer
}

// patience is the time that a test waits for an event that must occur.
const patience = 20 * time.Second

// serve is a server in its own process: it accepts connections and discards
// received data, until its standard input ends.
func serve() error {
	l, err := streamsock.Listen("tcp", ":"+port)
	if err != nil {
		return err
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				fatal(err)
			}
			go io.Copy(io.Discard, c)
		}
	}()
	fmt.Println("ready")
	_, err = io.Copy(io.Discard, os.Stdin)
	return fmt.Errorf("standard input has ended: %v", err)
}

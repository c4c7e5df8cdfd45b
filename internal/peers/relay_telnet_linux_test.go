// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

const timingMark = 6 // the Telnet option of RFC 860

// TestTelnetRelay relays a session of a stock client and a stock server. The interrupt key
// makes the client send a Synch and, when the command arrives, the server too. With Urgent,
// the client's urgent byte, an IAC, arrives at the server as one and at its place. Without,
// the IAC of each Synch is lost, and both programs take the data mark after it for text.
func TestTelnetRelay(t *testing.T) {
	needRoot(t)
	client, server := program(t, "inetutils-telnet", "telnet"), program(t, "telnetd")
	program(t, "stty") // for login.sh
	interrupt := string([]byte{iac, ip, iac, do, timingMark})
	for name, c := range map[string]struct {
		urgent  bool
		arrives string // at the server, before the mark if there is one
		after   int    // the number of bytes after the mark
		ready   streamsock.Events
	}{
		"urgent":     {true, interrupt, len([]byte{iac, dm}), streamsock.Readable | streamsock.Urgent},
		"not urgent": {false, interrupt + string([]byte{dm}), 0, streamsock.Readable},
	} {
		t.Run(name, func(t *testing.T) {
			front, back := listen(t), listen(t)
			_, port, err := net.SplitHostPort(front.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			user := onTerminal(t, client, "127.0.0.1", port)
			in, out := accept(t, front), dial(t, back.Addr().String())
			accepted := accept(t, back)
			login := copySource(t, "login.sh", t.TempDir(), 0o755)
			telnetd := exec.Command(server, "--exec-login="+login)
			serve(t, accepted.TCPConn, telnetd)
			startRelay(t, &streamsock.Relayer{Urgent: c.urgent}, in, out)

			user.hear("ready\r\n")
			for _, command := range []string{"mode line", "toggle autosynch"} {
				user.say("\x1d") // to the client's own prompt
				user.hear("telnet> ")
				user.say(command + "\n")
			}
			user.say("first\r") // after the answer, the client is in line mode
			user.hear("line first\r\n")

			suspend(t, telnetd.Process.Pid)
			user.say("\x03")
			awaitQueued(t, accepted, c.arrives, c.after)
			if e, err := accepted.Wait(t.Context(), streamsock.Readable|streamsock.Urgent); e != c.ready || err != nil {
				t.Errorf("at the server %v, %v, want %v", e, err, c.ready)
			}
			accepted.Close() // the server has its own descriptor
			if err := telnetd.Process.Signal(syscall.SIGCONT); err != nil {
				t.Fatal(err)
			}
			shown := user.hear("interrupted\r\n")
			user.say("hello\r")
			user.hear("hello\r\n") // the terminal's echo
			shown += user.hear("hello\r\n")
			t.Logf("the user sees %q", shown)
			if lost := strings.Contains(shown, string([]byte{dm})); lost == c.urgent {
				t.Errorf("the user sees %q", shown)
			}
			if whole := strings.HasSuffix(shown, "line hello\r\n"); whole != c.urgent {
				t.Errorf("the program reads %q", shown)
			}
		})
	}
}

// suspend stops a process and waits until it is stopped.
func suspend(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for start := time.Now(); ; time.Sleep(time.Millisecond) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			t.Fatal(err)
		}
		if _, state, _ := strings.Cut(string(stat), ") "); strings.HasPrefix(state, "T") {
			return
		}
		if time.Since(start) > patience {
			t.Fatalf("the process does not stop: %s", stat)
		}
	}
}

// awaitQueued waits until the bytes that have arrived at c, up to the out-of-band mark if
// there is one, end with want, and the number of bytes after the mark is after.
func awaitQueued(t *testing.T, c *streamsock.Conn, want string, after int) {
	t.Helper()
	b := make([]byte, 4096)
	for start := time.Now(); ; time.Sleep(time.Millisecond) {
		n, err := c.Recv(b, streamsock.Peek|streamsock.DontWait)
		if err != nil && err != streamsock.ErrWouldBlock {
			t.Fatal(err)
		}
		all, err := c.Available() // also past the mark, because the server has set OOBInline
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(string(b[:n]), want) && all-n == after {
			return
		}
		if time.Since(start) > patience {
			t.Fatalf("%q has arrived, and %d bytes after it, want %q and %d", b[:n], all-n, want, after)
		}
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"net"
	"os/exec"
	"strings"
	"testing"

	"example.com/streamsock/streamsock"
)

// The Telnet commands of RFC 854.
const (
	se   = 240
	dm   = 242 // data mark
	ip   = 244 // interrupt process
	ao   = 245 // abort output
	sb   = 250
	will = 251
	wont = 252
	do   = 253
	dont = 254
	iac  = 255
)

// TestTelnetd has a server send its urgent byte, as the Synch signal, when it
// receives the commands to drop output and to interrupt the program.
func TestTelnetd(t *testing.T) {
	needRoot(t)
	path := program(t, "telnetd")
	program(t, "stty") // for login.sh
	login := copySource(t, "login.sh", t.TempDir(), 0o755)
	c := inetd(t, streamsock.Dialer{}, exec.Command(path, "--exec-login="+login))
	user := talk{t, &telnet{Conn: c}}
	user.hear("ready\r\n")
	for _, command := range []byte{ao, ip} {
		user.say(string([]byte{iac, command}))
		if err := c.WaitUrgent(t.Context()); err != nil {
			t.Fatalf("WaitUrgent after %d: %v", command, err)
		}
		toMark(t, c)
		wantUrgent(t, c, iac)
		wantRead(t, c, string([]byte{dm}))
	}
	user.hear("interrupted\r\n")
	user.say("hello\r\n")
	user.hear("line hello\r\n")
}

// telnet is a Telnet client that wants no options. Its Read answers the
// server's wishes and leaves the commands out.
type telnet struct {
	*streamsock.Conn
}

func (c *telnet) Read(p []byte) (int, error) {
	for {
		if n, err := c.Conn.Read(p[:1]); err != nil || p[0] != iac {
			return n, err
		}
		if err := c.obey(); err != nil {
			return 0, err
		}
	}
}

// obey reads the command after an IAC.
func (c *telnet) obey() error {
	b, err := c.next()
	if err != nil {
		return err
	}
	switch b {
	case do, will:
		refuse := map[byte]byte{do: wont, will: dont}[b]
		option, err := c.next()
		if err != nil {
			return err
		}
		_, err = c.Write([]byte{iac, refuse, option})
		return err
	case wont, dont:
		_, err = c.next()
		return err
	case sb:
		for b != se && err == nil {
			b, err = c.next()
		}
		return err
	}
	return nil
}

func (c *telnet) next() (byte, error) {
	var b [1]byte
	_, err := c.Conn.Read(b[:])
	return b[0], err
}

// TestTelnet is the server of a stock client, which drops only the data sent
// before the urgent data mark, and sends a Synch itself.
func TestTelnet(t *testing.T) {
	// More than the client reads in one call: it drops its buffer at any data
	// mark, but skips up to the data mark only if that is urgent.
	const shown, dropped = "KEEP ME\r\n", "DROP ME\r\n"
	synch := strings.Repeat(dropped, 2000) + string([]byte{iac, dm})
	for name, c := range map[string]struct {
		flags streamsock.Flags
		drops bool
	}{
		"urgent":     {streamsock.OOB, true},
		"not urgent": {0, false},
	} {
		t.Run(name, func(t *testing.T) {
			user, s := telnetClient(t)
			if _, err := s.Send([]byte(synch), c.flags); err != nil {
				t.Fatal(err)
			}
			write(t, s, shown)
			heard := user.hear(shown)
			if drops := !strings.Contains(heard, dropped); drops != c.drops {
				t.Errorf("the user sees %q", heard)
			}
		})
	}
	t.Run("send synch", func(t *testing.T) {
		user, s := telnetClient(t)
		user.say("\x1d") // to the client's own prompt
		user.hear("telnet> ")
		user.say("send synch\n")
		if before := toMark(t, s); before != "" {
			t.Errorf("before the mark %q", before)
		}
		wantUrgent(t, s, iac)
		wantRead(t, s, string([]byte{dm}))
	})
}

func telnetClient(t *testing.T) (user talk, s *streamsock.Conn) {
	t.Helper()
	path := program(t, "inetutils-telnet", "telnet")
	l := listen(t)
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	user = onTerminal(t, path, "127.0.0.1", port)
	s = accept(t, l)
	// Not before it shows this has the client set its terminal up.
	write(t, s, "hello\r\n")
	user.hear("hello\r\n")
	return user, s
}

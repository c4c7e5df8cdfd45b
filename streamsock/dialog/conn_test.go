// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock/sockopt"
)

// patience is the time for an event that must occur: the deadline of every
// connection, so that a test which hangs fails with its error.
var patience = testnet.Patience

func TestSendMessage(t *testing.T) {
	c, peer := pair(t)
	for _, test := range []struct {
		want string
		args []string
	}{
		{"Hello, world!\r\n", []string{"Hello, world!"}},
		{"EHLO appinf.com\r\n", []string{"EHLO", "appinf.com"}},
		{"PUT local.txt remote.txt\r\n", []string{"PUT", "local.txt", "remote.txt"}},
		{"LIST\r\n", []string{"LIST", ""}},
		{"PUT  remote.txt\r\n", []string{"PUT", "", "remote.txt"}},
		{"PUT local.txt\r\n", []string{"PUT", "local.txt", ""}},
		{"\r\n", []string{""}},
		{"a b c d\r\n", []string{"a", "b", "c", "d"}},
	} {
		if err := c.SendMessage(test.args[0], test.args[1:]...); err != nil {
			t.Fatal(err)
		}
		wantSent(t, peer, test.want)
	}

	// No command can be injected.
	for _, args := range [][]string{{"a\r\nb"}, {"a\n"}, {"\ra"}, {"a", "b\r\nc"}, {"a", "b", "\n"}} {
		if err := c.SendMessage(args[0], args[1:]...); !errors.Is(err, os.ErrInvalid) {
			t.Errorf("%q: %v", args, err)
		}
	}
	if err := c.SendMessage("NOOP"); err != nil {
		t.Fatal(err)
	}
	wantSent(t, peer, "NOOP\r\n") // and nothing before it
}

func TestSendTelnet(t *testing.T) {
	c, peer := pair(t)
	for _, test := range []struct {
		command Command
		args    []byte
		want    string
	}{
		{NOP, nil, "\xff\xf1"},
		{IP, nil, "\xff\xf4"},
		{AYT, nil, "\xff\xf6"},
		{GA, nil, "\xff\xf9"},
		{IAC, nil, "\xff\xff"},
		{Command(239), nil, "\xff\xef"}, // EOR, RFC 885
		{WILL, []byte{1}, "\xff\xfb\x01"},
		{WONT, []byte{0}, "\xff\xfc\x00"},
		{DO, []byte{255}, "\xff\xfd\xff"}, // option 255 is not doubled
		{DONT, []byte{24}, "\xff\xfe\x18"},
		{SB, []byte{31, 0, 255, 0, 24}, "\xff\xfa\x1f\x00\xff\xff\x00\x18\xff\xf0"},
		{SB, []byte{24}, "\xff\xfa\x18\xff\xf0"},
	} {
		if err := c.SendTelnet(test.command, test.args...); err != nil {
			t.Fatal(err)
		}
		wantSent(t, peer, test.want)
	}
	for _, test := range []struct {
		command Command
		args    []byte
	}{{WILL, nil}, {DO, []byte{1, 2}}, {SB, nil}, {SE, nil}, {IP, []byte{1}}} {
		if err := c.SendTelnet(test.command, test.args...); !errors.Is(err, os.ErrInvalid) {
			t.Errorf("%v %v: %v", test.command, test.args, err)
		}
	}
	c.CloseWrite()
	if rest, err := io.ReadAll(peer); len(rest) > 0 || err != nil {
		t.Errorf("sent %q, %v", rest, err)
	}
}

func TestCommandString(t *testing.T) {
	for c, want := range map[Command]string{SE: "SE", NOP: "NOP", DM: "DM", WONT: "WONT", IAC: "IAC", 239: "Command(239)", 0: "Command(0)"} {
		if got := c.String(); got != want {
			t.Errorf("%d is %q, want %q", c, got, want)
		}
	}
	if SE != 240 || DM != 242 || IP != 244 || SB != 250 || DONT != 254 || IAC != 255 {
		t.Error("the commands are not those of RFC 854")
	}
}

// TestDialog has the other end of a connection, and not a script.
func TestDialog(t *testing.T) {
	c, peer := pair(t)
	io.WriteString(peer, "220-a\r\n220 b\r\nline\rraw")
	if code, text, err := c.ReadStatus(); code != 220 || text != "a\nb" || err != nil {
		t.Fatalf("%d %q, %v", code, text, err)
	}
	if line, err := c.ReadMessage(); line != "line" || err != nil {
		t.Fatalf("%q, %v", line, err)
	}
	if n := c.Buffered(); n != 3 {
		t.Errorf("%d bytes are buffered", n)
	}
	p := make([]byte, 10)
	if n, err := c.Peek(p); string(p[:n]) != "raw" || err != nil {
		t.Errorf("peeked at %q, %v", p[:n], err)
	}
	if b, err := c.ReadByte(); b != 'r' || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	peer.CloseWrite()
	if rest, err := io.ReadAll(c); string(rest) != "aw" || err != nil {
		t.Errorf("%q, %v", rest, err)
	}
	if line, err := c.ReadMessage(); line != "" || err != io.EOF {
		t.Errorf("at the end %q, %v", line, err)
	}
	if _, err := c.Write([]byte("bye")); err != nil {
		t.Fatal(err)
	}
	wantSent(t, peer, "bye")
}

// TestUnderneath must have no way to the bytes that passes by the buffer, but
// one to the options.
func TestUnderneath(t *testing.T) {
	c, peer := pair(t)
	if _, ok := any(c).(syscall.Conn); ok {
		t.Error("a Conn has a SyscallConn")
	}
	if c.NetConn() != net.Conn(c.Stream()) || c.LocalAddr() != c.Stream().LocalAddr() || c.RemoteAddr() != c.Stream().RemoteAddr() {
		t.Error("what is underneath is another connection")
	}
	sc, err := sockopt.Unwrap(c)
	if err != nil {
		t.Fatal(err)
	}
	if on, err := sockopt.NoDelay.Get(sc); !on || err != nil {
		t.Errorf("NoDelay = %v, %v", on, err)
	}

	// Package os would splice past the buffer.
	io.WriteString(peer, "line\nfile")
	if line, err := c.ReadMessage(); line != "line" || err != nil {
		t.Fatalf("%q, %v", line, err)
	}
	io.WriteString(peer, " and more")
	peer.CloseWrite()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	_, err = io.Copy(w, c)
	w.Close()
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(r); string(text) != "file and more" || err != nil {
		t.Errorf("copied %q, %v", text, err)
	}
}

func TestConnDeadline(t *testing.T) {
	c, peer := pair(t)
	io.WriteString(peer, "250-a\r\n25")
	if n, err := c.Peek(make([]byte, 1)); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	c.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	if _, _, err := c.ReadStatus(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("ReadStatus: %v", err)
	}
	c.SetDeadline(time.Now().Add(patience))
	io.WriteString(peer, "0 b\r\n")
	if code, text, err := c.ReadStatus(); code != 250 || text != "a\nb" || err != nil {
		t.Errorf("%d %q, %v", code, text, err)
	}
	c.SetWriteDeadline(time.Unix(1, 0))
	if err := c.SendMessage("NOOP"); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("SendMessage: %v", err)
	}
}

// TestClose ends a call that waits.
func TestClose(t *testing.T) {
	c, _ := pair(t)
	ended := make(chan error)
	go func() {
		_, _, err := c.ReadStatus()
		ended <- err
	}()
	c.Close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("ReadStatus: %v", err)
	}
	if err := c.SendMessage("NOOP"); !errors.Is(err, net.ErrClosed) {
		t.Errorf("SendMessage: %v", err)
	}
	if err := c.SendTelnet(NOP); !errors.Is(err, net.ErrClosed) {
		t.Errorf("SendTelnet: %v", err)
	}
}

// TestEndlessLine has a deadline and Close end a call that discards the rest of
// a line or of a reply without end.
func TestEndlessLine(t *testing.T) {
	for begin, read := range map[string]func(*Conn) error{
		"": func(c *Conn) error { _, err := c.ReadMessage(); return err },
		"220-": func(c *Conn) error {
			_, _, err := c.ReadStatus()
			return err
		},
	} {
		c, peer := pair(t)
		c.SetLimits(10, 20)
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			io.WriteString(peer, begin)
			data := []byte(strings.Repeat("x", 4<<10))
			if begin != "" {
				data = []byte(strings.Repeat("x\n", 4<<10))
			}
			for {
				if _, err := peer.Write(data); err != nil {
					return
				}
			}
		}()
		if err := read(c); !errors.Is(err, ErrTooLong) {
			t.Errorf("%q and no end: %v, want %v", begin, err, ErrTooLong)
		}
		c.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
		if err := read(c); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%q and no end: %v, want %v", begin, err, os.ErrDeadlineExceeded)
		}
		c.SetReadDeadline(time.Now().Add(patience))
		time.AfterFunc(10*time.Millisecond, func() { c.Close() })
		if err := read(c); !errors.Is(err, net.ErrClosed) {
			t.Errorf("%q and no end: %v, want %v", begin, err, net.ErrClosed)
		}
		<-sent
	}
}

func TestSetLimits(t *testing.T) {
	c, peer := pair(t)
	c.SetLimits(5, 0)
	io.WriteString(peer, "12345\n123456\n12345\n")
	for _, want := range []string{"12345 ok", "12345 dialog: line longer than 5 bytes", "12345 ok"} {
		line, err := c.ReadMessage()
		got := line + " ok"
		if err != nil {
			got = line + " " + err.Error()
		}
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	c.SetLimits(0, 5)
	io.WriteString(peer, "220-123\n220 "+strings.Repeat("x", 4000)+"\n")
	if code, text, err := c.ReadStatus(); code != 220 || text != "123\nx" || !errors.Is(err, ErrTooLong) {
		t.Errorf("%d %q, %v", code, text, err)
	}
}

func TestReadSynchApart(t *testing.T) {
	c, _ := pair(t)
	if _, err := c.ReadSynch(t.Context()); !errors.Is(err, os.ErrInvalid) {
		t.Errorf("ReadSynch without SetOOBInline: %v", err)
	}
}

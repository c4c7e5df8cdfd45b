// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package peers

import (
	"crypto/tls"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
)

// A task is a row of testdata/sockcat.md and the expected result of its
// commands.
type task struct {
	listens bool   // the program listens on PORT, or on OWN if it relays
	unix    bool   // the peer is at PATH
	silent  bool   // standard input is a pipe that stays open
	prints  bool   // something of its own to standard output
	input   string // standard input unless silent, and FILE
	peer    func(t *testing.T, c net.Conn)
	stdout  string
}

const question, answer = "a question\nin lines\n", "the answer\n"

// tasks has the peers of all rows that have a command of sockcat.
var tasks = map[string]task{
	"Talk to a server": {input: question, peer: dialogPeer, stdout: answer},
	"Send a request, half-close, read the response": {input: question, peer: wholePeer, stdout: answer},
	"End a second after the input":                  {input: question, peer: quietPeer},
	"End after three seconds without traffic":       {input: question, peer: quietPeer},
	"Receive what a client sends":                   {listens: true, peer: sendPeer, stdout: answer},
	"Listen with a bundle of flags":                 {listens: true, input: question, peer: dialogPeer, stdout: answer},
	"Listen on one address":                         {listens: true, input: question, peer: dialogPeer, stdout: answer},
	"Send a file":                                   {input: question, peer: onlyPeer},
	"Serve a file to the first client":              {listens: true, input: question, peer: onlyPeer},
	"Serve a file to every client":                  {listens: true, input: question, peer: dialogPeer, stdout: answer},
	"Receive from one client after another":         {listens: true, peer: sendPeer, stdout: answer},
	"Receive only":                                  {silent: true, peer: sendPeer, stdout: answer},
	"Test whether a port is open":                   {peer: nobody},
	"Test a range of ports":                         {prints: true, peer: nobody},
	"Give up connecting after 5 seconds":            {input: question, peer: dialogPeer, stdout: answer},
	"Choose the source port":                        {input: question, peer: dialogPeer, stdout: answer},
	"Choose the source address":                     {input: question, peer: dialogPeer, stdout: answer},
	"IPv4 only, no names":                           {input: question, peer: dialogPeer, stdout: answer},
	"Connect to a Unix socket":                      {unix: true, input: question, peer: dialogPeer, stdout: answer},
	"Listen on a Unix socket":                       {unix: true, listens: true, peer: sendPeer, stdout: answer},
	"Send CR LF at the end of lines":                {input: question, peer: crlfPeer},
	"Set the buffers and the hop limit":             {input: question, peer: dialogPeer, stdout: answer},
	"Print a hex dump":                              {input: question, peer: dialogPeer, stdout: answer},
	"Limit the rate":                                {input: question, peer: wholePeer, stdout: answer},
	"Watch rate, round-trip time and window":        {input: question, peer: wholePeer, stdout: answer},
	"TLS, and print the certificate":                {input: question, peer: tlsPeer, stdout: answer},
	"TLS without verifying the certificate":         {input: question, peer: tlsPeer, stdout: answer},
	"Switch to TLS in a mail server":                {input: question, peer: smtpPeer, stdout: answer},
	"Serve TLS":                                     {listens: true, input: question, peer: tlsClientPeer, stdout: answer},
	"Forward a port":                                {},
	"Put TLS in front of a server":                  {},
	"Reach a Unix socket over TCP":                  {unix: true},
	"Send an urgent byte":                           {input: "a\n%u!\nb\n", peer: urgentPeer},
}

// TestTasks runs the commands of nc and sockcat in testdata/sockcat.md.
func TestTasks(t *testing.T) {
	bins := map[string]string{"sockcat": buildSockcat(t), "nc": program(t, "nc.openbsd")}
	page, err := os.ReadFile("../../testdata/sockcat.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if len(cells) != 6 || strings.HasPrefix(cells[0], "| Task") || strings.HasPrefix(cells[0], "| ---") {
			continue
		}
		name := strings.TrimPrefix(cells[0], "| ")
		for _, cell := range []string{cells[1], strings.TrimSuffix(cells[5], " |")} {
			command := strings.Trim(cell, "`")
			bin, args, ok := strings.Cut(command, " ")
			if !ok {
				continue // a dash
			}
			task, ok := tasks[name]
			if !ok {
				t.Errorf("%s: no such task", name)
				continue
			}
			if bin == "sockcat" {
				seen++
			}
			t.Run(name+"/"+bin, func(t *testing.T) {
				t.Parallel()
				task.run(t, bins[bin]+" "+args)
			})
		}
	}
	if seen != len(tasks) {
		t.Errorf("the page has %d of %d tasks", seen, len(tasks))
	}
}

// run runs a command of the page and plays its peer.
func (k task) run(t *testing.T, command string) {
	dir, err := os.MkdirTemp("", "t") // a short name, for a Unix socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path, port, relayPort := filepath.Join(dir, "s"), freePort(t), freePort(t)
	both := saved(t, string(testnet.Certificate(t)))
	names := map[string]string{
		"HOST": "127.0.0.1", "PORT": port, "NEXT": port, "OWN": relayPort, "PATH": path, "FILE": saved(t, k.input), "CERT": both, "KEY": both,
	}
	command = regexp.MustCompile(`\b[A-Z]+\b`).ReplaceAllStringFunc(command, func(word string) string {
		if value, ok := names[word]; ok {
			return value
		}
		return word
	})
	network, address := "tcp4", "127.0.0.1:"+port
	if k.unix {
		network, address = "unix", path
	}
	if k.peer == nil {
		k.relay(t, command, network, address, "127.0.0.1:"+relayPort)
		return
	}
	if k.listens {
		p := k.launch(t, command)
		c := connectSoon(t, network, address)
		k.peer(t, c)
		c.Close()
		k.check(t, p, strings.Contains(command, " -lk"))
		return
	}
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := k.launch(t, command)
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	k.peer(t, c)
	k.check(t, p, false)
}

func (k task) launch(t *testing.T, command string) *process {
	if k.silent {
		p, input := held(t, "/bin/sh", "-c", "exec "+command)
		t.Cleanup(func() { input.Close() })
		return p
	}
	return launch(t, k.input, "/bin/sh", "-c", "exec "+command)
}

// check waits for the end of the program, or ends one that continues.
func (k task) check(t *testing.T, p *process, goesOn bool) {
	t.Helper()
	status := 0
	if goesOn {
		p.await(int64(len(k.stdout)))
		p.cmd.Process.Signal(os.Interrupt)
		status = -1
	}
	if stdout, stderr := p.end(status); stdout != k.stdout && !k.prints {
		t.Errorf("standard output is %q, want %q; standard error %q", stdout, k.stdout, stderr)
	}
}

// relay checks a command that passes connections on to the address.
func (k task) relay(t *testing.T, command, network, address, entry string) {
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := launch(t, "", "/bin/sh", "-c", "exec "+command)
	c := connectSoon(t, "tcp4", entry)
	defer c.Close()
	end := c
	if strings.Contains(command, "--listen-tls") {
		end = tls.Client(c, testnet.ClientTLS(t))
		go end.(*tls.Conn).Handshake()
	}
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	server.SetDeadline(time.Now().Add(patience))
	for _, pair := range [][2]net.Conn{{end, server}, {server, end}} {
		if _, err := io.WriteString(pair[0], question); err != nil {
			t.Fatal(err)
		}
		wantHeard(t, pair[1], question)
	}
	p.cmd.Process.Signal(os.Interrupt)
	p.end(130)
}

// connectSoon connects to a program that is about to listen.
func connectSoon(t *testing.T, network, address string) net.Conn {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		c, err := net.Dial(network, address)
		if err == nil {
			c.SetDeadline(time.Now().Add(patience))
			return c
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

func wantHeard(t *testing.T, c io.Reader, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if n, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Errorf("the peer reads %q, %v, want %q", got[:n], err, want)
	}
}

// dialogPeer reads the question, answers and closes.
func dialogPeer(t *testing.T, c net.Conn) {
	wantHeard(t, c, question)
	io.WriteString(c, answer)
	c.Close()
}

// wholePeer waits for the end before it answers.
func wholePeer(t *testing.T, c net.Conn) {
	wantAll(t, c, question)
	io.WriteString(c, answer)
	c.Close()
}

// onlyPeer reads to the end.
func onlyPeer(t *testing.T, c net.Conn) {
	wantAll(t, c, question)
	c.Close()
}

// wantAll reads to the end.
func wantAll(t *testing.T, c net.Conn, want string) {
	t.Helper()
	if got, err := io.ReadAll(c); err != nil || string(got) != want {
		t.Errorf("the peer reads %q, %v, want %q", got, err, want)
	}
}

// quietPeer reads to the end and keeps its side open, until the program has ended.
func quietPeer(t *testing.T, c net.Conn) { wantHeard(t, c, question) }

// sendPeer sends and closes its side.
func sendPeer(t *testing.T, c net.Conn) {
	io.WriteString(c, answer)
	c.Close()
}

func nobody(*testing.T, net.Conn) {}

func crlfPeer(t *testing.T, c net.Conn) {
	wantAll(t, c, strings.ReplaceAll(question, "\n", "\r\n"))
	c.Close()
}

func tlsPeer(t *testing.T, c net.Conn) { dialogPeer(t, tls.Server(c, testnet.ServerTLS(t))) }

func tlsClientPeer(t *testing.T, c net.Conn) { dialogPeer(t, tls.Client(c, testnet.ClientTLS(t))) }

func smtpPeer(t *testing.T, c net.Conn) {
	io.WriteString(c, "220 mail\r\n")
	wantHeard(t, c, "EHLO localhost\r\n")
	io.WriteString(c, "250-mail\r\n250 STARTTLS\r\n")
	wantHeard(t, c, "STARTTLS\r\n")
	io.WriteString(c, "220 ready\r\n")
	tlsPeer(t, c)
}

// urgentPeer reads past the urgent byte.
func urgentPeer(t *testing.T, c net.Conn) {
	wantAll(t, c, "a\nb\n")
	c.Close()
}

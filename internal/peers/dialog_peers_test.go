// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux

package peers

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
	"example.com/streamsock/streamsock/dialog"
)

// A client is one of a server that replies with a code and a text.
type client struct {
	*testing.T
	*dialog.Conn
}

// reply reads a reply, which must have the code, and returns its text.
func (c client) reply(want int) string {
	c.Helper()
	code, text, err := c.ReadStatus()
	if code != want || err != nil {
		c.Fatalf("the server replied %d %q, %v, want %d", code, text, err, want)
	}
	return text
}

func (c client) command(want int, message string, args ...string) string {
	c.Helper()
	if err := c.SendMessage(message, args...); err != nil {
		c.Fatalf("%s: %v", message, err)
	}
	return c.reply(want)
}

// wantLines fails unless the text has several lines and the words.
func wantLines(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(text, word) || !strings.Contains(text, "\n") {
			t.Errorf("reply %q, want several lines, one with %q", text, word)
		}
	}
}

// TestDialogFTP talks to vsftpd by package dialog.
func TestDialogFTP(t *testing.T) {
	c := client{t, dialog.New(vsftpd(t))}
	c.reply(220)
	c.command(230, "USER", "ftp")
	c.command(230, "PASS", "guest@client.example")
	wantLines(t, c.command(211, "FEAT"), "\n PASV\n", "\nEnd") // RFC 2389: a space before each
	wantLines(t, c.command(214, "HELP"), "RETR", "\nHelp OK.")
	wantLines(t, c.command(211, "STAT"), "vsFTPd", "\nEnd of status")
	c.command(257, "PWD", "")
	c.command(550, "SIZE", "not there")
	c.command(200, "TYPE", "I")

	listing := c.passive()
	c.command(150, "LIST")
	text, err := io.ReadAll(listing)
	if !strings.HasSuffix(string(text), " file\r\n") || err != nil {
		t.Errorf("the listing is %q, %v", text, err)
	}
	c.reply(226)

	// The Telnet commands of an abort.
	file := c.passive()
	c.command(150, "RETR", "file")
	if _, err := io.CopyN(io.Discard, file, readBefore); err != nil {
		t.Fatal(err)
	}
	if err := c.SendTelnet(dialog.IP); err != nil {
		t.Fatal(err)
	}
	if err := c.SendSynch(); err != nil {
		t.Fatal(err)
	}
	c.command(426, "ABOR")
	c.reply(226)
	if n, err := io.Copy(io.Discard, file); n > fileSize/10 || err != nil {
		t.Errorf("received %d bytes of %d after the abort, %v", n, fileSize, err)
	}
	c.command(221, "QUIT")
	if _, _, err := c.ReadStatus(); err != io.EOF {
		t.Errorf("after the last reply: %v", err)
	}
}

// passive connects to where the server listens for a transfer.
func (c client) passive() *streamsock.Conn {
	c.Helper()
	text := c.command(227, "PASV")
	_, list, _ := strings.Cut(text, "(")
	var h [4]byte
	var high, low int
	if _, err := fmt.Sscanf(list, "%d,%d,%d,%d,%d,%d)", &h[0], &h[1], &h[2], &h[3], &high, &low); err != nil {
		c.Fatalf("%q: %v", text, err)
	}
	return dial(c.T, net.JoinHostPort(net.IP(h[:]).String(), fmt.Sprint(high<<8|low)))
}

// smtpd is an SMTP server for the connection that is its standard input. It
// writes the mail that it got to a file. With a second argument, a file with a
// certificate and its key, it offers STARTTLS.
const smtpd = `
import asyncio, logging, socket, ssl, sys
from aiosmtpd.handlers import Debugging
from aiosmtpd.smtp import SMTP

class Session(SMTP):
    def connection_lost(self, error):
        super().connection_lost(error)
        over.set()

async def main():
    global over
    over = asyncio.Event()
    with open(sys.argv[1], "w") as mail:
        handler = Debugging(mail)
        context = None
        if len(sys.argv) > 2:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(sys.argv[2])
        loop = asyncio.get_running_loop()
        await loop.connect_accepted_socket(lambda: Session(handler, hostname="mail.example", loop=loop, tls_context=context), socket.socket(fileno=0))
        await over.wait()

logging.disable() # else it goes to standard error, which is the connection too
asyncio.run(main())
`

// TestDialogSTARTTLS has a dialog with aiosmtpd continue over TLS.
func TestDialogSTARTTLS(t *testing.T) {
	python := program(t, "/usr/bin/python3")
	if err := exec.Command(python, "-c", "import aiosmtpd").Run(); err != nil {
		missing(t, "aiosmtpd")
	}
	mail, both := filepath.Join(t.TempDir(), "mail"), filepath.Join(t.TempDir(), "certificate")
	if err := os.WriteFile(both, testnet.Certificate(t), 0o600); err != nil {
		t.Fatal(err)
	}
	conn := inetd(t, streamsock.Dialer{}, exec.Command(python, "-c", smtpd, mail, both))
	c := client{t, dialog.New(conn)}
	c.reply(220)
	wantLines(t, c.command(250, "EHLO", "client.example"), "\nSTARTTLS")
	c.command(220, "STARTTLS")
	if n := c.Buffered(); n != 0 {
		t.Errorf("received %d bytes before the handshake", n)
	}
	config := testnet.ClientTLS(t)
	config.ServerName = "127.0.0.1"
	c = client{t, dialog.New(tls.Client(c.NetConn(), config))}
	text := c.command(250, "EHLO", "client.example")
	if strings.Contains(text, "STARTTLS") {
		t.Errorf("it offers TLS again: %q", text)
	}
	c.command(250, "MAIL FROM:<me@client.example>")
	c.command(250, "RCPT TO:<you@mail.example>")
	c.command(354, "DATA")
	body := textproto.NewWriter(bufio.NewWriter(c.Conn)).DotWriter()
	fmt.Fprint(body, "Subject: secret\n\nhello\n")
	if err := body.Close(); err != nil {
		t.Fatal(err)
	}
	c.reply(250)
	c.command(221, "QUIT")
	if err := c.SendSynch(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("SendSynch over TLS: %v", err)
	}
	conn.CloseWrite()
	if _, err := io.Copy(io.Discard, conn); err != nil { // until the server has ended
		t.Error(err)
	}
	got, err := os.ReadFile(mail)
	if !strings.Contains(string(got), "Subject: secret\n") || err != nil {
		t.Errorf("the server got %q, %v", got, err)
	}
}

// TestDialogSMTP sends a mail to aiosmtpd by package dialog.
func TestDialogSMTP(t *testing.T) {
	python := program(t, "/usr/bin/python3") // Debian's, for which the package is
	if err := exec.Command(python, "-c", "import aiosmtpd").Run(); err != nil {
		missing(t, "aiosmtpd")
	}
	mail := filepath.Join(t.TempDir(), "mail")
	c := client{t, dialog.New(inetd(t, streamsock.Dialer{}, exec.Command(python, "-c", smtpd, mail)))}
	if text := c.reply(220); !strings.HasPrefix(text, "mail.example ") {
		t.Errorf("the greeting is %q", text)
	}
	c.command(503, "MAIL FROM:<me@client.example>") // EHLO must be first
	text := c.command(250, "EHLO", "client.example")
	wantLines(t, text, "mail.example\n", "\nSIZE ", "\n8BITMIME", "\nHELP")
	c.command(250, "HELP")
	c.command(500, "NONSENSE")
	c.command(250, "MAIL FROM:<me@client.example>")
	c.command(250, "RCPT TO:<you@mail.example>")
	c.command(354, "DATA")
	body := textproto.NewWriter(bufio.NewWriter(c.Conn)).DotWriter()
	fmt.Fprint(body, "Subject: dots\n\nhello\n.\n..\n")
	if err := body.Close(); err != nil {
		t.Fatal(err)
	}
	c.reply(250)

	// Commands may be sent without waiting for the replies (RFC 2920).
	for _, line := range []string{"MAIL FROM:<me@client.example>", "RCPT TO:<you@mail.example>", "RSET", "QUIT"} {
		if err := c.SendMessage(line); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []int{250, 250, 250, 221} {
		c.reply(want)
	}
	if _, _, err := c.ReadStatus(); err != io.EOF {
		t.Errorf("after the last reply: %v", err)
	}
	got, err := os.ReadFile(mail)
	if !strings.Contains(string(got), "Subject: dots\n") || !strings.Contains(string(got), "\nhello\n.\n..\n") || err != nil {
		t.Errorf("the server got %q, %v", got, err)
	}
}

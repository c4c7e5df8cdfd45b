// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"net/textproto"
	"strings"

	"example.com/streamsock/streamsock/dialog"
)

// serveMail is a minimal SMTP server for one connection.
func serveMail(c *dialog.Conn) {
	defer c.Close()
	c.SetStrictCRLF(true)
	c.SendMessage("220 mail.example ready")
	for {
		line, err := c.ReadMessage()
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(line, " ")
		switch verb {
		case "EHLO":
			c.SendMessage("250-mail.example greets you")
			c.SendMessage("250-8BITMIME")
			c.SendMessage("250 PIPELINING")
		case "DATA":
			c.SendMessage("354 end with a dot")
			body := 0
			for line, err = c.ReadMessage(); line != "." && err == nil; line, err = c.ReadMessage() {
				body += len(strings.TrimPrefix(line, "."))
			}
			c.SendMessage("250", fmt.Sprintf("%d characters for delivery", body))
		case "QUIT":
			c.SendMessage("221 bye")
			return
		default:
			c.SendMessage("250 fine")
		}
	}
}

// An SMTP client sends a mail. It sends the body with package net/textproto,
// which escapes dots.
func Example() {
	c, server := ends()
	defer c.Close()
	go serveMail(server)

	reply := func(want int) {
		code, text, err := c.ReadStatus()
		if err != nil {
			log.Fatal(err)
		}
		if code != want {
			log.Fatal(&textproto.Error{Code: code, Msg: text})
		}
		fmt.Printf("%d %q\n", code, text)
	}
	command := func(want int, message string, args ...string) {
		if err := c.SendMessage(message, args...); err != nil {
			log.Fatal(err)
		}
		reply(want)
	}

	reply(220)
	command(250, "EHLO", "client.example")
	command(250, "MAIL FROM:<me@client.example>")
	command(250, "RCPT TO:<you@mail.example>")
	command(354, "DATA")
	body := textproto.NewWriter(bufio.NewWriter(c)).DotWriter()
	io.WriteString(body, "Subject: dots\n\nhello\n.\n")
	if err := body.Close(); err != nil {
		log.Fatal(err)
	}
	reply(250)
	command(221, "QUIT")
	// Output:
	// 220 "mail.example ready"
	// 250 "mail.example greets you\n8BITMIME\nPIPELINING"
	// 250 "fine"
	// 250 "fine"
	// 354 "end with a dot"
	// 250 "19 characters for delivery"
	// 221 "bye"
}

// A name that contains a line end is not sent, because it could contain a
// command.
func ExampleConn_SendMessage() {
	c, server := ends()
	defer c.Close()
	defer server.Close()
	fmt.Println(c.SendMessage("DELE", "harmless\r\nDELE precious"))
	fmt.Println(c.SendMessage("DELE", "harmless"))
	line, err := server.ReadMessage()
	fmt.Println(line, err)
	// Output:
	// dialog: CR or LF in a message: invalid argument
	// <nil>
	// DELE harmless <nil>
}

// A server that receives mail rejects a body with a line that ends with LF
// only. Otherwise the dot would end the mail for this server, but not for the
// client that sent it, and the rest of the body would be executed as commands.
func ExampleConn_SetStrictCRLF() {
	client, server := ends()
	defer client.Close()
	defer server.Close()
	server.SetStrictCRLF(true)

	io.WriteString(client, "hello\r\nworld\n.\r\nMAIL FROM:<forged@bank.example>\r\n.\r\n")

	reply := "250 accepted"
	for {
		line, err := server.ReadMessage()
		fmt.Printf("%q %v\n", line, err)
		if errors.Is(err, dialog.ErrBareLineEnd) {
			reply = "554 bare line ends are not allowed"
			continue // the line is the beginning of one
		}
		if err != nil {
			log.Fatal(err)
		}
		if line == "." {
			break
		}
	}
	server.SendMessage(reply)
	fmt.Println(client.ReadStatus())
	// Output:
	// "hello" <nil>
	// "world" dialog: bare CR or LF in a line
	// "MAIL FROM:<forged@bank.example>" <nil>
	// "." <nil>
	// 554 bare line ends are not allowed <nil>
}

// Binary data follows a line, as in HTTP, NNTP or the Redis protocol.
func ExampleConn_Read() {
	c, server := ends()
	defer c.Close()
	io.WriteString(server, "5 bytes\r\n\x00\x01\x02\r\nthat was all\r\n")
	server.Close()

	var n int
	line, err := c.ReadMessage()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Sscan(line, &n)
	raw := make([]byte, n)
	if _, err := io.ReadFull(c, raw); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q\n", raw)
	fmt.Println(c.ReadMessage())
	// Output:
	// "\x00\x01\x02\r\n"
	// that was all <nil>
}

// A client negotiates a Telnet option.
func ExampleConn_SendTelnet() {
	c, server := ends()
	defer c.Close()
	const windowSize = 31 // RFC 1073
	c.SendTelnet(dialog.WILL, windowSize)
	c.SendTelnet(dialog.SB, windowSize, 0, 255, 0, 24)
	c.CloseWrite()
	sent, err := io.ReadAll(server)
	server.Close()
	fmt.Printf("%x %v\n", sent, err)
	// Output:
	// fffb1ffffa1f00ffff0018fff0 <nil>
}

// An SMTP client continues over TLS. Data that arrived before the handshake is
// not protected by it, so the client rejects it.
func ExampleNew_starttls() {
	c, server, config := mailEnds()
	defer c.Close()
	go serveTLS(server, config.server)

	if _, _, err := c.ReadStatus(); err != nil {
		log.Fatal(err)
	}
	c.SendMessage("STARTTLS")
	if code, text, err := c.ReadStatus(); code != 220 || err != nil {
		log.Fatal(code, text, err)
	}
	if c.Buffered() > 0 {
		log.Fatal("data before the TLS handshake")
	}
	c = dialog.New(tls.Client(c.NetConn(), config.client))
	c.SendMessage("EHLO", "client.example")
	fmt.Println(c.ReadStatus())
	// Output: 250 hello over TLS <nil>
}

// serveTLS is a mail server that requires TLS.
func serveTLS(c *dialog.Conn, config *tls.Config) {
	defer c.Close()
	c.SendMessage("220 mail.example ready")
	if line, err := c.ReadMessage(); line != "STARTTLS" || err != nil {
		return
	}
	c.SendMessage("220 go ahead")
	c = dialog.New(tls.Server(c.NetConn(), config))
	if _, err := c.ReadMessage(); err != nil {
		return
	}
	c.SendMessage("250 hello over TLS")
}

type tlsConfigs struct{ client, server *tls.Config }

// mailEnds returns the two ends of a connection and the configurations for TLS.
func mailEnds() (client, server *dialog.Conn, config tlsConfigs) {
	client, server = ends()
	s := httptest.NewTLSServer(nil) // has a certificate
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return client, server, tlsConfigs{
		client: &tls.Config{RootCAs: roots, ServerName: "example.com"},
		server: &tls.Config{Certificates: s.TLS.Certificates},
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package dialog speaks the protocols in which a client sends a line and the
// server replies with a code and a text: SMTP, FTP, NNTP and their like, and
// the Telnet commands that FTP borrows.
//
// A [Conn] puts lines on a [streamsock.Conn], or on any other [net.Conn]:
//
//	c := dialog.New(conn)
//	code, text, err := c.ReadStatus() // 220, "ready"
//	...
//	err = c.SendMessage("RETR", name)
//	code, text, err = c.ReadStatus()
//
// It is a [net.Conn] too, for what comes between the lines: the body of a
// message, or a file. After STARTTLS, a Conn of the *[crypto/tls.Conn] goes on. Package
// [net/textproto] serves for bodies that end with a dot: its Writer.DotWriter
// goes on top of a Conn, and so does its Reader.DotReader if nothing else reads
// from then on, because it reads ahead. The lines and replies of that package
// have no limit: a server can fill a client's memory with one.
//
// By default, a lone CR or LF ends a line too. A server that receives mail must
// not accept them, neither by ReadMessage nor by DotReader: it reads the mail by
// ReadMessage after [Conn.SetStrictCRLF].
//
// # Urgent data
//
// An FTP client that aborts a transfer, and a Telnet user who presses the
// interrupt key, send a Synch: Telnet's data mark as the urgent byte, see
// [Conn.SendSynch]. Who is to receive one calls [Conn.SetOOBInline] before
// the first line is read, and [Conn.ReadSynch] when it comes.
//
// That is not the default, and the default is a trap. Apart from the stream,
// there is room for one urgent byte, and a Read that goes past it loses it: a
// goroutine that waits for lines takes it away from the one that waits for the
// Synch. What is left is a lone IAC in front of the next command. Inline,
// nothing is lost, in any order; the Conn has bytes in its buffer by then,
// and so it takes down where the mark is. RFC 6093 wants it so. The package
// documentation of streamsock has more.
//
// A firewall may clear the mark. The data mark then comes as an ordinary byte
// and nobody is woken: a server that reads lines finds the Telnet commands in
// front of the next one. On Windows, which does not report the mark, that is always
// so: [Conn.ReadSynch] is not supported there, and [Conn.SendSynch] is.
package dialog

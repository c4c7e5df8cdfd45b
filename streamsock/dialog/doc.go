// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package dialog implements the line format of protocols in which a client
// sends lines and the server replies with a code and text, such as SMTP, FTP
// and NNTP, and the Telnet commands that FTP uses.
//
// A [Conn] reads and writes lines on a [streamsock.Conn] or any other
// [net.Conn]:
//
//	c := dialog.New(conn)
//	code, text, err := c.ReadStatus() // 220, "ready"
//	...
//	err = c.SendMessage("RETR", name)
//	code, text, err = c.ReadStatus()
//
// A Conn is also a [net.Conn], for data between the lines, such as the body of
// a message or a file. After STARTTLS, pass the *[crypto/tls.Conn] to [New].
//
// For bodies that end with a dot, use package [net/textproto]: its
// Writer.DotWriter works on top of a Conn. So does its Reader.DotReader, but it
// reads ahead, so that nothing else can read from the Conn afterwards. Do not
// use that package for lines and replies, because it does not limit their
// length, and a server could fill the memory of a client.
//
// By default, a lone CR or LF ends a line too. A server that receives mail must
// not accept them, neither with ReadMessage nor with DotReader: it must call
// [Conn.SetStrictCRLF] and read the mail with ReadMessage.
//
// # Concurrency and memory
//
// One goroutine may read from a Conn while others write to it. Reading and
// sending lines do not allocate memory in the steady state, except for the
// strings that ReadMessage and ReadStatus return.
//
// # Urgent data
//
// An FTP client that aborts a transfer, and a Telnet client on an interrupt,
// send a Synch: the Telnet data mark as urgent data, see [Conn.SendSynch]. To
// receive it, call [Conn.SetOOBInline] before the first line is read, and
// [Conn.ReadSynch] when the Synch arrives.
//
// Without SetOOBInline, urgent data is easily lost. The kernel keeps only one
// urgent byte, and a Read that passes the mark discards it: a goroutine that
// waits for lines takes it from the one that waits for the Synch. Only the IAC
// remains, before the next command. Inline, nothing is lost, and the Conn
// records where the mark is in its buffer. RFC 6093 recommends that mode. See
// the documentation of package streamsock.
//
// If a firewall clears the mark, the data mark arrives as an ordinary byte and
// ReadSynch is not woken: a server that reads lines receives the Telnet
// commands at the start of the next line. On Windows, which does not report the
// mark, that is always so: [Conn.ReadSynch] is not supported there, and
// [Conn.SendSynch] is.
package dialog

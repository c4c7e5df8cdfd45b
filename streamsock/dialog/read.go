// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog

// SetLimits sets how many bytes a line and the text of a whole reply have at
// most. 0 stands for [DefaultLineLimit] and [DefaultReplyLimit].
func (c *Conn) SetLimits(line, reply int) {
	c.in.lineLimit, c.in.replyLimit = line, reply
	if line <= 0 {
		c.in.lineLimit = DefaultLineLimit
	}
	if reply <= 0 {
		c.in.replyLimit = DefaultReplyLimit
	}
}

// ReadMessage reads a line and returns it without its end: CR LF, LF or a lone
// CR. It does not wait for the LF behind a CR: if it comes later, it is thrown
// away then. The errors are:
//
//   - [io.EOF] at the end of the stream;
//   - [io.ErrUnexpectedEOF] if the stream ends within the line, with what there
//     is of it;
//   - one for which errors.Is(err, [ErrTooLong]) holds, at once and with the
//     beginning of the line, if it is longer than its limit. The rest of it is
//     never taken for another line: the next call that reads throws it away,
//     and waits until it has ended.
//   - those of the connection. What was read of the line stays for the next
//     call.
func (c *Conn) ReadMessage() (string, error) {
	line, err := c.in.line()
	return string(line), err
}

// ReadStatus reads a reply: a line that begins with a code of three digits, the
// first of which is not 0, and then a space or nothing; or several lines, if
// behind the first one's code is a minus sign. These end with a line that has
// the same code without the sign. All others belong to the text, even those that
// begin with another code (RFC 959, section 4.2).
//
// The text is that of the lines, with LF between each two, and without the code
// of the reply. A first line that has no code is a reply of its own: the
// code is 0, and the text is the line. The errors are:
//
//   - [io.EOF] at the end of the stream, in front of the reply;
//   - [io.ErrUnexpectedEOF] if the stream ends within the reply, with the code
//     and the text that there are;
//   - one for which errors.Is(err, [ErrTooLong]) holds, at once and with the
//     code and the beginning of the text, if a line or the whole is longer than
//     its limit. The next ReadStatus throws the rest of the reply away;
//   - those of the connection. What was read of the reply stays for the next
//     ReadStatus.
func (c *Conn) ReadStatus() (code int, text string, err error) { return c.in.status() }

// Read reads bytes as they are: those behind the last line, which may be in the
// buffer, and then those of the connection. A call returns what is there; as
// [net.TCPConn.Read] it waits for the first byte, and does not read past the
// urgent mark.
//
// So a Conn can be passed on, to io.Copy or to crypto/tls.Client, when the
// server has agreed to STARTTLS. Take care to have checked [Conn.Buffered]: bytes
// that came in front of the TLS handshake were not protected by it, and must
// not be taken for any that were (CVE-2011-0411).
func (c *Conn) Read(p []byte) (n int, err error) { return c.in.read(p) }

// Peek is [Conn.Read] that leaves the bytes where they are, as
// [streamsock.Conn.Peek] does. It returns at most those that are in the buffer.
func (c *Conn) Peek(p []byte) (n int, err error) { return c.in.peek(p) }

// ReadByte reads one byte, as [Conn.Read] does.
func (c *Conn) ReadByte() (byte, error) { return c.in.readByte() }

// Buffered returns how many bytes there are in the buffer. They have been read
// from the connection and not yet from the Conn.
func (c *Conn) Buffered() int { return c.in.pending() }

// SetOOBInline is [streamsock.Conn.SetOOBInline]: with it, the peer's urgent
// byte comes among the others, and the Conn takes down where it is. It is to be
// called before anything is read, and not on the connection underneath, unless
// that is done before [New]. A read from the connection is then three system
// calls instead of one.
func (c *Conn) SetOOBInline(on bool) error {
	if err := c.stream.SetOOBInline(on); err != nil {
		return err
	}
	c.in.marks = on
	return nil
}

// AtMark reports whether the next byte that is read is the peer's urgent one,
// as [streamsock.Conn.AtMark] does. It needs [Conn.SetOOBInline].
func (c *Conn) AtMark() (bool, error) { return c.in.atMark() }

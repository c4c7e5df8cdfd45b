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

// SetStrictCRLF sets whether only CR LF ends a line, as RFC 5321, section 2.3.8,
// requires of an SMTP server. The default is false: a lone CR, a lone LF and CR
// NUL end a line too, as FTP and Telnet peers send them.
//
// Do not read mail without strict mode, because the server that receives it next
// may not agree on where a line ends: a body that contains LF, a dot and CR LF
// ends there for one of them, and what follows is a second mail to the other
// ("SMTP smuggling", CVE-2023-51764).
//
// In strict mode, ReadMessage and ReadStatus return an error wrapping
// [ErrBareLineEnd], with the beginning of the line, for a line that contains a
// CR or LF of its own. The rest of that line, up to CR LF, is never taken for
// another line: the next call that reads discards it. A server should reply
// with 5yz, and not accept the mail that contains the line.
//
// Call SetStrictCRLF before the first line is read.
func (c *Conn) SetStrictCRLF(on bool) { c.in.strict = on }

// ReadMessage reads a line and returns it without its end: CR LF, LF, CR NUL
// (Telnet's other one, RFC 854) or a lone CR. A lone CR ends the line
// immediately; an LF or NUL that follows it is discarded when it arrives. With
// [Conn.SetStrictCRLF] only CR LF ends a line. The error is:
//
//   - [io.EOF] at the end of the stream;
//   - [io.ErrUnexpectedEOF], with the beginning of the line, if the stream ends
//     within the line;
//   - an error wrapping [ErrTooLong], immediately and with the beginning of the
//     line, if the line is longer than its limit. The rest of it is never taken
//     for another line: the next call that reads discards it, and waits until
//     it has ended;
//   - an error wrapping [ErrBareLineEnd], likewise, in strict mode;
//   - that of the connection. What was read of the line stays for the next
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
//   - an error wrapping [ErrTooLong], immediately and with the code and the
//     beginning of the text, if a line or the whole is longer than its limit.
//     The next ReadStatus discards the rest of the reply;
//   - an error wrapping [ErrBareLineEnd], likewise, in strict mode;
//   - those of the connection. What was read of the reply stays for the next
//     ReadStatus.
func (c *Conn) ReadStatus() (code int, text string, err error) { return c.in.status() }

// Read reads bytes as they are: those behind the last line, which may be in the
// buffer, and then those of the connection. A call returns what is there; as
// [net.TCPConn.Read] it waits for the first byte, and does not read past the
// urgent mark.
//
// So a Conn can be passed on to io.Copy. When the server has agreed to STARTTLS, pass
// [Conn.NetConn] to crypto/tls.Client, and the result to [New], if [Conn.Buffered] is 0:
// bytes that came before the TLS handshake were not protected by it, and must not be
// taken for any that were (CVE-2011-0411).
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
	if c.stream == nil {
		return errNoSocket
	}
	if err := c.stream.SetOOBInline(on); err != nil {
		return err
	}
	c.in.marks = on
	return nil
}

// AtMark reports whether the next byte that is read is the peer's urgent one,
// as [streamsock.Conn.AtMark] does. It needs [Conn.SetOOBInline]. On Windows, it
// returns an error wrapping [errors.ErrUnsupported].
func (c *Conn) AtMark() (bool, error) { return c.in.atMark() }

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog

// SetLimits sets the maximum number of bytes of a line and of the text of a
// whole reply. 0 means [DefaultLineLimit] and [DefaultReplyLimit].
func (c *Conn) SetLimits(line, reply int) {
	c.in.lineLimit, c.in.replyLimit = line, reply
	if line <= 0 {
		c.in.lineLimit = DefaultLineLimit
	}
	if reply <= 0 {
		c.in.replyLimit = DefaultReplyLimit
	}
}

// SetStrictCRLF sets whether only CR LF ends a line, as RFC 5321, section
// 2.3.8, requires of an SMTP server. The default is false: a lone CR, a lone LF
// and CR NUL end a line too, because FTP and Telnet peers send them.
//
// Do not read mail without strict mode, because the next server that receives
// the mail may not agree on where a line ends. For example, a body that
// contains LF, a dot and CR LF ends there for one of them, and the rest is a
// second mail for the other ("SMTP smuggling", CVE-2023-51764).
//
// In strict mode, ReadMessage and ReadStatus return an error wrapping
// [ErrBareLineEnd], with the beginning of the line, for a line that contains a
// CR or LF of its own. The rest of that line, up to CR LF, is never treated as
// another line: the next call that reads discards it. A server should reply
// with 5yz, and not accept the mail that contains the line.
//
// Call SetStrictCRLF before the first line is read.
func (c *Conn) SetStrictCRLF(on bool) { c.in.strict = on }

// ReadMessage reads a line and returns it without its end: CR LF, LF, CR NUL
// (of Telnet, RFC 854) or a lone CR. A lone CR ends the line immediately; an LF
// or NUL that follows it is discarded when it arrives. With
// [Conn.SetStrictCRLF] only CR LF ends a line. The error is:
//
//   - [io.EOF] at the end of the stream;
//   - [io.ErrUnexpectedEOF], with the beginning of the line, if the stream ends
//     within the line;
//   - an error wrapping [ErrTooLong], with the beginning of the line, as soon
//     as the line exceeds its limit. The rest of the line is never treated as
//     another line: the next call that reads waits for its end and discards it;
//   - an error wrapping [ErrBareLineEnd], likewise, in strict mode;
//   - that of the connection. The part of the line that has been read is kept
//     for the next call.
func (c *Conn) ReadMessage() (string, error) {
	line, err := c.in.line()
	return string(line), err
}

// ReadStatus reads a reply. A reply is a line that begins with a code of three
// digits, the first of which is not 0, followed by a space or the end of the
// line. If a minus sign follows the code instead, the reply has several lines,
// up to one that begins with the same code without the sign. The lines in
// between belong to the text, even those that begin with another code (RFC 959,
// section 4.2).
//
// The text is that of the lines, separated by LF, without the code of the
// reply. If the first line has no code, it is a reply of its own: the code is
// 0, and the text is the line. The error is:
//
//   - [io.EOF] at the end of the stream, before the reply;
//   - [io.ErrUnexpectedEOF], with the code and text so far, if the stream ends
//     within the reply;
//   - an error wrapping [ErrTooLong], with the code and the beginning of the
//     text, as soon as a line or the reply exceeds its limit. The next
//     ReadStatus discards the rest of the reply;
//   - an error wrapping [ErrBareLineEnd], likewise, in strict mode;
//   - that of the connection. The part of the reply that has been read is kept
//     for the next ReadStatus.
func (c *Conn) ReadStatus() (code int, text string, err error) { return c.in.status() }

// Read reads data unchanged: data after the last line that is in the buffer,
// and then data of the connection. Like [net.TCPConn.Read], it waits until at
// least one byte is available and returns what is available then, and does not
// read past the out-of-band mark. A Conn can thus be passed to io.Copy.
//
// When the server has agreed to STARTTLS, check that [Conn.Buffered] is 0,
// because data that arrived before the TLS handshake is not protected by it and
// must not be treated as if it were (CVE-2011-0411). Then pass the result of
// [Conn.NetConn] to crypto/tls.Client, and the TLS connection to [New].
func (c *Conn) Read(p []byte) (n int, err error) { return c.in.read(p) }

// Peek is like [Conn.Read] but does not remove the data, as
// [streamsock.Conn.Peek]. If the buffer is not empty, it returns only data in
// the buffer.
func (c *Conn) Peek(p []byte) (n int, err error) { return c.in.peek(p) }

// ReadByte reads one byte, like [Conn.Read].
func (c *Conn) ReadByte() (byte, error) { return c.in.readByte() }

// Buffered returns the number of bytes in the buffer, which have been read from
// the connection and not yet from the Conn.
func (c *Conn) Buffered() int { return c.in.pending() }

// SetOOBInline sets whether urgent bytes are received inline, like
// [streamsock.Conn.SetOOBInline], and whether the Conn records their place.
// Call it before anything is read. Do not call the method of the underlying
// connection, except before [New]. Inline, a read from the connection makes
// three system calls instead of one.
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

// AtMark reports whether the next byte to read is the urgent byte, like
// [streamsock.Conn.AtMark]. It requires [Conn.SetOOBInline]. On Windows it
// returns an error wrapping [errors.ErrUnsupported].
func (c *Conn) AtMark() (bool, error) { return c.in.atMark() }

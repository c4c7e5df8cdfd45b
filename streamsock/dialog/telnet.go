// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog

import (
	"context"
	"fmt"
	"io"
	"os"

	"example.com/streamsock/streamsock"
)

// A Command is a Telnet command (RFC 854).
type Command byte

const (
	SE   Command = 240 + iota // end of a subnegotiation
	NOP                       // no operation
	DM                        // data mark, of a Synch
	BRK                       // break
	IP                        // interrupt process
	AO                        // abort output
	AYT                       // are you there
	EC                        // erase character
	EL                        // erase line
	GA                        // go ahead
	SB                        // subnegotiation of an option
	WILL                      // offer to perform an option
	WONT                      // refuse to perform an option
	DO                        // request that the peer performs an option
	DONT                      // request that the peer does not perform an option
	IAC                       // interpret as command: precedes each of these
)

// String returns the name of c, such as "WILL".
func (c Command) String() string {
	const names = "SE   NOP  DM   BRK  IP   AO   AYT  EC   EL   GA   SB   WILL WONT DO   DONT IAC  "
	if c < SE {
		return fmt.Sprintf("Command(%d)", byte(c))
	}
	name := names[5*int(c-SE):][:5]
	for name[len(name)-1] == ' ' {
		name = name[:len(name)-1]
	}
	return name
}

// SendTelnet sends a Telnet command, preceded by IAC:
//
//   - WILL, WONT, DO and DONT with an option, such as SendTelnet(dialog.DO, 1);
//   - SB with an option and its parameters. SendTelnet appends IAC SE, and
//     doubles each IAC in the parameters (RFC 855);
//   - any other command without arguments. IAC itself is the data byte 255.
//
// For other arguments, SendTelnet sends nothing and returns an error wrapping
// [os.ErrInvalid]. To send a Synch, use [Conn.SendSynch].
func (c *Conn) SendTelnet(command Command, args ...byte) error {
	valid := len(args) == 0
	switch command {
	case WILL, WONT, DO, DONT:
		valid = len(args) == 1
	case SB:
		valid = len(args) >= 1
	case SE:
		valid = false
	}
	if !valid {
		return fmt.Errorf("dialog: Telnet command %v with %d arguments: %w", command, len(args), os.ErrInvalid)
	}
	out := lines.Get().(*[]byte)
	defer lines.Put(out)
	*out = append((*out)[:0], byte(IAC), byte(command))
	if command != SB {
		*out = append(*out, args...)
	} else {
		*out = appendSub(*out, args)
	}
	_, err := c.conn.Write(*out)
	return err
}

func appendSub(out, args []byte) []byte {
	for _, b := range args {
		out = append(out, b)
		if b == byte(IAC) {
			out = append(out, b)
		}
	}
	return append(out, byte(IAC), byte(SE))
}

// SendSynch sends a Telnet Synch (RFC 854): IAC DM, with DM as urgent data. The
// peer then discards all data that it has not read yet, except Telnet commands.
// An FTP client uses it to abort a transfer (RFC 959, section 4.1.3):
//
//	c.SendTelnet(dialog.IP)
//	c.SendSynch()
//	c.SendMessage("ABOR")
//
// The errors are those of [streamsock.Conn.Send] with OOB. On systems without
// urgent data, and on a multipath TCP connection, the error wraps
// [errors.ErrUnsupported].
func (c *Conn) SendSynch() error {
	if c.stream == nil {
		return errNoSocket
	}
	_, err := c.stream.Send(synch, streamsock.OOB)
	return err
}

var synch = []byte{byte(IAC), byte(DM)}

// ReadSynch receives a Synch. It waits for an urgent byte like
// [streamsock.Conn.WaitUrgent], with the same errors, and then discards all
// data up to and including the data mark. The data mark is the urgent byte or
// follows it, because some peers send the IAC as the urgent byte. If another
// Synch arrives before the first one was received, both are received as one.
//
// ReadSynch returns the Telnet commands found in the discarded data, as they
// were sent, each with its IAC. If they exceed the limit of a line, it returns
// the commands so far and an error wrapping [ErrTooLong]; the next ReadSynch
// continues after them.
//
// ReadSynch also returns when ctx ends, at the read deadline, and when the Conn
// is closed, even if the data mark never arrives. The Synch is then received in
// part, and the next ReadSynch continues it and returns all of its commands.
// Any other method that reads discards the rest first, so that nothing before
// the data mark is treated as a line.
//
// ReadSynch requires [Conn.SetOOBInline]; otherwise it returns an error
// wrapping [os.ErrInvalid]. If another call has read past a Synch, it is lost:
// do not wait for lines when a Synch must be received.
//
// On Windows, ReadSynch returns an error wrapping [errors.ErrUnsupported].
// Windows does not report an urgent byte that is received inline, nor the place
// of one that is received out of line, so the end of the data to discard is
// unknown. A Synch is then part of the data, as after a firewall has cleared
// the mark.
func (c *Conn) ReadSynch(ctx context.Context) (commands []byte, err error) {
	if c.stream == nil {
		return nil, errNoSocket
	}
	if !c.in.marks {
		return nil, fmt.Errorf("dialog: ReadSynch without SetOOBInline: %w", os.ErrInvalid)
	}
	if c.in.mark == 0 && c.in.before != toDataMark {
		if err := c.stream.WaitUrgent(ctx); err != nil {
			return nil, err
		}
	}
	defer func(src source) { c.in.src = src }(c.in.src)
	c.in.src = contextSource{c.stream, ctx}
	return c.in.synch()
}

// A contextSource is a source whose reads also return when ctx ends, even if
// they would not block.
type contextSource struct {
	*streamsock.Conn
	ctx context.Context
}

func (s contextSource) Read(p []byte) (int, error) { return s.ReadContext(s.ctx, p) }

func (s contextSource) Peek(p []byte) (int, error) { return s.PeekContext(s.ctx, p) }

// synch reads up to the data mark at or after the out-of-band mark, which is
// known to arrive. It continues a Synch that was received in part.
func (r *reader) synch() (commands []byte, err error) {
	if r.before != toDataMark {
		r.before, r.reply, r.scan = toDataMark, reply{}, scan{}
	}
	for r.before == toDataMark {
		if len(r.buffered()) == 0 {
			err := r.fill()
			if err == io.EOF {
				return r.scan.take(), io.ErrUnexpectedEOF
			}
			if err != nil {
				return nil, err
			}
		}
		r.toDataMark()
		if len(r.scan.commands) > r.lineLimit {
			return r.scan.take(), tooLong("Telnet commands", r.lineLimit)
		}
	}
	return r.scan.take(), nil
}

// toDataMark discards buffered bytes up to the data mark, or until the commands
// among them exceed the limit.
func (r *reader) toDataMark() {
	s := &r.scan
	for len(r.buffered()) > 0 {
		b := r.buffered()[0]
		if r.mark-1 == r.begin {
			s.passed = true
			// The mark of a peer that follows RFC 1122 is one byte late. If
			// that byte is IAC, it more likely begins another Synch.
			if s.synched && b != byte(IAC) {
				r.before = nothing
				return
			}
		}
		s.next(b)
		r.consume(1)
		if s.synched && s.passed {
			r.before = nothing
			return
		}
		if len(s.commands) > r.lineLimit {
			return
		}
	}
}

// A scan searches for commands among other bytes.
type scan struct {
	state    scanState
	commands []byte
	synched  bool // the last two bytes are IAC DM
	passed   bool // the out-of-band mark was passed
}

// take returns the commands that have not been returned yet.
func (s *scan) take() []byte {
	commands := s.commands
	s.commands = nil
	return commands
}

type scanState uint8

const (
	data      scanState = iota
	command             // after IAC
	option              // after IAC WILL or the like
	within              // in a subnegotiation
	withinIAC           // after IAC in a subnegotiation
)

func (s *scan) next(b byte) {
	s.synched = false
	before := s.state
	switch {
	case before == data && b == byte(IAC):
		s.state = command
		return
	case before == data:
		return
	case before == command:
		s.command(Command(b))
		return
	case before == within && b == byte(IAC):
		s.state = withinIAC
	case before == withinIAC && b != byte(SE):
		s.state = within
	case before != within:
		s.state = data
	}
	s.commands = append(s.commands, b)
}

// command handles the byte after IAC.
func (s *scan) command(c Command) {
	s.state = data
	switch c {
	case IAC: // the data byte 255
		return
	case DM:
		s.synched = true
		return
	case WILL, WONT, DO, DONT:
		s.state = option
	case SB:
		s.state = within
	}
	s.commands = append(s.commands, byte(IAC), byte(c))
}

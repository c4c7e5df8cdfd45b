// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

// starttls contains the dialog before TLS for each protocol.
var starttls = map[string]func(plainTalk) error{
	"ftp": func(t plainTalk) error {
		if _, err := t.reply("", "220"); err != nil {
			return err
		}
		_, err := t.reply("AUTH TLS", "234")
		return err
	},
	"imap": func(t plainTalk) error {
		greeting, err := t.line()
		if err != nil {
			return err
		}
		if !strings.HasPrefix(greeting, "* OK") {
			return unexpected(greeting)
		}
		if err := t.say("a STARTTLS"); err != nil {
			return err
		}
		for range maxLines {
			line, err := t.line()
			switch {
			case err != nil:
				return err
			case strings.HasPrefix(line, "a OK"):
				return nil
			case !strings.HasPrefix(line, "* "):
				return unexpected(line)
			}
		}
		return errTooLong
	},
	"postgres": func(t plainTalk) error {
		// An SSLRequest: the length and a number instead of a version.
		if _, err := t.Write([]byte{0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F}); err != nil {
			return err
		}
		reply := make([]byte, 1)
		if _, err := io.ReadFull(t, reply); err != nil {
			return err
		}
		if reply[0] != 'S' {
			return unexpected(string(reply))
		}
		return nil
	},
	"smtp": func(t plainTalk) error {
		if _, err := t.reply("", "220"); err != nil {
			return err
		}
		lines, err := t.reply("EHLO localhost", "250")
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(lines, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s[4:]), "STARTTLS") }) {
			return errors.New("the server does not offer it")
		}
		_, err = t.reply("STARTTLS", "220")
		return err
	},
}

// The limits of what a server may send before TLS begins.
const (
	maxLine  = 2000
	maxLines = 100
)

// startTLS sends the commands that the protocol requires before TLS begins.
func startTLS(ctx context.Context, c net.Conn, protocol string) error {
	stop := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	err := starttls[protocol](plainTalk{c})
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// A plainTalk is the dialog before TLS begins. It reads byte by byte, so that
// no data after it is lost, or treated as protected by TLS.
type plainTalk struct{ net.Conn }

func (t plainTalk) say(line string) error {
	_, err := io.WriteString(t, line+"\r\n")
	return err
}

// line reads a line.
func (t plainTalk) line() (string, error) {
	var line []byte
	for b := make([]byte, 1); len(line) < maxLine; {
		if _, err := io.ReadFull(t, b); err != nil {
			return "", err
		}
		if b[0] == '\n' {
			return strings.TrimSuffix(string(line), "\r"), nil
		}
		line = append(line, b[0])
	}
	return "", errTooLong
}

// reply sends a line, unless it is empty, and reads the lines of the reply, which
// must have the code: 250-, then 250 and a blank.
func (t plainTalk) reply(line, code string) (lines []string, err error) {
	if line != "" {
		if err := t.say(line); err != nil {
			return nil, err
		}
	}
	for range maxLines {
		line, err := t.line()
		if err != nil {
			return nil, err
		}
		rest, ok := strings.CutPrefix(line, code)
		switch {
		case ok && strings.HasPrefix(rest, "-"):
			lines = append(lines, line)
		case ok && (rest == "" || rest[0] == ' '):
			return append(lines, line+" "), nil // at least a code and a blank
		case len(lines) > 0 && !hasCode(line):
			// FTP has lines without a code, RFC 959, 4.2.
		default:
			return nil, unexpected(line)
		}
	}
	return nil, errTooLong
}

// hasCode reports whether a line begins with three digits and a hyphen or a
// blank.
func hasCode(line string) bool {
	if len(line) < 4 || line[3] != '-' && line[3] != ' ' {
		return false
	}
	_, err := strconv.ParseUint(line[:3], 10, 16)
	return err == nil
}

// unexpected returns the error for a negative reply.
func unexpected(line string) error { return fmt.Errorf("the server replied %q", line) }

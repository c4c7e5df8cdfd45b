// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"example.com/streamsock/streamsock"
)

// An apart reads what the peer sends except urgent bytes, which it prints.
//
// The connection has OOBInline set, so that a Read cannot lose an urgent byte. (Out of
// line, a Read that waits at the mark discards the byte before ReadUrgent receives it.)
// Read calls AtMark only when data is available, because a Read that waits does not stop
// before an urgent byte that arrives meanwhile.
type apart struct{ l *link }

func (r apart) Read(p []byte) (int, error) {
	c, err := r.l.tcp()
	if err != nil {
		return 0, err
	}
	for {
		if _, err := c.Wait(context.Background(), streamsock.Readable); err != nil {
			return 0, err
		}
		marked, err := c.AtMark()
		if err != nil {
			return 0, err
		}
		if !marked || len(p) == 0 {
			return c.Read(p)
		}
		n, err := c.Read(p[:1])
		if n == 0 {
			return 0, err
		}
		r.l.printUrgent(p[0])
	}
}

// A queued does the same on systems that do not report the mark, such as Windows. There
// urgent bytes are queued separately, and a Read loses none.
type queued struct{ l *link }

func (r queued) Read(p []byte) (int, error) {
	c, err := r.l.tcp()
	if err != nil {
		return 0, err
	}
	for {
		events, err := c.Wait(context.Background(), streamsock.Readable|streamsock.Urgent)
		if err != nil {
			return 0, err
		}
		if events&streamsock.Urgent == 0 {
			return c.Read(p)
		}
		b, err := c.ReadUrgent()
		if err != nil {
			return 0, err
		}
		r.l.printUrgent(b)
	}
}

func (l *link) printUrgent(b byte) {
	l.received.Add(1)
	l.con.print("%ssockcat: urgent byte %s", l.label, byteName(b))
}

// hasMark reports whether the system reports the position of an urgent byte.
func hasMark(c *streamsock.Conn) bool {
	_, err := c.AtMark()
	return !errors.Is(err, errors.ErrUnsupported)
}

// byteName returns the number of a byte, and the character if it is one.
func byteName(b byte) string {
	if b <= ' ' || b >= 0x7F {
		return fmt.Sprintf("0x%02X", b)
	}
	return fmt.Sprintf("0x%02X %q", b, b)
}

// showUrgent sends an urgent byte between others, has the server read all of
// them, and prints the result. The byte is received inline, as RFC 6093 recommends, and
// the mark shows which one it is. On a system without a mark it is received out of line.
func showUrgent(w io.Writer, client, server *streamsock.Conn) (err error) {
	before, urgent, after := "abc", byte('!'), "def"
	inline := hasMark(server)
	if err := server.SetOOBInline(inline); errors.Is(err, errors.ErrUnsupported) {
		_, err = fmt.Fprintln(w, "urgent: "+notHere)
		return err
	} else if err != nil {
		return err
	}
	if _, err := io.WriteString(client, before); err != nil {
		return err
	}
	if err := client.SendUrgent(urgent); err != nil {
		return err
	}
	if _, err := io.WriteString(client, after); err != nil {
		return err
	}
	if !inline {
		return showApart(w, server, urgent, before+after)
	}
	all, at, err := readMarked(server, len(before)+1+len(after))
	if err != nil {
		return err
	}
	if want := before + string(urgent) + after; string(all) != want || at != len(before) {
		return fmt.Errorf("urgent: the server read %q with the mark at %d, not %q", all, at, want)
	}
	_, err = fmt.Fprintf(w, "urgent: %q sent as urgent data after %d bytes; the server reads %q with the mark at %d, byte ok\n",
		urgent, len(before), all, at)
	return err
}

// showApart makes the server receive the urgent byte and then the others.
func showApart(w io.Writer, server *streamsock.Conn, urgent byte, others string) error {
	if err := server.WaitUrgent(context.Background()); err != nil {
		return err
	}
	b, err := server.ReadUrgent()
	if err != nil {
		return err
	}
	rest := make([]byte, len(others))
	if _, err := io.ReadFull(server, rest); err != nil {
		return err
	}
	if b != urgent || string(rest) != others {
		return fmt.Errorf("urgent: the server received %q and read %q, not %q and %q", b, rest, urgent, others)
	}
	_, err = fmt.Fprintf(w, "urgent: %q sent as urgent data between others; the server receives it and reads %q, byte ok\n", b, rest)
	return err
}

// readMarked reads n bytes, and returns the number of bytes before the urgent mark.
func readMarked(c *streamsock.Conn, n int) (all []byte, at int, err error) {
	buf := make([]byte, n)
	at = -1
	for got := 0; got < n; {
		if _, err := c.Wait(context.Background(), streamsock.Readable); err != nil {
			return nil, 0, err
		}
		marked, err := c.AtMark()
		if err != nil {
			return nil, 0, err
		}
		end := n
		if marked {
			at, end = got, got+1
		}
		k, err := c.Read(buf[got:end])
		if err != nil {
			return nil, 0, err
		}
		got += k
	}
	return buf, at, nil
}

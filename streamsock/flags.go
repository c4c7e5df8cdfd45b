// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"errors"
	"fmt"
	"os"

	"example.com/streamsock/internal/sys"
)

// Flags change what a call of [Conn.Recv], [Conn.Send], [Conn.Recvmsg] or
// [Conn.Sendmsg] does. They are those of recv(2) and send(2).
//
// A flag that the system lacks is an error for which
// errors.Is(err, [errors.ErrUnsupported]) holds; one that has no meaning in the
// direction is an error for which errors.Is(err, [os.ErrInvalid]) holds.
type Flags uint32

const (
	// DontWait has a call return [ErrWouldBlock] instead of waiting. Such a
	// call takes no notice of deadlines, nor of a Read or Write of another
	// goroutine. It is MSG_DONTWAIT.
	DontWait Flags = 1 << iota

	// Peek leaves what is received in the system. It is MSG_PEEK.
	Peek

	// WaitAll receives until the buffers are full, and returns less only at
	// the end of the stream, where the error is [io.EOF], at an error, at the
	// deadline, or at the urgent mark, where there is no error. It does not
	// count together with Peek or OOB. It is MSG_WAITALL.
	WaitAll

	// OOB receives the urgent byte, or sends the last byte as the urgent one.
	// Receiving does not wait. It is MSG_OOB.
	OOB

	// DontRoute sends without a gateway. It is MSG_DONTROUTE.
	DontRoute

	// More says that more will be sent soon, so that the system does not send
	// a small segment now. It is MSG_MORE of Linux.
	More

	// Trunc throws away what is received, as many bytes as the buffers have,
	// and does not touch these. It is MSG_TRUNC of Linux.
	Trunc
)

// What the flags mean to the system. DontWait and WaitAll are our own doing,
// because the sockets of package net do not wait by themselves.
var flagTable = [...]struct {
	flag       Flags
	name       string
	sys        int // 0: the system lacks it
	recv, send bool
}{
	{DontWait, "DontWait", -1, true, true},
	{Peek, "Peek", sys.MsgPeek, true, false},
	{WaitAll, "WaitAll", -1, true, false},
	{OOB, "OOB", sys.MsgOOB, true, true},
	{DontRoute, "DontRoute", sys.MsgDontRoute, false, true},
	{More, "More", sys.MsgMore, false, true},
	{Trunc, "Trunc", sys.MsgTrunc, true, false},
}

// String returns the names of the flags, as "Peek|DontWait".
func (f Flags) String() string {
	s := ""
	for _, e := range flagTable {
		if f&e.flag == 0 {
			continue
		}
		if s != "" {
			s += "|"
		}
		s += e.name
		f &^= e.flag
	}
	switch {
	case f == 0 && s == "":
		return "0"
	case f == 0:
		return s
	case s == "":
		return fmt.Sprintf("%#x", uint32(f))
	}
	return fmt.Sprintf("%s|%#x", s, uint32(f))
}

// system returns the system's flags for receiving or sending.
func (f Flags) system(send bool) (int, error) {
	if f == 0 {
		return 0, nil
	}
	if f&^(DontWait|Peek|WaitAll|OOB|DontRoute|More|Trunc) != 0 {
		return 0, errFlags(f, os.ErrInvalid)
	}
	flags := 0
	for i := range flagTable {
		e := &flagTable[i]
		switch {
		case f&e.flag == 0:
		case send && !e.send || !send && !e.recv:
			return 0, errFlags(e.flag, os.ErrInvalid)
		case e.sys == 0:
			return 0, errFlags(e.flag, errors.ErrUnsupported)
		case e.sys > 0:
			flags |= e.sys
		}
	}
	return flags, nil
}

func errFlags(f Flags, err error) error { return fmt.Errorf("flag %v: %w", f, err) }

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

// Flags modify a call to [Conn.Recv], [Conn.Send], [Conn.Recvmsg] or
// [Conn.Sendmsg]. They correspond to the flags of recv(2) and send(2).
//
// DontWait and OOB are valid for receiving and sending; Peek, WaitAll and Trunc
// only for receiving; DontRoute and More only for sending. If a flag is not
// valid, the error wraps [os.ErrInvalid]. If the system lacks it, the error
// wraps [errors.ErrUnsupported].
type Flags uint32

const (
	// DontWait makes a call return [ErrWouldBlock] instead of blocking. Such a
	// call ignores the deadlines, and does not wait for another goroutine's
	// Read or Write. It corresponds to MSG_DONTWAIT.
	DontWait Flags = 1 << iota

	// Peek leaves the received data in the receive buffer. It corresponds to
	// MSG_PEEK.
	Peek

	// WaitAll waits until the buffers are full. A call returns fewer bytes only
	// with an error, such as [io.EOF] at the end of the stream, or without an
	// error at the out-of-band mark. WaitAll is ignored in combination with
	// Peek or OOB. It corresponds to MSG_WAITALL.
	WaitAll

	// OOB receives the urgent byte, or sends the last byte as the urgent byte.
	// Receiving does not block. It corresponds to MSG_OOB.
	OOB

	// DontRoute sends only to hosts on directly connected networks. It
	// corresponds to MSG_DONTROUTE.
	DontRoute

	// More announces that more data will be sent soon, so that the kernel
	// delays a small segment. It corresponds to MSG_MORE and is supported on
	// Linux.
	More

	// Trunc discards the received data instead of copying it to the buffers.
	// The result n is the number of bytes discarded, at most the total size of
	// the buffers, whose contents are not changed. It corresponds to MSG_TRUNC
	// and is supported on Linux, which ignores it on a Unix socket.
	Trunc
)

// The system's values of the flags. DontWait and WaitAll are implemented here,
// because the sockets of package net are non-blocking.
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

// String returns the names of the flags, such as "Peek|DontWait".
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
	const known = DontWait | Peek | WaitAll | OOB | DontRoute | More | Trunc
	if f&^known != 0 {
		return 0, fmt.Errorf("streamsock: unknown flags %v: %w", f&^known, os.ErrInvalid)
	}
	flags := 0
	for i := range flagTable {
		e := &flagTable[i]
		switch {
		case f&e.flag == 0:
		case send && !e.send:
			return 0, fmt.Errorf("streamsock: flag %v not valid for sending: %w", e.flag, os.ErrInvalid)
		case !send && !e.recv:
			return 0, fmt.Errorf("streamsock: flag %v not valid for receiving: %w", e.flag, os.ErrInvalid)
		case e.sys == 0:
			return 0, fmt.Errorf("streamsock: flag %v: %w", e.flag, errors.ErrUnsupported)
		case e.sys > 0:
			flags |= e.sys
		}
	}
	return flags, nil
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"io"
	"os"
	"slices"

	"example.com/streamsock/internal/sys"
)

// receive receives data and reports whether it is done; if not, it must be
// called again when the connection is readable. It attempts to receive each
// time, because package net's poller does not keep the state between waits.
func (t *transfer) receive(fd uintptr) (done bool) {
	t.again = false
	if t.flags&sys.MsgOOB != 0 && sys.LacksUrgent(fd) {
		t.err = errNotUrgent
		return true
	}
	if t.least > 0 {
		return t.receiveFull(fd)
	}
	for !t.empty() {
		if t.n > 0 && atMark(fd) {
			return true // like a single system call; the next could pass the mark
		}
		var n, size int
		var err error
		if sys.HasRecv && len(t.bufs) == 1 {
			size = len(t.bufs[0]) - t.off
			n, err = sys.Recv(fd, t.bufs[0][t.off:], t.flags, !t.rechecked)
		} else {
			t.several = true
			size = t.vec.Load(t.bufs, t.off)
			n, err = sys.Recvmsg(fd, &t.vec, t.flags)
		}
		if t.memory != nil {
			n, err = t.memory.Receive(t.next(), n, err, t.flags&sys.MsgPeek != 0)
		}
		switch {
		case sys.IsInterrupted(err):
			continue
		case sys.IsAgain(err):
			t.again = t.n == 0 || t.all
			return !t.again
		case err != nil:
			t.none = sys.IsInvalid(err)
			t.err = os.NewSyscallError(t.callName("read", "recvmsg"), err)
			return true
		case n == 0:
			t.eof = true
			return true
		}
		t.advance(n)
		if t.flags&(sys.MsgPeek|sys.MsgOOB) != 0 || n < size && !t.all {
			return true
		}
	}
	return true
}

// next returns the buffer to fill next.
func (t *transfer) next() []byte {
	off := t.off
	for _, b := range t.bufs {
		if len(b) > off {
			return b[off:]
		}
		off = 0
	}
	return nil
}

// atMark reports whether the next byte to read is the one at the urgent mark.
func atMark(fd uintptr) bool {
	marked, err := sys.AtMark(fd)
	return err == nil && marked
}

// receiveBy runs the transfer on c and releases it.
func (c *conn) receiveBy(t *transfer, f Flags) (int64, error) {
	n, err := c.receive(t, f)
	t.release()
	return n, err
}

func (c *conn) receive(t *transfer, f Flags) (int64, error) {
	var err error
	if t.flags, err = f.system(false); err != nil {
		return 0, c.opError("read", err)
	}
	rc, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	if t.empty() {
		// Check only whether c is closed: package net's Read of no bytes blocks
		// on Windows, and waits for another goroutine's Read.
		if err := control(rc, func(uintptr) error { return nil }); err != nil {
			return 0, c.opError("read", err)
		}
		return 0, nil
	}
	if f == 0 && (!sys.HasMsg || !sys.HasRecv && len(t.bufs) == 1 && t.limit.c == nil) {
		return c.readFirst(t)
	}
	t.all = f&WaitAll != 0 && f&(Peek|OOB) == 0
	if f&OOB != 0 {
		t.memory = &c.urgent
	}
	if f&(DontWait|OOB) != 0 {
		err = rc.Control(t.recvOnce)
	} else {
		t.limit.prepare(c, &c.read, sys.Readable)
		t.rechecked = sys.HasRecv && (f == 0 || t.least > 0) && len(t.bufs) == 1 && !c.read.isUnknown()
		err = t.limit.run(rc, t.recv, &t.again)
		if t.rechecked {
			t.waitsFor.Store(nil)
		}
	}
	switch {
	case err != nil: // the deadline, or closed
		return t.n, c.opError("read", err)
	case t.err == io.ErrUnexpectedEOF: // of PeekFull
		return t.n, t.err
	case t.err != nil:
		return t.n, c.opError("read", t.err)
	case t.eof && (t.n == 0 || t.all):
		return t.n, io.EOF
	case t.again:
		return t.n, ErrWouldBlock
	}
	return t.n, nil
}

// readFirst reads into the first buffer by package net. A read may always
// return fewer bytes than requested.
func (c *conn) readFirst(t *transfer) (int64, error) {
	i := slices.IndexFunc(t.bufs, func(b []byte) bool { return len(b) > 0 })
	t.limit.prepare(c, &c.read, sys.Readable)
	err := t.limit.runNet(func() (int64, error) {
		n, err := c.net.Read(t.bufs[i])
		t.n = int64(n)
		return t.n, err
	})
	if err != nil && err != io.EOF {
		err = c.opError("read", err)
	}
	return t.n, err
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import (
	"bytes"
	"os"
	"syscall"

	"example.com/streamsock/internal/sys"
)

// transmit sends data and reports whether it is done; if not, it must be called
// again when the connection is writable.
func (t *transfer) transmit(fd uintptr) (done bool) {
	if t.urgent && sys.LacksUrgent(fd) {
		t.err = errNotUrgent
		return true
	}
	if !t.transmitBufs(fd) {
		return false
	}
	if t.urgent && t.err == nil {
		t.urgent = false
		t.bufs, t.off = t.one[:], 0
		t.flags = t.flags&^sys.MsgMore | sys.MsgOOB
		return t.transmitBufs(fd)
	}
	return true
}

func (t *transfer) transmitBufs(fd uintptr) (done bool) {
	t.again = false
	for !t.empty() {
		n, err := t.transmitOnce(fd)
		switch {
		case sys.IsInterrupted(err):
			continue
		case sys.IsAgain(err):
			t.again = true
			return false
		case err != nil:
			t.err = os.NewSyscallError(t.callName("write", "sendmsg"), err)
			return true
		}
		t.advance(n)
	}
	return true
}

// transmitOnce makes one system call.
func (t *transfer) transmitOnce(fd uintptr) (int, error) {
	if sys.HasRecv && len(t.bufs) == 1 {
		return sys.Send(fd, t.bufs[0][t.off:], t.flags)
	}
	t.several = true
	t.vec.Load(t.bufs, t.off)
	return sys.Sendmsg(fd, &t.vec, t.flags)
}

// markLast separates the last byte, which is to be urgent. Otherwise the kernel
// would make the last byte that fits the send buffer the urgent one.
func (t *transfer) markLast() {
	t.several = true
	i := len(t.bufs) - 1
	for len(t.bufs[i]) == 0 {
		i--
	}
	end := len(t.bufs[i]) - 1
	last := t.bufs[i][end:]
	t.list = append(append(t.list[:0], t.bufs[:i]...), t.bufs[i][:end])
	t.bufs, t.one[0], t.urgent = t.list, last, true
	t.flags = t.flags&^sys.MsgOOB | sys.MsgMore
}

// sendBy runs the transfer on c and releases it.
func (c *conn) sendBy(t *transfer, f Flags) (int64, error) {
	n, err := c.send(t, f)
	t.release()
	return n, err
}

func (c *conn) send(t *transfer, f Flags) (int64, error) {
	var err error
	if t.flags, err = f.system(true); err != nil {
		return 0, c.opError("write", err)
	}
	rc, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	if t.empty() {
		return 0, c.sendNothing(t, f)
	}
	if f == 0 && c.writesByNet(t) {
		return c.writeBuffers(t)
	}
	if f&OOB != 0 {
		t.markLast()
	}
	if f&DontWait != 0 {
		err = rc.Control(t.sendOnce)
	} else {
		err = c.awaitSend(rc, t)
	}
	switch {
	case err != nil: // the deadline, or closed
		return t.n, c.opError("write", err)
	case t.err != nil:
		return t.n, c.opError("write", t.err)
	case t.again:
		return t.n, ErrWouldBlock
	}
	return t.n, nil
}

// sendNothing returns the error of a call that sends no bytes. With DontWait it
// must not wait for another goroutine's Write.
func (c *conn) sendNothing(t *transfer, f Flags) error {
	if f&DontWait != 0 {
		if _, open := c.descriptor(); open {
			return nil
		}
	}
	ctx := t.limit.ctx
	t.limit = c.writeTimeout(0) // waiting for that Write does not count
	t.limit.ctx = ctx
	err := t.limit.runNet(func() (int64, error) {
		_, err := c.net.Write(nil)
		return 0, err
	})
	if err != nil {
		err = c.opError("write", err)
	}
	return err
}

// awaitSend sends data, and waits until the connection is writable. Where
// RawConn.Write cannot wait, the parts of a Send are kept together only with
// respect to other Sends of c, because waiting in RawConn.Write would delay
// Close.
func (c *conn) awaitSend(rc syscall.RawConn, t *transfer) error {
	t.limit.prepare(c, &c.write, sys.Writable)
	if !sys.CanAwaitWrite {
		defer c.write.takeTurn()()
	}
	return t.limit.run(rc, t.send, &t.again)
}

// writesByNet reports whether package net must write: a single buffer if there
// is no [sys.Send], and all buffers if [syscall.RawConn] cannot wait and there
// is no timeout.
func (c *conn) writesByNet(t *transfer) bool {
	switch {
	case !sys.HasMsg:
		return true
	case sys.CanAwaitWrite:
		return !sys.HasRecv && len(t.bufs) == 1 && t.limit.c == nil
	}
	return t.limit.timeout <= 0
}

// writeBuffers writes by package net, with one system call. It joins the slices
// beyond the number that one system call accepts, so that no other Write is
// sent in between.
func (c *conn) writeBuffers(t *transfer) (int64, error) {
	t.several = true
	t.list = t.list[:0]
	for _, b := range t.bufs {
		if len(b) > 0 {
			t.list = append(t.list, b)
		}
	}
	if len(t.list) > sys.MaxVec {
		rest := t.list[sys.MaxVec-1:]
		joined := bytes.Join(rest, nil)
		clear(rest)
		t.list = append(t.list[:sys.MaxVec-1], joined)
	}
	t.limit.prepare(c, &c.write, sys.Writable)
	err := t.limit.runNet(func() (_ int64, err error) {
		if len(t.list) == 1 {
			n, err := c.net.Write(t.list[0])
			t.n = int64(n)
			return t.n, err
		}
		t.write = t.list
		t.n, err = t.write.WriteTo(c.net)
		return t.n, err
	})
	if err != nil {
		return t.n, c.opError("write", err)
	}
	return t.n, nil
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import "example.com/streamsock/internal/sys"

// BUG(streamsock): On Windows, Send and Sendmsg with flags and SendUrgent do
// not block other goroutines' Writes while they wait for room, so that data of
// such a Write may be sent between their parts. Writev copies the slices beyond
// the first 1023.

// BUG(streamsock): On macOS, the SetLinger method that Conn inherits counts in
// ticks of 10 milliseconds. Linger and sockopt.Linger count in seconds.

// BUG(streamsock): On Plan 9, js and wasip1, Recvmsg, Sendmsg, Recv and Send
// support no flags, Readv fills only one buffer, and Peek, TryRead, TryWrite,
// Available, Unacked and Unsent return errors.ErrUnsupported.

// Read reads data from the connection, like [net.TCPConn.Read].
//
// On Linux, if p has at most 64 KiB, Read makes a non-blocking system call
// without notifying the scheduler, which is faster. Unlike the Read of package
// net, it does not block at the out-of-band mark when data is available.
func (c *conn) Read(p []byte) (n int, err error) {
	t := single(p)
	done, err := c.receive(t, 0)
	t.release()
	return int(done), err
}

// Write writes data to the connection, like [net.TCPConn.Write].
//
// On Linux, if p has at most 16 KiB, Write makes a non-blocking system call
// without notifying the scheduler, which is faster.
func (c *conn) Write(p []byte) (n int, err error) {
	t := single(p)
	done, err := c.send(t, 0)
	t.release()
	return int(done), err
}

// Recv receives data into p, as specified by the flags. Without flags it is
// equivalent to Read. Recv corresponds to recv(2).
//
// With [DontWait] or [OOB], Recv does not block and ignores the read deadline.
// With OOB, an error matching [syscall.EINVAL] means on most systems that there
// is no urgent byte; see [Conn.ReadUrgent].
func (c *conn) Recv(p []byte, flags Flags) (n int, err error) {
	done, err := c.receiveBy(single(p), flags)
	return int(done), err
}

// Send sends all of p, as specified by the flags. Without flags it is
// equivalent to Write. Send corresponds to send(2).
//
// With [DontWait], Send does not block and ignores the write deadline. If the
// send buffer has no room for all of p, it sends a part and returns
// [ErrWouldBlock]. It does not wait for another goroutine's Write, so its data
// may be sent in the middle of the data of that Write.
func (c *conn) Send(p []byte, flags Flags) (n int, err error) {
	done, err := c.sendBy(single(p), flags)
	return int(done), err
}

// Recvmsg is like [Conn.Recv] but receives into several buffers, which are
// filled in order. It corresponds to recvmsg(2). If the total size of the
// buffers does not fit an int, as is possible on a 32-bit system, the error
// wraps [os.ErrInvalid].
func (c *conn) Recvmsg(bufs [][]byte, flags Flags) (n int, err error) {
	t := vectored(bufs)
	if !t.fits() {
		t.release()
		return 0, c.opError("read", errTooMany)
	}
	done, err := c.receiveBy(t, flags)
	return int(done), err
}

// Sendmsg is like [Conn.Send] but sends the data of several buffers in order.
// It corresponds to sendmsg(2). With [OOB], the last byte of the last non-empty
// buffer is sent as the urgent byte. If the total size of the buffers does not
// fit an int, the error wraps [os.ErrInvalid].
func (c *conn) Sendmsg(bufs [][]byte, flags Flags) (n int, err error) {
	t := vectored(bufs)
	if !t.fits() {
		t.release()
		return 0, c.opError("write", errTooMany)
	}
	done, err := c.sendBy(t, flags)
	return int(done), err
}

// Readv reads into several buffers with one system call. It corresponds to
// readv(2).
//
// Readv fills the buffers in order and, like [net.TCPConn.Read], returns when
// some data has been read. It does not modify bytes beyond the n that it has
// read. At the end of the stream the error is [io.EOF]. Readv skips empty
// buffers; if all are empty, it returns 0 and no error immediately.
//
// Readv honors the read deadline and is unblocked by Close. If there are more
// buffers than one system call accepts (1024 on most systems), an error can
// occur after the first ones were filled: Readv then returns both n > 0 and the
// error.
func (c *conn) Readv(bufs [][]byte) (n int64, err error) {
	return c.receiveBy(vectored(bufs), 0)
}

// Writev writes the data of several buffers in order, with as few system calls
// as possible. It corresponds to writev(2).
//
// Writev returns when all data has been written or an error occurs, with the
// number of bytes written. It is atomic with respect to other goroutines'
// Writes: their data is not sent between the buffers. Unlike
// [net.Buffers.WriteTo], Writev does not modify bufs.
//
// Writev honors the write deadline and is unblocked by Close.
func (c *conn) Writev(bufs [][]byte) (n int64, err error) {
	return c.sendBy(vectored(bufs), 0)
}

// Peek is like Read but does not remove the data, so that the next Read returns
// it again. It blocks until at least one byte is available, and returns what is
// available then, up to len(p) bytes. Like Read, Peek does not look past the
// out-of-band mark.
//
// Peek honors the read deadline and is unblocked by Close. To wait for more
// bytes, use [Conn.PeekFull].
func (c *conn) Peek(p []byte) (n int, err error) { return c.Recv(p, Peek) }

// TryRead is like Read but never blocks. If no data is available, it returns
// [ErrWouldBlock]. It ignores the read deadline, and can be called while
// another goroutine is blocked in Read.
func (c *conn) TryRead(p []byte) (n int, err error) { return c.Recv(p, DontWait) }

// TryWrite is like Write but never blocks. If the send buffer has no room for
// all of p, it writes a part and returns the number of bytes written and
// [ErrWouldBlock]. It ignores the write deadline. TryWrite does not wait for
// another goroutine's Write: its data may be sent in the middle of the data of
// that Write.
//
// On Windows, the last part may exceed the send buffer by as much as the size
// of that buffer, because Windows accepts any amount of data while the buffer
// is not full.
func (c *conn) TryWrite(p []byte) (n int, err error) { return c.Send(p, DontWait) }

// Available returns the number of bytes that can be read without blocking. At
// the out-of-band mark, Linux reports 0 even if more data has arrived, so 0
// does not mean the end of the stream. Available corresponds to the ioctl
// FIONREAD.
func (c *conn) Available() (int, error) { return c.getInt(sys.Queued) }

// Unacked returns the number of bytes that have been written and not yet
// acknowledged by the peer's system. The end of the stream is not counted.
//
// Unacked corresponds to the ioctl SIOCOUTQ on Linux, the ioctl FIONWRITE on
// FreeBSD and NetBSD, and the option SO_NWRITE on macOS. On other systems it
// returns an error wrapping [errors.ErrUnsupported].
//
// For a Unix socket, Linux returns the memory used by data that the peer has
// not read, which is more than the number of bytes.
func (c *conn) Unacked() (int, error) { return c.getInt(sys.Unacked) }

// Unsent returns the number of bytes that have been written but not sent yet,
// for example because the peer's window or the congestion window is full. The
// end of the stream is not counted.
//
// Unsent is supported only for TCP on Linux, where it corresponds to the ioctl
// SIOCOUTQNSD. Otherwise it returns an error wrapping [errors.ErrUnsupported].
func (c *conn) Unsent() (int, error) { return c.getInt(sys.Unsent) }

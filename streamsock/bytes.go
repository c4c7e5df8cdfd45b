// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock

import "example.com/streamsock/internal/sys"

// BUG(streamsock): On Windows, Send and Sendmsg with flags and SendUrgent wait
// for room without holding back other goroutines' Writes, which may come to lie
// between the parts; Writev of more than 1023 slices copies those beyond.

// BUG(streamsock): On darwin, the SetLinger that Conn inherits counts in ticks
// of the system's clock, 10 milliseconds, and not in seconds as Linger and
// sockopt.Linger do.

// BUG(streamsock): On plan9, js and wasip1, Recvmsg, Sendmsg, Recv and Send work
// without flags only, Readv fills one buffer, and Peek, TryRead, TryWrite,
// Available, Unacked and Unsent return errors.ErrUnsupported.

// Read is [net.TCPConn.Read]. On Linux it makes the system call itself, up to 64 KiB
// without offering the processor to other goroutines, and does not go on waiting at
// the out-of-band mark for bytes that are there.
func (c *conn) Read(p []byte) (n int, err error) {
	t := single(p)
	done, err := c.receive(t, 0)
	t.release()
	return int(done), err
}

// Write is [net.TCPConn.Write]. On Linux it makes the system call itself, up to 16 KiB
// without offering the processor to other goroutines: a stream of such writes is
// faster so.
func (c *conn) Write(p []byte) (n int, err error) {
	t := single(p)
	done, err := c.send(t, 0)
	t.release()
	return int(done), err
}

// Recv is recv(2): it receives into p as [net.TCPConn.Read] does, and as the
// flags say. Without flags it is Read.
//
// With [DontWait] and with [OOB] it takes no notice of the deadline. With OOB,
// an error for which errors.Is(err, [syscall.EINVAL]) holds says on most systems
// that there is no urgent byte.
func (c *conn) Recv(p []byte, flags Flags) (n int, err error) {
	done, err := c.receiveBy(single(p), flags)
	return int(done), err
}

// Send is send(2): it sends all of p as [net.TCPConn.Write] does, and as the
// flags say. Without flags it is Write.
//
// With [DontWait], what there was no room for is not sent, and the error is
// [ErrWouldBlock]. Such a call does not wait for a Write of another goroutine
// either: the bytes may come to lie in the middle of that one's.
func (c *conn) Send(p []byte, flags Flags) (n int, err error) {
	done, err := c.sendBy(single(p), flags)
	return int(done), err
}

// Recvmsg is recvmsg(2): [Conn.Recv] into several buffers, which are filled in
// their order. Buffers of more bytes than an int can count, which are possible on a
// 32-bit system, are an error wrapping [os.ErrInvalid].
func (c *conn) Recvmsg(bufs [][]byte, flags Flags) (n int, err error) {
	t := vectored(bufs)
	if !t.fits() {
		t.release()
		return 0, c.opError("read", errTooMany)
	}
	done, err := c.receiveBy(t, flags)
	return int(done), err
}

// Sendmsg is sendmsg(2): [Conn.Send] of several buffers, one behind the other.
// With [OOB], the last byte of the last buffer is the urgent one. Buffers of more
// bytes than an int can count are an error, as those of [Conn.Recvmsg].
func (c *conn) Sendmsg(bufs [][]byte, flags Flags) (n int, err error) {
	t := vectored(bufs)
	if !t.fits() {
		t.release()
		return 0, c.opError("write", errTooMany)
	}
	done, err := c.sendBy(t, flags)
	return int(done), err
}

// Readv is readv(2): it reads into several buffers with one system call. It
// fills them in their order and returns once anything is there, as
// [net.TCPConn.Read] does; it touches no byte beyond the n that it read. At
// the end of the stream the error is [io.EOF]. Empty buffers are passed over;
// if all are empty, it returns 0 and no error at once.
//
// A read deadline and Close end it as they end Read. If they, or an error of
// the connection, come when there are more buffers than the system takes at
// once (1024 on most) and the first are filled, n is not 0 beside the error.
func (c *conn) Readv(bufs [][]byte) (n int64, err error) {
	return c.receiveBy(vectored(bufs), 0)
}

// Writev is writev(2): it writes several buffers, one behind the other, with
// as few system calls as there can be. It returns once all is written, or at an
// error, with the number of bytes that were. It is one Write to other
// goroutines: nothing that they write comes in between. Unlike
// [net.Buffers.WriteTo] it leaves bufs as it was.
//
// A write deadline and Close end it as they end Write.
func (c *conn) Writev(bufs [][]byte) (n int64, err error) {
	return c.sendBy(vectored(bufs), 0)
}

// Peek reads into p and leaves the bytes where they are, for the next Read. It
// waits for the first byte, as Read does, and not for more: a Peek of more than
// is there returns what is there. Like Read it stops at the urgent mark.
//
// A read deadline and Close end it as they end Read.
func (c *conn) Peek(p []byte) (n int, err error) { return c.Recv(p, Peek) }

// TryRead reads what is there, and does not wait: if nothing is, the error is
// [ErrWouldBlock]. It takes no notice of the read deadline, and works while
// another goroutine waits in Read.
func (c *conn) TryRead(p []byte) (n int, err error) { return c.Recv(p, DontWait) }

// TryWrite writes what there is room for, and does not wait: if that is not
// all of p, the error is [ErrWouldBlock]. It takes no notice of the write
// deadline, nor of a Write of another goroutine: the bytes may come to lie in
// the middle of that one's. On Windows there is room for one part more, of the size of
// the send buffer, as long as that is not full.
func (c *conn) TryWrite(p []byte) (n int, err error) { return c.Send(p, DontWait) }

// Available returns how many bytes can be read without waiting. At the urgent
// mark, Linux answers 0 although there may be more behind it: do not take 0 for
// the end of the stream. It is the ioctl FIONREAD.
func (c *conn) Available() (int, error) { return c.getInt(sys.Queued) }

// Unacked returns how many bytes were written and not yet acknowledged by the peer's
// system. The end of the stream does not count. It is the ioctl SIOCOUTQ of Linux,
// FIONWRITE of freebsd and netbsd, and the option SO_NWRITE of darwin; elsewhere the
// error wraps [errors.ErrUnsupported].
//
// On a Unix socket, Linux returns the memory that is taken by what the peer has not
// read, which is more than the number of bytes.
func (c *conn) Unacked() (int, error) { return c.getInt(sys.Unacked) }

// Unsent returns how many of the bytes that were written the system has not sent yet,
// because the peer's window or the congestion window is full. The end of the stream
// does not count. It is the ioctl SIOCOUTQNSD of Linux for TCP; elsewhere the error
// wraps [errors.ErrUnsupported].
func (c *conn) Unsent() (int, error) { return c.getInt(sys.Unsent) }

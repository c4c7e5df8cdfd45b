// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package streamsock is the stream socket that package net leaves out.
//
// A [Conn] is a TCP connection: a [net.Conn] that still is a *[net.TCPConn]
// underneath, with the rest of the socket interface added. Take it in place
// of what package net gives:
//
//   - [Dial], [DialTimeout], [DialContext] and [Dialer] connect, with socket
//     options that are set before the handshake and hold after it.
//   - [Listen], [ListenConfig] and [Listener] accept, with options for the
//     listener and for each connection.
//   - [Wrap] takes a connection that is there already.
//
// Socket options are values of package
// [example.com/streamsock/streamsock/sockopt]. They work before connect, in a
// dialer or listener, and at any later time, and they can be read:
//
//	c, err := streamsock.Dial("tcp", "db.example.com:5432",
//		sockopt.UserTimeout.To(10*time.Second),
//		sockopt.ReadBuffer.To(1<<20))
//	...
//	timeout, err := sockopt.UserTimeout.Get(c)
//
// # What is inherited
//
// Conn embeds *net.TCPConn: Read, Write, the deadlines, Close, CloseRead,
// CloseWrite, the setters (SetLinger, SetNoDelay, SetKeepAlive,
// SetKeepAliveConfig, SetReadBuffer, SetWriteBuffer) and File are those of
// package net, and [net.Buffers] still become one writev. A Conn keeps no byte
// of the stream to itself: what is peeked at stays in the system, so that all
// ways to read can be mixed.
//
// # Moving bytes
//
//   - [Conn.Readv] and [Conn.Writev] read into and write from several buffers
//     with one system call.
//   - [Conn.Peek] leaves the bytes where they are.
//   - [Conn.TryRead] and [Conn.TryWrite] do not wait.
//   - [Conn.Recv], [Conn.Send], [Conn.Recvmsg] and [Conn.Sendmsg] take [Flags].
//   - [Conn.Available] and [Conn.Unsent] tell how much is on its way.
//
// All that wait obey the read or the write deadline and Close, as Read and
// Write do.
//
// # Copying
//
// [io.Copy] to or from a Conn has the system move the bytes wherever package
// net does, and in some cases more; [CopyN] does so where [io.CopyN] cannot.
// The table testdata/copy-matrix.md has all cases.
//
// A copy passes a peer's urgent byte. That of package net does not: on Linux,
// [io.Copy] from one *net.TCPConn to another stops at the first urgent byte
// that the peer sends, until the peer closes, and then returns without an
// error, with all that came behind it lost. Any peer can do that to any proxy.
//
// # Errors
//
// Errors are those of package net: a *[net.OpError] that holds an
// *[os.SyscallError] that holds a [syscall.Errno], with [net.ErrClosed] for a
// closed connection and [os.ErrDeadlineExceeded] for a deadline. Between the
// first two, an error of a socket option has a *[sockopt.Error], which names
// the option. What a system lacks answers an error for which
// errors.Is(err, [errors.ErrUnsupported]) holds.
package streamsock

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
//   - [Wrap] takes a connection that is there already, [FileConn] a socket that
//     another process or library has made.
//   - [NewSocket] makes a socket that is neither connected nor listening, to be
//     bound, asked for its options, and connected without waiting.
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
// Conn embeds *net.TCPConn: the deadlines, Close, CloseRead, CloseWrite, the
// setters (SetLinger, SetNoDelay, SetKeepAlive, SetKeepAliveConfig,
// SetReadBuffer, SetWriteBuffer) and File are those of package net, and
// [net.Buffers] still become one writev. [Conn.Read] and [Conn.Write] behave as
// those of package net, and are faster for streams on Linux. A Conn keeps no byte
// of the stream to itself: what is peeked at stays in the system, so that all
// ways to read can be mixed.
//
// # Moving bytes
//
//   - [Conn.Readv] and [Conn.Writev] read into and write from several buffers
//     with one system call.
//   - [Conn.Peek] leaves the bytes where they are, and [Conn.PeekFull] waits for all of
//     a header.
//   - [Conn.TryRead] and [Conn.TryWrite] do not wait.
//   - [Conn.Recv], [Conn.Send], [Conn.Recvmsg] and [Conn.Sendmsg] take [Flags].
//   - [Conn.Available], [Conn.Unacked] and [Conn.Unsent] return how much is on its way.
//
// All that wait obey the read or the write deadline and Close, as Read and
// Write do.
//
// # Copying
//
// [io.Copy] to or from a Conn has the system move the bytes wherever package
// net does, and in some cases more; [CopyN] does so where [io.CopyN] cannot.
// [Conn.SendFile] sends a part of a file and tells how far it is. The table
// testdata/copy-matrix.md has all cases.
//
// A copy passes a peer's urgent byte. That of package net does not: on Linux,
// [io.Copy] from one *net.TCPConn to another stops at the first urgent byte
// that the peer sends, until the peer closes, and then returns without an
// error, with all that came behind it lost. Any peer can do that to any proxy.
// Of 300 random schedules of data, urgent bytes, pauses and ends (those of
// TestNetLosesUrgent, go1.26, Linux 6.18), package net's copies got 144 right;
// 95 stood still, and 61 ended early without an error: half of the bytes were
// missing. Of ten thousand such schedules, a Conn's copies lost nothing.
//
// # Urgent data
//
// TCP can mark one byte of the stream as urgent: send(2) with MSG_OOB. The mark
// goes ahead of the bytes that lie in buffers, even if the receiver has
// closed its window, and so it serves to say "stop". The byte itself goes with
// the others. Three old protocols live by it:
//
//   - Telnet and FTP send a Synch: the byte DM as the urgent one. Its receiver
//     throws away all bytes up to the mark but for Telnet's commands. An FTP
//     client that aborts a transfer sends IAC IP, IAC DM with DM urgent, and
//     then ABOR; many servers look for the command during a transfer only if
//     it comes so.
//   - Rlogin's server sends its client commands in urgent bytes.
//   - Databases such as Oracle's send a break, to cancel a query.
//
// Do not use it in a new protocol: RFC 6093 advises against it, because
// implementations differ, and firewalls often clear the mark, whereupon the byte
// comes as an ordinary one and nobody is woken. A second connection, or a
// message of your own protocol, does better. With the mark cleared, WaitUrgent
// is not woken, AtMark stays false and ReadUrgent answers [ErrNoUrgent]; inline,
// a program reads the same bytes either way. With Linux's sysctl
// net.ipv4.tcp_stdurg=1 the receiver's mark is one byte late: the byte behind
// the urgent one is taken for it.
//
// There are two ways to receive the byte. Apart from the stream, the default,
// [Conn.WaitUrgent] waits for it, [Conn.ReadUrgent] receives it, and Read
// never returns it, but stops once at the place where it was, the mark. There is
// room for one: the next takes its place, and the older one is lost or turns up
// among the ordinary bytes. It is also lost when a Read goes past the mark
// before it was received, and even when it tries to and finds nothing: a goroutine
// that reads in a loop takes the byte away from one that waits for it. Let one
// goroutine do both. Inline, after [Conn.SetOOBInline](true), the byte is one of
// the stream, WaitUrgent still waits for it, and [Conn.AtMark] tells that it is
// the next. Nothing is lost then, in any order; prefer it, as RFC 6093 does.
//
// Windows is different. Inline, it reports no urgent byte and no mark: the byte is an
// ordinary one, and WaitUrgent and AtMark return an error wrapping
// [errors.ErrUnsupported]. Apart, WaitUrgent and ReadUrgent work, and urgent bytes that
// were not received are queued, so that the next one does not take the place of an
// older one. Where they were in the stream is not reported: AtMark is not supported
// either. So receive them apart on Windows; what needs the place works on other systems
// only.
//
// What Linux answers in some forty cases is in testdata/urgent.md. Of the
// other systems it is known from their source and documentation: tests have not run
// there, but on a model of macOS and the BSDs, and on Windows under wine. The page
// testdata/systems.md in the module's source has the details.
//
// # Waiting
//
// [Conn.Wait] waits until a connection is ready to read or to write, until an
// urgent byte is there, or until the peer has closed. It takes no buffer and
// leaves Read and Write alone. A [PollSet] waits for any number of connections,
// listeners and other sockets in one goroutine, and [Select] for a few. [Conn.Check] tells without waiting
// whether the peer is still there, and [CheckConn] tells it under TLS.
//
// [Conn.ReadContext], [Conn.PeekContext] and [Conn.WriteContext] end with a
// context too, and [Conn.WithTimeouts] gives every operation a time of its own.
//
// # Closing
//
// [Conn.CloseGraceful] closes so that the peer gets all that was written,
// [Conn.Abort] resets, and [Conn.Shutdown] ends one side. [Relay] copies between
// any two connections until both have ended; the table testdata/relay-matrix.md shows
// between which ones the kernel does it.
//
// # Unix sockets
//
// A [UnixConn] is a Unix stream socket with the methods of Conn that do not belong to
// TCP. [UnixConn.SendFiles] sends files, connections and listeners to another process,
// and [UnixConn.PeerCred] returns which process is at the other end.
//
// # What the system knows
//
// [Conn.Info] returns the TCP_INFO of a connection: its state, round-trip time,
// window and counts; see package
// [example.com/streamsock/streamsock/tcpinfo].
//
// # Errors
//
// Errors are those of package net: a *[net.OpError] that holds an
// *[os.SyscallError] that holds a [syscall.Errno], with [net.ErrClosed] for a
// closed connection and [os.ErrDeadlineExceeded] for a deadline. Between the
// first two, an error of a socket option has a *[sockopt.Error], which names
// the option. What a system lacks answers an error for which
// errors.Is(err, [errors.ErrUnsupported]) holds.
//
// Numbers differ between systems: on Windows, no error of a socket matches
// [syscall.ECONNRESET] and its like. [IsReset], [IsRefused], [IsUnreachable],
// [IsBrokenPipe], [IsNotConnected], [IsTimedOut] and [IsAddrInUse] work everywhere.
package streamsock

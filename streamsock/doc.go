// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package streamsock provides TCP connections with socket options, urgent data,
// readiness and other parts of the socket API that package net does not expose.
//
// A [Conn] embeds a *[net.TCPConn] and can be used wherever a [net.Conn] can:
//
//	c, err := streamsock.Dial("tcp", "db.example.com:5432",
//		sockopt.UserTimeout.To(10*time.Second),
//		sockopt.KeepAliveIdle.To(time.Minute))
//	if err != nil {
//		return err
//	}
//	defer c.Close()
//	timeout, err := sockopt.UserTimeout.Get(c)
//
// Use these in place of the corresponding types and functions of package net:
//
//   - [Dial], [DialTimeout], [DialContext] and [Dialer] connect, with socket
//     options that are set before the handshake and still hold after it.
//   - [Listen], [ListenConfig] and [Listener] accept connections, with options
//     for the listener and for each connection.
//   - [Wrap] converts an existing *net.TCPConn. [FileConn] and [FileListener]
//     adopt a socket that another process or library has created.
//   - [NewSocket] creates a socket that is neither connected nor listening. It
//     can be bound, and connected without blocking.
//
// Socket options are variables of package
// [example.com/streamsock/streamsock/sockopt]. They can be set before connect,
// by a Dialer or ListenConfig, and later, and they can be read.
//
// # What is inherited
//
// A Conn inherits the setters of *net.TCPConn (SetLinger, SetNoDelay,
// SetKeepAlive, SetKeepAlivePeriod, SetKeepAliveConfig, SetReadBuffer and
// SetWriteBuffer), and File and MultipathTCP. [net.Buffers] are still written
// with one writev(2).
//
// Conn has its own Read, Write, ReadFrom, WriteTo, Close, CloseRead,
// CloseWrite, SyscallConn, LocalAddr, RemoteAddr and deadlines, which behave
// like those of net.TCPConn. Each method's documentation describes the
// differences. A Conn never buffers data in user space, so the methods that
// read can be mixed freely.
//
// For these options, package net has only setters. Conn adds the getters
// [Conn.Linger], [Conn.NoDelay], [Conn.KeepAlive], [Conn.KeepAliveConfig],
// [Conn.ReadBuffer] and [Conn.WriteBuffer].
//
// # Concurrency and memory
//
// Multiple goroutines may invoke methods on a [Conn], [UnixConn],
// [TimeoutConn], [Listener], [Socket], [PollSet] or [Relayer] simultaneously.
// Multiple goroutines may also use the same [Dialer] or [ListenConfig], which
// must not be modified meanwhile.
//
// In the steady state, these methods do not allocate memory, except for an
// error: Read, Write, the methods of section Moving bytes except PeekFull,
// [Conn.SendUrgent], [Conn.ReadUrgent], [Conn.Check], [CheckConn],
// [PollSet.PollInto] with a large enough buffer, [tcpinfo.Info.Update], and Get
// and Set of an option whose value has a fixed size.
//
// # Moving bytes
//
// A Conn has more ways to move bytes than Read and Write:
//
//   - [Conn.Readv] and [Conn.Writev] read into and write from several buffers
//     with one system call.
//   - [Conn.Peek] receives data without removing it, and [Conn.PeekFull] waits
//     for all bytes of a header.
//   - [Conn.TryRead] and [Conn.TryWrite] do not block.
//   - [Conn.Recv], [Conn.Send], [Conn.Recvmsg] and [Conn.Sendmsg] take [Flags].
//   - [Conn.Available], [Conn.Unacked] and [Conn.Unsent] report the number of
//     bytes in the receive and send queues.
//
// Blocking methods honor the read or write deadline and are unblocked by Close,
// like Read and Write.
//
// # Copying
//
// [io.Copy] to or from a Conn copies inside the kernel wherever package net
// does, and in some other cases. [CopyN] does so where [io.CopyN] cannot.
// [Conn.SendFile] sends part of a file and reports progress. The table
// testdata/copy-matrix.md in the module's source lists all cases.
//
// Copying continues past an urgent byte that the peer sends. With package net,
// [io.Copy] from one *net.TCPConn to another on Linux stops at the first urgent
// byte until the peer closes, and then returns without an error: all data after
// the urgent byte is lost. Any peer of a proxy can cause that.
//
// # Urgent data
//
// TCP can mark one byte of the stream as urgent: send(2) with MSG_OOB. The
// out-of-band mark is sent ahead of buffered data, even if the receiver has
// closed its window, so it can be used to interrupt the peer. The byte itself
// is sent with the other data. Three kinds of protocols use it:
//
//   - Telnet and FTP send a Synch: the byte DM as urgent data. Its receiver
//     discards all bytes up to the mark except Telnet commands. An FTP client
//     that aborts a transfer sends IAC IP, IAC DM with DM urgent, and then
//     ABOR; many servers look for the command during a transfer only if it is
//     sent this way.
//   - An rlogin server sends commands to its client as urgent bytes.
//   - Databases such as Oracle send a break to cancel a query.
//
// Do not use urgent data in a new protocol. RFC 6093 advises against it because
// implementations differ, and because many firewalls clear the mark. If the
// mark was cleared, the byte arrives as ordinary data: WaitUrgent is not woken,
// AtMark stays false and ReadUrgent returns [ErrNoUrgent]. Use a second
// connection or a message of the protocol instead.
//
// There are two ways to receive an urgent byte: out of line and inline.
//
// Out of line is the default. [Conn.WaitUrgent] waits for the byte and
// [Conn.ReadUrgent] receives it. Read never delivers it, but a call of Read
// ends at the mark: the place in the stream where the byte was sent. The kernel
// keeps only the most recent urgent byte. An earlier one that has not been
// received is discarded or delivered as ordinary data. The byte is also lost
// when a Read passes the mark, even if that Read finds no data. Therefore call
// Read and ReadUrgent from the same goroutine.
//
// Inline, after [Conn.SetOOBInline](true), the byte is part of the stream.
// WaitUrgent still waits for it, and [Conn.AtMark] reports whether it is the
// next byte to read. No byte is lost, and a program reads the same bytes if a
// firewall has cleared the mark. Prefer this mode, as RFC 6093 does.
//
// Windows differs in both modes. Inline, the urgent byte is an ordinary byte:
// WaitUrgent and AtMark return an error wrapping [errors.ErrUnsupported]. Out
// of line, WaitUrgent and ReadUrgent work, and urgent bytes that have not been
// received are queued instead of replaced. AtMark is not supported there
// either, because Windows does not report where in the stream the byte was. On
// Windows, receive urgent data out of line; protocols that need its place work
// on other systems only.
//
// If the Linux sysctl net.ipv4.tcp_stdurg of the receiver is 1, the mark is one
// byte late: the byte after the urgent one is taken for it.
//
// The page testdata/urgent.md in the module's source shows the behavior of
// Linux in some forty cases.
//
// # Waiting
//
// [Conn.Wait] waits until a connection is readable or writable, has an urgent
// byte, or was closed by the peer. It needs no buffer, and Read and Write can
// be called meanwhile. A [PollSet] waits for any number of connections,
// listeners and other sockets in one goroutine. [Select] does so for a few.
// [Conn.Check] reports without blocking whether the peer is still connected,
// and [CheckConn] does so for a connection under TLS.
//
// [Conn.ReadContext], [Conn.PeekContext] and [Conn.WriteContext] also return
// when a context ends. [Conn.WithTimeouts] returns a connection whose
// operations each have a timeout.
//
// # Closing
//
// [Conn.CloseGraceful] closes a connection so that the peer receives all data
// that was written. [Conn.Abort] resets it, and [Conn.Shutdown] shuts down one
// direction. [Relay] copies between two connections until both have ended;
// testdata/relay-matrix.md in the module's source lists the pairs for which the
// kernel copies.
//
// # Unix sockets
//
// A [UnixConn] is a Unix stream socket with those methods of Conn that do not
// depend on TCP. [UnixConn.SendFiles] sends files, connections and listeners to
// another process, and [UnixConn.PeerCred] returns the credentials of the peer.
//
// # TCP_INFO
//
// [Conn.Info] returns the kernel's statistics for a connection: its state,
// round-trip time, windows and counts. See package
// [example.com/streamsock/streamsock/tcpinfo].
//
// # Errors
//
// Test errors with [errors.Is] and [errors.As]. Like those of package net, most
// errors are a *[net.OpError] that wraps an *[os.SyscallError] that wraps a
// [syscall.Errno]. A closed connection is reported as [net.ErrClosed] and an
// exceeded deadline as [os.ErrDeadlineExceeded]. If a socket option fails, the
// *net.OpError wraps a *[sockopt.Error], which names the option.
//
// [io.EOF], [io.ErrUnexpectedEOF], [ErrWouldBlock], [ErrNoUrgent] and, from a
// relay, [ErrIdle] and the error of the context are returned without a
// *net.OpError.
//
// If a system lacks an option or a call, the error wraps
// [errors.ErrUnsupported].
//
// The numbers of errors differ between systems: on Windows, no error of a
// socket matches [syscall.ECONNRESET] and the like. [IsReset], [IsRefused],
// [IsUnreachable], [IsBrokenPipe], [IsNotConnected], [IsTimedOut] and
// [IsAddrInUse] work on all systems.
//
// # Systems
//
// The tests run on Linux and, compiled for Windows, under wine. For macOS and
// the BSDs, Wait, PollSet and Check are tested on a model of kqueue(2).
// Everything else that the documentation says about macOS, the BSDs, Solaris
// and AIX comes from their source and manual pages only. The page
// testdata/systems.md in the module's source has the details.
//
// On Plan 9, js and wasip1, only what package net provides is available, as
// described with each method.
package streamsock

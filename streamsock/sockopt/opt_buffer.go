// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

// Options of the socket's buffers, of level SOL_SOCKET.

// BufferLock is SO_BUF_LOCK: which of the two buffer sizes the kernel does not
// adjust. Setting [ReadBuffer] or [WriteBuffer] locks the size of that buffer;
// setting BufferLock to 0 unlocks both.
//
//   - Value: a set of bits.
//   - Default: 0, unless the size of a buffer was set.
//   - When: any time.
//   - Platforms: linux.
//   - See: sys/socket.h of Linux 5.16.
var BufferLock Option[BufferLocks] = number[BufferLocks]("BufferLock", AnyTime, 0, WriteBufferLocked|ReadBufferLocked)

// MemInfo is SO_MEMINFO: the kernel memory that the socket uses.
//
//   - Value: a [MemoryUse].
//   - Default: the limits, and nothing in use.
//   - When: any time.
//   - Platforms: linux.
//   - See: sock_diag(7), Linux 4.12.
var MemInfo ReadOnly[MemoryUse] = readOnly(custom[MemoryUse]("MemInfo", AnyTime, memInfoCodec{}))

// ReadBuffer is SO_RCVBUF: the size of the receive buffer, the limit for data
// that was received and not yet read. It also limits the window that is offered
// to the peer. If it is set, the kernel no longer adjusts the size.
//
//   - Value: bytes. Linux limits the value to net.core.rmem_max, doubles it for
//     its own overhead, and reports the doubled value, at least 2304. The BSDs
//     reject more than kern.ipc.maxsockbuf with ENOBUFS.
//   - Default: that of the system: on Linux the second number of
//     net.ipv4.tcp_rmem.
//   - When: any time. The scale of the window is chosen in the handshake. Linux
//     derives it from the third number of net.ipv4.tcp_rmem if that is larger,
//     so that a larger buffer can be set later, unless a small one was set
//     before the handshake. On other systems, set a large buffer before connect
//     or on the listener.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: socket(7), tcp(7), golang.org/issue/25701.
var ReadBuffer Option[int] = intOption("ReadBuffer", AnyTime, 0, maxInt)

// ReadBufferForce is SO_RCVBUFFORCE: the value of [ReadBuffer], without the
// limit net.core.rmem_max. To read it, use ReadBuffer.
//
//   - Value: bytes; requires CAP_NET_ADMIN.
//   - Default: see ReadBuffer.
//   - When: any time, as for ReadBuffer.
//   - Platforms: linux (set only).
//   - See: socket(7).
var ReadBufferForce Option[int] = intOption("ReadBufferForce", AnyTime, 0, maxInt)

// ReceiveLowat is SO_RCVLOWAT: the number of bytes that must be available
// before a blocked read is woken. A read that does not block returns fewer
// bytes, and so does a read at the end of the stream.
//
//   - Value: bytes; 0 means 1. Linux limits the value to half of ReadBuffer if
//     that was set, otherwise to half of the third number of net.ipv4.tcp_rmem,
//     and enlarges ReadBuffer if necessary.
//   - Default: 1; 0 on a multipath socket of Linux.
//   - When: any time. It also applies to Go's Read.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: socket(7).
var ReceiveLowat Option[int] = intOption("ReceiveLowat", AnyTime, 0, maxInt)

// ReserveMem is SO_RESERVE_MEM: the amount of memory that is reserved for the
// socket.
//
//   - Value: bytes. If the socket does not belong to a memory cgroup, the error
//     is ENOTSUP.
//   - Default: 0.
//   - When: any time.
//   - Platforms: linux.
//   - See: Linux 5.16.
var ReserveMem Option[int] = intOption("ReserveMem", AnyTime, 0, maxInt)

// SendLowat is SO_SNDLOWAT: the room in the send buffer that is needed before a
// blocked write is woken. On Linux it cannot be set; see [NotSentLowat].
//
//   - Value: bytes.
//   - Default: 1 on Linux, 2048 on the BSDs.
//   - When: any time.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux (get only), netbsd,
//     openbsd, solaris, windows.
//   - See: socket(7).
var SendLowat Option[int] = intOption("SendLowat", AnyTime, 0, maxInt)

// SendSpace is SO_SNDSPACE: the room left in the send buffer.
//
//   - Value: bytes.
//   - Default: the size of the buffer.
//   - When: on a connection.
//   - Platforms: dragonfly.
//   - See: getsockopt(2) of DragonFly.
var SendSpace ReadOnly[int] = readOnly(intOption("SendSpace", OnConnection, 0, maxInt))

// WriteBuffer is SO_SNDBUF: the size of the send buffer, the limit for data
// that was written and not yet acknowledged. If it is set, the kernel no longer
// adjusts the size.
//
//   - Value: bytes. Linux limits the value to net.core.wmem_max, doubles it for
//     its own overhead, and reports the doubled value, at least 4608. The BSDs
//     reject more than kern.ipc.maxsockbuf with ENOBUFS.
//   - Default: that of the system: on Linux, before the handshake, the second
//     number of net.ipv4.tcp_wmem, and after it a larger value that depends on
//     the path.
//   - When: any time.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: socket(7), tcp(7).
var WriteBuffer Option[int] = intOption("WriteBuffer", AnyTime, 0, maxInt)

// WriteBufferForce is SO_SNDBUFFORCE: the value of [WriteBuffer], without the
// limit net.core.wmem_max. To read it, use WriteBuffer.
//
//   - Value: bytes; requires CAP_NET_ADMIN.
//   - Default: see WriteBuffer.
//   - When: any time.
//   - Platforms: linux (set only).
//   - See: socket(7).
var WriteBufferForce Option[int] = intOption("WriteBufferForce", AnyTime, 0, maxInt)

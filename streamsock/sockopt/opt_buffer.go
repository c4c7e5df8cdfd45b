// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

// The options of the socket's buffers, of level SOL_SOCKET.

// BufferLock is SO_BUF_LOCK: which of the two buffer sizes are fixed instead
// of tuned by the system. Setting [ReadBuffer] or [WriteBuffer] fixes the
// size of that buffer; giving BufferLock the value 0 lets the system tune
// both again.
//
//   - Value: a set of bits.
//   - Initial value: 0, unless a buffer's size was set.
//   - When: any time.
//   - Platforms: linux.
//   - See: socket(7), Linux 5.16.
var BufferLock Option[BufferLocks] = number[BufferLocks]("BufferLock", AnyTime, 0, WriteBufferLocked|ReadBufferLocked)

// MemInfo is SO_MEMINFO: what the socket takes of the kernel's memory.
//
//   - Value: a [MemoryUse].
//   - Initial value: the limits, and nothing used.
//   - When: any time.
//   - Platforms: linux.
//   - See: sock_diag(7), Linux 4.12.
var MemInfo ReadOnly[MemoryUse] = readOnly(custom[MemoryUse]("MemInfo", AnyTime, memInfoCodec{}))

// ReadBuffer is SO_RCVBUF: how much the system may hold of what was received
// and not yet read; it bounds the window that the peer may fill. Setting it
// ends the system's own tuning of the size.
//
//   - Value: bytes. Linux takes a value above net.core.rmem_max for that,
//     doubles it for its own needs, and reads back the doubled value, at
//     least 2304; BSD systems refuse more than kern.ipc.maxsockbuf with
//     ENOBUFS.
//   - Initial value: the system's: on Linux the second number of
//     net.ipv4.tcp_rmem.
//   - When: any time; a window of more than 64 KiB is agreed on in the
//     handshake, so a large buffer must be asked for before connect or on
//     the listener.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: socket(7), tcp(7), golang.org/issue/25701.
var ReadBuffer Option[int] = intOption("ReadBuffer", AnyTime, 0, maxInt)

// ReadBufferForce is SO_RCVBUFFORCE: [ReadBuffer] without the limit
// net.core.rmem_max. Read it as ReadBuffer.
//
//   - Value: bytes; wants CAP_NET_ADMIN.
//   - Initial value: see ReadBuffer.
//   - When: any time, as ReadBuffer.
//   - Platforms: linux (set only).
//   - See: socket(7).
var ReadBufferForce Option[int] = intOption("ReadBufferForce", AnyTime, 0, maxInt)

// ReceiveLowat is SO_RCVLOWAT: how much must have come before a waiting read
// is woken. A read that does not have to wait returns less; so does the end
// of the stream.
//
//   - Value: bytes; 0 counts as 1.
//   - Initial value: 1.
//   - When: any time. Go's Read is woken by it too.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: socket(7).
var ReceiveLowat Option[int] = intOption("ReceiveLowat", AnyTime, 0, maxInt)

// ReserveMem is SO_RESERVE_MEM: memory that is kept for the socket.
//
//   - Value: bytes; the socket must be in a memory cgroup, or the answer is
//     ENOTSUP.
//   - Initial value: 0.
//   - When: any time.
//   - Platforms: linux.
//   - See: Linux 5.16.
var ReserveMem Option[int] = intOption("ReserveMem", AnyTime, 0, maxInt)

// SendLowat is SO_SNDLOWAT: how much room the send buffer must have before a
// waiting write is woken. Linux lets it be read only; see [NotSentLowat].
//
//   - Value: bytes.
//   - Initial value: 1 on Linux, 2048 on BSD systems.
//   - When: any time.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux (get only), netbsd,
//     openbsd, solaris, windows.
//   - See: socket(7).
var SendLowat Option[int] = intOption("SendLowat", AnyTime, 0, maxInt)

// SendSpace is SO_SNDSPACE: how much room is left in the send buffer.
//
//   - Value: bytes.
//   - Initial value: the buffer's size.
//   - When: on a connection.
//   - Platforms: dragonfly.
//   - See: getsockopt(2) of DragonFly.
var SendSpace ReadOnly[int] = readOnly(intOption("SendSpace", OnConnection, 0, maxInt))

// WriteBuffer is SO_SNDBUF: how much the system may hold of what was written
// and not yet acknowledged. Setting it ends the system's own tuning of the
// size.
//
//   - Value: bytes. Linux takes a value above net.core.wmem_max for that,
//     doubles it for its own needs, and reads back the doubled value, at
//     least 4608; BSD systems refuse more than kern.ipc.maxsockbuf with
//     ENOBUFS.
//   - Initial value: the system's: on Linux the second number of
//     net.ipv4.tcp_wmem.
//   - When: any time.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: socket(7), tcp(7).
var WriteBuffer Option[int] = intOption("WriteBuffer", AnyTime, 0, maxInt)

// WriteBufferForce is SO_SNDBUFFORCE: [WriteBuffer] without the limit
// net.core.wmem_max. Read it as WriteBuffer.
//
//   - Value: bytes; wants CAP_NET_ADMIN.
//   - Initial value: see WriteBuffer.
//   - When: any time.
//   - Platforms: linux (set only).
//   - See: socket(7).
var WriteBufferForce Option[int] = intOption("WriteBufferForce", AnyTime, 0, maxInt)

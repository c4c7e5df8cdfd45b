// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

// Options that control the interface, address and port of a socket, sorted by
// their C names.

// BindToDevice is SO_BINDTODEVICE: the name of the network interface that the
// socket sends and receives through.
//
//   - Value: the name of an interface; empty for any. On Linux, changing it
//     once it is set requires CAP_NET_RAW. macOS supports it since version
//     15.4.
//   - Default: empty.
//   - When: before bind, or at any time before connecting.
//   - Platforms: darwin, linux.
//   - See: socket(7); [BindToIfindex] is supported on more systems.
var BindToDevice Option[string] = custom[string]("BindToDevice", BeforeBind, text{size: 16})

// BindToIfindex is SO_BINDTOIFINDEX: the index of the network interface that
// the socket sends and receives through. Unlike BindToDevice, it accepts the
// index of an interface that does not exist.
//
//   - Value: the index of an interface ([net.Interface].Index); 0 for any. On
//     Linux, changing it once it is set requires CAP_NET_RAW.
//   - Default: 0.
//   - When: before bind, or at any time before connecting.
//   - Platforms: darwin (IP_BOUND_IF, IPV6_BOUND_IF), linux, solaris
//     (IP_BOUND_IF, IPV6_BOUND_IF).
//   - See: ip(4) of macOS.
var BindToIfindex Option[int] = intOption("BindToIfindex", BeforeBind, 0, maxInt)

// ExclusiveAddrUse is SO_EXCLUSIVEADDRUSE: whether no other socket may be bound
// to the same address and port, even with [ReuseAddr]. On Windows, set it to
// prevent other programs from taking over the port.
//
//   - Value: true to prevent other sockets from using the address.
//   - Default: false.
//   - When: before bind.
//   - Platforms: solaris (SO_EXCLBIND), windows.
//   - See: Windows Sockets, Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE.
var ExclusiveAddrUse Option[bool] = boolOption("ExclusiveAddrUse", BeforeBind)

// NoReuseAddr is SO_NOREUSEADDR: whether no other socket may be bound to the
// same address, whatever its options are.
//
//   - Value: true to prevent other sockets from using the address.
//   - Default: false.
//   - When: before bind.
//   - Platforms: aix.
//   - See: sys/socket.h of AIX.
var NoReuseAddr Option[bool] = boolOption("NoReuseAddr", BeforeBind)

// PortScalability is SO_PORT_SCALABILITY: whether sockets with different local
// addresses may be assigned the same port when the system chooses it. Microsoft
// recommends [ReuseUnicastPort] instead.
//
//   - Value: true to share ports.
//   - Default: false.
//   - When: before bind.
//   - Platforms: windows.
//   - See: Windows Sockets, SO_PORT_SCALABILITY socket option.
var PortScalability Option[bool] = boolOption("PortScalability", BeforeBind)

// RandomPort is SO_RANDOMPORT: whether the system chooses a random port for a
// socket that is bound to port 0. On Windows, it cannot be set after
// [ReuseUnicastPort], which implies a random port.
//
//   - Value: true for a random port.
//   - Default: false.
//   - When: before bind.
//   - Platforms: darwin, windows (SO_RANDOMIZE_PORT).
//   - See: sys/socket.h of macOS; Windows Sockets, SOL_SOCKET socket options.
var RandomPort Option[bool] = boolOption("RandomPort", BeforeBind)

// ReuseAddr is SO_REUSEADDR: whether a listener may be bound to an address with
// connections in the state TIME-WAIT. Package net sets it on every listener,
// except on Windows. Do not set it on Windows, because any program could then
// take over the port; see [ExclusiveAddrUse].
//
//   - Value: true to allow it.
//   - Default: true on a listener of package net (false on Windows) and, on
//     Linux, on the connections that it accepts; otherwise false.
//   - When: before bind.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: socket(7).
var ReuseAddr Option[bool] = boolOption("ReuseAddr", BeforeBind)

// ReusePort is SO_REUSEPORT: whether several sockets may be bound to the same
// address and port. Linux distributes new connections among the listeners. On
// macOS and the BSDs the last listener gets them; FreeBSD distributes them with
// [ReusePortLB].
//
//   - Value: true on each of the sockets to allow it.
//   - Default: false.
//   - When: before bind.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd.
//   - See: socket(7).
var ReusePort Option[bool] = boolOption("ReusePort", BeforeBind)

// ReusePortLB is SO_REUSEPORT_LB: like [ReusePort], with new connections
// distributed among the listeners.
//
//   - Value: true on each of the sockets to allow it.
//   - Default: false.
//   - When: before bind.
//   - Platforms: freebsd.
//   - See: getsockopt(2) of FreeBSD 12.
var ReusePortLB Option[bool] = boolOption("ReusePortLB", BeforeBind)

// ReuseUnicastPort is SO_REUSE_UNICASTPORT: whether the system chooses the
// local port when the socket is connected, so that connections to different
// peers can share a port. [BindAddressNoPort] is the equivalent on Linux.
//
//   - Value: true to share ports.
//   - Default: false.
//   - When: before bind.
//   - Platforms: windows.
//   - See: Windows Sockets, SOL_SOCKET socket options; Windows 10.
var ReuseUnicastPort Option[bool] = boolOption("ReuseUnicastPort", BeforeBind)

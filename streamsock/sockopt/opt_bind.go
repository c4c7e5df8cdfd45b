// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

// The options of which interface, address and port a socket gets and may share, sorted by
// their C names.

// BindToDevice is SO_BINDTODEVICE: the network interface that the socket
// sends and receives through.
//
//   - Value: an interface's name; empty for any. Linux wants CAP_NET_RAW to
//     change it once set. Darwin has it since macOS 15.4.
//   - Initial value: empty.
//   - When: before bind, or at any time before the connection.
//   - Platforms: darwin, linux.
//   - See: socket(7); [BindToIfindex] is the portable form.
var BindToDevice Option[string] = custom[string]("BindToDevice", BeforeBind, text{size: 16})

// BindToIfindex is SO_BINDTOIFINDEX: the network interface that the socket
// sends and receives through, by its number.
//
//   - Value: an interface's index ([net.Interface].Index); 0 for any.
//   - Initial value: 0.
//   - When: before bind, or at any time before the connection.
//   - Platforms: darwin (IP_BOUND_IF, IPV6_BOUND_IF), linux, solaris
//     (IP_BOUND_IF, IPV6_BOUND_IF).
//   - See: socket(7), ip(4) of darwin.
var BindToIfindex Option[int] = intOption("BindToIfindex", BeforeBind, 0, maxInt)

// ExclusiveAddrUse is SO_EXCLUSIVEADDRUSE: whether no other socket may bind
// to the address and port, whatever its [ReuseAddr] says. On Windows it is
// what keeps a port from being stolen.
//
//   - Value: true keeps the address for this socket.
//   - Initial value: false.
//   - When: before bind.
//   - Platforms: solaris (SO_EXCLBIND), windows.
//   - See: Windows Sockets, Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE.
var ExclusiveAddrUse Option[bool] = boolOption("ExclusiveAddrUse", BeforeBind)

// NoReuseAddr is SO_NOREUSEADDR: whether the address cannot be used by another socket,
// whatever that sets.
//
//   - Value: true keeps the address.
//   - Initial value: false.
//   - When: before bind.
//   - Platforms: aix.
//   - See: sys/socket.h of AIX.
var NoReuseAddr Option[bool] = boolOption("NoReuseAddr", BeforeBind)

// PortScalability is SO_PORT_SCALABILITY: whether sockets that ask for no port may
// get the same one, if their own addresses differ. Microsoft recommends
// [ReuseUnicastPort] instead.
//
//   - Value: true to share ports.
//   - Initial value: false.
//   - When: before bind.
//   - Platforms: windows.
//   - See: Windows Sockets, SO_PORT_SCALABILITY socket option.
var PortScalability Option[bool] = boolOption("PortScalability", BeforeBind)

// RandomPort is SO_RANDOMPORT: whether the system takes a port at random
// when none is asked for. On Windows, it cannot be set after [ReuseUnicastPort],
// which takes a random port too.
//
//   - Value: true for a random port.
//   - Initial value: false.
//   - When: before bind.
//   - Platforms: darwin, windows (SO_RANDOMIZE_PORT).
//   - See: sys/socket.h of darwin; Windows Sockets, SOL_SOCKET socket options.
var RandomPort Option[bool] = boolOption("RandomPort", BeforeBind)

// ReuseAddr is SO_REUSEADDR: whether a listener may bind to an address whose
// earlier connections are still in TIME-WAIT. Package net turns it on for
// every listener, except on Windows, where it would let any program steal
// the port: do not set it there, and see [ExclusiveAddrUse].
//
//   - Value: true allows it.
//   - Initial value: true on a listener of package net (false on Windows),
//     otherwise false.
//   - When: before bind.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd,
//     solaris, windows.
//   - See: socket(7).
var ReuseAddr Option[bool] = boolOption("ReuseAddr", BeforeBind)

// ReusePort is SO_REUSEPORT: whether several sockets may bind to the same
// address and port. Linux spreads new connections over the listeners; on BSD
// systems and darwin the last one gets them, and FreeBSD spreads them with
// [ReusePortLB].
//
//   - Value: true on all of the sockets allows it.
//   - Initial value: false.
//   - When: before bind.
//   - Platforms: aix, darwin, dragonfly, freebsd, linux, netbsd, openbsd.
//   - See: socket(7).
var ReusePort Option[bool] = boolOption("ReusePort", BeforeBind)

// ReusePortLB is SO_REUSEPORT_LB: [ReusePort] with new connections spread
// over the listeners.
//
//   - Value: true on all of the sockets allows it.
//   - Initial value: false.
//   - When: before bind.
//   - Platforms: freebsd.
//   - See: getsockopt(2) of FreeBSD 12.
var ReusePortLB Option[bool] = boolOption("ReusePortLB", BeforeBind)

// ReuseUnicastPort is SO_REUSE_UNICASTPORT: whether the local port is chosen
// as late as the connection, so that connections to different peers can
// share it. [BindAddressNoPort] is its like on Linux.
//
//   - Value: true shares ports.
//   - Initial value: false.
//   - When: before bind.
//   - Platforms: windows.
//   - See: Windows Sockets, SOL_SOCKET socket options; Windows 10.
var ReuseUnicastPort Option[bool] = boolOption("ReuseUnicastPort", BeforeBind)

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux || windows

package sys

import "net/netip"

// mapped reports whether a is ::ffff:0:0/96, an IPv4 address on a socket of
// the IPv6 family. Its packets are IPv4 packets.
func mapped(a [16]byte) bool {
	return netip.AddrFrom16(a).Is4In6()
}

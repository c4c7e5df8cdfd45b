// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build linux || windows

package sys

import "net/netip"

// familyOf6 returns the family of an IPv6 socket with the address, where
// options of level IPPROTO_IP can be set on it: those of its IPv4 packets.
func familyOf6(a [16]byte) family {
	switch ip := netip.AddrFrom16(a); {
	case ip.Is4In6():
		return ipv4
	case ip.IsUnspecified():
		return either
	}
	return ipv6
}

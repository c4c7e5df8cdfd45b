// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package faults has no code. Its tests break a real network between two
// kernels' worth of sockets, and hold which error a user sees of each fault,
// when, and that nothing is left over: packets that vanish, a peer that is
// gone, resets, refusals, a link that goes down, a socket that is destroyed, a
// lossy and a slow line, one that doubles packets and reorders them, and a peer
// that has forgotten the connection.
//
// They run on Linux, by root, in network namespaces that they make and remove;
// nothing outside of these is touched. They need the commands ip, nft, ss and tc
// (Debian's packages iproute2 and nftables), and are skipped unless the
// environment variable STREAMSOCK_FAULTS is 1. Run all of them by
//
//	.ci/run faults
//
// With STREAMSOCK_LONG=1 they send more, and want go test's flag -timeout 1h.
package faults

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"encoding/binary"
	"math"
	"net/netip"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// fitPeer converts the IPv4 address at the beginning of a struct tcp_md5sig to
// the IPv6 form of it if the socket is an IPv6 one, which accepts no other. The
// length of the prefix stays that of the IPv4 address.
func fitPeer(fd uintptr, b []byte) ([]byte, error) {
	if binary.NativeEndian.Uint16(b) != unix.AF_INET || sockname(fd).Family != unix.AF_INET6 {
		return b, nil
	}
	ip := netip.AddrFrom4([4]byte(b[4:8])).As16() // of struct sockaddr_in
	binary.NativeEndian.PutUint16(b, unix.AF_INET6)
	clear(b[4:8])
	copy(b[8:24], ip[:]) // of struct sockaddr_in6
	return b, nil
}

// fitRate shortens an unsigned long for a kernel whose long has 32 bits, which
// reads the first 4 of 8 bytes. The number of bytes that a kernel returns shows
// the size of its long.
func fitRate(fd uintptr, b []byte) ([]byte, error) {
	if strconv.IntSize == 64 {
		return b, nil // like the kernel
	}
	var now [8]byte
	if n, err := getsockopt(fd, unix.SOL_SOCKET, unix.SO_MAX_PACING_RATE, now[:]); err != nil || n == len(b) {
		return b, nil
	}
	return shorten(b)
}

// shorten converts an unsigned number of 8 bytes to 4 bytes. All ones, for no
// limit, stay all ones.
func shorten(b []byte) ([]byte, error) {
	n := binary.NativeEndian.Uint64(b)
	if n > math.MaxUint32 && n != math.MaxUint64 {
		return nil, os.ErrInvalid
	}
	return binary.NativeEndian.AppendUint32(b[:0], uint32(n)), nil
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"net/netip"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// TestFitPeer has the addresses of a struct tcp_md5sig on sockets of both
// families.
func TestFitPeer(t *testing.T) {
	sockaddr := func(family uint16, at int, ip string) []byte {
		b := make([]byte, 216)
		binary.NativeEndian.PutUint16(b, family)
		copy(b[at:], netip.MustParseAddr(ip).AsSlice())
		b[129] = 24 // the length of the prefix
		return b
	}
	v4 := sockaddr(unix.AF_INET, 4, "192.0.2.0")
	v6 := sockaddr(unix.AF_INET6, 8, "2001:db8::")
	mapped := sockaddr(unix.AF_INET6, 8, "::ffff:192.0.2.0")
	for _, tt := range []struct {
		family int
		in     []byte
		want   []byte
	}{
		{unix.AF_INET, v4, v4},
		{unix.AF_INET, v6, v6}, // which the system refuses
		{unix.AF_INET6, v4, mapped},
		{unix.AF_INET6, v6, v6},
	} {
		fd, err := socket(tt.family)
		if errors.Is(err, unix.EAFNOSUPPORT) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err := fitPeer(uintptr(fd), bytes.Clone(tt.in))
		if !bytes.Equal(got, tt.want) || err != nil {
			t.Errorf("family %d: % x\nbecomes % x, %v,\nwant % x", tt.family, tt.in[:32], got[:32], err, tt.want[:32])
		}
		unix.Close(fd)
	}
}

func TestShorten(t *testing.T) {
	for n, want := range map[uint64]uint32{0: 0, 1 << 31: 1 << 31, math.MaxUint32: math.MaxUint32, math.MaxUint64: math.MaxUint32} {
		b, err := shorten(binary.NativeEndian.AppendUint64(nil, n))
		if err != nil || !bytes.Equal(b, binary.NativeEndian.AppendUint32(nil, want)) {
			t.Errorf("%d: % x, %v", n, b, err)
		}
	}
	for _, n := range []uint64{1 << 32, math.MaxUint64 - 1} {
		if b, err := shorten(binary.NativeEndian.AppendUint64(nil, n)); !errors.Is(err, os.ErrInvalid) {
			t.Errorf("%d: % x, %v", n, b, err)
		}
	}
}

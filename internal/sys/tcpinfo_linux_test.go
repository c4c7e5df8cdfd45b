// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys_test

import (
	"encoding/binary"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"example.com/streamsock/streamsock/tcpinfo"
)

// TestTCPInfoLayout fills each field of x/sys's own definition of the
// structure with another number and has them read by name.
func TestTCPInfoLayout(t *testing.T) {
	var s unix.TCPInfo
	v := reflect.ValueOf(&s).Elem()
	want := make(map[string]uint64)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		number := uint64(i+1) * 0x0101010101010101 & (1<<(8*f.Type.Size()) - 1)
		if f.Type.Size() == 8 {
			number = uint64(i+1) * 0x0101010101010101
		}
		v.Field(i).SetUint(number)
		want["tcpi_"+strings.ToLower(f.Name)] = number
	}
	blob := unsafe.Slice((*byte)(unsafe.Pointer(&s)), unsafe.Sizeof(s))
	i, err := tcpinfo.Parse("linux", binary.NativeEndian, blob)
	if err != nil {
		t.Fatal(err)
	}
	for name, number := range want {
		if got, ok := i.Sys.Member(name); got != number || !ok {
			t.Errorf("%s is %#x, %v, want %#x", name, got, ok, number)
		}
	}
	if len(want) < 60 {
		t.Errorf("x/sys has %d fields", len(want))
	}
	// Bit-fields, which x/sys does not have.
	for name := range i.Sys.Members() {
		switch name {
		case "tcpi_snd_wscale", "tcpi_rcv_wscale", "tcpi_delivery_rate_app_limited", "tcpi_fastopen_client_fail":
		default:
			if _, ok := want[name]; !ok {
				t.Errorf("x/sys does not have %s", name)
			}
		}
	}
}

// TestCongestionLayout compares the sizes that package tcpinfo relies on.
func TestCongestionLayout(t *testing.T) {
	var (
		vegas unix.TCPVegasInfo
		dctcp unix.TCPDCTCPInfo
		bbr   unix.TCPBBRInfo
	)
	if unsafe.Sizeof(vegas) != 16 || unsafe.Offsetof(vegas.Rttcnt) != 4 || unsafe.Offsetof(vegas.Rtt) != 8 ||
		unsafe.Offsetof(vegas.Minrtt) != 12 {
		t.Errorf("vegas: %d", unsafe.Sizeof(vegas))
	}
	if unsafe.Sizeof(dctcp) != 16 || unsafe.Offsetof(dctcp.Ce_state) != 2 || unsafe.Offsetof(dctcp.Alpha) != 4 ||
		unsafe.Offsetof(dctcp.Ab_ecn) != 8 || unsafe.Offsetof(dctcp.Ab_tot) != 12 {
		t.Errorf("dctcp: %d", unsafe.Sizeof(dctcp))
	}
	if unsafe.Sizeof(bbr) != 20 || unsafe.Offsetof(bbr.Bw_hi) != 4 || unsafe.Offsetof(bbr.Min_rtt) != 8 ||
		unsafe.Offsetof(bbr.Pacing_gain) != 12 || unsafe.Offsetof(bbr.Cwnd_gain) != 16 {
		t.Errorf("bbr: %d", unsafe.Sizeof(bbr))
	}
}

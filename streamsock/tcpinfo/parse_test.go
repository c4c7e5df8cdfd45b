// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// A golden is one file of testdata/tcpinfo.
type golden struct {
	name   string
	system string
	order  binary.ByteOrder
	blob   []byte
	want   []string // "Field=value"
}

// told returns the fields of an Info in the form of the golden files.
func told(i *Info) []string {
	var list []string
	for f, v := range i.All() {
		list = append(list, fmt.Sprintf("%v=%v", f, v))
	}
	slices.Sort(list)
	return list
}

func TestGolden(t *testing.T) {
	for _, g := range goldens(t) {
		t.Run(g.name, func(t *testing.T) {
			i := mustParse(t, g.system, g.order, g.blob)
			got := told(i)
			for _, s := range got {
				if !slices.Contains(g.want, s) {
					t.Errorf("reported %s", s)
				}
			}
			for _, s := range g.want {
				if !slices.Contains(got, s) {
					t.Errorf("did not report %s", s)
				}
			}
			if !bytes.Equal(i.Sys.Bytes(), g.blob) || i.Sys.System() != g.system {
				t.Errorf("Sys has %d bytes of %q", len(i.Sys.Bytes()), i.Sys.System())
			}
		})
	}
}

// TestLayouts fails if a row is not one that parse can read.
func TestLayouts(t *testing.T) {
	for _, l := range layouts {
		names := make(map[string]bool)
		mss := false
		for _, m := range l.members {
			name := l.system + " " + m.name
			if names[m.name] {
				t.Errorf("%s: two members", name)
			}
			names[m.name] = true
			if !slices.Contains([]int{1, 2, 4, 8}, m.width) || m.bits < 0 || m.bits > 8*m.width || m.off+m.width > len(Raw{}.data) {
				t.Errorf("%s: %d bits of %d bytes at %d", name, m.bits, m.width, m.off)
			}
			if strings.HasPrefix(m.name, "__") && (m.field != 0 || m.set != nil) || m.field != 0 && m.set != nil {
				t.Errorf("%s: field %v, set %v", name, m.field, m.set != nil)
			}
			if m.field == 0 {
				if m.unit != each || m.absent != nil {
					t.Errorf("%s: a unit or an absent value without a field", name)
				}
				continue
			}
			var ok bool
			switch fields[m.field].at(new(Info)).(type) {
			case *time.Duration:
				ok = m.unit == microseconds || m.unit == milliseconds
			case *int64:
				ok = m.unit == each || m.unit == segments && mss
			case *bool:
				ok = m.unit == each
			}
			if !ok {
				t.Errorf("%s: unit %d of %v", name, m.unit, m.field)
			}
			mss = mss || m.field == FieldSndMSS
		}
	}
}

// TestGoldenSizes keeps the kernels that the golden files are of.
func TestGoldenSizes(t *testing.T) {
	sizes := make(map[string][]int)
	for _, g := range goldens(t) {
		if !slices.Contains(sizes[g.system], len(g.blob)) {
			sizes[g.system] = append(sizes[g.system], len(g.blob))
		}
	}
	for system, want := range map[string][]int{
		"linux":   {104, 192, 232, 280},
		"darwin":  {112},
		"freebsd": {236, 240},
		"netbsd":  {236},
		"openbsd": {212},
		"windows": {88, 136, 152},
	} {
		for _, n := range want {
			if !slices.Contains(sizes[system], n) {
				t.Errorf("no golden file of %s with %d bytes", system, n)
			}
		}
	}
}

// TestTruncated cuts the golden structures off at each length: each field is
// either as it is in the whole or absent, and none that a longer one lacks is
// there.
func TestTruncated(t *testing.T) {
	for _, g := range goldens(t) {
		before := mustParse(t, g.system, g.order, g.blob)
		for n := len(g.blob); n >= 0; n-- {
			i := mustParse(t, g.system, g.order, g.blob[:n])
			for f := range fieldEnd {
				switch {
				case !i.Has(f):
					if f != 0 && !reflect.ValueOf(i.value(f)).IsZero() {
						t.Errorf("%s, %d bytes: %v is absent and not zero but %v", g.name, n, f, i.value(f))
					}
				case f == FieldFastOpen: // gets more flags
				case !before.Has(f) || i.value(f) != before.value(f):
					t.Errorf("%s, %d bytes: %v is %v, with a byte more it was %v", g.name, n, f, i.value(f), before.value(f))
				}
			}
			before = i
		}
		if before.String() != "" {
			t.Errorf("%s, no bytes: %v", g.name, before)
		}
	}
}

// check checks what must be true for arbitrary bytes.
func check(t *testing.T, system string, order binary.ByteOrder, b []byte) {
	t.Helper()
	i := mustParse(t, system, order, b)
	if want := b[:min(len(b), 512)]; !bytes.Equal(i.Sys.Bytes(), want) {
		t.Fatalf("%s: %d bytes became %d", system, len(b), len(i.Sys.Bytes()))
	}
	// Bytes after the end have no influence.
	behind := append(bytes.Repeat([]byte{0xa5}, 600)[:0], b...)
	if j := mustParse(t, system, order, behind); *j != *i {
		t.Fatalf("%s, % x: %v, and with other bytes after it %v", system, b, i, j)
	}
	for f, v := range i.All() {
		switch v := v.(type) {
		case int64:
			if v < 0 {
				t.Fatalf("%s, % x: %v is %d", system, b, f, v)
			}
		case interface{ Nanoseconds() int64 }:
			if v.Nanoseconds() < 0 {
				t.Fatalf("%s, % x: %v is %v", system, b, f, v)
			}
		}
	}
	for range i.Sys.Members() {
	}
	if len(b) > 0 && i.State == Listen && i.Has(FieldRTT) {
		t.Fatalf("%s: a listener with %v", system, i)
	}
}

// TestAnyBytes has random bytes of each length up to 512, and more, for each
// system and byte order.
func TestAnyBytes(t *testing.T) {
	r := rand.NewChaCha8([32]byte{1})
	for n := range 530 {
		b := make([]byte, n)
		for _, l := range layouts {
			r.Read(b)
			check(t, l.system, binary.LittleEndian, b)
			check(t, l.system, binary.BigEndian, b)
		}
		for _, name := range []string{"bbr", "dctcp", "vegas", "cubic", ""} {
			parseCongestion(name, n%2 == 0, b)
		}
	}
}

// TestExtremes has the smallest and the largest numbers.
func TestExtremes(t *testing.T) {
	for _, l := range layouts {
		for _, value := range []byte{0, 0x7f, 0x80, 0xff} {
			for n := range 513 {
				check(t, l.system, binary.LittleEndian, bytes.Repeat([]byte{value}, n))
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, g := range goldens(f) {
		f.Add(g.system, g.order == binary.BigEndian, g.blob)
	}
	f.Fuzz(func(t *testing.T, system string, big bool, b []byte) {
		if layoutOf(system) == nil {
			if _, err := Parse(system, binary.LittleEndian, b); !errors.Is(err, errors.ErrUnsupported) {
				t.Fatal(err)
			}
			system = layouts[len(b)%len(layouts)].system
		}
		if big {
			check(t, system, binary.BigEndian, b)
		} else {
			check(t, system, binary.LittleEndian, b)
		}
		parseCongestion(system, big, b)
	})
}

func TestParseUnknownSystem(t *testing.T) {
	i, err := Parse("plan9", binary.LittleEndian, make([]byte, 100))
	if i != nil || !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), `"plan9"`) {
		t.Errorf("%v, %v", i, err)
	}
	if i, err = Parse("", binary.NativeEndian, nil); i != nil || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("%v, %v", i, err)
	}
}

func TestParseNilOrder(t *testing.T) {
	i, err := Parse("linux", nil, make([]byte, 100))
	if i != nil || !errors.Is(err, os.ErrInvalid) {
		t.Errorf("%v, %v", i, err)
	}
}

// TestMembers compares members by the kernel's names.
func TestMembers(t *testing.T) {
	g := readGolden(t, "../../testdata/tcpinfo/linux-192-big.txt")
	i := mustParse(t, g.system, g.order, g.blob)
	for name, want := range map[string]uint64{
		"tcpi_state":                     1,
		"tcpi_snd_wscale":                7,
		"tcpi_rcv_wscale":                10,
		"tcpi_delivery_rate_app_limited": 1,
		"tcpi_rtt":                       25123,
		"tcpi_max_pacing_rate":           3333333333333,
		"tcpi_sndbuf_limited":            50,
	} {
		if v, ok := i.Sys.Member(name); v != want || !ok {
			t.Errorf("%s is %d, %v, want %d", name, v, ok, want)
		}
	}
	for _, name := range []string{"tcpi_delivered", "tcpi_fastopen_client_fail", "", "tcpi_nonsense"} {
		if v, ok := i.Sys.Member(name); ok {
			t.Errorf("%s is %d, but is not there", name, v)
		}
	}
	n := 0
	for range i.Sys.Members() {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("stopped after %d", n)
	}
	var zero Raw
	for name := range zero.Members() {
		t.Errorf("the zero Raw has %s", name)
	}
	if zero.System() != "" || len(zero.Bytes()) != 0 {
		t.Errorf("the zero Raw is of %q, %d bytes", zero.System(), len(zero.Bytes()))
	}
}

// TestCopies has an Info that was copied and then used again.
func TestCopies(t *testing.T) {
	all := goldens(t)
	i := mustParse(t, all[0].system, all[0].order, all[0].blob)
	kept := *i
	i.parse(layoutOf("linux"), false, make([]byte, 300))
	if !bytes.Equal(kept.Sys.Bytes(), all[0].blob) || !slices.Equal(told(&kept), all[0].want) {
		t.Errorf("the copy became %v", &kept)
	}
}

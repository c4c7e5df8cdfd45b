// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sockopt

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"net/netip"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

func shorts(v ...uint16) []byte {
	var b []byte
	for _, n := range v {
		b = binary.NativeEndian.AppendUint16(b, n)
	}
	return b
}

// A codecTest contains the encoding of a value, and the value decoded from it.
type codecTest[T any] struct {
	name  string
	codec Codec[T]
	value T
	bytes []byte // nil: the value is refused
	back  T
}

func (tt codecTest[T]) run(t *testing.T) {
	t.Run(tt.name, func(t *testing.T) {
		b, err := tt.codec.Append([]byte("x"), tt.value)
		if tt.bytes == nil {
			if !errors.Is(err, os.ErrInvalid) {
				t.Fatalf("Append(%v) = %v, %v, want os.ErrInvalid", tt.value, b, err)
			}
			return
		}
		if err != nil || !bytes.Equal(b, append([]byte("x"), tt.bytes...)) {
			t.Fatalf("Append(%v) = %v, %v, want x and %v", tt.value, b, err, tt.bytes)
		}
		got, err := tt.codec.Parse(tt.bytes)
		if err != nil || !reflect.DeepEqual(got, tt.back) {
			t.Fatalf("Parse(%v) = %v, %v, want %v", tt.bytes, got, err, tt.back)
		}
	})
}

func TestCodecs(t *testing.T) {
	codecTest[bool]{"true", BoolCodec(), true, ints(1), true}.run(t)
	codecTest[bool]{"false", BoolCodec(), false, ints(0), false}.run(t)

	codecTest[int]{"int", IntCodec(), -5, ints(-5), -5}.run(t)
	if math.MaxInt > math.MaxInt32 {
		wide := math.MaxInt32
		codecTest[int]{"too wide", IntCodec(), wide + 1, nil, 0}.run(t)
	}
	codecTest[int]{"in range", integer[int]{4, 1, 127}, 127, ints(127), 127}.run(t)
	codecTest[int]{"too large", integer[int]{4, 1, 127}, 128, nil, 0}.run(t)
	codecTest[int]{"too small", integer[int]{4, 1, 127}, 0, nil, 0}.run(t)
	codecTest[uint8]{"uint8", integer[uint8]{4, 0, 255}, 0xb8, ints(0xb8), 0xb8}.run(t)
	codecTest[uint32]{"uint32", Uint32Codec(), math.MaxUint32, ints(-1), math.MaxUint32}.run(t)
	codecTest[uint64]{"uint64", Uint64Codec(), 1 << 40, binary.NativeEndian.AppendUint64(nil, 1<<40), 1 << 40}.run(t)
	codecTest[uint64]{"no limit in 4 bytes", integer[uint64]{4, 0, math.MaxUint64}, math.MaxUint64, ints(-1), math.MaxUint64}.run(t)
	for _, n := range []uint32{0, 1, 1<<31 - 1, 1 << 31, 3_000_000_000, 1<<32 - 2} {
		b := binary.NativeEndian.AppendUint32(nil, n)
		for name, c := range map[string]Codec[uint64]{"4": integer[uint64]{4, 0, math.MaxUint64}, "8": Uint64Codec()} {
			if got, err := c.Parse(b); got != uint64(n) || err != nil {
				t.Errorf("%d in 4 bytes, by a codec of %s: %d, %v", n, name, got, err)
			}
		}
	}
	codecTest[uint64]{"negative in 4 bytes", integer[uint64]{4, 0, math.MaxUint64}, 0xffff_ffff_8000_0000, nil, 0}.run(t)
	codecTest[uint64]{"too wide for 4 bytes", integer[uint64]{4, 0, math.MaxUint64}, 1 << 40, nil, 0}.run(t)

	codecTest[time.Duration]{"whole", DurationCodec(time.Second), 3 * time.Second, ints(3), 3 * time.Second}.run(t)
	codecTest[time.Duration]{"rounded up", DurationCodec(time.Second), 2*time.Second + 1, ints(3), 3 * time.Second}.run(t)
	codecTest[time.Duration]{"smallest", DurationCodec(time.Millisecond), 1, ints(1), time.Millisecond}.run(t)
	codecTest[time.Duration]{"zero", DurationCodec(time.Second), 0, ints(0), 0}.run(t)
	codecTest[time.Duration]{"negative", DurationCodec(time.Second), -1, nil, 0}.run(t)
	codecTest[time.Duration]{"longest", DurationCodec(time.Microsecond), math.MaxInt32 * time.Microsecond, ints(math.MaxInt32), math.MaxInt32 * time.Microsecond}.run(t)
	codecTest[time.Duration]{"too long", DurationCodec(time.Microsecond), math.MaxInt32*time.Microsecond + 1, nil, 0}.run(t)
	codecTest[time.Duration]{"for ever", DurationCodec(time.Second), math.MaxInt64, nil, 0}.run(t)
	codecTest[time.Duration]{"off", duration{time.Second, true}, -time.Hour, ints(-1), -1}.run(t)

	codecTest[string]{"string", StringCodec(16), "reno", []byte("reno"), "reno"}.run(t)
	codecTest[string]{"empty string", StringCodec(16), "", []byte{}, ""}.run(t)
	codecTest[string]{"longest string", StringCodec(4), "abc", []byte("abc"), "abc"}.run(t)
	codecTest[string]{"too long string", StringCodec(4), "abcd", nil, ""}.run(t)
	codecTest[string]{"no name", text{16, true}, "", nil, ""}.run(t)
	codecTest[string]{"name", text{16, true}, "bbr", []byte("bbr"), "bbr"}.run(t)
	codecTest[string]{"string with NUL", StringCodec(16), "a\x00b", nil, ""}.run(t)

	codecTest[[]byte]{"bytes", BytesCodec(4), []byte{1, 2, 0, 4}, []byte{1, 2, 0, 4}, []byte{1, 2, 0, 4}}.run(t)
	codecTest[[]byte]{"too many bytes", BytesCodec(4), []byte{1, 2, 3, 4, 5}, nil, nil}.run(t)
}

func TestStructCodecs(t *testing.T) {
	unix, windows := lingerCodec{4, time.Second}, lingerCodec{2, time.Second}
	codecTest[Lingering]{"linger off", unix, Lingering{}, ints(0, 0), Lingering{}}.run(t)
	codecTest[Lingering]{"linger", unix, Lingering{true, 1500 * time.Millisecond}, ints(1, 2), Lingering{true, 2 * time.Second}}.run(t)
	codecTest[Lingering]{"linger 0", unix, Lingering{On: true}, ints(1, 0), Lingering{On: true}}.run(t)
	codecTest[Lingering]{"linger negative", unix, Lingering{true, -1}, nil, Lingering{}}.run(t)
	codecTest[Lingering]{"linger off with time", unix, Lingering{false, time.Hour}, ints(0, 0), Lingering{}}.run(t)
	codecTest[Lingering]{"u_short linger", windows, Lingering{true, 3 * time.Second}, shorts(1, 3), Lingering{true, 3 * time.Second}}.run(t)
	codecTest[Lingering]{"u_short linger longest", windows, Lingering{true, 65535 * time.Second}, shorts(1, 65535), Lingering{true, 65535 * time.Second}}.run(t)
	codecTest[Lingering]{"u_short linger too long", windows, Lingering{true, 65536 * time.Second}, nil, Lingering{}}.run(t)

	// The numbers of IP_MTU_DISCOVER on Windows.
	codecTest[PMTUDisc]{"enum", enum[PMTUDisc]{[]int{0, 1, 2, 3}}, PMTUDiscDo, ints(1), PMTUDiscDo}.run(t)
	codecTest[PMTUDisc]{"enum unknown", enum[PMTUDisc]{[]int{0, 1, 2, 3}}, 4, nil, 0}.run(t)
	codecTest[PMTUDisc]{"enum negative", enum[PMTUDisc]{[]int{0, 1, 2, 3}}, -1, nil, 0}.run(t)

	codecTest[PortRange]{"ports", portRangeCodec{}, PortRange{0x1234, 0x5678}, ints(0x56781234), PortRange{0x1234, 0x5678}}.run(t)
	codecTest[PortRange]{"upper bound", portRangeCodec{}, PortRange{0, 0xffff}, ints(-0x10000), PortRange{0, 0xffff}}.run(t)
	codecTest[PortRange]{"one port", portRangeCodec{}, PortRange{40000, 40000}, both(40000), PortRange{40000, 40000}}.run(t)
	codecTest[PortRange]{"no ports", portRangeCodec{}, PortRange{2, 1}, nil, PortRange{}}.run(t)

	accept := append([]byte("dataready"), make([]byte, 256-9)...)
	codecTest[Filter]{"filter", filterCodec{}, Filter{Name: "dataready"}, accept, Filter{Name: "dataready"}}.run(t)
	codecTest[Filter]{"filter name too long", filterCodec{}, Filter{Name: strings.Repeat("x", 16)}, nil, Filter{}}.run(t)
	codecTest[Filter]{"filter argument too long", filterCodec{}, Filter{"x", strings.Repeat("x", 240)}, nil, Filter{}}.run(t)
	if b, err := (filterCodec{}).Append(nil, Filter{}); len(b) != 0 || err != nil {
		t.Errorf("the zero filter is %v, %v, want no bytes", b, err)
	}

	stack := append([]byte("rack"), make([]byte, 32)...)
	codecTest[string]{"function block", functionBlockCodec{}, "rack", stack, "rack"}.run(t)
	codecTest[string]{"function block too long", functionBlockCodec{}, strings.Repeat("x", 32), nil, ""}.run(t)
}

func TestMD5KeyCodec(t *testing.T) {
	key := MD5Key{netip.MustParsePrefix("10.1.2.0/24"), "secret"}
	b, err := md5KeyCodec{}.Append(nil, key)
	if err != nil {
		t.Fatal(err)
	}
	// struct tcp_md5sig: 128 bytes address, flags, prefix length, key length
	// in 2 bytes, interface in 4, key in 80.
	if len(b) != 216 {
		t.Fatalf("%d bytes, want 216", len(b))
	}
	want := append(shorts(2, 0), 10, 1, 2, 0)
	if !bytes.Equal(b[:8], want) || b[128] != 1 || b[129] != 24 ||
		!bytes.Equal(b[130:132], shorts(6)) || string(b[136:142]) != "secret" {
		t.Errorf("got %s", hex.EncodeToString(b))
	}
	b, err = md5KeyCodec{}.Append(nil, MD5Key{netip.MustParsePrefix("::1/128"), ""})
	if err != nil || !bytes.Equal(b[:2], shorts(10)) || b[23] != 1 || b[129] != 128 {
		t.Errorf("got %s, %v", hex.EncodeToString(b), err)
	}
	// The two forms of an IPv4 range are the same to the system.
	for mapped, plain := range map[string]string{
		"::ffff:10.1.2.3/128": "10.1.2.3/32",
		"::ffff:10.1.2.0/120": "10.1.2.0/24",
		"::ffff:0.0.0.0/96":   "0.0.0.0/0",
	} {
		a, errA := md5KeyCodec{}.Append(nil, MD5Key{netip.MustParsePrefix(mapped), "k"})
		b, errB := md5KeyCodec{}.Append(nil, MD5Key{netip.MustParsePrefix(plain), "k"})
		if !bytes.Equal(a, b) || errA != nil || errB != nil {
			t.Errorf("%s is %x, %v, %s is %x, %v", mapped, a, errA, plain, b, errB)
		}
	}
	part := netip.MustParsePrefix("::ffff:0.0.0.0/95")
	for _, bad := range []MD5Key{{}, {part, "k"}, {key.Peer, strings.Repeat("k", 81)}} {
		if _, err := (md5KeyCodec{}).Append(nil, bad); !errors.Is(err, os.ErrInvalid) {
			t.Errorf("%v: %v, want os.ErrInvalid", bad, err)
		} else if strings.Contains(err.Error(), "kkk") {
			t.Errorf("the error shows the key: %v", err)
		}
	}
}

func TestAnswers(t *testing.T) {
	v4 := append(shorts(2, 0), 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0)
	v4[2], v4[3] = 0x1f, 0x90
	if got, err := (addrPortCodec{}).Parse(v4); err != nil || got != netip.MustParseAddrPort("192.0.2.1:8080") {
		t.Errorf("sockaddr_in: %v, %v", got, err)
	}
	for _, family := range []uint16{10, 23} { // Linux, Windows
		v6 := append(shorts(family, 0), make([]byte, 24)...)
		v6[2], v6[3], v6[23] = 0, 80, 1
		if got, err := (addrPortCodec{}).Parse(v6); err != nil || got != netip.MustParseAddrPort("[::1]:80") {
			t.Errorf("sockaddr_in6: %v, %v", got, err)
		}
	}
	icmp := append(append(v4, make([]byte, 12)...), ints(1)...)
	icmp = append(icmp, 3, 4, 0, 0)
	if got, err := (icmpErrorCodec{}).Parse(icmp); err != nil || got != (ICMPError{netip.MustParseAddr("192.0.2.1"), 1, 3, 4}) {
		t.Errorf("ICMP_ERROR_INFO: %v, %v", got, err)
	}
	if got, err := (memInfoCodec{}).Parse(ints(1, 2, 3, 4, 5, 6, 7, 8, 9)); err != nil || got != (MemoryUse{1, 2, 3, 4, 5, 6, 7, 8, 9}) {
		t.Errorf("SO_MEMINFO: %v, %v", got, err)
	}
	// A BOOL of one byte, as Windows may return.
	for _, b := range [][]byte{{1}, {0xff}, {1, 0, 0, 0}, {0, 0, 0, 1}} {
		if got, err := (boolCodec{}).Parse(b); !got || err != nil {
			t.Errorf("Parse(%v) = %v, %v, want true", b, got, err)
		}
	}
	if got, err := (text{size: 16}).Parse([]byte("cubic\x00\x00\x00rubbish")); got != "cubic" || err != nil {
		t.Errorf("string with NUL: %q, %v", got, err)
	}
	if _, err := (enum[PMTUDisc]{[]int{0, 1}}).Parse(ints(7)); err == nil {
		t.Error("an unknown value of an enumeration passed")
	}
}

// FuzzParse passes unexpected bytes to every codec. None may panic or keep the
// bytes.
func FuzzParse(f *testing.F) {
	f.Add([]byte{})
	f.Add(ints(1))
	f.Add(ints(1, 2, 3, 4, 5, 6, 7, 8, 9))
	f.Add(make([]byte, 300))
	f.Fuzz(func(t *testing.T, input []byte) {
		b := bytes.Clone(input)
		parses := []func() (any, error){
			func() (any, error) { return boolCodec{}.Parse(b) },
			func() (any, error) { return IntCodec().Parse(b) },
			func() (any, error) { return Uint64Codec().Parse(b) },
			func() (any, error) { return DurationCodec(time.Second).Parse(b) },
			func() (any, error) { return text{size: 16}.Parse(b) },
			func() (any, error) { return raw{16}.Parse(b) },
			func() (any, error) { return lingerCodec{4, time.Second}.Parse(b) },
			func() (any, error) { return lingerCodec{2, time.Second}.Parse(b) },
			func() (any, error) { return enum[PMTUDisc]{[]int{0, 2}}.Parse(b) },
			func() (any, error) { return portRangeCodec{}.Parse(b) },
			func() (any, error) { return filterCodec{}.Parse(b) },
			func() (any, error) { return functionBlockCodec{}.Parse(b) },
			func() (any, error) { return addrPortCodec{}.Parse(b) },
			func() (any, error) { return memInfoCodec{}.Parse(b) },
			func() (any, error) { return icmpErrorCodec{}.Parse(b) },
		}
		for i, parse := range parses {
			copy(b, input)
			v, err := parse()
			if err != nil {
				continue
			}
			before := format(v)
			clear(b)
			if after := format(v); after != before {
				t.Errorf("codec %d keeps the bytes: %s became %s", i, before, after)
			}
		}
	})
}

// FuzzText compares Info.Parse with the text form of settings.
func FuzzText(f *testing.F) {
	for i := range All() {
		for _, text := range sampleTexts("tcp4", i) {
			f.Add(i.Name, text)
		}
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		i, ok := Lookup(name)
		if !ok || i.Type == "[]uint8" || i.Type == "sockopt.MD5Key" {
			t.Skip()
		}
		s, err := i.Parse(text)
		if err != nil {
			return
		}
		again, err := i.Parse(value(s))
		if err != nil || again.String() != s.String() {
			t.Errorf("%q is %v, which is %v, %v", text, s, again, err)
		}
	})
}

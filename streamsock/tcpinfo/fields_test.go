// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo

import (
	"bytes"
	"encoding/binary"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestFields compares the fields of Info, the constants and the table.
func TestFields(t *testing.T) {
	typ := reflect.TypeFor[Info]()
	f := Field(0)
	var i Info
	for k := range typ.NumField() {
		name := typ.Field(k).Name
		if name == "Sys" || !typ.Field(k).IsExported() {
			continue
		}
		f++
		if f.String() != name {
			t.Errorf("field %d of Info is %s, constant %d is %v", k, name, f, f)
			continue
		}
		if got := reflect.ValueOf(fields[f].at(&i)).Pointer(); got != reflect.ValueOf(&i).Elem().Field(k).Addr().Pointer() {
			t.Errorf("%v is another field of Info", f)
		}
		if v := i.value(f); reflect.TypeOf(v) != typ.Field(k).Type {
			t.Errorf("%v is a %T, not a %v", f, v, typ.Field(k).Type)
		}
	}
	if f+1 != fieldEnd {
		t.Errorf("Info has %d fields, there are %d constants", f, fieldEnd-1)
	}
	for _, f := range []Field{0, fieldEnd, 255} {
		if i.Has(f) || f.String() != "unknown" {
			t.Errorf("Field(%d) is %v, %v", f, f, i.Has(f))
		}
	}
	for f := Field(1); f < fieldEnd; f++ {
		i.has.add(f)
		if !i.Has(f) {
			t.Errorf("no place for %v", f)
		}
		i.forget(f)
		if i != (Info{}) {
			t.Errorf("%v is not forgotten", f)
		}
	}
}

// platforms reads the Platforms item of each field's documentation.
func platforms(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "info.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	list := make(map[string]string)
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != "Info" {
			return true
		}
		for _, f := range spec.Type.(*ast.StructType).Fields.List {
			if _, after, ok := strings.Cut(f.Doc.Text(), "Platforms: "); ok {
				list[f.Names[0].Name] = strings.TrimSuffix(strings.TrimSpace(after), ".")
			}
		}
		return false
	})
	return list
}

// generations contains the first version of Linux with a structure of this
// length.
var generations = []struct {
	length  int
	version string
}{
	{104, ""}, {120, " 3.15"}, {136, " 4.1"}, {144, " 4.2"}, {160, " 4.6"}, {168, " 4.9"}, {192, " 4.10"}, {200, " 4.18"},
	{224, " 4.19"}, {232, " 5.4"}, {240, " 6.2"}, {248, " 6.7"}, {280, " 6.18"},
}

// TestPlatforms compares the documentation of the fields with the golden
// structures of each system.
func TestPlatforms(t *testing.T) {
	tells := make(map[Field]map[string]string) // by system, with the addition
	note := func(f Field, system, addition string) {
		if tells[f] == nil {
			tells[f] = make(map[string]string)
		}
		if _, ok := tells[f][system]; !ok {
			tells[f][system] = addition
		}
	}
	for _, g := range goldens(t) {
		lengths := []int{len(g.blob)}
		if g.system == "linux" {
			lengths = nil
			for _, gen := range generations {
				lengths = append(lengths, min(gen.length, len(g.blob)))
			}
		}
		for k, n := range lengths {
			addition := ""
			if g.system == "linux" {
				addition = generations[k].version
			}
			for f := range mustParse(t, g.system, g.order, g.blob[:n]).All() {
				note(f, g.system, addition)
			}
		}
	}
	user := readGolden(t, "../../testdata/tcpinfo/openbsd-212-user.txt")
	toUser := mustParse(t, user.system, user.order, user.blob)
	for f, systems := range tells {
		if _, ok := systems["openbsd"]; ok && !toUser.Has(f) {
			systems["openbsd"] = " root"
		}
	}
	note(FieldMultipath, "linux", " 6.10") // is obtained separately

	documented := platforms(t)
	for f := Field(1); f < fieldEnd; f++ {
		var list []string
		for system, addition := range tells[f] {
			list = append(list, system+addition)
		}
		slices.Sort(list)
		if want := strings.Join(list, ", "); documented[f.String()] != want {
			t.Errorf("%v: the documentation says %q, the structures %q", f, documented[f.String()], want)
		}
	}
}

func TestStates(t *testing.T) {
	for _, tt := range []struct {
		system string
		names  string // in the order of the kernel's numbers, "-" for none
	}{
		{"linux", "- ESTABLISHED SYN-SENT SYN-RECEIVED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED CLOSE-WAIT LAST-ACK LISTEN CLOSING SYN-RECEIVED CLOSED -"},
		{"freebsd", "CLOSED LISTEN SYN-SENT SYN-RECEIVED ESTABLISHED CLOSE-WAIT FIN-WAIT-1 CLOSING LAST-ACK FIN-WAIT-2 TIME-WAIT -"},
		{"netbsd", "CLOSED LISTEN SYN-SENT SYN-RECEIVED ESTABLISHED CLOSE-WAIT FIN-WAIT-1 CLOSING LAST-ACK FIN-WAIT-2 TIME-WAIT -"},
		{"openbsd", "CLOSED LISTEN SYN-SENT SYN-RECEIVED ESTABLISHED CLOSE-WAIT FIN-WAIT-1 CLOSING LAST-ACK FIN-WAIT-2 TIME-WAIT -"},
		{"darwin", "CLOSED LISTEN SYN-SENT SYN-RECEIVED ESTABLISHED CLOSE-WAIT FIN-WAIT-1 CLOSING LAST-ACK FIN-WAIT-2 TIME-WAIT -"},
		{"windows", "CLOSED LISTEN SYN-SENT SYN-RECEIVED ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 CLOSE-WAIT CLOSING LAST-ACK TIME-WAIT -"},
	} {
		for number, name := range strings.Fields(tt.names) {
			b := make([]byte, 88)
			b[0] = byte(number)
			i := mustParse(t, tt.system, binary.LittleEndian, b)
			want := name
			if name == "-" {
				want = "unknown"
			}
			if i.State.String() != want || i.Has(FieldState) != (name != "-") {
				t.Errorf("%s: state %d is %v, Has is %v, want %s", tt.system, number, i.State, i.Has(FieldState), name)
			}
		}
	}
	if s := State(200).String(); s != "unknown" {
		t.Error(s)
	}
}

func TestCAState(t *testing.T) {
	for number, want := range []string{"open", "disorder", "cwr", "recovery", "loss", "unknown"} {
		i := mustParse(t, "linux", binary.LittleEndian, []byte{1, byte(number)})
		if i.CAState.String() != want || i.Has(FieldCAState) != (want != "unknown") {
			t.Errorf("%d is %v, want %s", number, i.CAState, want)
		}
	}
}

func TestFastOpen(t *testing.T) {
	for k, name := range fastOpenNames {
		if got := (FastOpen(1) << k).String(); got != name {
			t.Errorf("flag %d is %s, want %s", k, got, name)
		}
	}
	for f, want := range map[FastOpen]string{
		0:                                  "none",
		FastOpenNegotiated | FastOpenProxy: "negotiated+proxy",
		FastOpenDataAcked | 1<<30:          "data-acked+0x40000000",
	} {
		if f.String() != want {
			t.Errorf("%#x is %v, want %s", uint32(f), f, want)
		}
	}
	if FastOpenProxy != 1<<(len(fastOpenNames)-1) {
		t.Error("not as many names as flags")
	}
	// The reason of a failure on Linux: 5 bits further on big-endian machines.
	for number, want := range []FastOpen{0, FastOpenNoCookie, FastOpenDataNotAcked, FastOpenSynLost} {
		b := make([]byte, 232)
		b[7] = byte(number << 1)
		if i := mustParse(t, "linux", binary.LittleEndian, b); i.FastOpen != want {
			t.Errorf("%d is %v, want %v", number, i.FastOpen, want)
		}
		b[7] = byte(number << 5)
		if i := mustParse(t, "linux", binary.BigEndian, b); i.FastOpen != want {
			t.Errorf("big-endian: %d is %v, want %v", number, i.FastOpen, want)
		}
	}
}

// TestCongestion has the three structures in both byte orders.
func TestCongestion(t *testing.T) {
	for _, big := range []bool{false, true} {
		var order binary.AppendByteOrder = binary.LittleEndian
		if big {
			order = binary.BigEndian
		}
		words := func(list ...uint32) (b []byte) {
			for _, v := range list {
				b = order.AppendUint32(b, v)
			}
			return b
		}

		blob := words(0x01020304, 5, 1234, 739, 512)
		c := parseCongestion("bbr", big, blob)
		want := BBR{Bandwidth: 5<<32 | 0x01020304, MinRTT: 1234e3, PacingGain: 2.88671875, CwndGain: 2}
		if c.BBR == nil || *c.BBR != want || c.DCTCP != nil || c.Vegas != nil || !bytes.Equal(c.Sys, blob) {
			t.Errorf("bbr: %+v, %+v", c, c.BBR)
		}
		c = parseCongestion("bbr", big, words(0, 1<<31, 1<<32-1, 0, 0, 7))
		if c.BBR == nil || c.BBR.Bandwidth != 1<<63-1 || c.BBR.MinRTT != 0 {
			t.Errorf("bbr at the beginning: %+v", c.BBR)
		}

		blob = order.AppendUint16(order.AppendUint16(nil, 1), 1)
		blob = append(blob, words(256, 3000, 4000)...)
		c = parseCongestion("dctcp", big, blob)
		if c.DCTCP == nil || *c.DCTCP != (DCTCP{Enabled: true, CE: true, Alpha: 0.25, AckedECN: 3000, Acked: 4000}) || c.BBR != nil {
			t.Errorf("dctcp: %+v, %+v", c, c.DCTCP)
		}

		for _, name := range []string{"vegas", "westwood", "yeah", "illinois", "nv"} {
			c = parseCongestion(name, big, words(1, 17, 2000, 0x7fffffff))
			if c.Vegas == nil || *c.Vegas != (Vegas{Enabled: true, RTTCount: 17, RTT: 2e6}) || c.Algorithm != name {
				t.Errorf("%s: %+v, %+v", name, c, c.Vegas)
			}
		}
		c = parseCongestion("westwood", big, words(1, 0, 20e6, 20e6)) // before the first sample
		if c.Vegas == nil || *c.Vegas != (Vegas{Enabled: true}) {
			t.Errorf("westwood at the beginning: %+v, %+v", c, c.Vegas)
		}
		c = parseCongestion("cubic", big, words(1, 2, 3, 4, 5))
		if c.BBR != nil || c.DCTCP != nil || c.Vegas != nil || len(c.Sys) != 20 {
			t.Errorf("cubic: %+v", c)
		}
	}
	for name, least := range map[string]int{"bbr": 20, "dctcp": 16, "vegas": 16} {
		for n := range 65 {
			c := parseCongestion(name, false, make([]byte, n))
			if there := c.BBR != nil || c.DCTCP != nil || c.Vegas != nil; there != (n >= least) {
				t.Errorf("%s with %d bytes: %+v", name, n, c)
			}
		}
	}
}

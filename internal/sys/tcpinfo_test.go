// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package sys_test

import (
	"encoding/binary"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/streamsock/streamsock/tcpinfo"
)

// TestTCPConnectionInfoLayout reads x/sys's definition of macOS's structure
// from its source, lays it out as C does, puts another number in each field and
// has them read by name. Of the other systems, x/sys has no definition.
func TestTCPConnectionInfoLayout(t *testing.T) {
	for _, arch := range []string{"amd64", "arm64"} {
		st := structOf(t, "ztypes_darwin_"+arch+".go", "TCPConnectionInfo")
		var blob []byte
		want := make(map[string]uint64)
		for i, f := range st.Fields.List {
			size := map[string]int{"uint8": 1, "uint16": 2, "uint32": 4, "uint64": 8}[f.Type.(*ast.Ident).Name]
			if size == 0 || len(f.Names) != 1 {
				t.Fatalf("field %d is a %v", i, f.Type)
			}
			for len(blob)%size != 0 {
				blob = append(blob, 0)
			}
			number := binary.LittleEndian.AppendUint64(nil, uint64(i+1)*0x0101010101010101)[:size]
			blob = append(blob, number...)
			if name := f.Names[0].Name; name != "_" {
				want["tcpi_"+strings.ToLower(name)] = binary.LittleEndian.Uint64(append(number, make([]byte, 8)...))
			}
		}
		info, err := tcpinfo.Parse("darwin", binary.LittleEndian, blob)
		if err != nil {
			t.Fatal(err)
		}
		if len(want) < 20 || len(blob) != 112 {
			t.Errorf("%s: x/sys has %d fields, %d bytes", arch, len(want), len(blob))
		}
		for name, number := range want {
			if got, ok := info.Sys.Member(name); got != number || !ok {
				t.Errorf("%s: %s is %#x, %v, want %#x", arch, name, got, ok, number)
			}
		}
	}
}

// structOf returns a structure from a file of golang.org/x/sys/unix.
func structOf(t *testing.T, name, typ string) *ast.StructType {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/sys").Output()
	if err != nil || len(strings.TrimSpace(string(dir))) == 0 {
		t.Skipf("the source of golang.org/x/sys is not to be had: %v", err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "unix", name), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var st *ast.StructType
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.TypeSpec); ok && spec.Name.Name == typ {
			st = spec.Type.(*ast.StructType)
		}
		return st == nil
	})
	if st == nil {
		t.Fatalf("%s has no %s", name, typ)
	}
	return st
}

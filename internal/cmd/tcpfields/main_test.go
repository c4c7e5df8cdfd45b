// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"testing"
)

const root = "../../.."

// TestFresh fails if the generated file does not match struct Info.
func TestFresh(t *testing.T) {
	want, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(output(root))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is stale: run go generate ./...", output(root))
	}
}

func TestFieldsOf(t *testing.T) {
	for _, tt := range []struct {
		src  string
		want []string // nil if an error is expected
	}{
		{"type Other struct{ A int }; type Info struct { C, B int64; Sys Raw; has presence; Embedded; A bool }", []string{"C", "B", "A"}},
		{"type (Info struct { A int64 })", []string{"A"}},
		{"type Information struct { A int64 }", nil},
		{"type Info int; func f() { type Info struct{ A int64 } }", nil},
		{"var Info struct { A int64 }", nil},
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "info.go", "package tcpinfo; "+tt.src, 0)
		if err != nil {
			t.Fatal(err)
		}
		got, err := fieldsOf(file)
		if !slices.Equal(got, tt.want) || (err != nil) != (tt.want == nil) {
			t.Errorf("%s: fields %q, error %v; want %q", tt.src, got, err, tt.want)
		}
	}
}

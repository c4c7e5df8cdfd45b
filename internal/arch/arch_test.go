// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package arch

import (
	"go/ast"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	root   = "../.."
	module = "example.com/streamsock"
)

// A source is one Go file of the module.
type source struct {
	name string // below the root, with slashes
	dir  string
	test bool
	text string
	file *ast.File
}

func (s source) imports() []string {
	var paths []string
	for _, i := range s.file.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			panic(err) // the parser accepted it
		}
		paths = append(paths, path)
	}
	return paths
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return "", s, false
	}
	return s[:i], s[i+len(sep):], true
}

// mayImport contains the imports between packages of the module that are
// allowed, except in tests.
var mayImport = map[string][]string{
	"":                       {},
	"streamsock":             {"streamsock/sockopt", "streamsock/tcpinfo", "internal/neterr", "internal/sys"},
	"streamsock/sockopt":     {"internal/neterr", "internal/sys"},
	"streamsock/tcpinfo":     {"internal/neterr", "internal/sys"},
	"streamsock/cmd/sockcat": {"streamsock", "streamsock/sockopt", "streamsock/tcpinfo"},
	"streamsock/dialog":      {"streamsock"},
	"streamsock/fifo":        {},
	"internal/arch":          {},
	"internal/cmd/optmatrix": {},
	"internal/cmd/tcpfields": {},
	"internal/cmd/termsvg":   {},
	"internal/cmd/versus":    {"streamsock", "streamsock/sockopt"},
	"internal/faults":        {},
	"internal/kqmodel":       {},
	"internal/neterr":        {},
	"internal/parity":        {},
	"internal/peers":         {},
	"internal/readme":        {},
	"internal/sys":           {"internal/kqmodel"}, // with the build tag streamsock_kqueue
	"internal/testnet":       {},
}

func TestImportLaw(t *testing.T) {
	for _, s := range sources(t) {
		for _, path := range s.imports() {
			local, isLocal := strings.CutPrefix(path, module+"/")
			switch {
			case isLocal && s.test:
				if s.dir == "streamsock/sockopt" && local == "streamsock" {
					t.Errorf("%s imports upward: %s", s.name, path)
				}
			case isLocal:
				if !slices.Contains(mayImport[s.dir], local) {
					t.Errorf("%s may not import %s", s.name, path)
				}
			case path == "unsafe" || strings.HasPrefix(path, "golang.org/x/sys/"):
				if s.dir != "internal/sys" {
					t.Errorf("%s imports %s, which only internal/sys may", s.name, path)
				}
			case strings.HasPrefix(path, "golang.org/x/net/") || path == "go.uber.org/goleak":
				if !s.test && s.dir != "internal/testnet" {
					t.Errorf("%s imports %s, which is for tests", s.name, path)
				}
			case strings.Contains(strings.Split(path, "/")[0], "."):
				t.Errorf("%s imports %s", s.name, path)
			}
		}
		if _, ok := mayImport[s.dir]; !ok {
			t.Errorf("%s is in a folder that the plan does not have", s.name)
		}
	}
}

func TestLicence(t *testing.T) {
	const head = `// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

`
	for _, s := range sources(t) {
		if !strings.HasPrefix(s.text, head) {
			t.Errorf("%s does not begin with the licence", s.name)
		}
	}
}

// TestNoGOOS keeps system differences in files of their own.
func TestNoGOOS(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.dir == "streamsock/cmd/sockcat" { // which prints it
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "GOOS" {
				t.Errorf("%s asks for runtime.GOOS", s.name)
			}
			return true
		})
	}
}

// TestDocumented fails for an exported name without a doc comment.
func TestDocumented(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, d := range s.file.Decls {
			for _, name := range undocumented(d) {
				t.Errorf("%s: %s has no documentation", s.name, name)
			}
		}
	}
}

func undocumented(d ast.Decl) []string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
			return []string{d.Name.Name}
		}
	case *ast.GenDecl:
		var names []string
		for _, spec := range d.Specs {
			names = append(names, undocumentedSpec(d, spec)...)
		}
		return names
	}
	return nil
}

// exportedReceiver reports whether d is a function, or a method of an exported
// type.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	typ := d.Recv.List[0].Type
	for {
		switch t := typ.(type) {
		case *ast.StarExpr:
			typ = t.X
		case *ast.IndexExpr:
			typ = t.X
		case *ast.Ident:
			return t.IsExported()
		default:
			return true
		}
	}
}

func undocumentedSpec(d *ast.GenDecl, spec ast.Spec) []string {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if !spec.Name.IsExported() {
			return nil
		}
		var names []string
		if d.Doc == nil && spec.Doc == nil {
			names = append(names, spec.Name.Name)
		}
		if st, ok := spec.Type.(*ast.StructType); ok {
			names = append(names, undocumentedFields(spec.Name.Name, st)...)
		}
		return names
	case *ast.ValueSpec:
		var names []string
		for _, name := range spec.Names {
			if name.IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
				names = append(names, name.Name)
			}
		}
		return names
	}
	return nil
}

func undocumentedFields(typ string, st *ast.StructType) []string {
	var names []string
	for _, f := range st.Fields.List {
		for _, name := range f.Names {
			if name.IsExported() && f.Doc == nil && f.Comment == nil {
				names = append(names, typ+"."+name.Name)
			}
		}
	}
	return names
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package readme_test

import (
	"go/ast"
	"go/build"
	"go/doc"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var documented = []string{
	"", "streamsock", "streamsock/sockopt", "streamsock/tcpinfo", "streamsock/dialog", "streamsock/fifo", "streamsock/cmd/sockcat",
}

// A library is the documentation of packages by their import paths, nil if a package
// is not to be had.
type library map[string]*doc.Package

// get returns the documentation of a package of this module or of Go.
func (l library) get(t *testing.T, importPath string) *doc.Package {
	t.Helper()
	if p, ok := l[importPath]; ok {
		return p
	}
	folder, ours := strings.CutPrefix(importPath, module)
	if ours {
		folder = filepath.Join(root, filepath.FromSlash(folder))
	} else {
		folder = filepath.Join(build.Default.GOROOT, "src", filepath.FromSlash(importPath))
	}
	l[importPath] = parsePackage(t, folder, importPath)
	return l[importPath]
}

// parsePackage returns the documentation of the package in a folder, of all systems
// together.
func parsePackage(t *testing.T, folder, importPath string) *doc.Package {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".go" || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, filepath.Join(folder, e.Name()), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if len(files) == 0 || f.Name.Name == files[0].Name.Name {
			files = append(files, f)
		}
	}
	p, err := doc.NewFromFiles(fset, files, importPath)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// texts returns the doc comments of a package.
func texts(p *doc.Package) []string {
	all := []string{p.Doc}
	values := func(list []*doc.Value) {
		for _, v := range list {
			all = append(all, v.Doc)
			for _, spec := range v.Decl.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok {
					all = append(all, v.Doc.Text(), v.Comment.Text())
				}
			}
		}
	}
	funcs := func(list []*doc.Func) {
		for _, f := range list {
			all = append(all, f.Doc)
		}
	}
	values(p.Consts)
	values(p.Vars)
	funcs(p.Funcs)
	for _, typ := range p.Types {
		all = append(all, typ.Doc)
		values(typ.Consts)
		values(typ.Vars)
		funcs(typ.Funcs)
		funcs(typ.Methods)
		ast.Inspect(typ.Decl, func(n ast.Node) bool {
			if f, ok := n.(*ast.Field); ok {
				all = append(all, f.Doc.Text(), f.Comment.Text())
			}
			return true
		})
	}
	return all
}

// symbols returns the exported names of a package: F, T, T.M and T.Field.
func symbols(p *doc.Package) map[string]bool {
	names := make(map[string]bool)
	values := func(list []*doc.Value) {
		for _, v := range list {
			for _, name := range v.Names {
				names[name] = true
			}
		}
	}
	values(p.Consts)
	values(p.Vars)
	for _, f := range p.Funcs {
		names[f.Name] = true
	}
	for _, typ := range p.Types {
		names[typ.Name] = true
		values(typ.Consts)
		values(typ.Vars)
		for _, f := range typ.Funcs {
			names[f.Name] = true
		}
		for _, m := range typ.Methods {
			names[typ.Name+"."+m.Name] = true
		}
		ast.Inspect(typ.Decl, func(n ast.Node) bool {
			if f, ok := n.(*ast.Field); ok {
				for _, name := range f.Names {
					names[typ.Name+"."+name.Name] = true
				}
			}
			return true
		})
	}
	return names
}

var (
	brackets = regexp.MustCompile(`\[\*?[A-Za-z][A-Za-z0-9_/]*(\.[A-Za-z0-9_]+)*\]`)
	file     = regexp.MustCompile(`\btestdata/[a-z/-]+\.(md|svg)\b`)
)

// TestDocLinks fails if a link in the documentation of a package leads nowhere, if
// something in brackets looks like a link and is none, or if a file of testdata that
// is named does not exist.
func TestDocLinks(t *testing.T) {
	all := make(library)
	if all.get(t, "net") == nil {
		t.Skip("the source of Go is not to be had")
	}
	n := 0
	for _, folder := range documented {
		p := all.get(t, strings.TrimSuffix(module+"/"+folder, "/"))
		for _, text := range texts(p) {
			for _, name := range file.FindAllString(text, -1) {
				if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(name))); err != nil {
					t.Errorf("%s: %v", p.ImportPath, err)
				}
			}
			n += checkDoc(t, all, p, text)
		}
	}
	if n < 300 {
		t.Errorf("only %d links", n)
	}
}

// checkDoc checks the links of a doc comment and returns their number.
func checkDoc(t *testing.T, all library, p *doc.Package, text string) (n int) {
	t.Helper()
	var visit func(list []comment.Text)
	visit = func(list []comment.Text) {
		for _, x := range list {
			switch x := x.(type) {
			case *comment.DocLink:
				n++
				if !exists(t, all, p, x) {
					t.Errorf("%s: no [%s.%s.%s]", p.ImportPath, x.ImportPath, x.Recv, x.Name)
				}
			case *comment.Link:
				visit(x.Text)
			case comment.Plain:
				for _, found := range brackets.FindAllString(string(x), -1) {
					t.Errorf("%s: %s is not a link in %q", p.ImportPath, found, x)
				}
			}
		}
	}
	var blocks func(list []comment.Block)
	blocks = func(list []comment.Block) {
		for _, b := range list {
			switch b := b.(type) {
			case *comment.Paragraph:
				visit(b.Text)
			case *comment.Heading:
				visit(b.Text)
			case *comment.List:
				for _, item := range b.Items {
					blocks(item.Content)
				}
			}
		}
	}
	blocks(p.Parser().Parse(text).Content)
	return n
}

// exists reports whether a link leads to a package or an exported name.
func exists(t *testing.T, all library, p *doc.Package, link *comment.DocLink) bool {
	t.Helper()
	if link.ImportPath != "" && link.ImportPath != p.ImportPath {
		if p = all.get(t, link.ImportPath); p == nil {
			return strings.Contains(strings.Split(link.ImportPath, "/")[0], ".") // another module
		}
	}
	name := link.Name
	if link.Recv != "" {
		name = link.Recv + "." + name
	}
	return name == "" || symbols(p)[name] || promoted[link.Recv] != "" && strings.Contains(promoted[link.Recv], " "+link.Name+" ")
}

// promoted are the methods of types of package net that they have from an unexported
// type.
var promoted = map[string]string{
	"TCPConn":  " Read Write Close LocalAddr RemoteAddr SetDeadline SetReadDeadline SetWriteDeadline SetReadBuffer SetWriteBuffer File ",
	"UnixConn": " Read Write Close LocalAddr RemoteAddr SetDeadline SetReadDeadline SetWriteDeadline SetReadBuffer SetWriteBuffer File ",
}

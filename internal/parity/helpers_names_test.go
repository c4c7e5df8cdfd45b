// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package parity

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	module = "example.com/streamsock"
	xnet   = "golang.org/x/net"
)

// short has packages that are no part of Go by the names that the rows have
// for them.
var short = map[string]string{
	"streamsock": module + "/streamsock",
	"sockopt":    module + "/streamsock/sockopt",
	"tcpinfo":    module + "/streamsock/tcpinfo",
	"dialog":     module + "/streamsock/dialog",
	"fifo":       module + "/streamsock/fifo",
	"sockcat":    module + "/streamsock/cmd/sockcat",
	"faults":     module + "/internal/faults",
	"peers":      module + "/internal/peers",
	"websocket":  xnet + "/websocket",
}

// split returns the import path of the package of a name, and the rest.
func split(name string) (path, rest string) {
	slash := strings.LastIndex(name, "/") + 1
	last, rest, _ := strings.Cut(name[slash:], ".")
	path = name[:slash] + last
	if long, ok := short[path]; ok {
		path = long
	}
	return path, rest
}

// A library knows what packages declare. It reads all their files, whatever
// system they are for, as source text.
type library struct {
	std, net string // folders of Go's source and of golang.org/x/net, if there are
	packages map[string]*source
	tests    map[string][]*ast.File
}

func newLibrary() library {
	l := library{packages: make(map[string]*source), tests: make(map[string][]*ast.File)}
	if goroot := output("go", "env", "GOROOT"); goroot != "" {
		l.std = filepath.Join(goroot, "src")
	}
	l.net = output("go", "list", "-m", "-f", "{{.Dir}}", xnet)
	return l
}

// output returns what a command says, or nothing if it cannot be run.
func output(name string, args ...string) string {
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// folder returns where the files of a package are.
func (l library) folder(path string) string {
	if rest, ok := strings.CutPrefix(path, module+"/"); ok {
		return filepath.Join(root, rest)
	}
	if rest, ok := strings.CutPrefix(path, xnet+"/"); ok {
		return filepath.Join(l.net, rest)
	}
	return filepath.Join(l.std, path)
}

// A source is what a package declares.
type source struct {
	names   map[string]bool            // of the package
	members map[string]map[string]bool // by the type: its methods and fields
	embeds  map[string][]typeName      // by the type: whose members it has too
}

// A typeName is a type of a package.
type typeName struct{ path, name string }

// find returns an error unless there is a name like "net.TCPConn.Read".
func (l library) find(name string) error {
	path, rest := split(name)
	s, err := l.source(path)
	if err != nil {
		return err
	}
	first, member, isMember := strings.Cut(rest, ".")
	switch {
	case path != "builtin" && (!ast.IsExported(first) || isMember && !ast.IsExported(member)):
		return fmt.Errorf("%s is not exported", name)
	case !s.names[first]:
		return fmt.Errorf("package %s has no %s", path, first)
	case isMember && !l.has(typeName{path, first}, member):
		return fmt.Errorf("%s.%s has no %s", path, first, member)
	}
	return nil
}

// has reports whether a type has a member, itself or by one that it embeds.
func (l library) has(t typeName, member string) bool {
	s, err := l.source(t.path)
	if err != nil {
		return false
	}
	if s.members[t.name][member] {
		return true
	}
	for _, e := range s.embeds[t.name] {
		if l.has(e, member) {
			return true
		}
	}
	return false
}

// source reads a package.
func (l library) source(path string) (*source, error) {
	if s := l.packages[path]; s != nil {
		return s, nil
	}
	s := &source{make(map[string]bool), make(map[string]map[string]bool), make(map[string][]typeName)}
	files, err := parse(l.folder(path), false)
	for _, f := range files {
		s.add(path, f)
	}
	l.packages[path] = s
	return s, err
}

// parse reads the files of a folder, the tests or the others. That there are
// none is an error.
func parse(folder string, tests bool) ([]*ast.File, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") == tests {
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			files = append(files, f)
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no files in %s: %w", folder, os.ErrNotExist)
	}
	return files, nil
}

// add adds what a file declares.
func (s *source) add(path string, f *ast.File) {
	imports := make(map[string]string)
	for _, i := range f.Imports {
		imported, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			panic(err) // the parser accepted it
		}
		name := imported[strings.LastIndex(imported, "/")+1:]
		if i.Name != nil {
			name = i.Name.Name
		}
		imports[name] = imported
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				s.names[d.Name.Name] = true
			} else if t, ok := named(d.Recv.List[0].Type, path, imports); ok {
				s.member(t.name, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				s.spec(spec, path, imports)
			}
		}
	}
}

func (s *source) spec(spec ast.Spec, path string, imports map[string]string) {
	switch spec := spec.(type) {
	case *ast.ValueSpec:
		for _, name := range spec.Names {
			s.names[name.Name] = true
		}
	case *ast.TypeSpec:
		s.names[spec.Name.Name] = true
		var fields *ast.FieldList
		switch t := spec.Type.(type) {
		case *ast.StructType:
			fields = t.Fields
		case *ast.InterfaceType:
			fields = t.Methods
		default:
			if of, ok := named(t, path, imports); ok && spec.Assign.IsValid() {
				s.embeds[spec.Name.Name] = append(s.embeds[spec.Name.Name], of)
			}
			return
		}
		for _, field := range fields.List {
			for _, name := range field.Names {
				s.member(spec.Name.Name, name.Name)
			}
			if of, ok := named(field.Type, path, imports); ok && len(field.Names) == 0 {
				s.member(spec.Name.Name, of.name)
				s.embeds[spec.Name.Name] = append(s.embeds[spec.Name.Name], of)
			}
		}
	}
}

func (s *source) member(typ, name string) {
	if s.members[typ] == nil {
		s.members[typ] = make(map[string]bool)
	}
	s.members[typ][name] = true
}

// named returns which type an expression names, without the pointer and the
// type parameters.
func named(e ast.Expr, path string, imports map[string]string) (typeName, bool) {
	switch e := e.(type) {
	case *ast.Ident:
		return typeName{path, e.Name}, true
	case *ast.StarExpr:
		return named(e.X, path, imports)
	case *ast.IndexExpr:
		return named(e.X, path, imports)
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return typeName{imports[x.Name], e.Sel.Name}, true
		}
	}
	return typeName{}, false
}

// findTest returns an error unless there is a test like "streamsock.TestPeek".
// One like "streamsock.TestDropIn/closed" is there if the file has the string.
func (l library) findTest(name string) error {
	pkg, rest, _ := strings.Cut(name, ".")
	files, err := l.testFiles(short[pkg])
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	test, sub, isSub := strings.Cut(rest, "/")
	for _, f := range files {
		if declares(f, test) {
			if isSub && !says(f, sub) {
				return fmt.Errorf("%s.%s has no test %s", pkg, test, sub)
			}
			return nil
		}
	}
	return fmt.Errorf("package %s has no %s", pkg, test)
}

// testFiles reads the tests of a package.
func (l library) testFiles(path string) (files []*ast.File, err error) {
	if files := l.tests[path]; files != nil {
		return files, nil
	}
	l.tests[path], err = parse(l.folder(path), true)
	return l.tests[path], err
}

func declares(f *ast.File, function string) bool {
	for _, d := range f.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil && d.Name.Name == function {
			return true
		}
	}
	return false
}

// says reports whether a file has the name of a subtest among its strings. The
// blanks in it are written as go test does.
func says(f *ast.File, sub string) (found bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text, err := strconv.Unquote(lit.Value)
			found = found || err == nil && strings.ReplaceAll(text, " ", "_") == sub
		}
		return !found
	})
	return found
}

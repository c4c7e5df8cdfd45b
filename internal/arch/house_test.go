// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package arch

import (
	"go/ast"
	"go/token"
	"net"
	"os"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestErrorFile checks that a package declares its errors in error.go.
func TestErrorFile(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || path.Base(s.name) == "error.go" {
			continue
		}
		for _, d := range s.file.Decls {
			if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.VAR {
				for _, name := range errorVars(d) {
					t.Errorf("%s declares the error %s, which belongs in error.go", s.name, name)
				}
			}
		}
	}
}

// errorVars returns the variables that hold an error, by their names or by
// their values.
func errorVars(d *ast.GenDecl) (names []string) {
	for _, spec := range d.Specs {
		v := spec.(*ast.ValueSpec)
		for i, name := range v.Names {
			if len(v.Values) > i && isErrorCall(v.Values[i]) || strings.HasPrefix(strings.ToLower(name.Name), "err") {
				names = append(names, name.Name)
			}
		}
	}
	return names
}

func isErrorCall(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	return ok && (pkg.Name == "errors" && sel.Sel.Name == "New" || pkg.Name == "fmt" && sel.Sel.Name == "Errorf")
}

// TestFileLength checks that no file has more than 500 lines, except tests and
// generated files.
func TestFileLength(t *testing.T) {
	const most = 500
	for _, s := range sources(t) {
		lines := strings.Count(s.text, "\n")
		if !s.test && !ast.IsGenerated(s.file) && lines > most {
			t.Errorf("%s has %d lines, more than %d", s.name, lines, most)
		}
	}
}

// TestHelpers checks that a function that several test files of a package use
// is in helpers_test.go, or in a variant of it for some systems.
func TestHelpers(t *testing.T) {
	type packageName struct{ dir, name string }
	packages := make(map[packageName][]source)
	for _, s := range sources(t) {
		if s.test {
			p := packageName{s.dir, s.file.Name.Name}
			packages[p] = append(packages[p], s)
		}
	}
	for _, files := range packages {
		for _, s := range files {
			if strings.HasPrefix(path.Base(s.name), "helpers") || s.isVariant(files) {
				continue
			}
			for _, d := range s.file.Decls {
				f, ok := d.(*ast.FuncDecl)
				if !ok || f.Recv != nil || isTest(f.Name.Name) {
					continue
				}
				if users := usedBy(f, files); len(users) > 1 {
					t.Errorf("%s declares %s, which belongs in helpers_test.go: %s use it", s.name, f.Name.Name, users)
				}
			}
		}
	}
}

func isTest(name string) bool {
	for _, prefix := range []string{"Test", "Benchmark", "Fuzz", "Example"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return name == "init"
}

// isVariant reports whether another file declares the same functions, for other
// systems.
func (s source) isVariant(files []source) bool {
	for _, o := range files {
		if o.name == s.name {
			continue
		}
		for name := range s.file.Scope.Objects {
			if name != "_" && o.file.Scope.Lookup(name) != nil {
				return true
			}
		}
	}
	return false
}

// usedBy returns the files that use the function.
func usedBy(f *ast.FuncDecl, files []source) (users []string) {
	for _, s := range files {
		used := false
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				ast.Inspect(sel.X, func(n ast.Node) bool {
					used = used || isUse(n, f)
					return true
				})
				return false
			}
			used = used || isUse(n, f)
			return true
		})
		if used {
			users = append(users, s.name)
		}
	}
	return users
}

// isUse reports whether n is the name of the function, but not in its declaration.
func isUse(n ast.Node, f *ast.FuncDecl) bool {
	i, ok := n.(*ast.Ident)
	return ok && i.Name == f.Name.Name && i != f.Name
}

// TestTCPConnMethods checks that *net.TCPConn, which Conn embeds, has the known
// methods and no others: a method that a later release of Go adds would be
// promoted, and could bypass what Conn does. It would fail with that release,
// so that only .ci/run runs it.
func TestTCPConnMethods(t *testing.T) {
	if os.Getenv("STREAMSOCK_STATIC") == "" {
		t.Skip("STREAMSOCK_STATIC is not set: the result depends on the release of Go")
	}
	known := []string{
		"Close", "CloseRead", "CloseWrite", "File", "LocalAddr", "MultipathTCP", "Read", "ReadFrom", "RemoteAddr",
		"SetDeadline", "SetKeepAlive", "SetKeepAliveConfig", "SetKeepAlivePeriod", "SetLinger", "SetNoDelay",
		"SetReadBuffer", "SetReadDeadline", "SetWriteBuffer", "SetWriteDeadline", "SyscallConn", "Write", "WriteTo",
	}
	var methods []string
	for m := range reflect.TypeFor[*net.TCPConn]().Methods() {
		methods = append(methods, m.Name)
	}
	if !slices.Equal(methods, known) {
		t.Errorf("*net.TCPConn has the methods %q, expected %q", methods, known)
	}
}

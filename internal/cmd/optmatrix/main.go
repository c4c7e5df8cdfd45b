// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Optmatrix writes which system has which socket option: in the option matrix
// (testdata/option-matrix.md), in the Platforms line of each option's documentation,
// and in the table of sockopt.Info.Platforms. It also writes the index of names in C at
// the end of the documentation of package sockopt.
//
// It reads the tables of all systems (internal/sys/table_*.go) and the
// options (streamsock/sockopt/opt_*.go) as source text, so it runs on any system. Its
// argument is the module's root. Run it with "go generate ./...".
package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"log"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("optmatrix: ")
	if len(os.Args) != 2 {
		log.Fatal("usage: optmatrix ROOT")
	}
	files, err := generate(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(name, text, 0o666); err != nil {
			log.Fatal(err)
		}
	}
}

// generate returns the files to write.
func generate(root string) (map[string][]byte, error) {
	tables, err := readTables(root)
	if err != nil {
		return nil, err
	}
	options, err := readOptions(root)
	if err != nil {
		return nil, err
	}
	files := make(map[string][]byte)
	files[filepath.Join(root, "testdata", "option-matrix.md")] = matrix(tables, options)
	files[filepath.Join(root, "streamsock", "sockopt", "zplatforms.go")] = platformsFile(tables, options)
	files[filepath.Join(root, "streamsock", "sockopt", "zindex.go")] = indexFile(tables, options)
	for _, name := range optionFiles(root) {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files[name] = withPlatforms(text, tables, options)
	}
	return files, nil
}

// A row is an option's row in a system's table.
type row struct {
	names  []string // C names: one, or the names for IPv4 and IPv6
	access string   // "", "ReadOnly" or "WriteOnly"
}

// tables contains the rows by system and option.
type tables map[string]map[string]row

func (t tables) systems() []string { return slices.Sorted(maps.Keys(t)) }

// platforms returns the systems that have the option.
func (t tables) platforms(option string) []string {
	var has []string
	for _, system := range t.systems() {
		if _, ok := t[system][option]; ok {
			has = append(has, system)
		}
	}
	return has
}

func readTables(root string) (tables, error) {
	names, err := filepath.Glob(filepath.Join(root, "internal", "sys", "table_*.go"))
	if err != nil {
		return nil, err
	}
	t := make(tables)
	for _, name := range names {
		system := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(name), "table_"), ".go")
		if t[system], err = readTable(name); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// readTable reads the composite literal of the variable table.
func readTable(name string) (map[string]row, error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		return nil, err
	}
	object := file.Scope.Lookup("table")
	if object == nil {
		return nil, fmt.Errorf("%s: no variable table", name)
	}
	rows := make(map[string]row)
	for _, e := range object.Decl.(*ast.ValueSpec).Values[0].(*ast.CompositeLit).Elts {
		kv := e.(*ast.KeyValueExpr)
		option := unquote(kv.Key)
		if _, ok := rows[option]; ok {
			return nil, fmt.Errorf("%s: two rows for %s", name, option)
		}
		rows[option] = readRow(kv.Value.(*ast.CompositeLit))
	}
	return rows, nil
}

func readRow(lit *ast.CompositeLit) row {
	var r row
	for _, e := range lit.Elts {
		kv := e.(*ast.KeyValueExpr)
		switch kv.Key.(*ast.Ident).Name {
		case "Name":
			r.names = append([]string{unquote(kv.Value)}, r.names...)
		case "Access":
			r.access = kv.Value.(*ast.Ident).Name
		case "V6":
			r.names = append(r.names, readRow(kv.Value.(*ast.UnaryExpr).X.(*ast.CompositeLit)).names...)
		}
	}
	return r
}

func unquote(e ast.Expr) string {
	s, err := strconv.Unquote(e.(*ast.BasicLit).Value)
	if err != nil {
		panic(err) // the parser accepted it
	}
	return s
}

// An option is a variable of package sockopt.
type option struct {
	name string
	typ  string // of its value
	read bool   // a ReadOnly
	when string // the constant's name
	doc  string
}

// headline returns the C names in the first sentence of the documentation.
func (o option) headline() []string {
	first, _, _ := strings.Cut(o.doc, ":")
	return regexp.MustCompile(`\b[A-Z0-9]+_[A-Z0-9_]+\b`).FindAllString(first, -1)
}

func optionFiles(root string) []string {
	names, err := filepath.Glob(filepath.Join(root, "streamsock", "sockopt", "opt_*.go"))
	if err != nil {
		panic(err) // only a bad pattern
	}
	return names
}

func readOptions(root string) ([]option, error) {
	var options []option
	for _, name := range optionFiles(root) {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
				options = append(options, readOption(g))
			}
		}
	}
	slices.SortFunc(options, func(a, b option) int { return strings.Compare(a.name, b.name) })
	return options, nil
}

func readOption(g *ast.GenDecl) option {
	spec := g.Specs[0].(*ast.ValueSpec)
	typ := spec.Type.(*ast.IndexExpr)
	o := option{
		name: spec.Names[0].Name,
		typ:  text(typ.Index),
		read: text(typ.X) == "ReadOnly",
		doc:  g.Doc.Text(),
	}
	ast.Inspect(spec.Values[0], func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && slices.Contains(whens, id.Name) {
			o.when = id.Name
		}
		return true
	})
	return o
}

var whens = []string{"AnyTime", "BeforeBind", "BeforeConnect", "OnListener", "OnConnection"}

func text(e ast.Expr) string {
	var b bytes.Buffer
	if err := format.Node(&b, token.NewFileSet(), e); err != nil {
		panic(err) // it was parsed
	}
	return b.String()
}

// platformsLine returns the systems that have the option, each with its C
// names there unless they are those of the documentation's first sentence.
func platformsLine(t tables, o option) string {
	var line []string
	for _, system := range t.platforms(o.name) {
		if s := spelling(t[system][o.name], o); s != "" {
			system += " (" + s + ")"
		}
		line = append(line, system)
	}
	return strings.Join(line, ", ")
}

// spelling returns the row's C names that are not in the headline, and whether the
// option can only be read or only be set.
func spelling(r row, o option) string {
	var s []string
	for _, name := range r.names {
		if len(r.names) < len(o.headline()) || !slices.Contains(o.headline(), name) {
			s = append(s, name)
		}
	}
	out := strings.Join(s, ", ")
	note := map[string]string{"ReadOnly": "get only", "WriteOnly": "set only"}[r.access]
	if note == "" || o.read {
		return out
	}
	return strings.TrimPrefix(out+": "+note, ": ")
}

var platformsPattern = regexp.MustCompile(`(?m)^//   - Platforms: .*\n(//     .*\n)*`)

// withPlatforms returns the source text of options with new Platforms lines.
func withPlatforms(src []byte, t tables, options []option) []byte {
	declared := regexp.MustCompile(`(?m)^var (\w+) `)
	out := src
	for _, o := range options {
		at := declaration(declared, out, o.name)
		if at < 0 {
			continue
		}
		doc := bytes.LastIndex(out[:at], []byte("\n\n")) // its comment begins after that
		lines := platformsPattern.FindAllIndex(out[:at], -1)
		if len(lines) == 0 || lines[len(lines)-1][0] < doc {
			continue // TestDocs reports it
		}
		last := lines[len(lines)-1]
		line := fold("//   - Platforms: " + platformsLine(t, o) + ".")
		out = slices.Concat(out[:last[0]], []byte(line), out[last[1]:])
	}
	return out
}

func declaration(declared *regexp.Regexp, src []byte, name string) int {
	for _, m := range declared.FindAllSubmatchIndex(src, -1) {
		if string(src[m[2]:m[3]]) == name {
			return m[0]
		}
	}
	return -1
}

// fold breaks a list item of a comment into lines.
func fold(s string) string {
	const width = 77
	var b strings.Builder
	line := ""
	for i, word := range strings.Split(s, " ") {
		switch {
		case i == 0:
			line = word
		case len(line)+1+len(word) > width:
			b.WriteString(line + "\n")
			line = "//     " + word
		default:
			line += " " + word
		}
	}
	return b.String() + line + "\n"
}

// generated returns the Go source file with this text below the header.
func generated(text string) []byte {
	const header = `// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Code generated by internal/cmd/optmatrix. DO NOT EDIT.

`
	src, err := format.Source([]byte(header + text))
	if err != nil {
		panic(err) // the text is Go
	}
	return src
}

func platformsFile(t tables, options []option) []byte {
	var b bytes.Buffer
	b.WriteString(`package sockopt

// platforms contains the systems that have an option.
var platforms = map[string]string{
`)
	for _, o := range options {
		fmt.Fprintf(&b, "%q: %q,\n", o.name, strings.Join(t.platforms(o.name), " "))
	}
	b.WriteString("}\n")
	return generated(b.String())
}

// aliases are other names that programmers search for.
var aliases = map[string]string{
	"DSCP":   "TrafficClass",
	"MSS":    "MaxSegment",
	"Nagle":  "NoDelay",
	"RCVBUF": "ReadBuffer",
	"SNDBUF": "WriteBuffer",
	"TOS":    "TrafficClass",
	"TTL":    "HopLimit",
	"VRF":    "BindToDevice",
	"fwmark": "Mark",
}

// indexFile returns a file with the part of the package documentation that lists the
// Go name for each name in C, and with the aliases.
func indexFile(t tables, options []option) []byte {
	index := maps.Clone(aliases)
	for _, o := range options {
		for _, system := range t.platforms(o.name) {
			for _, name := range t[system][o.name].names {
				index[name] = o.name
			}
		}
	}
	width := 0
	for name := range index {
		width = max(width, len(name))
	}
	var b bytes.Buffer
	b.WriteString(`// # Names in C
//
// The variables for the C names of the options on all systems, and for some
// other names. [Lookup] accepts these names too.
//
`)
	for _, name := range slices.Sorted(maps.Keys(index)) {
		fmt.Fprintf(&b, "//\t%-*s %s\n", width, name, index[name])
	}
	b.WriteString("package sockopt\n\n// aliases contains names that are neither Go names nor C names.\nvar aliases = map[string]string{\n")
	for _, name := range slices.Sorted(maps.Keys(aliases)) {
		fmt.Fprintf(&b, "%q: %q,\n", name, aliases[name])
	}
	b.WriteString("}\n")
	return generated(b.String())
}

func matrix(t tables, options []option) []byte {
	var b bytes.Buffer
	b.WriteString(`# Option matrix

This page lists the socket options of package sockopt and the systems that have them. A
dot means that the option has the C name of the second column; a different C name is
given in the cell. "get" and "set" mean that the option can only be read or only be set.
If a cell is empty, Get and Set return an error wrapping errors.ErrUnsupported, as they
do for all options on systems without a column. "go generate ./..." writes this page from
the tables of internal/sys, and a test fails if it is stale.

The column solaris includes illumos, linux includes android, and darwin is macOS and iOS.

`)
	systems := t.systems()
	fmt.Fprintf(&b, "| option | C name | value | %s |\n", strings.Join(systems, " | "))
	fmt.Fprintf(&b, "|---|---|---%s|\n", strings.Repeat("|---", len(systems)))
	for _, o := range options {
		typ := o.typ
		if o.read {
			typ += ", read-only"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |", o.name, strings.Join(o.headline(), ", "), typ)
		for _, system := range systems {
			fmt.Fprintf(&b, " %s |", cell(t, system, o))
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "| %d options | | |", len(options))
	for _, system := range systems {
		fmt.Fprintf(&b, " %d |", len(t[system]))
	}
	b.WriteString("\n")
	return b.Bytes()
}

func cell(t tables, system string, o option) string {
	r, ok := t[system][o.name]
	if !ok {
		return ""
	}
	s := spelling(r, o)
	s = strings.NewReplacer("get only", "get", "set only", "set").Replace(s)
	if s == "" {
		return "•"
	}
	return s
}

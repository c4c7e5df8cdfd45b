// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Parity writes testdata/parity.md: what a Go program has for each member of
// the socket classes of POCO and of the MFC, what differs, and which test shows
// it.
//
// The rows are in the files poco.go, mfc.go and suites.go. The tests hold each
// name in them against the source of this module, of Go and of golang.org/x/net.
// Its argument is the module's root. Run it by "go generate ./...".
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
)

//go:generate go run . ../../..

func main() {
	log.SetFlags(0)
	log.SetPrefix("parity: ")
	if len(os.Args) != 2 {
		log.Fatal("usage: parity ROOT")
	}
	if err := os.WriteFile(document(os.Args[1]), page(), 0o666); err != nil {
		log.Fatal(err)
	}
}

// document returns the name of the file to write.
func document(root string) string { return filepath.Join(root, "testdata", "parity.md") }

// A class is one of another library, or a suite of its tests.
type class struct {
	name string

	// about says where its members are declared, and what holds for all.
	about string

	// members has the name of each, with a colon and their number if several
	// have the same name. It was taken from the declaration.
	members string

	rows []row
}

// A row is about one member, or several for which Go has the same.
type row struct {
	member  string // with a semicolon between two
	has     string // names in Go, with a comma between two; none in a suite
	differs string // of a suite: what the test is about
	tests   string // ours that show it, as the names of has
}

// A part of the page has classes.
type part struct {
	title string
	head  string // of the tables
	list  []class
}

var parts = []part{
	{"POCO", "| member | in Go | what differs | test |\n|---|---|---|---|\n", poco},
	{"MFC", "| member | in Go | what differs | test |\n|---|---|---|---|\n", mfc},
	{"POCO's own tests", "| POCO's test | what it is about | test |\n|---|---|---|\n", suites},
}

const introduction = `# Parity

What a Go program has for each member of the socket classes of two other
libraries, POCO's Net and the Microsoft Foundation Classes, what differs and
why, and which test of this module shows it. At the end, POCO's own tests of
these classes, each with the test that carries its idea.

Names in Go begin with their package: streamsock, sockopt, dialog and fifo are
those of this module, websocket is golang.org/x/net/websocket, and the others
are Go's own; what needs no package is in builtin. Tests in peers and faults
(internal/peers, internal/faults) want another program or a network of their own;
in peers.TestPOCO, POCO and streamsock do the same and are compared.

These hold for every row, and are not repeated:

- A call that fails returns an error, and throws nothing. What POCO tells by
  the class of an exception and MFC by GetLastError is told by errors.Is.
- The sockets of Go never block a thread: a goroutine waits, the thread does
  something else. So there is no mode to switch. What may not wait has a call
  of its own, such as streamsock.Conn.TryRead.
- A time that a call may take is a deadline, a timeout or a context.
- On Windows, there is no NewSocket and no Dup yet: a Dialer has the options and
  the own address before it connects, a ListenConfig before it listens, and a
  goroutine in DialContext is a connect that does not wait.
- A Conn is used through a pointer, which is copied, compared and used as a key
  as every pointer. It is closed by Close and not by a destructor. Any number of
  goroutines may call its methods at the same time.

The rows are those of internal/cmd/parity. "go generate ./..." writes this
page, and tests fail when it is stale, when a name in it does not exist, and
when a member has no row.
`

// page returns the document.
func page() []byte {
	var b bytes.Buffer
	b.WriteString(introduction)
	for _, p := range parts {
		fmt.Fprintf(&b, "\n## %s\n", p.title)
		for _, c := range p.list {
			fmt.Fprintf(&b, "\n### %s\n\n%s\n\n%s", c.name, c.about, p.head)
			for _, r := range c.rows {
				fmt.Fprintf(&b, "| %s |", code(r.member, ";"))
				if r.has != "" {
					fmt.Fprintf(&b, " %s |", code(r.has, ","))
				}
				fmt.Fprintf(&b, " %s | %s |\n", r.differs, code(r.tests, ","))
			}
		}
	}
	return b.Bytes()
}

// list takes a list apart.
func list(s, separator string) []string {
	var all []string
	for _, item := range strings.Split(s, separator) {
		all = append(all, strings.TrimSpace(item))
	}
	return all
}

// code returns a list as Markdown.
func code(s, separator string) string { return "`" + strings.Join(list(s, separator), "`, `") + "`" }

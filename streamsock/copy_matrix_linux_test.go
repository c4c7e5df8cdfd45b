// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"example.com/streamsock/streamsock"
)

const matrixFile = "../testdata/copy-matrix.md"

// wantMatrix specifies which copies the kernel does by itself: a line for what
// is copied from, a column for what is copied to, and in a cell whether it is
// fast or slow by io.Copy, by io.CopyN and by streamsock.CopyN.
const wantMatrix = `
                           Conn  TCPConn  UnixConn  streamsock.UnixConn  File  File, O_APPEND  bufio.Writer of Conn
Conn                        fff      fsf       fsf                  fff   fsf             sss                   fff
TCPConn                     fff      fff       fsf                  fff   fff             sss                   fff
UnixConn                    fff      fff       ssf                  fff   fff             sss                   fff
streamsock.UnixConn         fff      fsf       fsf                  fff   fsf             sss                   fff
File                        fff      fff       fss                  fff   fff             sss                   fff
LimitedReader of Conn       fff      ssf       ssf                  fff   ssf             sss                   fff
LimitedReader of TCPConn    fff      fsf       ssf                  fff   fsf             sss                   fff
LimitedReader of UnixConn   fff      fsf       ssf                  fff   fsf             sss                   fff
LimitedReader of File       fss      fss       sss                  fss   fss             sss                   fss
bufio.Reader of Conn        fss      fss       fss                  fss   fss             sss                   fss
bufio.Reader of TCPConn     fss      fss       fss                  fss   fss             sss                   fss
`

// matrixIntroduction precedes the table in matrixFile.
const matrixIntroduction = `# Copy matrix

This page lists which copies the Linux kernel does without passing the bytes through the
memory of the process. "Fast" means splice(2), sendfile(2) or copy_file_range(2). "Slow"
means that the bytes are read and written. The bytes are correct in every cell.

The columns "net" are for the same program with package net alone: with a *net.TCPConn
instead of a Conn, a *net.UnixConn instead of a streamsock.UnixConn, and io.CopyN instead
of streamsock.CopyN. UnixConn alone is the type of package net.

The slow cells of streamsock have these reasons:

- The kernel does not splice into a file opened with O_APPEND.
- A *net.UnixConn has no method ReadFrom that io.CopyN could call.
- io.CopyN, or io.Copy of an io.LimitedReader, from a Conn to a *net.TCPConn or to a file
  calls only methods of package net. Those do not splice from a Conn, because package
  net's splice loses what follows an urgent byte of the peer. streamsock.CopyN is fast
  there and loses nothing.
- CopyN of a bufio.Reader, or of an io.LimitedReader of a file, is an io.LimitedReader
  around a reader of unknown type.

TestCopyMatrix counts the system calls of each cell and compares the table with the
result; "go test -run TestCopyMatrix ./streamsock -update" writes this page.

`

var matrixSources = []struct {
	name string
	open func(*testing.T, wrapFunc, []byte) io.Reader
}{
	{"Conn", fromConn},
	{"TCPConn", fromTCPConn},
	{"UnixConn", fromUnixConn},
	{"streamsock.UnixConn", fromOurUnixConn},
	{"File", fromFile},
	{"LimitedReader of Conn", limitedFrom(fromConn)},
	{"LimitedReader of TCPConn", limitedFrom(fromTCPConn)},
	{"LimitedReader of UnixConn", limitedFrom(fromUnixConn)},
	{"LimitedReader of File", limitedFrom(fromFile)},
	{"bufio.Reader of Conn", bufferedFrom(fromConn)},
	{"bufio.Reader of TCPConn", bufferedFrom(fromTCPConn)},
}

var matrixDestinations = []struct {
	name string
	open func(*testing.T, wrapFunc) (io.Writer, func() []byte)
}{
	{"Conn", toConn},
	{"TCPConn", toTCPConn},
	{"UnixConn", toUnixConn},
	{"streamsock.UnixConn", toOurUnixConn},
	{"File", toFile},
	{"File, O_APPEND", toAppended},
	{"bufio.Writer of Conn", toBuffered},
}

var matrixCopies = []struct {
	name string
	copy func(io.Writer, io.Reader) (int64, error)
	net  int // index of the one of package net
}{
	{"io.Copy", io.Copy, 0},
	{"io.CopyN", func(w io.Writer, r io.Reader) (int64, error) { return io.CopyN(w, r, matrixLoad) }, 1},
	{"streamsock.CopyN", func(w io.Writer, r io.Reader) (int64, error) { return streamsock.CopyN(w, r, matrixLoad) }, 1},
}

// matrixLoad is the size of each copy of the matrix.
const matrixLoad = 256 << 10

// inKernel reports whether the matrixLoad went without passing through memory:
// by io.Copy's buffer of 32 KiB it takes 8 reads and 8 writes. The number of
// bytes does not show it, because sendfile(2) and copy_file_range(2) count
// theirs. Those of a Conn are not counted.
func (c cost) inKernel() bool {
	const calls = matrixLoad / (32 << 10)
	return c.syscr < calls && c.syscw < calls
}

func limitedFrom(open func(*testing.T, wrapFunc, []byte) io.Reader) func(*testing.T, wrapFunc, []byte) io.Reader {
	return func(t *testing.T, wrap wrapFunc, data []byte) io.Reader {
		return io.LimitReader(open(t, wrap, data), int64(len(data)))
	}
}

func bufferedFrom(open func(*testing.T, wrapFunc, []byte) io.Reader) func(*testing.T, wrapFunc, []byte) io.Reader {
	return func(t *testing.T, wrap wrapFunc, data []byte) io.Reader {
		return bufio.NewReader(open(t, wrap, data))
	}
}

func toAppended(t *testing.T, _ wrapFunc) (io.Writer, func() []byte) {
	w, received := toFile(t, nil)
	f, err := os.OpenFile(w.(*os.File).Name(), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, received
}

func toBuffered(t *testing.T, wrap wrapFunc) (io.Writer, func() []byte) {
	c, received := toConn(t, wrap)
	w := bufio.NewWriter(c)
	return w, func() []byte {
		w.Flush() // errors are detected at the other end
		return received()
	}
}

// TestCopyMatrix copies from everything to everything in every way.
func TestCopyMatrix(t *testing.T) {
	skipUnlessCounted(t)
	want := readMatrix(t)
	netResults := make(map[string]string)
	var page strings.Builder
	page.WriteString(matrixIntroduction)
	page.WriteString("| from | to | io.Copy | net | io.CopyN | net | streamsock.CopyN | net |\n")
	page.WriteString("|---|---|---|---|---|---|---|---|\n")
	for i, from := range matrixSources {
		for j, to := range matrixDestinations {
			fmt.Fprintf(&page, "| %s | %s |", from.name, to.name)
			for k, c := range matrixCopies {
				measure := func(name string, wrap wrapFunc, k int) (result string) {
					moved := strings.Contains(from.name, "File") // otherwise splice(2) needs a pipe
					r := route{matrixLoad, from.open, to.open, func(w io.Writer, r io.Reader) (int64, error) {
						n, err := matrixCopies[k].copy(w, r)
						moved = moved || openPipes() > inheritedPipes
						return n, err
					}}
					t.Run(name, func(t *testing.T) {
						closePipes(t)
						cost := r.cost(t, wrap)
						if result = "slow"; moved && cost.inKernel() {
							result = "fast"
						}
						t.Logf("%s: %v", result, cost)
					})
					return result
				}
				ours := measure(from.name+" to "+to.name+" by "+c.name, wrapOrPanic, k)
				if ours != want[i][j][k] {
					t.Errorf("from %s to %s by %s it is %s, want %s", from.name, to.name, c.name, ours, want[i][j][k])
				}
				name := netName(from.name) + " to " + netName(to.name) + " by " + matrixCopies[c.net].name + " of net"
				if netResults[name] == "" { // several cells of ours have the same of net
					netResults[name] = measure(name, asItIs, c.net)
				}
				fmt.Fprintf(&page, " %s | %s |", ours, netResults[name])
			}
			page.WriteString("\n")
		}
	}
	t.Logf("\n%s", page.String()[len(matrixIntroduction):])
	testPage(t, matrixFile, page.String())
}

// readMatrix returns wantMatrix: source, destination and copy.
func readMatrix(t *testing.T) (want [][][]string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(wantMatrix), "\n")[1:]
	if len(lines) != len(matrixSources) {
		t.Fatalf("%d lines for %d sources", len(lines), len(matrixSources))
	}
	words := map[rune]string{'f': "fast", 's': "slow"}
	for i, line := range lines {
		cells := strings.Fields(strings.TrimPrefix(line, matrixSources[i].name))
		if len(cells) != len(matrixDestinations) {
			t.Fatalf("%q: %d cells for %d destinations", line, len(cells), len(matrixDestinations))
		}
		var row [][]string
		for _, cell := range cells {
			var results []string
			for _, letter := range cell {
				results = append(results, words[letter])
			}
			row = append(row, results)
		}
		want = append(want, row)
	}
	return want
}

// netName returns the equivalent of a name of this package in package net.
func netName(name string) string {
	name = strings.TrimPrefix(name, "streamsock.")
	if before, ok := strings.CutSuffix(" "+name, " Conn"); ok {
		return strings.TrimSpace(before + " TCPConn")
	}
	return name
}

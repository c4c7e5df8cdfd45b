// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package tcpinfo

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// tells reports whether the system reports the state of a connection.
func tells() bool {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return false
	}
	defer l.Close()
	i, err := Get(l.(*net.TCPListener))
	return err == nil && i.State == Listen
}

func goldens(tb testing.TB) []golden {
	tb.Helper()
	names, err := filepath.Glob("../../testdata/tcpinfo/*.txt")
	if err != nil || len(names) < 20 {
		tb.Fatal(len(names), err)
	}
	var all []golden
	for _, name := range names {
		all = append(all, readGolden(tb, name))
	}
	return all
}

func readGolden(tb testing.TB, name string) golden {
	tb.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	g := golden{name: strings.TrimSuffix(filepath.Base(name), ".txt")}
	length := 0
	for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
		key, value, _ := strings.Cut(s.Text(), " ")
		switch key {
		case "#":
		case "system":
			g.system = value
		case "order":
			g.order = map[string]binary.ByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian}[value]
		case "length":
			length, err = strconv.Atoi(value)
		case "want":
			g.want = append(g.want, value)
		default:
			var b []byte
			b, err = hex.DecodeString(strings.ReplaceAll(value, " ", ""))
			g.blob = append(g.blob, b...)
		}
		if err != nil {
			tb.Fatalf("%s: %q: %v", name, s.Text(), err)
		}
	}
	if g.order == nil || length == 0 || len(g.blob) != length || len(g.want) == 0 {
		tb.Fatalf("%s: %d bytes, %d of them there, %d wanted", name, length, len(g.blob), len(g.want))
	}
	slices.Sort(g.want)
	return g
}

func mustParse(tb testing.TB, system string, order binary.ByteOrder, b []byte) *Info {
	tb.Helper()
	i, err := Parse(system, order, b)
	if err != nil {
		tb.Fatal(err)
	}
	return i
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// The pollers of other systems have pipes of their own.

//go:build !streamsock_poll && !streamsock_kqueue

package streamsock_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"example.com/streamsock/streamsock"
)

const relayMatrixFile = "../testdata/relay-matrix.md"

// TestRelayMatrix checks between which kinds of connections the kernel copies,
// and that the page is up to date.
func TestRelayMatrix(t *testing.T) {
	var page strings.Builder
	page.WriteString("# Relay matrix\n\n" +
		"This page lists the connections between which a Relay has the Linux kernel copy, with splice(2). Between the\n" +
		"others it reads and writes with the methods of the connections. Half-close, reset, idle timeout, context and the\n" +
		"bytes were correct in every pair, in both directions (TestRelayKinds). \"go test -run TestRelayMatrix ./streamsock\n" +
		"-update\" writes this page.\n\n")
	page.WriteString("| a, b |")
	for _, b := range relayKinds {
		page.WriteString(" " + b.name + " |")
	}
	page.WriteString("\n|---|" + strings.Repeat("---|", len(relayKinds)) + "\n")
	for _, a := range relayKinds {
		page.WriteString("| " + a.name + " |")
		for _, b := range relayKinds {
			t.Run(a.name+" and "+b.name, func(t *testing.T) {
				closePipes(t)
				r := startMixed(t.Context(), t, a, b, new(streamsock.Relayer))
				sending := begin(func() (int, error) { return r.peerA.Write(make([]byte, 100_000)) })
				if _, err := io.ReadFull(r.peerB, make([]byte, 100_000)); err != nil {
					t.Fatal(err)
				}
				sending.ends(t, 100_000, nil)
				moved := openPipes() > inheritedPipes
				r.peerA.Close()
				r.peerB.Close()
				r.done.end(t)
				if want := a.sock && b.sock; moved != want {
					t.Errorf("the kernel copies: %t, want %t", moved, want)
				}
				fmt.Fprintf(&page, " %s |", map[bool]string{true: "kernel", false: "copied"}[moved])
			})
		}
		page.WriteString("\n")
	}
	testPage(t, relayMatrixFile, page.String())
}

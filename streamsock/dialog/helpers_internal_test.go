// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package dialog

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/streamsock/internal/testnet"
	"example.com/streamsock/streamsock"
)

// pair returns the two ends of a connection, one of them for lines.
func pair(t testing.TB) (*Conn, *streamsock.Conn) {
	t.Helper()
	client, server := testnet.Pair(t, "tcp")
	c, err := streamsock.Wrap(client)
	if err != nil {
		t.Fatal(err)
	}
	s, err := streamsock.Wrap(server)
	if err != nil {
		t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(patience))
	s.SetDeadline(time.Now().Add(patience))
	return New(c), s
}

// wantSent reads the data that c has sent.
func wantSent(t *testing.T, peer *streamsock.Conn, want string) {
	t.Helper()
	p := make([]byte, len(want))
	if n, err := io.ReadFull(peer, p); string(p) != want || err != nil {
		t.Fatalf("sent %q, %v, want %q", p[:n], err, want)
	}
}

func scripted(parts ...string) *reader {
	marks := strings.Contains(strings.Join(parts, ""), "^")
	return &reader{src: &script{parts: slices.Clone(parts)}, lineLimit: DefaultLineLimit, replyLimit: DefaultReplyLimit, marks: marks}
}

func chunks(s string, size int) (parts []string) {
	for len(s) > size {
		parts, s = append(parts, s[:size]), s[size:]
	}
	return append(parts, s)
}

// statuses reads replies up to the end of the stream, and reports each.
func statuses(r *reader) (all []string) {
	for {
		code, text, err := r.status()
		told := "nil"
		if err != nil {
			told = err.Error()
		}
		all = append(all, fmt.Sprintf("%d %q %s", code, text, told))
		if err == io.EOF {
			return all
		}
	}
}

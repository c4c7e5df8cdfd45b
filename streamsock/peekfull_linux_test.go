// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"errors"
	"io"
	"testing"

	"example.com/streamsock/streamsock"
)

// TestPeekFullMark checks that PeekFull does not wait for bytes after the
// urgent mark.
func TestPeekFullMark(t *testing.T) {
	forWrapped(t, func(t *testing.T, client, server *streamsock.Conn) {
		put(t, client, server, []byte("abc"))
		peek := beginPeekFull(patient(t), server, 6)
		peek.blocks(t)
		urge(t, client, server, "!")
		client.Write([]byte("defghi"))
		n, err := peek.end(t)
		if n != 3 || !errors.Is(err, io.ErrShortBuffer) {
			t.Errorf("%d, %v", n, err)
		}
	})
}

// TestPeekFullCloseRead checks that PeekFull returns when this side shuts down its reading
// side, because Read returns the end of the stream after the received bytes.
func TestPeekFullCloseRead(t *testing.T) {
	forWrapped(t, func(t *testing.T, client, server *streamsock.Conn) {
		put(t, client, server, []byte("abc"))
		peek := beginPeekFull(patient(t), server, 6)
		peek.blocks(t)
		if err := server.CloseRead(); err != nil {
			t.Fatal(err)
		}
		peek.ends(t, 3, io.ErrUnexpectedEOF)
		take(t, server, []byte("abc"))
		if n, err := server.Read(make([]byte, 1)); n > 0 || err != io.EOF {
			t.Errorf("Read: %d, %v", n, err)
		}
	})
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"bufio"
	"encoding/gob"
	"errors"
	"io"
	"reflect"
	"testing"
	"time"
)

// The tests of this file are about what MFC's CArchive has, besides what
// Example_archive shows. See testdata/parity.md.

type shape interface{ area() float64 }

type rectangle struct{ Width, Height float64 }

func (r rectangle) area() float64 { return r.Width * r.Height }

// A widget has others in it, by their place in a list, and in its second
// version a title.
type (
	widget   struct{ Parts []int }
	widgetV2 struct {
		Title string
		Parts []int
	}
)

// TestArchive sends several values as one message, of types that the receiver
// does not know in advance or knows in an older version, and some that refer
// to each other.
func TestArchive(t *testing.T) {
	client, server := pair(t, "tcp")
	server.SetDeadline(time.Now().Add(patience))
	w, r := bufio.NewWriter(client), bufio.NewReader(server)
	out, in := gob.NewEncoder(w), gob.NewDecoder(r)

	gob.Register(rectangle{}) // on both sides
	var sent shape = rectangle{3, 4}
	circle := []widgetV2{{"a", []int{1}}, {"b", []int{0}}} // each has the other
	for _, v := range []any{&sent, circle} {
		if err := out.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}

	var got shape
	if err := in.Decode(&got); err != nil || got != sent || got.area() != 12 {
		t.Errorf("%#v, %v, want %#v", got, err, sent)
	}
	if r.Buffered() == 0 {
		t.Error("the buffer is empty before the second value")
	}
	var old []widget
	if err := in.Decode(&old); err != nil || !reflect.DeepEqual(old, []widget{{[]int{1}}, {[]int{0}}}) {
		t.Errorf("%v, %v, want %v without the titles", old, err, circle)
	}
	if n, err := server.Available(); r.Buffered() != 0 || n != 0 || err != nil {
		t.Errorf("after the second value: %d in the buffer, %d in the system, %v", r.Buffered(), n, err)
	}

	if err := out.Encode(circle); err != nil {
		t.Fatal(err)
	}
	w.Reset(client) // and it is not sent
	client.CloseWrite()
	if rest, err := io.ReadAll(r); len(rest) != 0 || err != nil {
		t.Errorf("after Reset: %q, %v", rest, err)
	}
}

// TestArchiveLimit takes no more from a stranger than it wants to.
func TestArchiveLimit(t *testing.T) {
	client, server := pair(t, "tcp")
	server.SetDeadline(time.Now().Add(patience))
	if err := gob.NewEncoder(client).Encode(make([]byte, 10000)); err != nil {
		t.Fatal(err)
	}
	var b []byte
	err := gob.NewDecoder(&io.LimitedReader{R: server, N: 1000}).Decode(&b)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestVectored(t *testing.T) {
	defer hurry(t.Name())()
	client, server, err := connect()
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	defer server.Close()
	for size, want := range map[int]string{
		0:       "the file is empty",
		5:       "5 bytes written from 1 slices",
		1025:    "1025 bytes written from 2 slices",
		1 << 20: "16384 bytes written from 16 slices",
	} {
		f := file(t, size)
		var out strings.Builder
		if err := showVectored(&out, client, server, f); err != nil {
			t.Errorf("%d bytes: %v", size, err)
		}
		if !strings.Contains(out.String(), want) {
			t.Errorf("%d bytes: %q, want %q", size, out.String(), want)
		}
		if at, err := f.Seek(0, io.SeekCurrent); at != 0 || err != nil {
			t.Errorf("%d bytes: the file is at %d, %v", size, at, err)
		}
	}
	// All was read: nothing is left for the copy that follows.
	if n, err := server.Available(); n != 0 || err != nil {
		t.Errorf("%d bytes are left, %v", n, err)
	}
}

// TestVectoredWrong puts other bytes before those of the client.
func TestVectoredWrong(t *testing.T) {
	defer hurry(t.Name())()
	client, server, err := connect()
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	defer server.Close()
	if _, err := client.Write([]byte("stranger")); err != nil {
		t.Fatal(err)
	}
	if err := showVectored(io.Discard, client, server, file(t, 100)); err == nil {
		t.Error("no error for other bytes than those of the file")
	}
}

// file returns an open file of a size, with the letters in it.
func file(t *testing.T, size int) *os.File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	letters := []byte("abcdefghijklmnopqrstuvwxyz")
	text := bytes.Repeat(letters, size/len(letters)+1)[:size]
	if err := os.WriteFile(name, text, 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

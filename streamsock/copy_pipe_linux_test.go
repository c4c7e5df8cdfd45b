// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"bytes"
	"io"
	"os"
	"syscall"
	"testing"
	"time"
)

// TestCopyToBlockingPipe copies into a pipe like that of a shell: one that is
// full most of the time and that package os cannot wait for, because it is
// in blocking mode.
func TestCopyToBlockingPipe(t *testing.T) {
	var p [2]int
	if err := syscall.Pipe(p[:]); err != nil {
		t.Fatal(err)
	}
	r, w := os.NewFile(uintptr(p[0]), "r"), os.NewFile(uintptr(p[1]), "w")
	defer r.Close()
	defer w.Close()
	if err := w.SetWriteDeadline(time.Time{}); err == nil {
		t.Fatal("package os can wait for the pipe")
	}
	client, server := pair(t, "tcp4")
	want := bytes.Repeat([]byte("0123456789abcdef"), 1<<16) // more than the capacity of the pipe
	go func() {
		client.Write(want)
		client.CloseWrite()
	}()
	done := make(chan error, 1)
	go func() {
		_, err := io.Copy(w, server)
		w.Close()
		done <- err
	}()
	got, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("read %d bytes, %v, want %d", len(got), err, len(want))
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

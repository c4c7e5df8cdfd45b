// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"reflect"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// memoryFile returns a file that sendfile(2) refuses, /proc/self/mem, and
// where the data is in it.
func memoryFile(t *testing.T, data []byte) (f *os.File, base int64) {
	t.Helper()
	f, err := os.Open("/proc/self/mem")
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { f.Close() })
	base = int64(reflect.ValueOf(data).Pointer())
	got := make([]byte, len(data))
	if _, err := f.ReadAt(got, base); err != nil || !bytes.Equal(got, data) {
		t.Skipf("the memory is not in %s: %v", f.Name(), err)
	}
	return f, base
}

func TestSendFileCopies(t *testing.T) {
	data := randomBytes(9<<20 + 5)
	f, base := memoryFile(t, data)
	testSendFile(t, f, base, data, sentRanges)
	runtime.KeepAlive(data)
}

func TestSendFileCopyEnds(t *testing.T) {
	data := randomBytes(8 << 20)
	f, base := memoryFile(t, data)
	testSendFileEnds(t, f, base, data)
	runtime.KeepAlive(data)
}

func TestSendFileCopyAllocs(t *testing.T) {
	data := randomBytes(4 << 10)
	f, base := memoryFile(t, data)
	testSendFileAllocs(t, f, base)
	runtime.KeepAlive(data)
}

// TestSendFileProc sends a file that sendfile(2) refuses and that has an end,
// though the system says that its size is 0.
func TestSendFileProc(t *testing.T) {
	const name = "/proc/self/environ"
	data, err := os.ReadFile(name)
	if err != nil || len(data) < 10 {
		t.Skipf("%s has %d bytes: %v", name, len(data), err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	size := int64(len(data))
	testSendFile(t, f, 0, data, []sentRange{
		{0, -1, nil},
		{5, 3, nil},
		{size - 3, -1, nil},
		{size - 3, 4, io.EOF},
		{size, -1, nil},
		{size + 1, 1, io.EOF},
	})
}

// TestSendFileInKernel fails if the system does not send the file itself: if
// there are as many writes as it takes with a buffer. What is sent at once is
// little, so that there is room for it.
func TestSendFileInKernel(t *testing.T) {
	skipUnlessCounted(t)
	const size, rounds = 192 << 10, 20
	data, got := randomBytes(size), make([]byte, size)
	f := fileOf(t, data)
	c, peer := pair(t, "tcp")
	c.SetWriteBuffer(1 << 20)
	calls, err := costOf(func() {
		for range rounds {
			if n, err := c.SendFile(f, 0, size, nil); n != size || err != nil {
				t.Fatalf("sent %d: %v", n, err)
			}
			if _, err := io.ReadFull(peer, got); err != nil || !bytes.Equal(got, data) {
				t.Fatalf("other bytes arrived: %v", err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if t.Log(calls); calls.syscw >= rounds*size/(64<<10) {
		t.Errorf("it takes %d writes to send %d bytes %d times", calls.syscw, size, rounds)
	}
}

// TestSendFileFar sends from beyond 4 GiB, where 32 bits are not enough.
func TestSendFileFar(t *testing.T) {
	const far = 5<<30 + 3
	f := temporary(t)
	marker := []byte("marker")
	if _, err := f.WriteAt(marker, far); err != nil {
		t.Skipf("no file with a hole: %v", err)
	}
	c, peer := pair(t, "tcp")
	if n, err := sendFile(c, f, far-2, 8, nil); n != 8 || err != nil {
		t.Errorf("sent %d: %v", n, err)
	}
	if n, err := sendFile(c, f, far+6, 1, nil); n != 0 || err != io.EOF {
		t.Errorf("after the end, sent %d: %v", n, err)
	}
	c.CloseWrite()
	if got, err := io.ReadAll(peer); string(got) != "\x00\x00marker" || err != nil {
		t.Errorf("%q, %v arrived", got, err)
	}
}

// TestSendFileHuge ends the transfer of a file that takes minutes, on a
// connection that always has room. With STREAMSOCK_LONG=1 it also sends more
// than 4 GiB.
func TestSendFileHuge(t *testing.T) {
	f := temporary(t)
	if err := f.Truncate(1 << 40); err != nil {
		t.Skipf("no file with a hole: %v", err)
	}
	c, peer := pair(t, "tcp")
	counted := make(chan int64, 1)
	go func() {
		n, _ := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{peer}, make([]byte, 1<<20))
		counted <- n
	}()
	total := int64(0)
	if os.Getenv("STREAMSOCK_LONG") != "" {
		const size = 4<<30 + 5
		n, err := sendFile(c, f, 1, size, nil)
		if n != size || err != nil {
			t.Errorf("sent %d: %v", n, err)
		}
		total += n
	}
	for _, end := range []struct {
		stop func()
		want error
	}{
		{func() { c.SetWriteDeadline(longAgo) }, os.ErrDeadlineExceeded},
		{func() { c.Close() }, closedConn[0]},
	} {
		c.SetWriteDeadline(time.Time{})
		begun := make(chan struct{}, 1)
		transfer := begin(func() (int64, error) {
			return sendFile(c, f, 0, -1, func(sent int64) {
				select {
				case begun <- struct{}{}:
				default:
				}
			})
		})
		awaitCopy(t, begun)
		end.stop()
		n, err := transfer.end(t)
		checkSendFileError(t, err, end.want)
		total += n
	}
	if n := next(t, counted); n != total {
		t.Errorf("%d bytes arrived of %d", n, total)
	}
}

// TestSendFileUnreadable sends what has no offsets, no bytes, or may not be
// read.
func TestSendFileUnreadable(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	for _, tt := range []struct {
		name string
		f    *os.File
		want syscall.Errno
	}{
		{"pipe", r, syscall.ESPIPE},
		{"directory", must(t)(os.Open(t.TempDir())), syscall.EISDIR},
		{"write-only", must(t)(os.OpenFile(temporary(t).Name(), os.O_WRONLY, 0)), syscall.EBADF},
	} {
		t.Run(tt.name, func(t *testing.T) {
			defer tt.f.Close()
			c, _ := pair(t, "tcp")
			n, err := promptly(t, func() (int64, error) { return c.SendFile(tt.f, 0, -1, nil) })
			checkSendFileError(t, err, tt.want)
			if n != 0 {
				t.Errorf("sent %d bytes", n)
			}
			_, call := errors.AsType[*os.SyscallError](err)
			_, path := errors.AsType[*os.PathError](err)
			if !call && !path {
				t.Errorf("%#v does not name what failed", err)
			}
		})
	}
}

// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package streamsock_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

// tempFile returns a file with the data, at the offset.
func tempFile(t *testing.T, data []byte, offset int64) *os.File {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(t.TempDir(), "file"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if _, err := f.Write(data); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestTimeoutConnFile checks that the kernel copies a file to a TimeoutConn,
// from its offset on, and moves the offset.
func TestTimeoutConnFile(t *testing.T) {
	skipUnlessCounted(t)
	const size, offset, limit = 4 << 20, 1000, 3 << 20
	data := ascii(size)
	type copier func(w io.Writer, f *os.File) (int64, error)
	for name, c := range map[string]struct {
		copy copier
		want int64
	}{
		"io.Copy":  {func(w io.Writer, f *os.File) (int64, error) { return io.Copy(w, f) }, size - offset},
		"ReadFrom": {func(w io.Writer, f *os.File) (int64, error) { return w.(io.ReaderFrom).ReadFrom(f) }, size - offset},
		"io.CopyN": {func(w io.Writer, f *os.File) (int64, error) { return io.CopyN(w, f, limit) }, limit},
		"CopyN":    {func(w io.Writer, f *os.File) (int64, error) { return streamsock.CopyN(w, f, limit) }, limit},
		"LimitedReader": {func(w io.Writer, f *os.File) (int64, error) {
			l := &io.LimitedReader{R: f, N: limit}
			n, err := io.Copy(w, l)
			if l.N != limit-n {
				t.Errorf("N is %d after %d bytes", l.N, n)
			}
			return n, err
		}, limit},
		"beyond the end": {func(w io.Writer, f *os.File) (int64, error) { return io.Copy(w, io.LimitReader(f, 1<<40)) }, size - offset},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := msgPair(t)
			received := arrivalAt(server, size)
			f := tempFile(t, data, offset)
			var n int64
			spent, err := costOf(func() {
				var err error
				if n, err = c.copy(client.WithTimeouts(time.Minute, time.Minute), f); n != c.want || err != nil {
					t.Errorf("%d, %v, want %d", n, err, c.want)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if limit := (cost{1 << 40, 1 << 40, 20, 20}); spent.exceeds(limit) {
				t.Errorf("the file was read and written in parts: %v", spent)
			}
			if at, err := f.Seek(0, io.SeekCurrent); at != offset+n || err != nil {
				t.Errorf("the offset of the file is %d, %v, want %d", at, err, offset+n)
			}
			client.Close()
			awaitCopy(t, received.end)
			if !bytes.Equal(received.data, data[offset:offset+n]) {
				t.Errorf("%d bytes arrived, want %d", len(received.data), n)
			}
		})
	}
}

// TestTimeoutConnOddFiles copies files that the kernel cannot send as regular
// files.
func TestTimeoutConnOddFiles(t *testing.T) {
	for name, open := range map[string]func() (*os.File, error){
		"empty": func() (*os.File, error) { return tempFile(t, nil, 0), nil },
		"/proc": func() (*os.File, error) { return os.Open("/proc/self/status") },
		"pipe": func() (*os.File, error) {
			r, w, err := os.Pipe()
			if err == nil {
				t.Cleanup(func() { r.Close() })
				_, err = w.Write([]byte("from a pipe"))
				w.Close()
			}
			return r, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := msgPair(t)
			f, err := open()
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			n, err := promptly(t, func() (int64, error) { return io.Copy(client.WithTimeouts(0, time.Minute), f) })
			if err != nil || name == "pipe" && n != 11 || name == "/proc" && n == 0 {
				t.Errorf("%d, %v", n, err)
			}
			client.Close()
			got, err := promptly(t, func() (int64, error) { return io.Copy(io.Discard, server) })
			if got != n || err != nil {
				t.Errorf("%d bytes of %d arrived, %v", got, n, err)
			}
		})
	}
	client, _ := msgPair(t)
	f := tempFile(t, []byte("x"), 0)
	f.Close()
	if n, err := client.WithTimeouts(0, time.Minute).ReadFrom(f); n != 0 || !errors.Is(err, os.ErrClosed) {
		t.Errorf("a closed file: %d, %v", n, err)
	}
	if n, err := client.WithTimeouts(0, time.Minute).ReadFrom((*os.File)(nil)); n != 0 || !errors.Is(err, os.ErrInvalid) {
		t.Errorf("a nil file: %d, %v", n, err)
	}
}

// TestTimeoutConnProcFile copies a file that sendfile(2) refuses to a peer that
// stalls. The copy times out and has counted what was sent.
func TestTimeoutConnProcFile(t *testing.T) {
	f, err := os.Open("/proc/self/pagemap") // has no end for this test
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	if _, err := f.ReadAt(make([]byte, 64<<10), 1<<20); err != nil {
		t.Skip(err)
	}
	const timeout = 50 * time.Millisecond
	client, server := tightPair(t)
	start := time.Now()
	n, err := promptly(t, func() (int64, error) { return io.Copy(client.WithTimeouts(0, timeout), f) })
	isTimeout(t, err)
	within(t, "the copy", time.Since(start), timeout)
	client.Close()
	got, err := promptly(t, func() (int64, error) { return io.Copy(io.Discard, server) })
	if n == 0 || got != n || err != nil {
		t.Errorf("%d bytes of %d arrived, %v", got, n, err)
	}
}

// TestCopyToFileError checks that the error of a copy to a file names the file,
// as that of package net's copy does.
func TestCopyToFileError(t *testing.T) {
	data := ascii(20_000)
	for name, open := range map[string]func() *os.File{
		"read-only": func() *os.File {
			f, err := os.Open(tempFile(t, nil, 0).Name())
			if err != nil {
				t.Fatal(err)
			}
			return f
		},
		"pipe without a reader": func() *os.File {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			r.Close()
			return w
		},
	} {
		for how, copy := range map[string]func(f *os.File, c *streamsock.Conn) (int64, error){
			"io.Copy": func(f *os.File, c *streamsock.Conn) (int64, error) { return io.Copy(f, c) },
			"WriteTo": func(f *os.File, c *streamsock.Conn) (int64, error) { return c.WriteTo(f) },
			"CopyN":   func(f *os.File, c *streamsock.Conn) (int64, error) { return streamsock.CopyN(f, c, 1000) },
			"TimeoutConn": func(f *os.File, c *streamsock.Conn) (int64, error) {
				return io.Copy(f, c.WithTimeouts(time.Minute, 0))
			},
		} {
			t.Run(name+"/"+how, func(t *testing.T) {
				client, server := msgPair(t)
				put(t, client, server, data)
				client.CloseWrite()
				f := open()
				defer f.Close()
				_, plain := f.Write([]byte("x"))
				n, err := promptly(t, func() (int64, error) { return copy(f, server) })
				var want, got *fs.PathError
				if !errors.As(plain, &want) || !errors.As(err, &got) {
					t.Fatalf("%v has no *fs.PathError", err)
				}
				if n != 0 || !errors.Is(got.Err, want.Err) || got.Path != want.Path {
					t.Errorf("%d, %v, want %v", n, got, want)
				}
			})
		}
	}
}

// TestTooManyBytes checks that a count that does not fit an int is an error
// before a byte moves. It takes a system of 32 bits.
func TestTooManyBytes(t *testing.T) {
	if ^uint(0)>>32 != 0 {
		t.Skip("an int has 64 bits")
	}
	client, server := msgPair(t)
	block := make([]byte, 1<<20)
	bufs := make([][]byte, 2049)
	for i := range bufs {
		bufs[i] = block
	}
	if n, err := client.Sendmsg(bufs, 0); n != 0 || !errors.Is(err, os.ErrInvalid) {
		t.Errorf("Sendmsg: %d, %v", n, err)
	}
	if n, err := server.Recvmsg(bufs, streamsock.DontWait); n != 0 || !errors.Is(err, os.ErrInvalid) {
		t.Errorf("Recvmsg: %d, %v", n, err)
	}
	put(t, client, server, []byte("x"))
	take(t, server, []byte("x"))
}

// TestUrgentPool checks that an urgent send that failed leaves nothing for the
// next one that uses its memory.
func TestUrgentPool(t *testing.T) {
	client, _ := msgPair(t)
	client.SetWriteDeadline(time.Unix(1, 0))
	for range 4 {
		if err := client.SendUrgent('!'); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal(err)
		}
		a, b := msgPair(t)
		if n, err := a.Send([]byte("abc"), 0); n != 3 || err != nil {
			t.Fatal(n, err)
		}
		a.CloseWrite()
		var got bytes.Buffer
		if _, err := promptly(t, func() (int64, error) { return io.Copy(&got, b) }); err != nil || got.String() != "abc" {
			t.Fatalf("%q, %v", &got, err)
		}
	}
}

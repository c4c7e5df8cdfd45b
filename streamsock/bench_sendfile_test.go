// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build unix

package streamsock_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkSendFile times SendFile against the alternatives, in turns, as
// BenchmarkBytes does: package net's copy from the position of a file, and a
// loop that reads and writes. Run it by
//
//	go test -run '^$' -bench SendFile -benchtime 20x -count 5 ./streamsock
func BenchmarkSendFile(b *testing.B) {
	c := dial(b, startPeer(b).sink)
	f, err := os.Create(filepath.Join(b.TempDir(), "file"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(randomBytes(64 << 20)); err != nil {
		b.Fatal(err)
	}
	for _, bm := range []struct {
		name string
		size int64
		ops  int
	}{{"4KiB", 4 << 10, 500}, {"64MiB", 64 << 20, 1}} {
		side := func(send func() (int64, error)) func() lap {
			return settled(timed(bm.ops, func() {
				for range bm.ops {
					if n, err := send(); n != bm.size || err != nil {
						b.Fatal(n, err)
					}
				}
			}))
		}
		ours := side(func() (int64, error) { return c.SendFile(f, 0, bm.size, nil) })
		b.Run(bm.name+"/vs-net", func(b *testing.B) {
			contest(b, bm.ops, ours, side(func() (int64, error) {
				if _, err := f.Seek(0, io.SeekStart); err != nil {
					return 0, err
				}
				return io.CopyN(c.TCPConn, f, bm.size)
			}))
		})
		buf := make([]byte, 64<<10)
		b.Run(bm.name+"/vs-loop", func(b *testing.B) {
			contest(b, bm.ops, ours, side(func() (int64, error) {
				return io.CopyBuffer(struct{ io.Writer }{c}, io.NewSectionReader(f, 0, bm.size), buf)
			}))
		})
	}
}

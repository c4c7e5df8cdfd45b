// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"example.com/streamsock/streamsock"
)

// The number and the size of the slices that the client writes and the server reads
// in the vectored part of the demo.
const (
	sendSlices, sendSlice = 16, 1 << 10
	recvSlices, recvSlice = 4, 4 << 10
)

// showVectored sends the beginning of the file from many slices in one call, has the
// server peek at it and read it into slices of another size, and prints the result. It
// seeks to the beginning of the file.
func showVectored(w io.Writer, client, server *streamsock.Conn, f *os.File) error {
	head := make([]byte, sendSlices*sendSlice)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if head = head[:n]; n == 0 {
		_, err := fmt.Fprintln(w, "\npeek and vectored: the file is empty")
		return err
	}
	out := slices.Collect(slices.Chunk(head, sendSlice))
	if _, err := client.Writev(out); err != nil {
		return err
	}
	if err := showPeek(w, server, head); err != nil {
		return err
	}
	in, reads, err := readSlices(server, n)
	if err != nil {
		return err
	}
	if !bytes.Equal(in, head) {
		return errors.New("vectored: what the server read is not what the client wrote")
	}
	_, err = fmt.Fprintf(w, "vectored: %d bytes written from %d slices in one call, read into slices of %d bytes in %d calls, bytes ok\n",
		n, len(out), recvSlice, reads)
	return err
}

// showPeek makes the server peek at the first bytes.
func showPeek(w io.Writer, server *streamsock.Conn, head []byte) error {
	p := make([]byte, min(8, len(head)))
	n, err := server.Peek(p)
	if errors.Is(err, errors.ErrUnsupported) {
		_, err = fmt.Fprintln(w, "\npeek: "+notHere)
		return err
	}
	if err != nil {
		return err
	}
	if n == 0 || !bytes.HasPrefix(head, p[:n]) {
		return fmt.Errorf("peek: the server sees %q, not %q", p[:n], head[:len(p)])
	}
	_, err = fmt.Fprintf(w, "\npeek: the server sees %q and leaves it there, bytes ok\n", p[:n])
	return err
}

// readSlices reads n bytes by Readv and returns them and the number of calls.
func readSlices(c *streamsock.Conn, n int) (all []byte, calls int, err error) {
	buf := make([]byte, recvSlices*recvSlice)
	for len(all) < n {
		in := slices.Collect(slices.Chunk(buf[:min(len(buf), n-len(all))], recvSlice))
		k, err := c.Readv(in)
		if err != nil {
			return nil, 0, err
		}
		all = append(all, buf[:k]...)
		calls++
	}
	return all, calls, nil
}

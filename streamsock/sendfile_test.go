// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

//go:build !plan9

package streamsock_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"syscall"
	"testing"
	"time"

	"example.com/streamsock/streamsock"
)

// A sentRange is a part of a file to be sent.
type sentRange struct {
	offset, n int64
	want      error // whose sent bytes are those that there are
}

// TestSendFile sends parts of a file, up to its end and beyond.
func TestSendFile(t *testing.T) {
	data := randomBytes(9<<20 + 5)
	f, size := fileOf(t, data), int64(len(data))
	testSendFile(t, f, 0, data, append(sentRanges,
		sentRange{0, -1, nil},
		sentRange{4<<20 + 1, -1, nil},
		sentRange{size - 3, -100, nil},
		sentRange{size, -1, nil},
		sentRange{size + 1, -1, nil},
		sentRange{1 << 62, -1, nil},
		sentRange{0, size, nil},
		sentRange{size - 3, 3, nil},
		sentRange{size - 3, 4, io.EOF},
		sentRange{0, 1 << 62, io.EOF},
		sentRange{size, 1, io.EOF},
		sentRange{1 << 62, 1, io.EOF},
		sentRange{1 << 62, 0, nil},
	))
}

var sentRanges = []sentRange{
	{0, 0, nil},
	{0, 1, nil},
	{3, 4095, nil},
	{4095, 70_000, nil},
	{4<<20 - 1, 2, nil},
	{5, 4 << 20, nil},
	{7, 8<<20 + 1, nil},
}

// TestSendFileEnds ends transfers.
func TestSendFileEnds(t *testing.T) {
	data := randomBytes(8 << 20)
	testSendFileEnds(t, fileOf(t, data), 0, data)
}

// TestSendFileRefused has nothing sent.
func TestSendFileRefused(t *testing.T) {
	f := fileOf(t, []byte("0123456789"))
	gone := temporary(t)
	gone.Close()
	open := func(c *streamsock.Conn) {}
	for _, tt := range []struct {
		name    string
		prepare func(c *streamsock.Conn)
		f       *os.File
		offset  int64
		want    []error
	}{
		{"negative offset", open, f, -1, []error{os.ErrInvalid}},
		{"nil file", open, nil, 0, []error{os.ErrInvalid}},
		{"closed file", open, gone, 0, []error{os.ErrClosed}},
		{"closed", func(c *streamsock.Conn) { c.Close() }, f, 0, closedConn},
		{"deadline", func(c *streamsock.Conn) { c.SetWriteDeadline(longAgo) }, f, 0, timedOut},
		{"end", func(c *streamsock.Conn) { c.CloseWrite() }, f, 0, []error{errno(syscall.EPIPE, 10058)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := pair(t, "tcp")
			tt.prepare(c)
			n, err := sendFile(c, tt.f, tt.offset, 5, nil)
			checkSendFileError(t, err, tt.want...)
			if n != 0 {
				t.Errorf("sent %d bytes", n)
			}
		})
	}
}

// TestSendFileChanges has the file change after the first part.
func TestSendFileChanges(t *testing.T) {
	const size, more = 5 << 20, 100_000
	data := randomBytes(size + more)
	grow := func(f *os.File) error {
		_, err := f.WriteAt(data[size:], size)
		return err
	}
	shrink := func(f *os.File) error { return f.Truncate(10) }
	for _, tt := range []struct {
		name   string
		n      int64
		change func(f *os.File) error
		all    bool // is sent
		want   error
	}{
		{"grows", -1, grow, true, nil},
		{"grows to what is asked for", size + more, grow, true, nil},
		{"grows to less", size + more + 1, grow, true, io.EOF},
		{"shrinks", -1, shrink, false, nil},
		{"shrinks below what is asked for", size, shrink, false, io.EOF},
		{"closed", size, (*os.File).Close, false, os.ErrClosed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, peer := pair(t, "tcp")
			arrived := arrivalAt(peer, 0)
			f := fileOf(t, data[:size])
			first := int64(0)
			sent, err := sendFile(c, f, 0, tt.n, func(sent int64) {
				if first == 0 {
					first = sent
					if err := tt.change(f); err != nil {
						t.Error(err)
					}
				}
			})
			if tt.all {
				first = int64(len(data))
			}
			if sent != first || !errors.Is(err, tt.want) {
				t.Errorf("sent %d: %v, want %d, %v", sent, err, first, tt.want)
			}
			c.CloseWrite()
			awaitCopy(t, arrived.end)
			if int64(len(arrived.data)) != sent {
				t.Errorf("%d bytes of %d arrived", len(arrived.data), sent)
			}
			if tt.all && !bytes.Equal(arrived.data, data) {
				t.Error("other bytes arrived")
			}
		})
	}
}

// TestSendFilePanics lets progress panic, which must not block other
// goroutines.
func TestSendFilePanics(t *testing.T) {
	c, peer := pair(t, "tcp")
	f := fileOf(t, []byte("0123456789"))
	func() {
		defer func() {
			if v := recover(); v != "stop" {
				t.Errorf("recovered %v", v)
			}
		}()
		c.SendFile(f, 0, -1, func(int64) { panic("stop") })
	}()
	c.SetWriteDeadline(time.Now().Add(patience))
	if n, err := sendFile(c, f, 5, -1, nil); n != 5 || err != nil {
		t.Errorf("sent %d: %v", n, err)
	}
	if _, err := c.Write([]byte("!")); err != nil {
		t.Error(err)
	}
	c.Close()
	if got, err := io.ReadAll(peer); string(got) != "012345678956789!" || err != nil {
		t.Errorf("%q, %v arrived", got, err)
	}
}

// TestSendFileConcurrent sends one file on several connections concurrently.
func TestSendFileConcurrent(t *testing.T) {
	const senders = 8
	data := randomBytes(4<<20 + senders)
	f := fileOf(t, data)
	done := make(chan error)
	for i := range int64(senders) {
		c, peer := pair(t, "tcp")
		go func() {
			_, err := sendFile(c, f, i, -1, nil)
			done <- errors.Join(err, c.CloseWrite())
		}()
		go exchange(done, peer, nil, data[i:])
	}
	for range 2 * senders {
		if err := next(t, done); err != nil {
			t.Error(err)
		}
	}
}

// TestSendFileRace fails with the race detector if a read does not happen after
// the send.
func TestSendFileRace(t *testing.T) {
	c, peer := pair(t, "tcp")
	f := fileOf(t, []byte("x"))
	shared := 0
	done := make(chan error)
	go func() {
		shared = 1
		_, err := c.SendFile(f, 0, 1, nil)
		done <- err
	}()
	if _, err := io.ReadFull(peer, make([]byte, 1)); err != nil || shared != 1 {
		t.Errorf("%d, %v", shared, err)
	}
	if err := next(t, done); err != nil {
		t.Error(err)
	}
}

// TestSendFileAllocs checks that only what SyscallConn of package os returns is
// allocated.
func TestSendFileAllocs(t *testing.T) {
	f := fileOf(t, randomBytes(4<<10))
	testSendFileAllocs(t, f, 0)
}

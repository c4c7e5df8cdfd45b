// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// Package fifo provides a ring buffer of a fixed capacity between a connection
// that is read and one that is written. It is filled by one readv(2) and
// drained by one writev(2), without copying. It calls functions when it
// becomes, or stops being, readable or writable.
//
// To copy without looking at the data, use streamsock.Relay, which lets the
// kernel copy. Use a Buffer to examine the data, or to limit its amount.
package fifo

import (
	"fmt"
	"io"
	"sync"
)

// A Buffer is a ring buffer of bytes. The zero Buffer has no capacity; call
// [Buffer.Resize] before writing to it. A Buffer must not be copied.
//
// One goroutine may read from a Buffer (Read, Peek, Discard, UsedSegments,
// Drain) while another writes to it (Write, FreeSegments, Advance, Fill). Any
// goroutine may call Len, Cap and Free. Resize and Reset must not be called
// while a goroutine uses segments or is in Fill or Drain.
//
// After the callbacks have been called once, a Buffer allocates memory only in
// Resize.
type Buffer struct {
	// OnReadable is called with true when the buffer was empty and now has
	// data, and with false when it had data and is now empty. OnWritable is
	// called with true when the buffer was full and now has room, and with
	// false when it had room and is now full. They must be set, if at all,
	// before the buffer is used.
	//
	// A new buffer is writable and not readable; no function is called for
	// that. After that, there is one call for each change, in the order of the
	// changes. Calls do not overlap and hold no lock: they may use the buffer,
	// and block. A call is made by the goroutine that made the change. If
	// another goroutine is in a call, that goroutine makes the next one too,
	// perhaps after the change was undone. While a call blocks, the changes of
	// other goroutines are recorded, in two bytes each.
	OnReadable, OnWritable func(bool)

	mu    sync.Mutex
	ring  []byte
	begin int // index of the first used byte
	used  int

	// changes[next:] are the changes for which no call was made yet. telling is
	// set while a goroutine makes the calls.
	changes []change
	next    int
	telling bool

	// Used only by the goroutine that writes or the one that reads,
	// respectively.
	free, full [2][]byte
}

// A change is a call of OnReadable or OnWritable.
type change struct {
	writable bool
	on       bool
}

// New returns an empty Buffer that holds up to capacity bytes.
func New(capacity int) *Buffer { return &Buffer{ring: make([]byte, capacity)} }

// Len returns the number of bytes that can be read.
func (b *Buffer) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}

// Cap returns the capacity in bytes.
func (b *Buffer) Cap() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.ring)
}

// Free returns the number of bytes that can be written.
func (b *Buffer) Free() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.ring) - b.used
}

// Read reads data from the buffer. It does not block: if the buffer is empty,
// it returns [io.EOF], like [bytes.Buffer].
func (b *Buffer) Read(p []byte) (n int, err error) {
	b.mu.Lock()
	if n = b.copyOut(p); n > 0 {
		b.set(b.begin+n, b.used-n)
	}
	b.unlock()
	return n, empty(p, n)
}

// Peek is like [Buffer.Read] but does not remove the data.
func (b *Buffer) Peek(p []byte) (n int, err error) {
	b.mu.Lock()
	n = b.copyOut(p)
	b.mu.Unlock()
	return n, empty(p, n)
}

// empty returns the error of a read of n bytes into p.
func empty(p []byte, n int) error {
	if n == 0 && len(p) > 0 {
		return io.EOF
	}
	return nil
}

// Write writes as much of p as fits into the buffer. It does not block: if n <
// len(p), the error is [io.ErrShortWrite].
func (b *Buffer) Write(p []byte) (n int, err error) {
	b.mu.Lock()
	for _, segment := range b.freeSegments() {
		n += copy(segment, p[n:])
	}
	b.set(b.begin, b.used+n)
	b.unlock()
	if n < len(p) {
		return n, io.ErrShortWrite
	}
	return n, nil
}

// Discard removes the next n bytes, or all if there are fewer, and returns the
// number of bytes removed. After [Buffer.UsedSegments], call it with the number
// of bytes used. It panics if n is negative.
func (b *Buffer) Discard(n int) int {
	if n < 0 {
		panic(fmt.Sprintf("fifo: Discard(%d)", n))
	}
	b.mu.Lock()
	n = min(n, b.used)
	b.set(b.begin+n, b.used-n)
	b.unlock()
	return n
}

// Advance adds the first n bytes of the [Buffer.FreeSegments] to the data in
// the buffer. It panics if n is negative or exceeds the free space.
func (b *Buffer) Advance(n int) {
	b.mu.Lock()
	if free := len(b.ring) - b.used; n < 0 || n > free {
		b.mu.Unlock()
		panic(fmt.Sprintf("fifo: Advance(%d) with room for %d", n, free))
	}
	b.set(b.begin, b.used+n)
	b.unlock()
}

// FreeSegments returns the free space, to be written to and passed to
// [Buffer.Advance]. The first segment must be filled before the second, and
// either may be empty. The segments are valid until the next call of a writing
// method of the Buffer.
func (b *Buffer) FreeSegments() [2][]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.freeSegments()
}

func (b *Buffer) freeSegments() [2][]byte {
	if b.used == 0 {
		b.begin = 0 // there is no reader, and one segment is better than two
	}
	return b.segments(b.begin+b.used, len(b.ring)-b.used)
}

// UsedSegments returns the data that can be read, for [Buffer.Discard]. The
// first segment precedes the second, and either may be empty. The segments are
// valid until the next call of a reading method of the Buffer.
func (b *Buffer) UsedSegments() [2][]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.usedSegments()
}

func (b *Buffer) usedSegments() [2][]byte { return b.segments(b.begin, b.used) }

// segments returns n bytes of the ring, which may wrap around. Their capacity
// is limited, so that append copies them.
func (b *Buffer) segments(begin, n int) [2][]byte {
	if begin >= len(b.ring) {
		begin -= len(b.ring)
	}
	end := begin + n
	if end <= len(b.ring) {
		return [2][]byte{b.ring[begin:end:end]}
	}
	end -= len(b.ring)
	return [2][]byte{b.ring[begin:], b.ring[:end:end]}
}

func (b *Buffer) copyOut(p []byte) (n int) {
	for _, segment := range b.usedSegments() {
		n += copy(p[n:], segment)
	}
	return n
}

// A VectorReader reads into several buffers and returns when some data has been
// read, like *streamsock.Conn.
type VectorReader interface {
	Readv(bufs [][]byte) (int64, error)
}

// A VectorWriter writes the data of several buffers in order, like
// *streamsock.Conn.
type VectorWriter interface {
	Writev(bufs [][]byte) (int64, error)
}

// Fill reads once from r into the free space, and returns the number of bytes
// read and the error of r: for a connection, [io.EOF] at the end of the stream.
// If the buffer is full, Fill does not read, and returns [io.ErrShortBuffer].
func (b *Buffer) Fill(r VectorReader) (int64, error) {
	b.free = b.FreeSegments()
	segments := trim(&b.free)
	if len(segments) == 0 {
		return 0, io.ErrShortBuffer
	}
	n, err := r.Readv(segments)
	check("Readv read", n, &b.free)
	b.free = [2][]byte{} // drop the references for Resize
	b.Advance(int(n))
	return n, err
}

// Drain writes all data of the buffer to w with one call, and removes what was
// written. It returns the number of bytes written and the error of w. If the
// buffer is empty, Drain does not write, and returns no error.
//
// The Writev method of a connection blocks until all data is written. To write
// only what the connection accepts without blocking, pass a VectorWriter that
// calls Sendmsg with DontWait.
func (b *Buffer) Drain(w VectorWriter) (int64, error) {
	b.full = b.UsedSegments()
	segments := trim(&b.full)
	if len(segments) == 0 {
		return 0, nil
	}
	n, err := w.Writev(segments)
	check("Writev wrote", n, &b.full)
	b.full = [2][]byte{}
	b.Discard(int(n))
	return n, err
}

// check panics if n is not a valid number of bytes read into, or written from,
// the segments.
func check(did string, n int64, s *[2][]byte) {
	if all := len(s[0]) + len(s[1]); n < 0 || n > int64(all) {
		panic(fmt.Sprintf("fifo: %s %d bytes of %d", did, n, all))
	}
}

// trim returns the segments that are not empty, in the memory of s.
func trim(s *[2][]byte) [][]byte {
	switch {
	case len(s[0]) == 0: // then the second is empty too
		return nil
	case len(s[1]) == 0:
		return s[:1]
	}
	return s[:]
}

// Resize changes the capacity and keeps the data. If the data exceeds the new
// capacity, nothing is changed, and the error wraps [io.ErrShortBuffer].
func (b *Buffer) Resize(capacity int) error {
	ring := make([]byte, max(0, capacity)) // without the lock, because it may panic
	b.mu.Lock()
	if used := b.used; capacity < used {
		b.mu.Unlock()
		return fmt.Errorf("fifo: cannot resize to %d bytes with %d in use: %w", capacity, used, io.ErrShortBuffer)
	}
	b.copyOut(ring)
	readable, writable := b.state()
	b.ring, b.begin = ring, 0
	b.changed(readable, writable)
	b.unlock()
	return nil
}

// Reset removes all data.
func (b *Buffer) Reset() {
	b.mu.Lock()
	b.set(0, 0)
	b.unlock()
}

// set sets which bytes are used.
func (b *Buffer) set(begin, used int) {
	readable, writable := b.state()
	if begin >= len(b.ring) {
		begin -= len(b.ring)
	}
	b.begin, b.used = begin, used
	b.changed(readable, writable)
}

func (b *Buffer) state() (readable, writable bool) { return b.used > 0, b.used < len(b.ring) }

// changed records the changes since the given state.
func (b *Buffer) changed(wasReadable, wasWritable bool) {
	readable, writable := b.state()
	if readable != wasReadable && b.OnReadable != nil {
		b.changes = append(b.changes, change{on: readable})
	}
	if writable != wasWritable && b.OnWritable != nil {
		b.changes = append(b.changes, change{true, writable})
	}
}

// unlock unlocks the buffer and makes the calls for the changes, unless a
// goroutine, which may be the current one, is making calls: that goroutine then
// makes these too.
func (b *Buffer) unlock() {
	defer b.mu.Unlock()
	if b.telling {
		return
	}
	b.telling = true
	defer func() { b.telling = false }() // even if a call panics
	for len(b.changes) > 0 {
		b.tell(b.take())
	}
}

// take removes and returns the oldest change. The later changes are moved to
// the front if they are no more than were taken since the last time, so that
// each change takes constant time and calls that cause further changes do not
// grow the queue.
func (b *Buffer) take() change {
	c := b.changes[b.next]
	b.next++
	if rest := b.changes[b.next:]; len(rest) <= b.next {
		b.changes, b.next = append(b.changes[:0], rest...), 0
	}
	return c
}

// tell makes a call without the lock.
func (b *Buffer) tell(c change) {
	b.mu.Unlock()
	defer b.mu.Lock()
	if c.writable {
		b.OnWritable(c.on)
	} else {
		b.OnReadable(c.on)
	}
}
